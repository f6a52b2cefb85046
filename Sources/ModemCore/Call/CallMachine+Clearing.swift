/// The reset button: a hang-up while no call is known ends whatever the modem has.
extension CallMachine {
    /// The line is being cleared.
    struct Clearing: Equatable {
        enum Step: Equatable {
            /// The rung's command is queued or in flight.
            case commandSent
            /// The modem is asked which calls it has.
            case listing(HangUp.Outcome)
        }
        /// Where on the profile's ladder it is.
        var rung: Int
        var step = Step.commandSent
        /// When the modem accepted the rung's command.
        var accepted: Instant?
        /// When the list is asked for again.
        var due: Instant?
        /// A list showed a call that came in.
        var wasInbound = false
    }

    private enum ClearingTiming {
        /// A call that was hung up may still be listed for so long.
        static let limit = Duration.seconds(3)
        static let listAgain = Duration.milliseconds(500)
        /// A dial waits for the line to be cleared, though not for longer.
        static let dial = Duration.seconds(5)
    }

    /// Hangs up whatever the modem has, known here or not.
    mutating func clearLine(now: Instant) -> [Action] {
        isLineDoubtful = false
        guard clearing == nil else { return [] }
        clearing = Clearing(rung: 0)
        return sendClearing(now: now)
    }

    /// Goes on with the first command of the ladder that is not the reset.
    private mutating func sendClearing(now: Instant) -> [Action] {
        guard var clearing else { return [] }
        while profile.hangUp.indices.contains(clearing.rung) {
            if case .command(let text) = profile.hangUp[clearing.rung].means, text != profile.reset.text {
                clearing.step = .commandSent
                self.clearing = clearing
                return [.send(ATCommand(text), .clear)]
            }
            clearing.rung += 1
        }
        return cleared(now: now)
    }

    mutating func clearingFinished(_ reply: ATReply, now: Instant) -> [Action] {
        guard var clearing, clearing.step == .commandSent else { return [] }
        let outcome = HangUp.Outcome(reply)
        switch reply.ending {
        case .withdrawn, .portClosed:
            return cleared(now: now)
        case .result, .timedOut:
            guard profile.canListCalls, poll.isSupported else { return clearedBy(outcome, now: now) }
            clearing.accepted = outcome == .accepted ? now : nil
            clearing.step = .listing(outcome)
            self.clearing = clearing
            return [.send(ModemProfile.CallListPolicy.command, .callList)]
        }
    }

    /// Without a list of calls, the modem's word is all there is.
    private mutating func clearedBy(_ outcome: HangUp.Outcome, now: Instant) -> [Action] {
        guard outcome == .refused else { return cleared(now: now) }
        clearing?.rung += 1
        return sendClearing(now: now)
    }

    /// - Returns: nil when the list was not asked for here.
    mutating func clearingListed(_ reply: ATReply, now: Instant) -> [Action]? {
        guard var clearing, case .listing(let outcome) = clearing.step, clearing.due == nil else { return nil }
        guard reply.isOK else {
            return reply.ending == .portClosed ? cleared(now: now) : clearedBy(outcome, now: now)
        }
        let rows = [CallListEntry](reply).voiceCalls
        guard !rows.isEmpty else { return cleared(now: now) }
        listHasShownCalls = true
        clearing.wasInbound = rows.contains { $0.direction == .inbound }
        if let accepted = clearing.accepted, now - accepted < ClearingTiming.limit {
            clearing.due = now + ClearingTiming.listAgain
            self.clearing = clearing
            return []
        }
        let rung = clearing.rung + 1
        self.clearing = nil
        return hangUpFound(rows, fromRung: rung, now: now)
    }

    /// The command alone has not ended the call: it is told as one that is being hung up, and the ladder is climbed.
    private mutating func hangUpFound(_ rows: [CallListEntry], fromRung rung: Int, now: Instant) -> [Action] {
        // The dial that waits for this line cannot be had.
        var actions = deferredDial == nil ? [] : end(.lineInUse, now: now)
        if phase == .ringHeldBack { return actions + hangUp(now: now) }
        actions += adopt(rows, now: now)
        guard phase == .up else { return actions }
        return actions + startHangUp(.localHangUp, fromRung: rung, now: now)
    }

    private mutating func cleared(now: Instant) -> [Action] {
        if clearing?.wasInbound == true, phase == .idle {
            ringTail = RingTail(number: nil, since: now, last: lastRing ?? now)
        }
        clearing = nil
        if let due = trailerEnd, now < due {
            deferredDial?.due = due
            return []
        }
        return sendDeferredDial()
    }

    /// A dial that is asked for while the line is being cleared waits for that.
    func clearingDue(now: Instant) -> Instant? {
        clearing == nil ? nil : now + ClearingTiming.dial
    }

    mutating func listForClearing() -> [Action] {
        clearing?.due = nil
        return [.send(ModemProfile.CallListPolicy.command, .callList)]
    }
}
