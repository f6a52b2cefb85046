/// Leaving data mode.
extension ATChatMachine {
    /// Leaves data mode: silence, `+++`, silence (V.250 5.3.1 note; TIA-602). Ends in ``Action/escaped(isAnswered:)`` within 8 s.
    ///
    /// A modem that left a command without a response may be in data mode without our knowing: it gets one escape. A command
    /// in flight that was written blindly times out for it.
    package mutating func escape(now: Instant) -> [Action] {
        let isBlind: Bool
        var dropped: [Action] = []
        switch state {
        case .online: isBlind = false
        case .synchronizing(let synchronization) where !synchronization.isInitial: isBlind = true
        case .busy(let exchange) where exchange.request.command.isBlind:
            isBlind = true
            dropped = [.finished(exchange.request.purpose, ATReply(.timedOut, lines: exchange.lines))]
        case .ready: return [.escaped(isAnswered: true)]
        case .closed, .synchronizing, .busy, .escaping: return [.escaped(isAnswered: false)]
        }
        let quietSince = lastWrite.map { $0 + Timing.escapeGuard } ?? now
        state = .escaping(
            Escape(step: .guardBefore, until: max(now, quietSince), attemptsLeft: isBlind ? 1 : 2, isBlind: isBlind)
        )
        return dropped + deadlineReached(now: now)
    }

    /// True, and back in command mode, when the line says so; all else in data mode is data.
    mutating func carrierLost(_ line: String) -> Bool {
        guard FinalResultCode(line: line) == .noCarrier else { return false }
        state = .ready
        return true
    }

    mutating func lineReceived(_ line: String, during escape: Escape, now: Instant) -> [Action] {
        let line = escape.isBlind ? Self.worded(line) : line
        let result = FinalResultCode(line: line)
        if escape.isBlind, result == .connect {
            // The dial has succeeded only now: what was written before was lost in the handshake.
            state = .escaping(
                Escape(step: .guardBefore, until: now + Timing.escapeGuard, attemptsLeft: 2, isBlind: false)
            )
            return []
        }
        if result == .ok {
            state = escape.isBlind ? .synchronizing(settling(after: .none, now: now)) : .ready
            return [.escaped(isAnswered: true)] + writeNext(now: now)
        }
        if carrierLost(line) { return [.unsolicited(line), .escaped(isAnswered: true)] + writeNext(now: now) }
        guard escape.isBlind, let result, result.concernsCall else { return [] }
        state = .ready
        return [.unsolicited(line), .escaped(isAnswered: true)] + writeNext(now: now)
    }

    mutating func guardEnded(of escape: Escape, now: Instant) -> [Action] {
        var next = escape
        switch escape.step {
        case .guardAfter where escape.attemptsLeft == 0:
            // Perhaps the OK was lost in the last data; the next command will tell.
            state = .synchronizing(settling(after: .none, now: now))
            return [.escaped(isAnswered: false)]
        case .guardBefore, .guardAfter:
            next.step = .guardAfter
            next.until = now + Timing.escapeAnswer
            next.attemptsLeft -= 1
            state = .escaping(next)
            lastWrite = now
            return [.write(Array("+++".utf8)), .sent("+++")]
        }
    }
}
