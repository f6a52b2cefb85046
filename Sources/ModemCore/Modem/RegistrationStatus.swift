/// The network registration, `<stat>` of +CREG (27.007 7.2).
package enum RegistrationStatus: Equatable, Sendable {
    case idle, home, searching, denied, unknown, roaming
    /// Registered for SMS only: the circuit-switched domain carries no calls, and whether VoLTE does, +CEREG has to tell.
    case smsOnly
    /// Limited service: emergency calls only.
    case emergencyOnly

    /// From the URC, `+CREG: stat[,lac,ci]`.
    package init?(unsolicited line: String) {
        self.init(ATFields(line).integer(0))
    }

    /// From the answer to `AT+CREG?`, `+CREG: n,stat[,lac,ci]`.
    package init?(answer line: String) {
        let fields = ATFields(line)
        self.init(fields.integer(fields.count > 1 ? 1 : 0))
    }

    /// The answer among the lines that came between the question and OK: a report of the same name may be among them, and is
    /// believed only where the answer is missing. In a report the second field is the place of the cell, in quotes.
    package init?(answers lines: [String]) {
        func isAnswer(_ line: String) -> Bool {
            line.split(separator: ",", maxSplits: 1).dropFirst().first.map { !$0.trimmed.hasPrefix("\"") } ?? false
        }
        if let status = lines.lazy.filter(isAnswer).compactMap({ Self(answer: $0) }).first {
            self = status
        } else if let status = lines.lazy.compactMap({ Self(unsolicited: $0) }).first {
            self = status
        } else {
            return nil
        }
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

    /// True when an ordinary call can be placed in this domain.
    package var allowsVoice: Bool {
        switch self {
        case .home, .roaming: true
        case .idle, .searching, .denied, .unknown, .smsOnly, .emergencyOnly: false
        }
    }

    /// What it means.
    package var cause: String {
        switch self {
        case .idle: "the modem is not searching for a network"
        case .home: "registered at home"
        case .searching: "searching for a network"
        case .denied: "the network refuses this SIM"
        case .unknown: "the network state is unknown"
        case .roaming: "registered, roaming"
        case .smsOnly: "registered for SMS only, so calls depend on VoLTE"
        case .emergencyOnly: "emergency calls only"
        }
    }

    /// What to do about it; nil where nothing is wrong.
    package var remedy: String? {
        switch self {
        case .idle: "check the SIM and the antenna"
        case .searching: "check the antenna if this lasts"
        case .denied: "ask the provider"
        case .smsOnly: "check the LTE registration (AT+CEREG?), and ask the provider for VoLTE"
        case .unknown: "check the antenna"
        case .emergencyOnly: "check the SIM"
        case .home, .roaming: nil
        }
    }

    /// Cause and remedy as one sentence part for a person.
    package var explanation: String { remedy.map { "\(cause): \($0)" } ?? cause }
}

/// Why an ordinary call finds no network.
package enum NetworkFault: Equatable, Sendable {
    /// What +CREG says, and no other domain is registered.
    case registration(RegistrationStatus)
    /// The modem's radio is switched off (`+CFUN: 0` or `4`, 27.007 8.2).
    case radioOff

    /// What is wrong.
    package var cause: String {
        switch self {
        case .registration(let status): status.cause
        case .radioOff: "the radio is off"
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch self {
        case .registration(let status): status.remedy ?? "check the antenna"
        case .radioOff:
            "AT+CFUN=1 did not switch it on; unplug the modem and plug it in again, and check its flight-mode switch"
        }
    }
}

extension NetworkFault: CustomStringConvertible {
    package var description: String { "\(cause): \(remedy)" }
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
