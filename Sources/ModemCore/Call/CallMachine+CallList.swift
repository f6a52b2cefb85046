/// The list of calls: when it is asked for, and what it proves.
extension CallMachine {
    /// The polling of +CLCC while a call is up.
    struct Poll: Equatable {
        /// When to ask next; nil when not to.
        var due: Instant?
        /// It is asked for: the question waits or is written.
        var isInFlight = false
        /// The call was in a list once.
        var wasListed = false
        /// It was listed with a mode that is not voice.
        var wasListedAsData = false
        /// Polls in a row that missed the call.
        var absences = 0
        /// Polls in a row that the modem refused.
        var refusals = 0
        /// An end that was reported in the middle of a poll. One more list decides: in the one under way the call's row may
        /// have been written before the end.
        var suspectedEnd: ReleaseCause?
        var listsSinceSuspicion = 0

        /// False once the modem has refused often enough to mean it.
        var isSupported: Bool { refusals < 3 }
    }

    private enum PollTiming {
        /// From a list in whose middle an end was reported to the one that decides.
        static let decision = Duration.milliseconds(50)
        /// A call that is missing from a list is looked for again so soon: anyone who waits for its end has waited a poll already.
        static let confirmation = Duration.milliseconds(250)
        static let doubtLimit = Duration.seconds(20)
        /// A dial of which the modem says nothing for so long has failed, or a report was lost: then a question does no harm.
        static let patience = Duration.seconds(30)
        /// From the OK of the dial: for so long a call may be missing from the lists before its first row.
        static let firstRow = Duration.seconds(10)
    }

    /// Takes over a call that was up before the port was opened; a list without one is nothing.
    package mutating func adopt(_ entries: [CallListEntry], now: Instant) -> [Action] {
        if recall != nil { return recallListed(entries, now: now) }
        let rows = entries.voiceCalls
        // Of several the one that is talked on is ours, whatever a ring has begun.
        let talkedOn = rows.first { $0.state == .active } ?? rows.first { $0.state == .held }
        guard let entry = talkedOn ?? rows.first, let state = entry.stateOfOne else { return [] }
        var actions: [Action] = []
        switch phase {
        case .idle: break
        case .ringHeldBack where talkedOn != nil: break
        case .up where talkedOn != nil && call?.direction == .inbound && !hasAnswered && !isAnswerPending:
            actions = end(.missed, now: now)
        case .ringHeldBack, .up, .hangingUp: return []
        }
        let call = Call(direction: entry.direction, number: entry.number, state: state, isAdopted: true)
        actions += [.note(.adopted)] + begin(call, now: now)
        isFound(entry)
        otherSeen = rows.count > 1 ? now : nil
        schedulePoll(now: now)
        return actions
    }

    mutating func schedulePoll(now: Instant) {
        poll.due = nextPoll(now: now).map { now + $0 }
    }

    /// How long until the list is asked for again, nil when it must not be.
    private func nextPoll(now: Instant) -> Duration? {
        guard let policy = profile.callList, poll.isSupported, !isOnline else { return nil }
        switch phase {
        case .idle, .hangingUp: return nil
        case .ringHeldBack where poll.absences == 0: return policy.setupInterval
        case .ringHeldBack: return min(PollTiming.confirmation, policy.setupInterval)
        case .up: break
        }
        // The next list decides.
        guard poll.suspectedEnd == nil else { return PollTiming.decision }
        if poll.absences > 0, poll.wasListed || provesAbsence(now: now) {
            return min(PollTiming.confirmation, policy.setupInterval)
        }
        switch call?.state {
        case .dialing, .alerting:
            switch policy.start {
            case .accepted: return policy.setupInterval
            case .alerting: return hasAlerted ? policy.setupInterval : PollTiming.patience
            case .answered: return nil
            }
        case .incoming, .waiting: return policy.setupInterval
        case .active, .held: return policy.activeInterval
        case .idle, .dialed, .handedOver, .hangingUp, .released, nil: return nil
        }
    }

