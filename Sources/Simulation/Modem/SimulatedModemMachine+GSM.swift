/// The commands of 27.007 that a voice modem needs.
extension SimulatedModemMachine {
    mutating func executeGSM(
        _ name: String,
        _ form: SimulatedModemCommand.Form,
        now: Instant
    ) -> SimulatedModemOutcome {
        if isPINWanted, !Self.commandsWithoutPIN.contains(name) {
            return .finish(.cmeError(pinAttempts > 0 ? 11 : 12))
        }
        return identification(name, form) ?? simCard(name, form, now: now) ?? network(name, form)
            ?? callControl(name, form, now: now) ?? setting(name, form, now: now) ?? .finish(.error)
    }

    private static let commandsWithoutPIN: Set<String> = [
        "+CGMI", "+CGMM", "+CGMR", "+CGSN", "+GMI", "+GMM", "+GMR", "+CPIN", "+CPINR", "+CMEE", "+CFUN", "+CPAS",
        "+CREG", "+CSQ",
    ]

    private func identification(_ name: String, _ form: SimulatedModemCommand.Form) -> SimulatedModemOutcome? {
        switch (name, form) {
        case ("+CGMI", .execute), ("+GMI", .execute): .text([script.manufacturer])
        case ("+CGMM", .execute), ("+GMM", .execute): .text([script.model])
        case ("+CGMR", .execute), ("+GMR", .execute): .text(["Revision: 1.0"])
        case ("+CGSN", .execute): .text(["004999010640000"])
        case ("+CIMI", .execute): .text(["001010123456789"])
        case ("+CNUM", .execute): .done
        default: nil
        }
    }

    private mutating func simCard(
        _ name: String,
        _ form: SimulatedModemCommand.Form,
        now: Instant
    ) -> SimulatedModemOutcome? {
        switch (name, form) {
        case ("+CPIN", _) where !options.hasSIM, ("+CPINR", _) where !options.hasSIM: return .finish(.cmeError(10))
        case ("+CPIN", .read):
            return .text(["+CPIN: \(isPINWanted ? pinAttempts > 0 ? "SIM PIN" : "SIM PUK" : "READY")"])
        case ("+CPIN", .set(let value)):
            guard isPINWanted else { return .finish(.cmeError(3)) }
            guard pinAttempts > 0 else { return .finish(.cmeError(12)) }
            guard unquoted(value) == options.simPIN else {
                pinAttempts -= 1
                return .finish(.cmeError(16))
            }
            isPINWanted = false
            pinAttempts = options.pinAttempts
            schedule(.unsolicited("+CPIN: READY"), after: .seconds(1), now: now)
            return .done
        case ("+CPINR", .execute), ("+CPINR", .set):
            return .text(["+CPINR: SIM PIN,\(pinAttempts),\(options.pinAttempts)"])
        default:
            return nil
        }
    }

    private func network(_ name: String, _ form: SimulatedModemCommand.Form) -> SimulatedModemOutcome? {
        switch (name, form) {
        case ("+CREG", .read):
            let status = isPINWanted ? 0 : registration
            let cell = registers.registrationReports == 2 ? ",\"1A2B\",\"00C3\"" : ""
            return .text(["+CREG: \(registers.registrationReports),\(status)\(cell)"])
        case ("+CREG", .test): return .text(["+CREG: (0-2)"])
        case ("+CSQ", .execute): return .text(["+CSQ: \(signal),99"])
        case ("+COPS", .read):
            return .text([isRegistered ? "+COPS: 0,0,\"Simulation\",7" : "+COPS: 0"])
        case ("+CPAS", .execute): return .text(["+CPAS: \(call == nil ? 0 : call?.state == .incoming ? 3 : 4)"])
        case ("+CEER", .execute): return .text(["+CEER: 8,\(lastCause),0"])
        default: return nil
        }
    }

