/// The network registration, `<stat>` of +CREG (27.007 7.2).
package enum RegistrationStatus: Equatable, Sendable {
    case idle, home, searching, denied, unknown, roaming
    /// Registered for SMS, or for emergency calls: no ordinary voice call.
    case smsOnly, emergencyOnly

    /// From the URC, `+CREG: stat[,lac,ci]`.
    package init?(unsolicited line: String) {
        self.init(ATFields(line).integer(0))
    }

    /// From the answer to `AT+CREG?`, `+CREG: n,stat[,lac,ci]`.
    package init?(answer line: String) {
        let fields = ATFields(line)
        self.init(fields.integer(fields.count > 1 ? 1 : 0))
    }

    /// The answer among the lines that came between `AT+CREG?` and OK: a report of the same name may be among them, and is
    /// believed only where the answer is missing.
    package init?(answers lines: [String]) {
        let answer = lines.first { ATFields($0).count > 1 } ?? lines.first
        guard let answer else { return nil }
        self.init(answer: answer)
    }

    private init?(_ stat: Int?) {
        switch stat {
        case 0: self = .idle
        case 1, 9: self = .home
        case 2: self = .searching
        case 3: self = .denied
        case 4: self = .unknown
        case 5, 10: self = .roaming
        case 6, 7: self = .smsOnly
        case 8: self = .emergencyOnly
        default: return nil
        }
    }

    /// True when an ordinary call can be placed.
    package var allowsVoice: Bool {
        switch self {
        case .home, .roaming: true
        case .idle, .searching, .denied, .unknown, .smsOnly, .emergencyOnly: false
        }
    }

    /// One sentence for a person.
    package var explanation: String {
        switch self {
        case .idle: "the modem is not searching for a network: check the SIM and the antenna"
        case .home: "registered at home"
        case .searching: "searching for a network: check the antenna if this lasts"
        case .denied: "the network refuses this SIM: ask the provider"
        case .unknown: "the network state is unknown: check the antenna"
        case .roaming: "registered, roaming"
        case .smsOnly: "the network gives this SIM messages only, no calls: ask the provider"
        case .emergencyOnly: "emergency calls only: check the SIM"
        }
    }
}

/// `+CSQ: rssi,ber` (27.007 8.5).
package struct SignalQuality: Equatable, Sendable {
    /// 0…31; nil when the modem does not know.
    package let rssi: Int?

    /// From the answer to `AT+CSQ`, nil when `line` is not one.
    package init?(line: String) {
        guard line.hasPrefix("+CSQ:"), let value = ATFields(line).integer(0) else { return nil }
        rssi = (0...31).contains(value) ? value : nil
    }

    /// The field strength in dBm, -113…-51.
    package var dBm: Int? { rssi.map { -113 + 2 * $0 } }
}