    mutating func pollCallList(now: Instant) -> [Action] {
        poll.due = nil
        let isAwaited = phase == .up || phase == .ringHeldBack || (phase == .idle && ringTail != nil)
        guard isAwaited, !poll.isInFlight, !isDialPending, !isAnswerPending else {
            schedulePoll(now: now)
            return []
        }
        poll.isInFlight = true
        return [.send(ModemProfile.CallListPolicy.command, .callList)]
    }

    mutating func callListFinished(_ reply: ATReply, now: Instant) -> [Action] {
        if recall?.isAsked == true { return recallAnswered(reply, now: now) }
        if endCheck?.isAsked == true { return endCheckAnswered(reply, now: now) }
        if let actions = clearingListed(reply, now: now) { return actions }
        guard poll.isInFlight else { return [] }
        poll.isInFlight = false
        let entries: [CallListEntry]? = reply.isOK ? [CallListEntry](reply) : nil
        noteRefusal(reply)
        if let entries, !entries.voiceCalls.isEmpty { listHasShownCalls = true }
        switch phase {
        case .idle: return tailListed(entries ?? [], now: now)
        case .ringHeldBack: return heldRingListed(entries, now: now)
        case .hangingUp: return hangUpListed(entries, now: now)
        case .up:
            // Where the list is not asked for again, none is to come that could decide.
            if profile.callList == nil, poll.listsSinceSuspicion == 0, let cause = poll.suspectedEnd {
                return end(cause, now: now)
            }
            if isDoubted { return doubtListed(entries ?? [], now: now) }
            let actions = entries.map { listed($0, now: now) } ?? listMissing(now: now)
            if phase == .up { schedulePoll(now: now) }
            if phase == .idle { return actions + owed(entries ?? [], now: now) }
            return actions
        }
    }

    // MARK: Time is up

    /// The state has lasted too long. A report of the answer may have been lost: where the modem lists its calls, one that is
    /// talked on is not hung up.
    mutating func timedOut(now: Instant) -> [Action] {
        guard profile.canListCalls, poll.isSupported, !isDoubted, !isDialPending, !isOnline else {
            return startHangUp(.timeout, now: now)
        }
        isDoubted = true
        stateDeadline = now + PollTiming.doubtLimit
        poll.due = nil
        guard !poll.isInFlight else { return [] }
        poll.isInFlight = true
        return [.send(ModemProfile.CallListPolicy.command, .callList)]
    }

    private mutating func doubtListed(_ entries: [CallListEntry], now: Instant) -> [Action] {
        isDoubted = false
        guard let entry = ours(among: entries), entry.state == .active || entry.state == .held else {
            return startHangUp(.timeout, now: now)
        }
        stateDeadline = now + profile.limits.talking
        let actions = listed(entries, now: now)
        if phase == .up { schedulePoll(now: now) }
        return actions
    }

    /// A list that shows the call of which only one ring is known is as good as a second ring.
    mutating func ringListed(_ entries: [CallListEntry], now: Instant) -> [Action] {
        let inbound = entries.filter { $0.direction == .inbound }
        guard let entry = inbound.voiceCalls.first ?? inbound.first(where: { $0.state == .incoming }),
            let state = entry.stateOfOne
        else { return [] }
        let actions = begin(Call(direction: .inbound, number: entry.number, state: state), now: now)
        isFound(entry)
        return actions
    }

    /// Our call in the list: by its id once that is known, until then by its number and its direction. Of two rows the later
    /// is the newer.
    func ours(among entries: [CallListEntry]) -> CallListEntry? {
        let candidates = entries.filter { !$0.isOver && mayBeOurs($0) }
        let id = callID ?? (candidates.first { namesOurNumber($0.number) } ?? candidates.first)?.id
        return candidates.last { $0.id == id }
    }

    /// A row of another mode than voice is ours when something besides says so: its number, its id, or a state that only a
    /// call being set up has. Data connections are always active.
    private func mayBeOurs(_ entry: CallListEntry) -> Bool {
        guard entry.direction == call?.direction else { return false }
        if entry.isVoice || namesOurNumber(entry.number) { return true }
        if poll.wasListedAsData, entry.id == callID { return true }
        if profile.reportIDsAreListed, entry.id == reportID { return true }
        return entry.state == .dialing || entry.state == .alerting || entry.state == .incoming
    }

