/// A second call: its end is not that of ours, and what the list shows after an end is told.
extension CallMachine {
    /// The list of calls, asked after an end that the modem reported.
    struct EndCheck: Equatable {
        /// When it is asked for.
        var due: Instant?
        /// The question waits or is written.
        var isAsked = false
        /// The ended call, as it may still be listed.
        var id: Int?
        var direction: CallDirection
        /// One list has still shown it.
        var wasListed = false
    }

    private enum SecondCallTiming {
        /// A second call of which nothing is heard for so long no longer casts a doubt on an end.
        static let memory = Duration.seconds(15)
        /// A result code that follows the report of an end so soon is of the same end.
        static let trailer = Duration.seconds(1)
        /// From a reported end to the list; what a modem still says about the end comes before.
        static let check = Duration.milliseconds(400)
        /// A call just ended may still be in one list.
        static let again = Duration.milliseconds(600)
    }

    /// True while a second call is known, or was a moment ago: then an end that names no call is only a suspicion.
    func isOtherKnown(now: Instant) -> Bool {
        guard profile.kind == .gsm else { return false }
        return otherID != nil || otherSeen.map { now - $0 < SecondCallTiming.memory } ?? false
    }

    mutating func secondCallReported(_ number: String?, now: Instant) -> [Action] {
        guard phase == .up else { return [] }
        otherSeen = now
        return [.note(.secondCall(number: number))]
    }

    /// True once for the result code right behind the report that another call is over.
    mutating func isOfOtherCall(now: Instant) -> Bool {
        defer { otherReleased = nil }
        return otherReleased.map { now - $0 < SecondCallTiming.trailer } ?? false
    }

    /// One of the calls is over, and nobody says which: while ours is talked on, the list decides.
    mutating func someReleaseReported(_ reason: EndReason, now: Instant) -> [Action] {
        guard phase == .up, hasAnswered, !isDialPending else { return releaseReported(id: nil, reason, now: now) }
        return suspectEnd(cause(reason), now: now)
    }

    /// An end that may be another call's: the next list decides. Where there is none the end is believed.
    mutating func suspectEnd(_ cause: ReleaseCause, now: Instant) -> [Action] {
        guard profile.canListCalls, poll.isSupported, !isOnline, !isAnswerPending else {
            return endChecked(cause, now: now)
        }
        guard poll.suspectedEnd == nil else { return [] }
        poll.suspectedEnd = cause
        guard !(poll.isInFlight && isListInFlight) else {
            poll.listsSinceSuspicion = 0
            return []
        }
        // A list that is asked for from now on is newer than the end.
        poll.listsSinceSuspicion = 1
        return poll.isInFlight ? [] : pollCallList(now: now)
    }

    /// The modem may have restarted: with a call that was dialled the answer to the dial, or one list, decides.
    ///
    /// - Returns: nil where nothing can decide.
    mutating func restartSuspected(now: Instant) -> [Action]? {
        guard phase == .up, call?.direction == .outbound, profile.kind == .gsm, recall == nil else { return nil }
        if isDialPending { return [] }
        return profile.canListCalls && poll.isSupported ? suspectEnd(.modemReset, now: now) : nil
    }

    // MARK: After an end

    /// Ends the call as the modem reports it; modems that list their calls are asked once whether that is so.
    mutating func endChecked(_ cause: ReleaseCause, now: Instant) -> [Action] {
        let ended = profile.canListCalls && poll.isSupported && !isOnline ? call : nil
        let id = callID
        let actions = end(cause, now: now)
        if let ended, phase == .idle { checkSoon(id: id, direction: ended.direction, now: now) }
        return actions
    }

    mutating func checkSoon(id: Int?, direction: CallDirection, now: Instant) {
        endCheck = EndCheck(due: now + SecondCallTiming.check, id: id, direction: direction)
    }

    mutating func checkEnd(now: Instant) -> [Action] {
        endCheck?.due = nil
        guard phase == .idle else {
            endCheck = nil
            return []
        }
        endCheck?.isAsked = true
        return [.send(ModemProfile.CallListPolicy.command, .callList)]
    }

    mutating func endCheckAnswered(_ reply: ATReply, now: Instant) -> [Action] {
        guard var check = endCheck else { return [] }
        endCheck = nil
        guard phase == .idle, reply.isOK else { return [] }
        let rows = [CallListEntry](reply).voiceCalls
        let isDoubtful = rows.contains { $0.direction == check.direction && $0.id == check.id ?? $0.id }
        if isDoubtful, !check.wasListed {
            check.isAsked = false
            check.wasListed = true
            check.due = now + SecondCallTiming.again
            endCheck = check
            return []
        }
        let talkedOn = rows.contains { $0.state == .active || $0.state == .held || $0.direction == .outbound }
        return talkedOn ? adopt(rows, now: now) : owed(rows, now: now)
    }

    /// The caller who waited while our call came to its end rings on: Patriot hears of that call.
    mutating func owed(_ entries: [CallListEntry], now: Instant) -> [Action] {
        let rows = entries.voiceCalls.filter { $0.state == .incoming || $0.state == .waiting }
        guard phase == .idle, ringTail == nil, !rows.isEmpty else { return [] }
        let actions = ringListed(rows, now: now)
        lastRing = now
        schedulePoll(now: now)
        return actions
    }
}
