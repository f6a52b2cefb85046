/// Rings, and who calls.
extension CallMachine {
    /// Rings that still come after our own hang-up.
    struct RingTail: Equatable {
        var number: String?
        var since: Instant
        var last: Instant
    }

    private enum RingTiming {
        /// RING and +CRING of the same ring, or a double ring.
        static let sameRing = Duration.milliseconds(1500)
        /// The slowest cadence in the field is 6 s: a longer pause makes it another caller.
        static let cadence = Duration.seconds(7)
        /// A modem that dropped the call stops ringing within this.
        static let tail = Duration.seconds(10)
        /// After a hang-up that is proven the list of calls shows a new call only.
        static let afterReject = Duration.seconds(1)
        /// RING and the caller ID that belongs to it.
        static let oneRing = Duration.milliseconds(500)
        /// An answer that was refused is tried again so often where the modem tells the call in its list alone.
        static let answerAgain = Duration.seconds(5)
    }

    /// True while an analog line rings, whether the call is reported, was declined or has rung only once: the modem would go off
    /// hook on the caller.
    func isLineRinging(now: Instant) -> Bool {
        guard profile.kind == .analog, let lastRing, now - lastRing < RingTiming.cadence else { return false }
        return switch phase {
        case .idle, .ringHeldBack: true
        case .up: call?.state == .incoming
        case .hangingUp: false
        }
    }

    mutating func ringReceived(now: Instant) -> [Action] {
        lastRing = now
        switch phase {
        case .idle:
            return tailRingReceived(now: now) ?? firstRingReceived(now: now)
        case .ringHeldBack:
            let isSameRing = heldRing.map { now - $0 < RingTiming.sameRing } ?? false
            stateDeadline = now + profile.limits.ringGap
            return isSameRing ? [] : beginIncoming(number: nil, now: now)
        case .up where call?.state == .incoming:
            return stillRings(nil, now: now)
        case .up where isDialPending:
            return [.note(.ringWhileDialing)]
        case .up where call?.state == .handedOver || (profile.kind == .analog && call?.direction == .outbound):
            // The handset is back on hook, or the modem no longer holds the line: otherwise it could not ring.
            return end(.remoteHangUp, now: now) + ringReceived(now: now)
        case .up:
            return []
        case .hangingUp:
            rangDuringHangUp(now: now)
            return []
        }
    }

    /// A first ring is reported only where something else has proven the call.
    private mutating func firstRingReceived(now: Instant) -> [Action] {
        let isSecond = unlistedRing.map { (RingTiming.sameRing..<profile.limits.ringGap).contains(now - $0) } ?? false
        let isIdentified = callerIDBeforeRing.map { now - $0 < profile.limits.ringGap } ?? false
        guard !isSecond, !isIdentified else { return beginIncoming(number: nil, now: now) }
        phase = .ringHeldBack
        // Modems that ring each second: this ring goes with the one that the list did not show.
        let isSameRing = unlistedRing.map { now - $0 < RingTiming.sameRing } ?? false
        heldRing = isSameRing ? unlistedRing : now
        stateDeadline = now + profile.limits.ringGap
        schedulePoll(now: now)
        return []
    }

    mutating func callerIDReceived(_ callerID: CallerID, now: Instant) -> [Action] {
        switch phase {
        case .idle:
            // Static on an analog line can look like a caller ID that tells nothing.
            guard callerID.number != nil || profile.kind == .gsm else {
                callerIDBeforeRing = now
                return []
            }
            if isAnotherCall(than: ringTail, callerID) { ringTail = nil }
            return tailRingReceived(now: now) ?? beginIncoming(number: callerID.number, now: now)
        case .ringHeldBack:
            return beginIncoming(number: callerID.number, now: now)
        case .up where call?.state == .incoming:
            guard let number = callerID.number, let first = call?.number, !isAnswerPending,
                !CallerID.isSame(number, first)
            else { return stillRings(callerID.number, now: now) }
            return end(.missed, now: now) + beginIncoming(number: number, now: now)
        case .up, .hangingUp:
            return []
        }
    }

