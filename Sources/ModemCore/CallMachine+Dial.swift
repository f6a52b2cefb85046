/// The dial and how it goes out, and what the modem's answers to it, to an answer and to the hand-over mean.
extension CallMachine {
    /// A dial that waits because the modem may still add NO CARRIER to the report of the last call's end.
    struct DeferredDial: Equatable {
        var command: ATCommand
        var due: Instant
    }

    mutating func dialFinished(_ reply: ATReply, now: Instant) -> [Action] {
        guard isDialPending else { return [] }
        isDialPending = false
        if case .result(.connect) = reply.ending { isOnline = dialForm.connectIsData }
        if case .hangingUp = phase { return hangUpDialFinished(reply, now: now) }
        if let cause = endDuringDial { return dialFinished(reply, afterEnd: cause, now: now) }
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
        case .result(let result): return end(ReleaseCause(result, in: .dialing), now: now)
        case .timedOut: return timedOut(now: now)
        case .withdrawn, .portClosed: return end(.modemLost, now: now)
        }
    }

    /// The end was reported before the result. An analog modem that believes in success still holds the line.
    private mutating func dialFinished(_ reply: ATReply, afterEnd cause: ReleaseCause, now: Instant) -> [Action] {
        switch reply.ending {
        case .result(.ok), .result(.connect), .result(.voiceConnect):
            profile.kind == .analog ? startHangUp(cause, now: now) : end(cause, now: now)
        case .result, .timedOut, .withdrawn, .portClosed: end(cause, now: now)
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

    // MARK: A dial after an end

    /// Sends the dial, or lets it wait while the modem may still say something about the last call.
    mutating func sendDial(_ command: ATCommand, now: Instant) -> [Action] {
        guard let due = trailerEnd, now < due else { return [.send(command, .dial)] }
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