    func namesOurNumber(_ number: String?) -> Bool {
        guard let number, let ours = call?.number else { return false }
        // The prefixes that show or hide the own number are no part of it (22.081).
        let prefix = ["*31#", "#31#"].first { ours.hasPrefix($0) }
        return CallerID.isSame(number, String(ours.dropFirst(prefix?.count ?? 0)))
    }

    /// Only a plain refusal means that there is no list; other codes are passing moods.
    private mutating func noteRefusal(_ reply: ATReply) {
        switch reply.ending {
        case .result(.error), .result(.unsupported), .result(.cmeError(3)), .result(.cmeError(4)): poll.refusals += 1
        case .result(.ok): poll.refusals = 0
        case .result, .timedOut, .withdrawn, .portClosed: break
        }
    }

    private mutating func listed(_ entries: [CallListEntry], now: Instant) -> [Action] {
        var actions: [Action] = []
        guard let entry = ours(among: entries) else {
            return absent(isListedAsOver: entries.contains { $0.isOver && $0.id == callID }, now: now)
        }
        isFound(entry)
        poll.absences = 0
        if entries.voiceCalls.contains(where: { $0.id != entry.id }) { otherSeen = now }
        if poll.suspectedEnd != nil {
            poll.listsSinceSuspicion += 1
            guard poll.listsSinceSuspicion > 1 else { return [] }
            poll.suspectedEnd = nil
            actions.append(.note(.endContradicted))
        }
        actions += numberLearned(entry.number)
        guard let state = entry.stateOfOne else { return actions }
        if call?.state == .incoming && state == .incoming {
            stateDeadline = now + profile.limits.ringGap
            actions += answerAgain(isRing: false, now: now)
        }
        // A report may have been faster than the list.
        if profile.reportsProgress { return actions + advance(to: state, now: now) }
        return actions + move(to: state, now: now)
    }

    /// The list shows our call.
    mutating func isFound(_ entry: CallListEntry) {
        callID = entry.id
        poll.wasListed = true
        if !entry.isVoice { poll.wasListedAsData = true }
        listHasShownCalls = true
    }

    /// - Parameter isListedAsOver: some makers list a call that is over once more, with a state of their own.
    private mutating func absent(isListedAsOver: Bool, now: Instant) -> [Action] {
        if let cause = poll.suspectedEnd { return end(cause, now: now) }
        // The reason for the end is awaited.
        guard unexplainedEnd == nil else { return [] }
        poll.absences += 1
        guard let policy = profile.callList, isListedAsOver || poll.absences >= policy.absencesToEnd,
            isListedAsOver || poll.wasListed || provesAbsence(now: now), let call
        else { return [] }
        let note: [Action] = profile.reportsProgress ? [.note(.endNotReported)] : []
        return endUnlisted(call, now: now) + note
    }

    /// Whether a list without a call that was never listed says that there is none. It may be too young for a row; and a modem
    /// whose list has never shown any call lists none, whatever it reports.
    private func provesAbsence(now: Instant) -> Bool {
        // A ring weighs more than a list that never showed the call.
        if mayStillRing(now: now) { return false }
        if let dialTaken, now - dialTaken < PollTiming.firstRow { return false }
        return listHasShownCalls || !isReported
    }

    private mutating func endUnlisted(_ call: Call, now: Instant) -> [Action] {
        if !poll.wasListed && reportID == nil && !hasAnswered && call.direction == .outbound {
            // The modem took the number and made no call of it: leave nothing behind.
            return startHangUp(.noCarrier, now: now)
        }
        return end(ReleaseCause(.noCarrier, in: call.state), now: now)
    }

    private mutating func listMissing(now: Instant) -> [Action] {
        if let cause = poll.suspectedEnd { return end(cause, now: now) }
        guard !poll.isSupported else { return [] }
        let isBlind = call?.state == .dialing || call?.state == .alerting
        return [.note(.callListUnsupported)] + (isBlind ? move(to: .dialed, now: now) : [])
    }
}
