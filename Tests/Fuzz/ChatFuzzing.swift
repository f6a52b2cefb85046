import ModemCore

/// The chat machine: one command in flight, each finished once, and always something that is waited for.
struct ChatFuzzing: TimedRun, ~Copyable {
    private static let purposes: [CommandPurpose] = [
        .setup, .dial, .answer, .hangUp, .callList, .handOver, .probe, .clear, .explain, .redialLock, .forOperator,
    ]

    private var machine = ATChatMachine()
    var now = ContinuousClock.now
    private var isOpen = false
    private var unfinished: [CommandPurpose: Int] = [:]
    /// A command was written and has not been finished.
    private var isAnswerDue = false

    static func check(_ bytes: [UInt8]) throws {
        var run = ChatFuzzing()
        for step in FuzzScript(bytes).steps { try run.play(step) }
        run.isOpen = false
        try run.take(run.machine.portClosed())
        try hold(run.unfinished.values.allSatisfy { $0 == 0 }, "never finished: \(run.unfinished)")
    }

    private mutating func play(_ step: FuzzScript.Step) throws {
        switch step.letter {
        case "o":
            isOpen = true
            try take(machine.portOpened(now: now))
        case "c":
            isOpen = false
            try take(machine.portClosed())
        case "s": try send(step)
        case "w": try take(machine.withdraw(purpose(step.argument.first)))
        case "x": try take(machine.abort(purpose(step.argument.first), now: now))
        case "e": try take(machine.escape(now: now))
        case "<": try take(machine.lineReceived(step.text, now: now))
        case "t": try wait(.milliseconds(step.number(limit: 100_000)))
        default: break
        }
    }

    private func purpose(_ byte: UInt8?) -> CommandPurpose {
        Self.purposes[Int(byte ?? 0) % Self.purposes.count]
    }

    /// `s`, the purpose's byte, the byte of the lines to expect, the command.
    private mutating func send(_ step: FuzzScript.Step) throws {
        guard step.argument.count >= 3 else { return }
        let purpose = purpose(step.argument[0])
        let kind = step.argument[1]
        let text = "AT" + String(decoding: step.argument.dropFirst(2), as: UTF8.self)
        let responses: [ATCommand.Responses] = [.none, .prefix("+CLCC:"), .freeText]
        let startsCall = purpose == .dial || purpose == .answer
        unfinished[purpose, default: 0] += 1
        let command = ATCommand(
            text,
            responses: responses[Int(kind) % 3],
            startsCall: startsCall,
            entersDataMode: startsCall && kind >= UInt8(ascii: "a")
        )
        try take(machine.send(command, for: purpose, now: now))
    }

    var nextDeadline: ContinuousClock.Instant? { machine.nextDeadline }

    mutating func deadlineReached() throws {
        try take(machine.deadlineReached(now: now))
    }

    private mutating func take(_ actions: [ATChatMachine.Action]) throws {
        let isInFlight = Self.purposes.contains { machine.isInFlight($0) }
        var commands = 0
        for action in actions {
            switch action {
            case .write([0x0D]): try hold(isAnswerDue, "an abort of nothing")
            case .write(let bytes):
                try hold(!isAnswerDue, "two commands in flight")
                try hold(isOpen, "written to a closed port")
                guard bytes.last == 0x0D else { break }
                commands += 1
                isAnswerDue = isInFlight
            case .finished(let purpose, let reply):
                unfinished[purpose, default: 0] -= 1
                try hold(unfinished[purpose, default: 0] >= 0, "\(purpose) finished twice")
                try hold(reply.lines.count <= ATChatMachine.maximumReplyLines, "\(reply.lines.count) lines are kept")
                if reply.ending != .withdrawn { isAnswerDue = false }
            case .silent: isOpen = false
            case .sent, .unsolicited, .strayResult, .synchronized, .escaped, .note, .numericResults, .garbage: break
            }
        }
        try hold(commands <= 1, "\(commands) commands at once")
        if isOpen, machine.isBusy, !machine.isOnline { try hold(machine.nextDeadline != nil, "nothing is awaited") }
    }
}
