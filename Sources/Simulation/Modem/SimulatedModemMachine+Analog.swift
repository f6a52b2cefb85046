/// What a modem on a telephone line adds to V.250: caller ID and service class.
extension SimulatedModemMachine {
    mutating func executeAnalog(_ name: String, _ form: SimulatedModemCommand.Form) -> SimulatedModemOutcome {
        switch (name, form) {
        case ("+GMI", .execute): return .text([script.manufacturer])
        case ("+GMM", .execute), ("+FMM", .execute): return .text([script.model])
        case ("+GMR", .execute): return .text(["1.0"])
        case ("+VCID", .test): return .text(["(0,1,2)"])
        case ("+VCID", .read), ("#CID", .read): return .text([String(registers.callerID)])
        case ("+VCID", .set(let value)), ("#CID", .set(let value)):
            guard let mode = Int(value), (0...2).contains(mode) else { return .finish(.error) }
            registers.callerID = mode
        case ("+FCLASS", .test): return .text(["0,1,8"])
        case ("+FCLASS", .read): return .text([String(registers.serviceClass)])
        case ("+FCLASS", .set(let value)):
            guard let serviceClass = Int(value), [0, 1, 8].contains(serviceClass) else { return .finish(.error) }
            registers.serviceClass = serviceClass
        case ("+VTS", .set(let tones)) where registers.serviceClass == 8 && call != nil:
            note(.tones(tones))
        case (_, .set(let value)) where script.settings.contains(name): registers.settings[name] = value
        default: return .finish(.error)
        }
        return .done
    }

    /// The caller ID between the first two rings, as +VCID asks for it.
    mutating func sendCallerID(now: Instant) {
        switch (registers.callerID, caller) {
        case (1, .number(let number, let name)):
            var lines = ["DATE = 1015", "TIME = 2038", "NMBR = \(number)"]
            if let name { lines.append("NAME = \(name)") }
            for line in lines { unsolicited(line, now: now) }
        case (1, .withheld):
            for line in ["DATE = 1015", "TIME = 2038", "NMBR = P", "NAME = P"] { unsolicited(line, now: now) }
        case (1, .unavailable):
            for line in ["DATE = 1015", "TIME = 2038", "NMBR = O", "NAME = O"] { unsolicited(line, now: now) }
        case (2, .number), (2, .withheld), (2, .unavailable):
            unsolicited(hexadecimalCallerID, now: now)
        default:
            break
        }
    }

    /// The multiple data message of the exchange, checksum included (Bellcore FR-NWT-000064).
    private var hexadecimalCallerID: String {
        func parameter(_ tag: UInt8, _ text: String) -> [UInt8] {
            [tag, UInt8(truncatingIfNeeded: text.utf8.count)] + Array(text.utf8)
        }
        var body = parameter(0x01, "10152038")
        switch caller {
        case .number(let number, let name):
            body += parameter(0x02, number)
            if let name { body += parameter(0x07, name) }
        case .withheld: body += parameter(0x04, "P")
        case .unavailable: body += parameter(0x04, "O")
        case .unidentified: break
        }
        var message: [UInt8] = [0x80, UInt8(truncatingIfNeeded: body.count)] + body
        message.append(0 &- message.reduce(0, &+))
        return message.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
