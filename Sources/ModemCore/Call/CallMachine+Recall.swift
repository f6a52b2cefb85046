/// The call that outlives the process, the port and a silent modem: it stays what it was until the modem has spoken of it.
extension CallMachine {
    /// A call of which the modem has not spoken yet.
    struct Recall: Equatable {
        var remembered: RememberedCall
        /// When it is told as over, should the modem say nothing; nil once it was, or while the modem answers.
        var tellBy: Instant?
        /// When the list of calls is asked for again.
        var due: Instant?
        /// The question for the list waits or is written.
        var isAsked = false
        /// How often in a row the modem refused the list.
        var refusals = 0
        /// By then a modem that answers and does not list its calls is believed to have no list.
        var listBy: Instant?
    }

    private enum RecallTiming {
        static let again = Duration.milliseconds(500)
        /// A modem whose SIM is busy does not list its calls for so long.
        static let patience = Duration.seconds(30)
        static let refusals = 3
    }

    /// What would have to be known of the present call after the death of this process; nil when there is none.
    package var remembered: RememberedCall? {
        if let recall { return recall.remembered }
        guard let call, let begun else { return nil }
        let isEnding = if case .hangingUp = phase { true } else { false }
        return RememberedCall(call, begun: begun, wantsEnd: isEnding)
    }

    /// True while a call is told of which the modem has not spoken yet.
    package var isRecallTold: Bool { recall != nil && call != nil }

    // MARK: Beginning

    /// The process was started: this is what the one before it knew.
    ///
    /// - Parameter tellBy: when a modem that says nothing makes the call count as over.
    package mutating func recall(_ recollection: Recollection, tellBy: Instant) -> [Action] {
        guard phase == .idle else { return [] }
        switch recollection {
        case .free:
            return []
        case .unknown:
            isLineDoubtful = true
            return []
        case .call(var remembered):
            remembered.call.isAdopted = true
            keep(remembered, isTold: remembered.isTold, tellBy: tellBy)
            guard remembered.isTold else { return [] }
            if remembered.wantsEnd { remembered.call.state = .hangingUp }
            phase = .up
            call = remembered.call
            begun = remembered.begun
            return [.changed(remembered.call)]
        }
    }

    /// The modem has fallen silent, or its port is opened again: the call may be up anyway.
    package mutating func suspended(tellBy: Instant, now: Instant) -> [Action] {
        guard recall == nil else {
            recall?.isAsked = false
            recall?.due = nil
            recall?.refusals = 0
            recall?.listBy = nil
            let earlier = recall?.tellBy ?? tellBy
            if call != nil { recall?.tellBy = min(earlier, tellBy) }
            return []
        }
        // A dial that was never written is none.
        guard let left = remembered, deferredDial == nil, !isDialPending || isDialInFlight else {
            return modemLost(.modemLost, now: now)
        }
        forgetLastCall()
        isOnline = false
        clearing = nil
        stateDeadline = nil
        handoverDeadline = nil
        phase = .up
        keep(left, isTold: true, tellBy: tellBy)
        return []
    }

    /// The device is gone: the call is told as over. What is left of it on the line is dealt with when the device is back.
    package mutating func deviceLost(now: Instant) -> [Action] {
        var left = remembered
        if recall == nil, let call, !profile.canListCalls, call.state != .handedOver { left?.wantsEnd = true }
        let isRinging = call?.state == .incoming || call?.state == .waiting
        let actions = modemLost(.modemLost, now: now)
        if !isRinging { keep(left, isTold: false) }
        return actions
    }

    mutating func keep(_ remembered: RememberedCall?, isTold: Bool, tellBy: Instant? = nil) {
        guard var remembered, remembered.call.state != .handedOver || isTold else { return }
        remembered.isTold = isTold
        // Anyone who hears of it again hears of a call that was up before.
        if !isTold { remembered.call.isAdopted = true }
        recall = Recall(remembered: remembered, tellBy: isTold ? tellBy : nil)
    }

    // MARK: The modem answers

    /// The modem answers AT: before anything else it is asked for the call.
    package mutating func synchronized(now: Instant) -> [Action] {
        guard recall != nil else {
            guard isLineDoubtful, !profile.canListCalls else { return [] }
            return clearLine(now: now)
        }
        isLineDoubtful = false
        recall?.tellBy = nil
        recall?.listBy = now + RecallTiming.patience
        guard profile.canListCalls else { return decide(.noList, now: now) }
        return askForRecall()
    }

    /// A modem that should list its calls has refused to; nothing is known of before.
    package mutating func listRefused(now: Instant) -> [Action] {
        isLineDoubtful ? clearLine(now: now) : []
    }

    private mutating func askForRecall() -> [Action] {
        recall?.due = nil
        recall?.isAsked = true
        return [.send(ModemProfile.CallListPolicy.command, .callList)]
    }