    private mutating func callControl(
        _ name: String,
        _ form: SimulatedModemCommand.Form,
        now: Instant
    ) -> SimulatedModemOutcome? {
        switch (name, form) {
        case ("+CLCC", .execute): return .text(callList(now: now))
        case ("+CHUP", .execute):
            hangUp(now: now)
            return .done
        case ("+CHLD", .set(let value)):
            let endsCall = value == "1" || value == "1\(script.callID)" || (value == "0" && call?.state == .incoming)
            guard endsCall, call != nil else { return .finish(.cmeError(3)) }
            hangUp(now: now)
            return .done
        case ("+VTS", .set(let tones)):
            guard call?.state == .active else { return .finish(.cmeError(3)) }
            note(.tones(unquoted(tones)))
            return .done
        case ("+CFUN", .read): return .text(["+CFUN: 1"])
        case ("+CFUN", .set("1")): return .done
        case ("+CFUN", .set("1,1")):
            reply([], .ok, now: now)
            restart(after: replyDelay * 2, now: now)
            return .pending
        default: return nil
        }
    }

    private mutating func setting(
        _ name: String,
        _ form: SimulatedModemCommand.Form,
        now: Instant
    ) -> SimulatedModemOutcome? {
        switch (name, form) {
        case (_, .test) where Self.testable.contains(name): return .done
        case ("+CMEE", .set(let value)):
            guard let mode = Int(value), (0...2).contains(mode) else { return .finish(.cmeError(50)) }
            registers.errorReports = mode
        case ("+CREG", .set(let value)):
            guard let mode = Int(value), (0...2).contains(mode) else { return .finish(.cmeError(50)) }
            registers.registrationReports = mode
        case ("+CVHU", .read): return .text(["+CVHU: \(registers.hangUpControl)"])
        case ("+CVHU", .set(let value)):
            guard !isHangUpLying, let mode = Int(value), (0...2).contains(mode) else { return .finish(.cmeError(3)) }
            registers.hangUpControl = mode
        case (_, .set(let value)) where Self.kept.contains(name) || script.settings.contains(name):
            registers.settings[name] = value
        case (_, .read) where Self.kept.contains(name) || script.settings.contains(name):
            return .text(["\(name): \(registers.settings[name] ?? "0")"])
        default: return nil
        }
        return .done
    }

    private static let kept: Set<String> = [
        "+CLIP", "+CRC", "+COLP", "+CCWA", "+CSSN", "+CNAP", "+CDIP", "+COPS", "+CSCS", "+CLIR", "+CMGF",
    ]
    private static let testable: Set<String> = ["+CLCC", "+CHUP", "+CHLD", "+VTS", "+CVHU", "+CMEE", "+CLIP", "+CPIN"]

    /// The rows of +CLCC (27.007 7.18).
    private func callList(now: Instant) -> [String] {
        var rows = script.hasPhantomCall ? ["+CLCC: 1,1,0,1,0,\"\",128"] : []
        if let call, let status = Self.status(of: call.state) {
            rows.append(row(call, status: status))
            if let waitingCaller {
                let number = waitingCaller.number ?? ""
                rows.append("+CLCC: \(script.callID + 1),1,5,0,0,\"\(number)\",\(number.isEmpty ? 128 : 129)")
            }
        } else if let lingering, now < lingering.until {
            rows.append(lingering.row)
        }
        return rows
    }

    func row(_ call: SimulatedCall, status: Int) -> String {
        let context = context(of: call, now: nil)
        return "+CLCC: \(context.id),\(context.direction),\(status),0,0,\"\(context.number)\",\(context.numberType)"
    }

    private static func status(of state: SimulatedCall.State) -> Int? {
        switch state {
        case .active: 0
        case .dialing: 2
        case .alerting: 3
        case .incoming: 4
        case .offHook, .handset: nil
        }
    }

    var isRegistered: Bool {
        !isPINWanted && (registration == 1 || registration == 5)
    }

    private func unquoted(_ text: String) -> String {
        text.filter { $0 != "\"" }
    }
}
