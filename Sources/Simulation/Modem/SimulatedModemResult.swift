/// A result code (V.250 table 1; vendors' numbers above 8; 27.007 9.2).
enum SimulatedModemResult: Equatable, Sendable {
    case ok, connect, voiceConnect, voiceConnected, ring, noCarrier, error, noDialtone, busy, noAnswer, delayed,
        blacklisted, lineInUse
    case cmeError(Int)

    var text: String {
        switch self {
        case .ok: "OK"
        case .connect: "CONNECT 9600"
        case .voiceConnect: "CONNECT"
        case .voiceConnected: "VCON"
        case .ring: "RING"
        case .noCarrier: "NO CARRIER"
        case .error: "ERROR"
        case .noDialtone: "NO DIALTONE"
        case .busy: "BUSY"
        case .noAnswer: "NO ANSWER"
        case .delayed: "DELAYED"
        case .blacklisted: "BLACKLISTED"
        case .lineInUse: "LINE IN USE"
        case .cmeError(let code): "+CME ERROR: \(code)"
        }
    }

    /// The form of `ATV0`; an extended error code has none.
    var number: String {
        switch self {
        case .ok: "0"
        case .connect: "12"
        case .voiceConnect: "1"
        case .voiceConnected: text
        case .ring: "2"
        case .noCarrier: "3"
        case .error: "4"
        case .noDialtone: "6"
        case .busy: "7"
        case .noAnswer: "8"
        case .delayed: "24"
        case .blacklisted: "32"
        case .lineInUse: "83"
        case .cmeError: text
        }
    }

    /// What is left of the code at that `ATX` level.
    func atLevel(_ level: Int) -> SimulatedModemResult {
        switch self {
        case .busy: level >= 3 ? self : .noCarrier
        case .noDialtone, .lineInUse: level == 2 || level >= 4 ? self : .noCarrier
        case .delayed, .blacklisted: level >= 4 ? self : .error
        case .ok, .connect, .voiceConnect, .voiceConnected, .ring, .noCarrier, .error, .noAnswer, .cmeError: self
        }
    }

    /// The words of `AT+CMEE=2`.
    static func cmeText(_ code: Int) -> String {
        switch code {
        case 3: "operation not allowed"
        case 11: "SIM PIN required"
        case 12: "SIM PUK required"
        case 16: "incorrect password"
        case 27: "invalid characters in dial string"
        case 30: "no network service"
        case 50: "incorrect parameters"
        default: "unknown"
        }
    }
}
