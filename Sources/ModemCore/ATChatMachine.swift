/// The chat with the modem: one command in flight, everything else in a bounded queue (V.250 5).
///
/// - A line is the command's own when it is its echo, one of its information lines or its final result code; any other
///   line is unsolicited.
/// - After a timeout the next command waits until the modem answers a plain `AT` and then stays quiet for a moment: a reply
///   that comes late is thrown away instead of being taken for the next command's.
/// - Each command is finished exactly once, also when the port closes.
package struct ATChatMachine: ~Copyable {
    /// What the owner of the chat has to do or to know, in this order.
    package enum Action: Equatable, Sendable {
        case write([UInt8])
        /// The transcript tap.
        case sent(String)
        case finished(CommandPurpose, ATReply)
        case unsolicited(String)
        /// A result code that no command waits for.
        case strayResult(FinalResultCode)
        /// The modem answers; told once after ``ATChatMachine/portOpened(now:)``.
        case synchronized
        /// The modem does not answer, all commands are finished; ``ATChatMachine/portOpened(now:)`` begins anew.
        case silent
        /// The data mode was left for the command mode, or could not be.
        case escaped
        /// A result came as a number (V0); told once until one comes in words.
        case numericResults
        /// What came back to the attempts until now is no text: the bit rate is wrong.
        case garbage
        case note(ModemNote)
    }

    /// Commands that may wait; there is one of each purpose, and of those that clear the line one of each kind.
    package static let maximumQueueLength = 8
    /// Information lines kept of one reply.
    package static let maximumReplyLines = 64
    private static let initialAttempts = 6
    /// How many initial attempts are left when one is made with the escape instead of AT.
    private static let escapeAttempt = 2
    private static let resyncAttempts = 3

    private var state: State = .closed
    private var queue: [Request] = []
    /// What one read delivered is being taken: its lines are the command's that was in flight when it began, or nobody's.
    private var isReading = false
    private var lastWrite: Instant?
    /// Results come as numbers.
    private var isNumeric = false
    /// What finds out whether the modem answers: `AT`, until it was silent on that and not on ``otherProbe``.
    private var probeText = "AT"
    private static let otherProbe = "ATE0"
    private var rubbish = Rubbish()
    /// A command came back since ``forgetEcho()``.
    package private(set) var hasEchoed = false
    var reports = Reports()

    package init() {}

    /// True while a command or a re-synchronization is under way or waiting.
    package var isBusy: Bool { state != .ready || !queue.isEmpty }

    /// True when the command is written and its final result code is awaited.
    package func isInFlight(_ purpose: CommandPurpose) -> Bool {
        if case .busy(let exchange) = state { exchange.request.purpose == purpose } else { false }
    }

    /// True while bytes from the modem are data.
    package var isOnline: Bool {
        switch state {
        case .online, .escaping: true
        case .closed, .ready, .busy, .synchronizing: false
        }
    }

    /// Any answer to it proves that the modem hears.
    package var lifeSign: ATCommand { ATCommand(probeText) }

    /// What one read delivered, before it is cut into lines: looked at while the modem is searched for.
    package mutating func bytesReceived(_ bytes: [UInt8]) {
        if case .synchronizing = state { rubbish.add(bytes) }
    }

    /// The echo is off: one from now on is news.
    package mutating func forgetEcho() {
        hasEchoed = false
    }

    /// When ``deadlineReached(now:)`` wants to be called.
    package var nextDeadline: Instant? {
        switch state {
        case .closed, .ready, .online: nil
        case .busy(let exchange): exchange.deadline
        case .synchronizing(let synchronization): synchronization.deadline
        case .escaping(.guardBefore(let until, _)), .escaping(.guardAfter(let until, _)): until
        }
    }

    /// `line` with the secret of the command in flight hidden.
    package func shown(_ line: String) -> String {
        switch state {
        case .busy(let exchange): exchange.request.command.shown(line)
        case .closed, .ready, .synchronizing, .online, .escaping: line
        }
    }

    // MARK: Port

    /// Begins to look for the modem's answer. Commands may be queued from now on.
    package mutating func portOpened(now: Instant) -> [Action] {
        let dropped = finishAll(.portClosed)
        lastWrite = nil
        isNumeric = false
        rubbish = Rubbish()
        state = .synchronizing(
            Synchronization(
                phase: .draining,
                deadline: now + Timing.initialQuiet,
                limit: now + Timing.drainLimit,
                attemptsLeft: Self.initialAttempts,
                stale: .none,
                isInitial: true,
                isQuiet: true
            )
        )
        return dropped
    }

    /// Finishes every command.
    package mutating func portClosed() -> [Action] {
        let dropped = finishAll(.portClosed)
        state = .closed
        return dropped
    }

    // MARK: Commands

    /// Queues a command, or writes it at once. Urgent ones go before the others, in their own order: a hang-up that waits must
    /// not end the call dialled after it.
    ///
    /// With the port closed or the queue full the command is finished as withdrawn; so is one to clear the line that waits
    /// already, as often as it is asked for.
    package mutating func send(
        _ command: ATCommand,
        for purpose: CommandPurpose,
        now: Instant
    ) -> [Action] {
        let request = Request(command: command, purpose: purpose)
        guard state != .closed, queue.count < Self.maximumQueueLength, purpose != .clear || !queue.contains(request)
        else { return [.finished(purpose, ATReply(.withdrawn))] }
        let index = purpose.isUrgent ? queue.firstIndex { !$0.purpose.isUrgent } : nil
        queue.insert(request, at: index ?? queue.endIndex)
        return writeNext(now: now)
    }

    /// Takes back a command that still waits; it is finished as withdrawn. One in flight is left alone.
    package mutating func withdraw(_ purpose: CommandPurpose) -> [Action] {
        guard let index = queue.firstIndex(where: { $0.purpose == purpose }) else { return [] }
        queue.remove(at: index)
        return [.finished(purpose, ATReply(.withdrawn))]
    }

    /// Takes a command back. One in flight is aborted with a single CR (V.250 5.6.1) and finishes with whatever the modem
    /// answers to that, or times out within 3 s.
    package mutating func abort(_ purpose: CommandPurpose, now: Instant) -> [Action] {
        guard case .busy(var exchange) = state, exchange.request.purpose == purpose else { return withdraw(purpose) }
        guard !exchange.isAborted else { return [] }
        exchange.isAborted = true
        // A dial is over when the modem says nothing to its abort; a person's command goes on.
        exchange.limit = purpose == .forOperator ? exchange.deadline : nil
        exchange.deadline = now + Timing.abort
        state = .busy(exchange)
        lastWrite = now
        return [.write([0x0D]), .sent("<CR>")]
    }

    /// Gives a command in flight, which was not aborted, until then.
    mutating func await(_ purpose: CommandPurpose, until deadline: Instant) {
        guard case .busy(var exchange) = state, exchange.request.purpose == purpose, !exchange.isAborted else { return }
        exchange.deadline = max(exchange.deadline, deadline)
        state = .busy(exchange)
    }

    /// Leaves the data mode: silence, `+++`, silence (V.250 5.3.1 note; TIA-602). Ends in ``Action/escaped`` within 8 s.
    package mutating func escape(now: Instant) -> [Action] {
        guard case .online = state else { return [.escaped] }
        let quietSince = lastWrite.map { $0 + Timing.escapeGuard } ?? now
        state = .escaping(.guardBefore(until: max(now, quietSince), attemptsLeft: 2))
        return deadlineReached(now: now)
    }

    // MARK: Input

    /// The lines up to ``readEnded(now:)`` came in one read: no command is written between them.
    mutating func readBegan() {
        isReading = true
    }

    mutating func readEnded(now: Instant) -> [Action] {
        isReading = false
        return writeNext(now: now)
    }

    /// Takes the next line of the decoder's and sorts it: the command's, late, or unsolicited.
    package mutating func lineReceived(_ line: String, now: Instant) -> [Action] {
        switch state {
        case .closed:
            return []
        case .ready:
            let line = Self.worded(line)
            guard let result = FinalResultCode(line: line), !result.concernsCall else { return [.unsolicited(line)] }
            return [.strayResult(result)]
        case .busy(let exchange):
            return lineReceived(line, during: exchange, now: now)
        case .synchronizing(let synchronization):
            return lineReceived(line, during: synchronization, now: now)
        case .online:
            return carrierLost(line) ? [.unsolicited(line)] + writeNext(now: now) : []
        case .escaping:
            if FinalResultCode(line: line) == .ok {
                state = .ready
                return [.escaped] + writeNext(now: now)
            }
            return carrierLost(line) ? [.unsolicited(line), .escaped] + writeNext(now: now) : []
        }
    }

    /// Takes a line that is the text of a message: whatever it says, it is part of an answer or nothing.
    mutating func messageTextReceived(_ line: String) {
        guard case .busy(var exchange) = state, exchange.request.purpose == .forOperator,
            exchange.lines.count < Self.maximumReplyLines
        else { return }
        exchange.lines.append(line)
        state = .busy(exchange)
    }

    /// A modem that rings is alive, though some hear no command meanwhile: the looking for its answer begins anew.
    mutating func ringHeard() {
        guard case .synchronizing(var synchronization) = state else { return }
        synchronization.attemptsLeft = max(synchronization.attemptsLeft, Self.resyncAttempts)
        state = .synchronizing(synchronization)
    }

    /// The time ``nextDeadline`` named has come; a call too early is nothing.
    package mutating func deadlineReached(now: Instant) -> [Action] {
        guard let deadline = nextDeadline, now >= deadline else { return [] }
        switch state {
        case .closed, .ready, .online:
            return []
        case .busy(let exchange):
            return commandTimedOut(exchange, now: now)
        case .synchronizing(let synchronization):
            return phaseEnded(of: synchronization, now: now)
        case .escaping(let escape):
            return guardEnded(of: escape, now: now)
        }
    }

    // MARK: A command in flight

    private mutating func lineReceived(_ line: String, during exchange: Exchange, now: Instant) -> [Action] {
        var exchange = exchange
        let command = exchange.request.command
        if line == command.text {
            hasEchoed = true
            return []
        }
        if let result = Self.result(line, for: command) {
            return resultForm(of: line) + finish(exchange, with: result, now: now)
        }
        guard belongs(line, to: command.responses) else { return [.unsolicited(Self.worded(line))] }
        if exchange.lines.count < Self.maximumReplyLines {
            exchange.lines.append(line)
            state = .busy(exchange)
        }
        return []
    }

    /// Notes whether results come in words or as numbers.
    private mutating func resultForm(of line: String) -> [Action] {
        let wasNumeric = isNumeric
        isNumeric = FinalResultCode(line: line) == nil
        return isNumeric && !wasNumeric ? [.numericResults] : []
    }

    private mutating func finish(_ exchange: Exchange, with result: FinalResultCode, now: Instant) -> [Action] {
        let command = exchange.request.command
        let finished = Action.finished(exchange.request.purpose, ATReply(.result(result), lines: exchange.lines))
        if result == .connect && command.entersDataMode {
            state = .online
            return [finished]
        }
        if exchange.isAborted {
            // Some modems say NO CARRIER and then OK to the aborting CR.
            state = .synchronizing(settling(after: command.responses, now: now))
            return [finished]
        }
        state = .ready
        return [finished] + writeNext(now: now)
    }

    private mutating func commandTimedOut(_ exchange: Exchange, now: Instant) -> [Action] {
        let command = exchange.request.command
        state = .synchronizing(
            Synchronization(
                phase: .draining,
                deadline: now + Timing.quiet,
                limit: now + Timing.drainLimit,
                attemptsLeft: Self.resyncAttempts,
                stale: command.responses,
                isInitial: false,
                busyUntil: exchange.limit
            )
        )
        return [
            .note(.commandTimedOut(command.name)),
            .finished(exchange.request.purpose, ATReply(.timedOut, lines: exchange.lines)),
        ]
    }

    // MARK: Synchronization

    private func settling(after responses: ATCommand.Responses, now: Instant) -> Synchronization {
        Synchronization(
            phase: .settling,
            deadline: now + Timing.settle,
            limit: now + Timing.drainLimit,
            attemptsLeft: Self.resyncAttempts,
            stale: responses,
            isInitial: false
        )
    }

    private mutating func lineReceived(
        _ line: String,
        during synchronization: Synchronization,
        now: Instant
    ) -> [Action] {
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

    private mutating func phaseEnded(of synchronization: Synchronization, now: Instant) -> [Action] {
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
            // First the news: whoever waits for a command need not try the next one.
            return [.note(.silent), .silent] + dropped
        case .settling:
            state = .ready
            return (synchronization.isInitial ? [.synchronized] : []) + writeNext(now: now)
        }
    }

    // MARK: Data mode

    /// True, and back in command mode, when the line says so; all else in data mode is data.
    private mutating func carrierLost(_ line: String) -> Bool {
        guard FinalResultCode(line: line) == .noCarrier else { return false }
        state = .ready
        return true
    }

    private mutating func guardEnded(of escape: Escape, now: Instant) -> [Action] {
        switch escape {
        case .guardBefore(_, let attemptsLeft):
            state = .escaping(.guardAfter(until: now + Timing.escapeAnswer, attemptsLeft: attemptsLeft - 1))
            lastWrite = now
            return [.write(Array("+++".utf8)), .sent("+++")]
        case .guardAfter(_, let attemptsLeft) where attemptsLeft > 0:
            return guardEnded(of: .guardBefore(until: now, attemptsLeft: attemptsLeft), now: now)
        case .guardAfter:
            // Perhaps the OK was lost in the last data; the next command will tell.
            state = .synchronizing(settling(after: .none, now: now))
            return [.escaped]
        }
    }

    // MARK: Queue

    private mutating func writeNext(now: Instant) -> [Action] {
        guard case .ready = state, !isReading, !queue.isEmpty else { return [] }
        let request = queue.removeFirst()
        state = .busy(Exchange(request: request, deadline: now + request.command.timeout))
        lastWrite = now
        return [.write(request.command.bytes), .sent(request.command.shownText)]
    }

    private mutating func finishAll(_ ending: ATReply.Ending) -> [Action] {
        var actions: [Action] = []
        if case .busy(let exchange) = state {
            actions.append(.finished(exchange.request.purpose, ATReply(ending, lines: exchange.lines)))
        }
        actions += queue.map { .finished($0.purpose, ATReply(ending)) }
        queue.removeAll()
        return actions
    }
}
