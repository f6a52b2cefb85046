/// What comes of one command of a line.
enum SimulatedModemOutcome: Equatable, Sendable {
    /// Go on with the next command.
    case done
    /// Information text; go on.
    case text([String])
    /// The line ends here, with that result code.
    case finish(SimulatedModemResult)
    /// The line ends here; its result code comes later.
    case pending
}

/// The commands that all modems share (V.250).
extension SimulatedModemMachine {
    mutating func execute(_ command: SimulatedModemCommand, now: Instant) -> SimulatedModemOutcome {
        switch command {
        case .basic(let name, let value):
            return executeBasic(name, value, now: now)
        case .readRegister(let number):
            return readRegister(number)
        case .setRegister(let number, let value):
            guard registers.values[number] != nil, (0...255).contains(value) else { return .finish(.error) }
            registers.values[number] = value
            return .done
        case .dial(let text):
            return dial(SimulatedDialString(text), now: now)
        case .extended(let name, let form):
            if let text = scripted(name, form) { return .text(text) }
            if script.unknownCommands.contains(name) { return .finish(.error) }
            return script.isAnalog ? executeAnalog(name, form) : executeGSM(name, form, now: now)
        }
    }

    private mutating func executeBasic(_ name: String, _ value: Int, now: Instant) -> SimulatedModemOutcome {
        switch (name, value) {
        case ("E", 0...1): registers.echo = value == 1
        case ("V", 0...1): registers.isVerbose = value == 1
        case ("Q", 0...1): registers.isQuiet = value == 1
        case ("&D", 0...3): registers.terminalReady = value
        case ("X", 0...4): registers.resultLevel = value
        case ("Z", _):
            hangUp(now: now)
            registers = SimulatedModemRegisters(options: options, script: script)
        case ("&F", _): registers = SimulatedModemRegisters(options: options, script: script)
        case ("H", 0): return hangUpCommand(now: now)
        case ("H", 1) where script.isAnalog: return goOffHook()
        case ("A", 0): return answer(now: now)
        case ("O", 0): return resumeData(now: now)
        case ("I", _): return identify(value)
        case ("L", 0...3), ("M", 0...3), ("N", 0...1), ("T", 0), ("P", 0), ("B", _), ("W", 0...2), ("Y", 0...1),
            ("&C", 0...1), ("&K", 0...6), ("&Q", 0...6), ("&S", 0...1), ("&W", 0...1), ("\\N", 0...5):
            break
        default: return .finish(.error)
        }
        return .done
    }

    private func readRegister(_ number: Int) -> SimulatedModemOutcome {
        guard let value = registers.values[number] else { return .finish(.error) }
        let digits = String(value)
        return .text([String(repeating: "0", count: max(0, 3 - digits.count)) + digits])
    }

    private func identify(_ value: Int) -> SimulatedModemOutcome {
        if script.isAnalog {
            return .text([value == 0 ? "56000" : "\(script.manufacturer) \(script.model)"])
        }
        return .text(["Manufacturer: \(script.manufacturer)", "Model: \(script.model)", "Revision: 1.0"])
    }

    private func scripted(_ name: String, _ form: SimulatedModemCommand.Form) -> [String]? {
        switch form {
        case .execute: script.answers[name]
        case .read: script.answers["\(name)?"]
        case .test: script.answers["\(name)=?"]
        case .set(let value): script.answers["\(name)=\(value)"]
        }
    }

    private mutating func resumeData(now: Instant) -> SimulatedModemOutcome {
        guard hasCarrier else { return .finish(.noCarrier) }
        enterDataMode(now: now)
        return .finish(.connect)
    }
}
