import ModemCore

/// The whole modem side under any bytes, requests and waits: one command in flight, one end a call, always a deadline, and with
/// a modem that works again always ready again.
struct ModemFuzzing: TimedRun, ~Copyable {
    static let workingReplies = [
        "AT+CPIN?": "\r\n+CPIN: READY\r\n\r\nOK\r\n", "AT+CREG?": "\r\n+CREG: 1,1\r\n\r\nOK\r\n",
        "AT+CSQ": "\r\n+CSQ: 20,99\r\n\r\nOK\r\n", "AT+FCLASS=?": "\r\n0,1,8\r\n\r\nOK\r\n", "+++": "", "<CR>": "",
    ]

    private var machine: ModemMachine
    var now = ContinuousClock.now
    private var replies = workingReplies
    /// True to answer nothing.
    private var isDead = false
    private var isPortOpen = false
    private var isAnswerDue = false
    private var hasCall = false

    /// The head's bytes choose the profile and the options.
    private init(_ script: FuzzScript) {
        let profile = ModemProfile.all[script.choice(0, of: ModemProfile.all.count)]
        let bits = script.choice(1, of: 64)
        let polling: ModemOptions.Polling? =
            switch bits / 4 % 4 {
            case 1: .off
            case 2: .interval(.seconds(2))
            default: nil
            }
        let options = ModemOptions(
            initOverride: bits / 32 == 1 ? nil : [],
            dialMode: bits % 2 == 1 ? .data : .voice,
            handover: bits / 2 % 2 == 1 ? .seconds(5) : nil,
            polling: polling
        )
        machine = ModemMachine(profile: profile, options: options, identifiesProfile: bits / 16 % 2 == 1)
    }

    static func check(_ bytes: [UInt8]) throws {
        let script = FuzzScript(bytes)
        var run = ModemFuzzing(script)
        try run.plug()
        try run.wait(.seconds(5))
        for step in script.steps { try run.play(step) }
        try run.settle()
    }

    private mutating func play(_ step: FuzzScript.Step) throws {
        switch step.letter {
        case "d": try take(DialString(step.text).map { machine.dial($0, now: now) } ?? [])
        case "h": try take(machine.hangUp(now: now))
        case "a": try take(machine.answer(now: now))
        case "u": try unplug()
        case "p": try plug()
        case "<": try read(Array("\r\n".utf8) + step.argument + Array("\r\n".utf8))
        case "b": try read(step.argument)
        case "t": try wait(.milliseconds(step.number(limit: 20_000)))
        case "l": setCallList(step.number(limit: 9))
        case "=": replies["AT"] = step.text.isEmpty ? "" : "\r\n\(step.text)\r\n"
        case "?": replies["AT+CLCC"] = step.text.isEmpty ? "" : "\r\n\(step.text)\r\n\r\nOK\r\n"
        case "!": isDead.toggle()
        case "c": try command(step)
        default: break
        }
    }

    /// The one call that `+CLCC` lists from now on; none for 9.
    private mutating func setCallList(_ state: Int) {
        replies["AT+CLCC"] = state == 9 ? "\r\nOK\r\n" : "\r\n+CLCC: 1,0,\(state),0,0\r\n\r\nOK\r\n"
    }

    private mutating func command(_ step: FuzzScript.Step) throws {
        do {
            let actions = try machine.send(OperatorCommand(step.text), now: now)
            try take(actions)
        } catch is OperatorCommand.Refusal {
        }
    }

    /// Whatever happened: a hang-up frees the line of a dead modem, and one that works becomes ready.
    private mutating func settle() throws {
        isDead = true
        let state = machine.call?.state
        try take(machine.hangUp(now: now))
        try wait(.seconds(180))
        try hold(machine.call == nil, "the call of a dead modem is forever: \(String(describing: state))")
        isDead = false
        replies = Self.workingReplies
        try unplug()
        try plug()
        try wait(.seconds(60))
        try hold(machine.readiness == .ready, "\(machine.profile.name): not ready again: \(machine.readiness)")
    }

    private mutating func plug() throws {
        isPortOpen = true
        isAnswerDue = false
        try take(machine.portOpened(now: now))
    }

    private mutating func unplug() throws {
        isPortOpen = false
        isAnswerDue = false
        try take(machine.portClosed(now: now))
        try hold(machine.call == nil, "a call survives the unplug")
    }

    private mutating func read(_ bytes: [UInt8]) throws {
        try take(machine.bytesReceived(bytes, now: now))
    }

    var nextDeadline: ContinuousClock.Instant? { machine.nextDeadline }

    mutating func deadlineReached() throws {
        try take(machine.deadlineReached(now: now))
    }

    // MARK: The world around the machine

    private mutating func take(_ actions: [ModemMachine.Action]) throws {
        var pending = actions[...]
        // The modem answers at once; what comes of its answer is taken before the rest is asked for.
        var rounds = 0
        while !pending.isEmpty {
            rounds += 1
            try hold(rounds < 1000, "the machine and the modem talk forever")
            var answers: [String] = []
            for action in pending {
                try note(action)
                if case .sent(let line) = action, !isDead { answers.append(reply(to: line)) }
            }
            try checkState()
            pending = []
            for answer in answers where !answer.isEmpty {
                pending += machine.bytesReceived(Array(answer.utf8), now: now)
            }
        }
    }

    private func reply(to line: String) -> String {
        replies[line] ?? (line.hasPrefix("ATD") ? "" : "\r\nOK\r\n")
    }

    private mutating func note(_ action: ModemMachine.Action) throws {
        switch action {
        case .write(let bytes):
            try hold(!bytes.contains(0x0A), "wrote an LF")
            try hold(isPortOpen, "wrote to a closed port")
        case .sent("<CR>"):
            try hold(isAnswerDue, "aborted nothing")
        case .sent(let line):
            try hold(!isAnswerDue, "two commands in flight, the second one \(line)")
            isAnswerDue = line != "+++"
        case .received(let line):
            if FinalResultCode(line: line) != nil || FinalResultCode(numeric: line) != nil { isAnswerDue = false }
        case .callChanged(let call):
            if case .released = call.state { try hold(hasCall, "a second end") }
            if case .released = call.state { hasCall = false } else { hasCall = true }
            if let number = call.number {
                try hold(DialString(number) != nil, "the number is \(number.debugDescription)")
            }
        case .reopenPort:
            isPortOpen = false
            isAnswerDue = false
        case .note(.commandTimedOut), .note(.synchronizing), .note(.modemReset), .note(.silent):
            isAnswerDue = false
        case .readinessChanged, .operatorReplied, .dialRefused, .note, .setDTR: break
        }
    }

    private func checkState() throws {
        try hold((machine.call != nil) == hasCall, "the call and the told call differ")
        if isPortOpen || machine.call != nil {
            try hold(machine.nextDeadline != nil, "nothing is awaited in \(String(describing: machine.call))")
        }
    }
}
