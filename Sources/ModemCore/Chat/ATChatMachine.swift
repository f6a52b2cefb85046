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
        /// The modem does not answer, all commands are finished; ``ATChatMachine/portOpened(now:)`` begins again.
        case silent
        /// The escape from data mode is done.
        ///
        /// - Parameter isAnswered: false when nothing shows that the modem is in command mode.
        case escaped(isAnswered: Bool)
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
    static let initialAttempts = 6
    /// How many initial attempts are left when one is made with the escape instead of AT.
    static let escapeAttempt = 2
    static let resyncAttempts = 3

    var state: State = .closed
    private var queue: [Request] = []
    /// What one read delivered is being taken: its lines are the command's that was in flight when it began, or nobody's.
    private var isReading = false
    var lastWrite: Instant?
    /// Results come as numbers.
    var isNumeric = false
    /// What finds out whether the modem answers: `AT`, until it was silent on that and not on ``otherProbe``.
    var probeText = "AT"
    static let otherProbe = "ATE0"
    var rubbish = Rubbish()
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
        case .online: true
        case .escaping(let escape): !escape.isBlind
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
        case .escaping(let escape): escape.until
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
        case .escaping(let escape):
            return lineReceived(line, during: escape, now: now)
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

    /// A modem that rings is alive, though some hear no command meanwhile: the wait for its answer starts again.
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
    mutating func resultForm(of line: String) -> [Action] {
        let wasNumeric = isNumeric
        isNumeric = FinalResultCode(line: line) == nil
        return isNumeric && !wasNumeric ? [.numericResults] : []
    }

    mutating func finish(_ exchange: Exchange, with result: FinalResultCode, now: Instant) -> [Action] {
        let command = exchange.request.command
        let finished = Action.finished(exchange.request.purpose, ATReply(.result(result), lines: exchange.lines))
        if result == .connect && command.entersDataMode {
            state = .online
            return [finished]
        }
        if exchange.isAborted || command.isBlind {
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

    // MARK: Queue

    /// True when the first command of the queue may be written.
    private var mayWrite: Bool {
        switch state {
        case .ready: true
        case .synchronizing(let synchronization): !synchronization.isInitial && queue.first?.command.isBlind == true
        case .closed, .busy, .online, .escaping: false
        }
    }

    mutating func writeNext(now: Instant) -> [Action] {
        guard mayWrite, !isReading, !queue.isEmpty else { return [] }
        let request = queue.removeFirst()
        // A blind command does not wait for the response to the search for one; a late one to that is as good.
        let overtaken: [Action] =
            if case .synchronizing(let synchronization) = state {
                [.note(.synchronizing(attemptsLeft: synchronization.attemptsLeft))]
            } else { [] }
        state = .busy(Exchange(request: request, deadline: now + request.command.timeout))
        lastWrite = now
        return overtaken + [.write(request.command.bytes), .sent(request.command.shownText)]
    }

    mutating func finishAll(_ ending: ATReply.Ending) -> [Action] {
        var actions: [Action] = []
        if case .busy(let exchange) = state {
            actions.append(.finished(exchange.request.purpose, ATReply(ending, lines: exchange.lines)))
        }
        actions += queue.map { .finished($0.purpose, ATReply(ending)) }
        queue.removeAll()
        return actions
    }
}
