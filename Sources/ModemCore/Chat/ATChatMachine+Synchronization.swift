/// Finding the modem again after it left a command without a response.
extension ATChatMachine {
    func settling(after responses: ATCommand.Responses, now: Instant) -> Synchronization {
        Synchronization(
            phase: .settling,
            deadline: now + Timing.settle,
            limit: now + Timing.drainLimit,
            attemptsLeft: Self.resyncAttempts,
            stale: responses,
            isInitial: false
        )
    }

    mutating func lineReceived(
        _ line: String,
        during synchronization: Synchronization,
        now: Instant
    ) -> [Action] {
        let line = isNumeric ? Self.worded(line) : line
        var next = synchronization
        var form: [Action] = []
        switch synchronization.phase {
        case .draining:
            next.isQuiet = false
            next.deadline = min(now + Timing.quiet, next.limit)
        case .probing:
            if Self.isPlainResult(line) || FinalResultCode(numeric: line) == .ok {
                form = resultForm(of: line)
                probeText = next.probe
                next.phase = .settling
                next.deadline = now + (next.isQuiet ? Timing.initialQuiet : Timing.settle)
                next.limit = now + Timing.drainLimit
            } else if line != next.probe {
                next.isQuiet = false
                if !next.isInitial, FinalResultCode(line: line)?.concernsCall == true {
                    // It is over with what kept it from responding: it is asked again at once.
                    next.attemptsLeft = Self.resyncAttempts
                    next.deadline = min(next.deadline, now + Timing.quiet)
                }
            }
        case .settling:
            next.deadline = min(now + Timing.settle, next.limit)
        }
        state = .synchronizing(next)
        let isStale =
            line.hasPrefix("AT") || Self.isPlainResult(line) || FinalResultCode(numeric: line) != nil
            || belongs(line, to: synchronization.stale)
        return form + (isStale ? [] : [.unsolicited(line)])
    }

    mutating func phaseEnded(of synchronization: Synchronization, now: Instant) -> [Action] {
        var next = synchronization
        switch synchronization.phase {
        case .draining:
            next.phase = .probing
            next.attemptsLeft -= 1
            next.deadline = now + Timing.probe
            state = .synchronizing(next)
            lastWrite = now
            // A modem left in data mode by an earlier run hears nothing but the escape; there has been silence around it.
            let isEscape = next.isInitial && next.attemptsLeft == Self.escapeAttempt
            // Some modems answer everything but a bare AT.
            let count = (next.isInitial ? Self.initialAttempts : Self.resyncAttempts) - 1 - next.attemptsLeft
            next.probe = count.isMultiple(of: 2) ? probeText : probeText == "AT" ? Self.otherProbe : "AT"
            state = .synchronizing(next)
            let line = isEscape ? "+++" : next.probe
            let bytes = Array((isEscape ? line : "\(line)\r").utf8)
            return [.note(.synchronizing(attemptsLeft: next.attemptsLeft)), .write(bytes), .sent(line)]
        case .probing where synchronization.attemptsLeft > 0 || (synchronization.busyUntil.map { now < $0 } ?? false):
            next.attemptsLeft = max(1, synchronization.attemptsLeft)
            next.isQuiet = false
            next.phase = .draining
            next.deadline = now
            next.limit = now + Timing.drainLimit
            let isGarbage = next.isInitial && rubbish.isEvident
            return (isGarbage ? [.garbage] : []) + phaseEnded(of: next, now: now)
        case .probing:
            let dropped = finishAll(.withdrawn)
            state = .closed
            // First the news: anyone who waits for a command need not try the next one.
            return [.note(.silent), .silent] + dropped
        case .settling:
            state = .ready
            return (synchronization.isInitial ? [.synchronized] : []) + writeNext(now: now)
        }
    }
}
