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
        /// No caller is back sooner.
        static let redial = Duration.seconds(2)
        /// RING and the caller ID that belongs to it.
        static let oneRing = Duration.milliseconds(500)
    }

    mutating func ringReceived(now: Instant) -> [Action] {
        switch phase {
        case .idle:
            if let actions = tailRingReceived(now: now) { return actions }
            phase = .ringHeldBack
            lastRing = now
            stateDeadline = now + profile.limits.ringGap
            schedulePoll(now: now)
            return []
        case .ringHeldBack:
            let isSameRing = lastRing.map { now - $0 < RingTiming.sameRing } ?? false
            stateDeadline = now + profile.limits.ringGap
            return isSameRing ? [] : beginIncoming(number: nil, now: now)
        case .up where call?.state == .incoming:
            stillRinging(now: now)
            return []
        case .up where isDialPending:
            return [.note(.ringWhileDialing)]
        case .up where call?.state == .handedOver:
            // The handset is back on hook, or the line could not ring.
            return end(.remoteHangUp, now: now) + ringReceived(now: now)
        case .up, .hangingUp:
            return []
        }
    }

    mutating func callerIDReceived(_ callerID: CallerID, now: Instant) -> [Action] {
        switch phase {
        case .idle:
            if let number = callerID.number, let tail = ringTail, tail.number != number { ringTail = nil }
            return tailRingReceived(now: now) ?? beginIncoming(number: callerID.number, now: now)
        case .ringHeldBack:
            return beginIncoming(number: callerID.number, now: now)
        case .up where call?.state == .incoming:
            stillRinging(now: now)
            return numberLearned(callerID.number)
        case .up, .hangingUp:
            return []
        }
    }

    private mutating func stillRinging(now: Instant) {
        lastRing = now
        stateDeadline = now + profile.limits.ringGap
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
        let actions = begin(Call(direction: .inbound, number: number, state: .incoming), now: now)
        schedulePoll(now: now)
        return actions
    }

    /// - Returns: nil when the ring is of a new call.
    private mutating func tailRingReceived(now: Instant) -> [Action]? {
        guard var tail = ringTail, now - tail.last <= RingTiming.cadence else {
            ringTail = nil
            return nil
        }
        tail.last = now
        ringTail = tail
        guard profile.canReject, now - tail.since > RingTiming.tail else {
            // A caller who was turned away may call again at once: the list of calls tells that ring from a late one.
            if profile.canListCalls, now - tail.since > RingTiming.redial { poll.due = now + RingTiming.oneRing }
            return [.note(.ringTailSuppressed)]
        }
        // The first rung was believed and should not have been.
        ringTail = nil
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
