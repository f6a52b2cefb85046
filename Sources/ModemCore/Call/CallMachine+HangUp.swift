/// The hang-up, until the line is proven free.
extension CallMachine {
    /// A hang-up under way: one rung of the profile's ladder after the other, until the line is proven free.
    struct HangUp: Equatable {
        /// What became of a rung's command.
        enum Outcome: Equatable {
            case accepted
            case refused
            /// No answer, or nothing that is answered.
            case unanswered
            /// The rung needs the call's id, which the list has to tell first.
            case notSent
        }
        enum Step: Equatable {
            /// The dial is being aborted; its final result comes first.
            case abortingDial
            case leavingDataMode
            /// The rung's command is queued or in flight; the chat finishes it in bounded time.
            case commandSent
            /// The modem is asked whether the call is still listed.
            case verifying(Outcome)
            case dtrOff
            case dtrOn
        }
        var cause: ReleaseCause
        /// As it was when the hang-up began: the modem may be found out to be of another family meanwhile.
        let fullLadder: [HangUpRung]
        /// The rungs that are tried: all, or those that are worth trying on a modem that does not respond.
        var ladder: [HangUpRung]
        /// How far the rungs for a modem that does not respond have been tried.
        var blindness = Blindness.notTried
        /// Where on `ladder` it is.
        var rung: Int
        var step: Step
        /// When the rung began, and from the modem's answer on when that came: it is given its time from then on.
        var rungTaken: Instant
        var deadline: Instant
    }

    /// The hang-up of a modem on a telephone line that does not respond: commands are written anyway, once.
    enum Blindness: Equatable {
        case notTried
        case trying
        case tried
    }

    enum HangUpTiming {
        /// For so long the list of calls is asked whether a rung has worked.
        static let rung = Duration.seconds(3)
        static let listAgain = Duration.milliseconds(500)
        static let dtrPulse = Duration.milliseconds(500)
        /// For the response to a command that is written to a modem which does not respond, and to that which prepares the
        /// drop of DTR.
        static let blind = Duration.seconds(2)
        static let blindDTR = Duration.seconds(1)
        /// Longer than the chat needs to finish or give up any command.
        static let backstop = Duration.seconds(25)
    }

    var hangUpDeadline: Instant? {
        if case .hangingUp(let hangUp) = phase { hangUp.deadline } else { nil }
    }

    /// Ends the call, whatever its state. Without a call the line is cleared anyway: it is the operator's way out of a
    /// line that is stuck.
    package mutating func hangUp(now: Instant) -> [Action] {
        if let actions = recallHungUp(now: now) { return actions }
        switch phase {
        case .idle:
            lineFreed = now
            return clearLine(now: now)
        case .ringHeldBack:
            return begin(Call(direction: .inbound, number: nil, state: .incoming), now: now)
                + startHangUp(.localHangUp, now: now)
        case .up where call?.state == .handedOver:
            return end(.localHangUp, now: now)
        case .up:
            return startHangUp(.localHangUp, now: now)
        case .hangingUp:
            return []
        }
    }

    /// - Parameter isBlind: true when the modem left the dial without a response.
    mutating func startHangUp(
        _ cause: ReleaseCause,
        fromRung rung: Int = 0,
        isBlind: Bool = false,
        now: Instant
    ) -> [Action] {
        let ladder = hangUpMemory.ladder(profile.hangUp, for: hangUpSituation)
        var hangUp = HangUp(
            cause: cause,
            fullLadder: ladder,
            ladder: ladder,
            rung: rung,
            step: .abortingDial,
            rungTaken: now,
            deadline: now + HangUpTiming.backstop
        )
        let changed = move(to: .hangingUp, now: now)
        stateDeadline = nil
        handoverDeadline = nil
        poll.due = nil
        if deferredDial != nil {
            // It never reached the modem.
            return changed + end(cause, now: now)
        }
        if isDialPending {
            phase = .hangingUp(hangUp)
            return changed + [.abort(.dial)]
        }
        if isBlind { return changed + hangUpBlindly(hangUp, now: now) }
        if isAnswerPending {
            isAnswerPending = false
            phase = .hangingUp(hangUp)
            return changed + [.abort(.answer)] + startRung(of: hangUp, now: now)
        }
        if isOnline {
            hangUp.step = .leavingDataMode
            phase = .hangingUp(hangUp)
            return changed + [.escape]
        }
        return changed + startRung(of: hangUp, now: now)
    }

