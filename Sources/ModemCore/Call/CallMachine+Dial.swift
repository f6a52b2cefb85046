/// The dial and how it goes out, and what the modem's answers to it, to an answer and to the hand-over mean.
extension CallMachine {
    /// A dial that waits because the modem may still add NO CARRIER to the report of the last call's end.
    struct DeferredDial: Equatable {
        var command: ATCommand
        var due: Instant
    }

    private enum DialTiming {
        /// From a dial that was not answered to the answer to any other command.
        static let anyAnswer = Duration.seconds(4)
        /// For so long after an end the modem may still tell it.
        static let echoOfEnd = Duration.seconds(10)
        /// From a dial to a result that may be of the call before.
        static let crossing = Duration.seconds(2)
        /// From such a result to the OK of a dial that goes on.
        static let belatedOK = Duration.seconds(1)
    }

    /// An end that was reported before the dial's final result.
    struct EarlyEnd: Equatable {
        var cause: ReleaseCause
        /// The report told the reason; otherwise the result may.
        var isExplained: Bool
    }

    mutating func dialFinished(_ reply: ATReply, now: Instant) -> [Action] {
        guard isDialPending else { return [] }
        isDialPending = false
        dialTaken = now
        if case .result(.connect) = reply.ending { isOnline = dialForm.connectIsData }
        if case .hangingUp = phase { return hangUpDialFinished(reply, now: now) }
        if let endDuringDial { return dialFinished(reply, afterEnd: endDuringDial, now: now) }
        switch reply.ending {
        case .result(.ok): return dialAccepted(now: now)
        case .result(.connect):
            let actions = move(to: .active, now: now)
            schedulePoll(now: now)
            return actions
        case .result(.voiceConnect):
            // The ring-back tone stopped: more than that the modem cannot know.
            hasAnswered = true
            return [.note(.probablyAnswered)] + dialedOut(now: now)
        case .result(let result):
            return resultIsDoubtful(result, now: now)
                ? doubt(result, now: now) : end(ReleaseCause(result, in: .dialing), now: now)
        case .timedOut: return dialUnanswered(now: now)
        case .withdrawn, .portClosed: return end(.modemLost, now: now)
        }
    }

    /// The modem has not answered the dial. What it may have made of it is hung up; one that does not answer at all is given up
    /// within moments, because an operator waits. An analog modem may still hold the line.
    private mutating func dialUnanswered(now: Instant) -> [Action] {
        guard profile.kind == .gsm else { return startHangUp(.timeout, isBlind: true, now: now) }
        answerDeadline = now + DialTiming.anyAnswer
        return timedOut(now: now)
    }

    /// The modem reports the call that it has not answered yet: it has not lost the dial.
    mutating func dialProgressed() -> [Action] {
        guard isDialPending, isDialInFlight, let dialedAt else { return [] }
        return [.awaitDial(until: dialedAt + dialForm.timeout)]
    }

    /// The end was reported before the result. An analog modem that believes in success still holds the line.
    private mutating func dialFinished(_ reply: ATReply, afterEnd early: EarlyEnd, now: Instant) -> [Action] {
        switch reply.ending {
        case .result(.ok), .result(.connect), .result(.voiceConnect):
            if profile.kind == .analog {
                startHangUp(early.cause, now: now)
            } else if wasFreedJustNow(now: now) {
                // It may have been the end of the call before.
                suspectEndOfDial(early.cause, now: now)
            } else {
                end(early.cause, now: now)
            }
        case .result(let result) where !early.isExplained:
            end(ReleaseCause(result, in: call?.state ?? .dialing), now: now)
        case .result, .timedOut, .withdrawn, .portClosed: end(early.cause, now: now)
        }
    }

    private mutating func dialAccepted(now: Instant) -> [Action] {
        switch dialForm.okPolicy {
        case .accepted, .startedThenAnswered:
            awaitsSecondOK = dialForm.okPolicy == .startedThenAnswered
            // A report may have been faster than the OK.
            guard call?.state == .dialing else { return [] }
            guard profile.callList != nil || profile.reportsProgress || awaitsSecondOK else {
                return move(to: .dialed, now: now)
            }
            stateDeadline = now + profile.limits.dialing
            schedulePoll(now: now)
            return []
        case .dialed:
            return dialedOut(now: now)
        case .answered:
            let actions = move(to: .active, now: now)
            schedulePoll(now: now)
            return actions
        case .rejected:
            // Unless it was a late OK to something else: the hang-up proves that nothing is up.
            return startHangUp(.rejected, now: now)
        }
    }

    private mutating func dialedOut(now: Instant) -> [Action] {
        handoverDeadline = options.handover.map { now + $0 }
        return move(to: .dialed, now: now)
    }

    mutating func sendAnswer(now: Instant) -> [Action] {
        guard let command = profile.answer else { return [] }
        isAnswerPending = true
        answerSent = now
        return [.send(command, .answer)]
    }