    mutating func recallAnswered(_ reply: ATReply, now: Instant) -> [Action] {
        guard var asked = recall, asked.isAsked else { return [] }
        asked.isAsked = false
        asked.due = now + RecallTiming.again
        switch reply.ending {
        case .result(.ok):
            recall = asked
            return recallListed([CallListEntry](reply), now: now)
        case .result(.error), .result(.unsupported), .result(.cmeError(3)), .result(.cmeError(4)): asked.refusals += 1
        case .portClosed: asked.due = nil
        case .result, .timedOut, .withdrawn: break
        }
        recall = asked
        let isOver = asked.listBy.map { now >= $0 } ?? false
        guard asked.refusals >= RecallTiming.refusals || isOver else { return [] }
        poll.refusals = asked.refusals
        return decide(.noList, now: now)
    }

    /// The list of calls, asked for by this machine or by the set-up.
    mutating func recallListed(_ entries: [CallListEntry], now: Instant) -> [Action] {
        guard let recall else { return [] }
        let rows = entries.filter { $0.state != nil }
        if let entry = rows.last(where: { recall.remembered.mayBe($0) }), let state = entry.stateOfOne {
            return decide(.listed(state), entry, now: now)
        }
        let actions = decide(.notListed, now: now)
        // Another call than ours is up.
        guard self.recall == nil, phase == .idle, !rows.isEmpty else { return actions }
        return actions + adopt(rows, now: now)
    }

    private mutating func decide(_ evidence: RecallEvidence, _ entry: CallListEntry? = nil, now: Instant) -> [Action] {
        guard let recall else { return [] }
        let verdict = recall.remembered.verdict(evidence, kind: profile.kind, limit: profile.limits.talking, now: now)
        switch verdict {
        case .askAgain:
            self.recall?.due = now + RecallTiming.again
            return []
        case .over:
            return end(recall.remembered.wantsEnd ? .localHangUp : .unknownEnd, now: now)
        case .hangUp:
            let cause: ReleaseCause = recall.remembered.wantsEnd ? .localHangUp : .unknownEnd
            // It was told as over, and nothing says that it is up: only the line is cleared.
            if call == nil, entry == nil {
                self.recall = nil
                return clearLine(now: now)
            }
            let actions = takeOver(in: entry?.state ?? recall.remembered.call.state, entry, now: now)
            return actions + startHangUp(cause, now: now)
        case .adopt where call == nil && entry == nil:
            self.recall = nil
            return clearLine(now: now)
        case .adopt(let state):
            return [.note(.adopted)] + takeOver(in: state, entry, now: now) + scheduledPoll(now: now)
        }
    }

    private mutating func scheduledPoll(now: Instant) -> [Action] {
        schedulePoll(now: now)
        return []
    }

    /// The call is up, as far as anybody can know.
    private mutating func takeOver(in state: CallState, _ entry: CallListEntry?, now: Instant) -> [Action] {
        guard let recall else { return [] }
        let refusals = poll.refusals
        let told = self.call
        var call = recall.remembered.call
        call.state = state
        if call.number == nil { call.number = entry?.number }
        let began = begin(call, now: now)
        begun = recall.remembered.isSameBoot ? recall.remembered.begun : now
        poll.refusals = refusals
        callID = entry?.id
        poll.wasListed = entry != nil
        stateDeadline = max(now, (begun ?? now) + limit(for: state))
        if state == .incoming || state == .waiting || state == .dialing || state == .alerting {
            stateDeadline = now + limit(for: state)
        }
        return told == call || told?.state == .hangingUp ? [] : began
    }

    // MARK: A person, and time

    /// - Returns: nil when there is no such call.
    mutating func recallHungUp(now: Instant) -> [Action]? {
        guard recall != nil else { return nil }
        recall?.remembered.wantsEnd = true
        // Where the port is open and the modem answers, the hang-up does not wait for the list.
        guard var call, call.state != .hangingUp else { return [] }
        call.state = .hangingUp
        self.call = call
        recall?.remembered.call = call
        return [.changed(call)]
    }

    mutating func recallDeadlineReached(now: Instant) -> [Action] {
        guard let recall else { return [] }
        if call != nil {
            // What a report may have set in motion waits for the list.
            stateDeadline = nil
            handoverDeadline = nil
            poll.due = nil
        }
        if let deadline = recall.tellBy, now >= deadline {
            var left = recall.remembered
            if !profile.canListCalls, left.call.state != .handedOver { left.wantsEnd = true }
            let actions = end(.notResponding, now: now)
            keep(left, isTold: false)
            return actions
        }
        guard let due = recall.due, now >= due, !recall.isAsked else { return [] }
        return askForRecall()
    }
}