    /// The dial that was aborted has ended, one way or the other.
    mutating func hangUpDialFinished(_ reply: ATReply, now: Instant) -> [Action] {
        guard case .hangingUp(var hangUp) = phase else { return [] }
        switch reply.ending {
        case .withdrawn:
            // It never reached the modem.
            return end(hangUp.cause, now: now)
        case .result(.connect) where isOnline:
            hangUp.step = .leavingDataMode
            hangUp.deadline = now + HangUpTiming.backstop
            phase = .hangingUp(hangUp)
            return [.escape]
        case .timedOut where profile.kind == .analog:
            return hangUpBlindly(hangUp, now: now)
        case .result, .timedOut, .portClosed:
            return startRung(of: hangUp, now: now)
        }
    }

    mutating func hangUpFinished(_ reply: ATReply, now: Instant) -> [Action] {
        guard case .hangingUp(var hangUp) = phase, hangUp.step == .commandSent else { return [] }
        let outcome = HangUp.Outcome(reply)
        if outcome != .unanswered { hangUp.rungTaken = now }
        if hangUp.ladder[hangUp.rung].means == .dropDTR {
            hangUp.step = .dtrOff
            hangUp.deadline = now + HangUpTiming.dtrPulse
            phase = .hangingUp(hangUp)
            return [.setDTR(false)]
        }
        if hangUp.blindness == .trying {
            return outcome == .unanswered
                ? startRung(of: hangUp.next, now: now) : startFullLadder(of: hangUp, now: now)
        }
        if reply.ending == .timedOut, profile.kind == .analog, hangUp.blindness == .notTried {
            return hangUpBlindly(hangUp, now: now)
        }
        if profile.canListCalls, poll.isSupported {
            return verify(hangUp, outcome, now: now)
        }
        // Without a list of calls, the modem's word is all there is.
        return outcome == .accepted ? end(hangUp.cause, now: now) : nextRung(after: hangUp, now: now)
    }

    /// The list of calls, asked to prove the hang-up.
    mutating func hangUpListed(_ entries: [CallListEntry]?, now: Instant) -> [Action] {
        guard case .hangingUp(var hangUp) = phase, case .verifying(let outcome) = hangUp.step else { return [] }
        guard let entries else {
            return outcome == .accepted ? end(hangUp.cause, now: now) : nextRung(after: hangUp, now: now)
        }
        guard let entry = ours(among: entries) else {
            // A list without the call proves nothing where the modem has just refused to end it.
            if outcome == .refused || outcome == .notSent, let next = gentleRung(after: hangUp) {
                return startRung(of: next, now: now)
            }
            return end(hangUp.cause, now: now) + owed(entries, now: now)
        }
        isFound(entry)
        if outcome == .notSent { return startRung(of: hangUp, now: now) }
        guard outcome != .refused, now - hangUp.rungTaken + HangUpTiming.listAgain < HangUpTiming.rung else {
            return nextRung(after: hangUp, now: now)
        }
        hangUp.deadline = now + HangUpTiming.listAgain
        phase = .hangingUp(hangUp)
        return []
    }

    /// A modem that hears nothing while it rings has not lost the command.
    mutating func rangDuringHangUp(now: Instant) {
        guard case .hangingUp(var hangUp) = phase, hangUp.step == .commandSent, call?.direction == .inbound else {
            return
        }
        hangUp.deadline = now + HangUpTiming.backstop
        phase = .hangingUp(hangUp)
    }

    mutating func hangUpDeadlineReached(now: Instant) -> [Action] {
        guard case .hangingUp(var hangUp) = phase else { return [] }
        switch hangUp.step {
        case .verifying(let outcome):
            return poll.isInFlight ? nextRung(after: hangUp, now: now) : verify(hangUp, outcome, now: now)
        case .dtrOff:
            hangUp.step = .dtrOn
            hangUp.deadline = now + HangUpTiming.dtrPulse
            phase = .hangingUp(hangUp)
            return [.setDTR(true)]
        case .dtrOn:
            // Back to a modem that leaves the call alone when the daemon stops.
            let restored = Self.ignoreDTR
            if profile.canListCalls, poll.isSupported {
                return [restored] + verify(hangUp, .unanswered, now: now)
            }
            return [restored] + nextRung(after: hangUp, now: now)
        case .abortingDial, .leavingDataMode, .commandSent:
            return giveUp(now: now)
        }
    }

    private mutating func verify(_ hangUp: HangUp, _ outcome: HangUp.Outcome, now: Instant) -> [Action] {
        var hangUp = hangUp
        hangUp.step = .verifying(outcome)
        hangUp.deadline = now + HangUpTiming.backstop
        phase = .hangingUp(hangUp)
        poll.isInFlight = true
        return [.send(ModemProfile.CallListPolicy.command, .callList)]
    }