    mutating func answerFinished(_ reply: ATReply, now: Instant) -> [Action] {
        guard isAnswerPending else { return [] }
        isAnswerPending = false
        guard phase == .up, call?.state == .incoming else { return [] }
        switch reply.ending {
        case .result(.ok), .result(.connect):
            isReported = true
            let actions = move(to: .active, now: now)
            schedulePoll(now: now)
            return actions
        case .result(let result) where result.concernsCall:
            return end(.missed, now: now)
        case .result, .timedOut, .withdrawn, .portClosed:
            // The ringing goes on, or its end will tell.
            return [.note(.answerRefused)]
        }
    }

    // MARK: What crosses the dial

    /// True when the call before ended so short a time ago that the modem may still tell it.
    func wasFreedJustNow(now: Instant) -> Bool {
        lineFreed.map { now - $0 < DialTiming.echoOfEnd } ?? false
    }

    /// True for an end that came so soon that the modem may have said it about the call before.
    private func resultIsDoubtful(_ result: FinalResultCode, now: Instant) -> Bool {
        guard result.concernsCall, let dialedAt, now - dialedAt < DialTiming.crossing else { return false }
        return wasFreedJustNow(now: now)
    }

    /// The dial may go on anyway: a modem that lists its calls is given a moment to say so, then it is asked. Elsewhere the
    /// line is cleared.
    private mutating func doubt(_ result: FinalResultCode, now: Instant) -> [Action] {
        guard canAskDuringDial else { return startHangUp(ReleaseCause(result, in: .dialing), now: now) }
        doubtedResult = result
        stateDeadline = now + DialTiming.belatedOK
        return []
    }

    private var canAskDuringDial: Bool {
        profile.kind == .gsm && profile.canListCalls && poll.isSupported && dialForm.okPolicy == .accepted
    }

    mutating func decideDoubtedResult(_ result: FinalResultCode, now: Instant) -> [Action] {
        doubtedResult = nil
        return suspectEndOfDial(ReleaseCause(result, in: .dialing), now: now)
    }

    private mutating func suspectEndOfDial(_ cause: ReleaseCause, now: Instant) -> [Action] {
        endDuringDial = nil
        stateDeadline = now + profile.limits.dialing
        return suspectEnd(cause, now: now)
    }

    /// A plain result that no command waits for. After a dial one answer is one too many, and which of them was meant for the
    /// dial nobody can know: the modem is asked, or the line is cleared.
    package mutating func strayResultReceived(_ result: FinalResultCode, now: Instant) -> [Action] {
        switch phase {
        case .up where isDialPending || deferredDial != nil || recall != nil:
            return []
        case .up where doubtedResult != nil && result == .ok:
            doubtedResult = nil
            return dialAccepted(now: now)
        case .up where result == .ok:
            guard awaitsSecondOK else { return [] }
            awaitsSecondOK = false
            return advance(to: .active, now: now)
        case .up:
            return failureStrayed(result, now: now)
        case .idle:
            return resultStrayedAfterEnd(result, now: now)
        case .ringHeldBack, .hangingUp:
            return []
        }
    }

    private mutating func failureStrayed(_ result: FinalResultCode, now: Instant) -> [Action] {
        guard call?.direction == .outbound, call?.state != .handedOver, isWithinDial(now: now) else { return [] }
        let cause = ReleaseCause(result, in: call?.state ?? .dialing)
        return profile.kind == .gsm && profile.canListCalls && poll.isSupported
            ? suspectEnd(cause, now: now) : startHangUp(cause, now: now)
    }

    private mutating func resultStrayedAfterEnd(_ result: FinalResultCode, now: Instant) -> [Action] {
        guard result == .ok, isWithinDial(now: now), recall == nil else { return [] }
        // Once: some modems answer everything twice.
        dialedAt = nil
        guard profile.canListCalls, poll.isSupported else { return clearLine(now: now) }
        checkSoon(id: nil, direction: .outbound, now: now)
        return []
    }

    /// The last dial is so young that its answer may still come.
    private func isWithinDial(now: Instant) -> Bool {
        dialedAt.map { now - $0 < dialForm.timeout } ?? false
    }

    // MARK: A dial after an end

    /// Sends the dial, or lets it wait while the modem may still say something about the last call.
    mutating func sendDial(_ command: ATCommand, now: Instant) -> [Action] {
        let due = max(clearingDue(now: now) ?? now, trailerEnd ?? now)
        guard now < due else { return [.send(command, .dial)] }
        deferredDial = DeferredDial(command: command, due: due)
        return []
    }

    /// The result that was to follow the report has come: nothing more is to be said about the last call.
    mutating func trailerReceived() -> [Action] {
        guard isTrailerResult else { return [] }
        trailerEnd = nil
        return sendDeferredDial()
    }

    mutating func sendDeferredDial() -> [Action] {
        guard let dial = deferredDial else { return [] }
        deferredDial = nil
        return [.send(dial.command, .dial)]
    }

    // MARK: Hand-over

    mutating func handOver(now: Instant) -> [Action] {
        handoverDeadline = nil
        guard phase == .up, call?.state == .dialed else { return [] }
        return [.send(ATCommand("ATH"), .handOver)]
    }

    mutating func handOverFinished(_ reply: ATReply, now: Instant) -> [Action] {
        guard phase == .up, call?.state == .dialed else { return [] }
        if reply.isOK { return move(to: .handedOver, now: now) }
        handoverDeadline = now + .seconds(5)
        return [.note(.handOverFailed)]
    }
}