    /// An exchange sends the caller ID once a call, so that on an analog line the same one again is another call, too.
    private func isAnotherCall(than tail: RingTail?, _ callerID: CallerID) -> Bool {
        guard let tail, let number = callerID.number else { return false }
        guard let declined = tail.number, CallerID.isSame(declined, number) else { return true }
        return profile.kind == .analog
    }

    /// The reported call rings on.
    mutating func stillRings(_ number: String?, now: Instant) -> [Action] {
        lastRing = now
        stateDeadline = now + profile.limits.ringGap
        return numberLearned(number) + answerAgain(isRing: true, now: now)
    }

    /// Answers again what is to be answered, once a ring.
    mutating func answerAgain(isRing: Bool, now: Instant) -> [Action] {
        let pause = isRing ? RingTiming.sameRing : RingTiming.answerAgain
        guard isAnswerWanted, !isAnswerPending, let answerSent, now - answerSent >= pause else { return [] }
        return sendAnswer(now: now)
    }

    /// True while the next ring may still come: rings count for more than a list of calls that leaves the call out.
    func mayStillRing(now: Instant) -> Bool {
        guard call?.state == .incoming, let lastRing else { return false }
        return now - lastRing < RingTiming.cadence
    }

    mutating func numberLearned(_ number: String?) -> [Action] {
        guard var call, call.direction == .inbound, call.number == nil, let number else { return [] }
        call.number = number
        self.call = call
        return [.changed(call)]
    }

    private mutating func beginIncoming(number: String?, now: Instant) -> [Action] {
        lastRing = now
        unlistedRing = nil
        callerIDBeforeRing = nil
        let actions = begin(Call(direction: .inbound, number: number, state: .incoming), now: now)
        schedulePoll(now: now)
        return actions
    }

    // MARK: The list of calls

    /// The list of calls after a lone ring: it shows the call, or as many of them as end a call free the line.
    mutating func heldRingListed(_ entries: [CallListEntry]?, now: Instant) -> [Action] {
        let actions = ringListed(entries ?? [], now: now)
        if phase == .ringHeldBack, entries != nil, let policy = profile.callList {
            poll.absences += 1
            if poll.absences >= policy.absencesToEnd {
                // Some modems list no call that rings: the next ring counts as the second.
                unlistedRing = heldRing ?? lastRing
                return end(.missed, now: now) + [.note(.singleRing)]
            }
        }
        schedulePoll(now: now)
        return actions
    }

    // MARK: Rings after a hang-up

    /// - Returns: nil when the ring is of a new call.
    private mutating func tailRingReceived(now: Instant) -> [Action]? {
        guard var tail = ringTail, now - tail.last <= RingTiming.cadence else {
            ringTail = nil
            return nil
        }
        tail.last = now
        ringTail = tail
        let isLong = now - tail.since > RingTiming.tail
        guard isLong else {
            // A caller who was turned away may call again at once: the list of calls tells that ring from a late one.
            if profile.canListCalls {
                poll.due = max(now + RingTiming.oneRing, tail.since + RingTiming.afterReject)
            }
            return [.note(.ringTailSuppressed)]
        }
        ringTail = nil
        // Nothing makes such a line stop: anyone who still calls, or calls by now, is told.
        guard profile.canReject else { return beginIncoming(number: nil, now: now) }
        // The first rung was believed and should not have been.
        return [.note(.ringingAfterHangUp)]
            + begin(Call(direction: .inbound, number: tail.number, state: .incoming), now: now)
            + startHangUp(.localHangUp, fromRung: 1, now: now)
    }

    /// The list of calls after a ring that was taken for a late one.
    mutating func tailListed(_ entries: [CallListEntry], now: Instant) -> [Action] {
        guard let tail = ringTail else { return [] }
        let actions = ringListed(entries, now: now)
        guard phase == .up else { return [] }
        ringTail = nil
        lastRing = tail.last
        schedulePoll(now: now)
        return actions
    }
}