    mutating func startRung(of hangUp: HangUp, now: Instant) -> [Action] {
        guard hangUp.ladder.indices.contains(hangUp.rung) else {
            return hangUp.blindness == .trying ? startFullLadder(of: hangUp, now: now) : giveUp(now: now)
        }
        var next = hangUp
        next.step = .commandSent
        next.rungTaken = now
        next.deadline = now + HangUpTiming.backstop
        phase = .hangingUp(next)
        let rung = hangUp.ladder[hangUp.rung]
        let command: ATCommand? =
            switch rung.means {
            case .command(let text): ATCommand(text)
            case .dropDTR: ATCommand("AT&D2")
            case .releaseByID: callID.map { ATCommand("AT+CHLD=1\($0)") }
            }
        guard isMet(rung.condition), var command else {
            if command == nil, hangUp.rung == 0, hangUp.step != .verifying(.notSent), profile.canListCalls,
                poll.isSupported
            {
                return verify(next, .notSent, now: now)
            }
            return startRung(of: next.next, now: now)
        }
        if hangUp.blindness == .trying {
            command.isBlind = true
            command.timeout = rung.means == .dropDTR ? HangUpTiming.blindDTR : HangUpTiming.blind
        }
        return [.send(command, .hangUp)]
    }

    private func isMet(_ condition: HangUpRung.Condition) -> Bool {
        switch condition {
        case .always: true
        case .onceAlerting: hasAlerted
        }
    }

    private mutating func nextRung(after hangUp: HangUp, now: Instant) -> [Action] {
        let note = Action.note(.hangUpNotConfirmed(rung: hangUp.ladder[hangUp.rung].name))
        return [note] + startRung(of: hangUp.next, now: now)
    }

    /// The next rung, unless that is the reset: a modem that lists no call is not restarted.
    private func gentleRung(after hangUp: HangUp) -> HangUp? {
        let next = hangUp.next
        guard next.ladder.indices.contains(next.rung), next.ladder[next.rung].means != .command(profile.reset.text)
        else { return nil }
        return next
    }

    /// Nothing that was written has ended the call for certain.
    mutating func giveUp(_ cause: ReleaseCause = .unverified, now: Instant) -> [Action] {
        var left = remembered
        left?.wantsEnd = true
        let actions = end(cause, now: now)
        // Its end is still wanted, should it be found again.
        keep(left, isTold: false)
        return actions + [.giveUp]
    }

    /// The call is over in the middle of its hang-up: no command of that is left behind, and DTR is as it was.
    func abandoned(_ hangUp: HangUp, _ cause: ReleaseCause) -> [Action] {
        guard cause != .modemLost, cause != .modemReset else { return [] }
        return switch hangUp.step {
        case .commandSent: [.withdraw(.hangUp)]
        case .dtrOff: [.setDTR(true), Self.ignoreDTR]
        case .dtrOn: [Self.ignoreDTR]
        case .abortingDial, .leavingDataMode, .verifying: []
        }
    }

    private static let ignoreDTR = Action.send(ATCommand("AT&D0"), .clear)

    // MARK: What worked last time

    var hangUpSituation: HangUpMemory.Situation? {
        call.map { HangUpMemory.Situation(direction: $0.direction, isAnswered: hasAnswered) }
    }

    /// The call is over: the rung that was tried last did it, if any did.
    mutating func rememberRung(of hangUp: HangUp) {
        switch hangUp.step {
        case .commandSent, .verifying, .dtrOff, .dtrOn: break
        case .abortingDial, .leavingDataMode: return
        }
        guard hangUp.blindness == .notTried, let situation = hangUpSituation,
            hangUp.ladder.indices.contains(hangUp.rung)
        else { return }
        let rung = hangUp.ladder[hangUp.rung]
        guard rung.means != .command(profile.reset.text) else { return }
        hangUpMemory.worked(rung, in: situation, isFirst: rung == profile.hangUp.first)
    }
}

extension CallMachine.HangUp {
    /// On the next rung.
    var next: Self {
        var next = self
        next.rung += 1
        return next
    }
}

extension CallMachine.HangUp.Outcome {
    init(_ reply: ATReply) {
        switch reply.ending {
        case .result(.ok): self = .accepted
        case .result: self = .refused
        case .timedOut, .withdrawn, .portClosed: self = .unanswered
        }
    }
}
