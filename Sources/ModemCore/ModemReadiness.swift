/// Whether the modem can place a call now, and if not, why.
package enum ModemReadiness: Equatable, Sendable {
    case noPort
    case initializing
    /// With a sentence saying what the SIM lacks.
    case simNotReady(String)
    /// With a sentence saying what the network answered.
    case notRegistered(String)
    /// With a sentence saying why no voice call can be made.
    case noVoice(String)
    case ready
    /// The port is there and the modem does not answer on it.
    case silent
}

extension ModemReadiness {
    /// Of ``simNotReady(_:)``: there is a PIN to enter, and it was not wanted that it be entered.
    package static let heldBackPIN = "it wants its PIN, which was not entered now"

    /// From its own description, as a running line shows it; nil if it is none.
    package init?(description: String) {
        func reason(behind prefix: String) -> String? {
            description.hasPrefix(prefix) ? String(description.dropFirst(prefix.count)) : nil
        }
        if let plain = [Self.noPort, .initializing, .ready, .silent].first(where: { $0.description == description }) {
            self = plain
        } else if let reason = reason(behind: Self.simNotReady("").description) {
            self = .simNotReady(reason)
        } else if let reason = reason(behind: Self.notRegistered("").description) {
            self = .notRegistered(reason)
        } else if let reason = reason(behind: Self.noVoice("").description) {
            self = .noVoice(reason)
        } else {
            return nil
        }
    }
}

extension ModemReadiness: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noPort: "no modem is open: plug it in, or check MODEM_DEVICE"
        case .initializing: "the modem is being set up"
        case .simNotReady(let reason): "the SIM is not ready: \(reason)"
        case .notRegistered(let reason): "no network: \(reason)"
        case .noVoice(let reason): "this modem cannot call: \(reason)"
        case .ready: "ready"
        case .silent: "the modem does not answer: check its power, its cable and MODEM_BAUD_RATE"
        }
    }
}

/// Why a dial was not even tried.
package enum DialRefusal: Equatable, Sendable {
    case notReady(ModemReadiness)
    case callInProgress(CallState)
    /// The line began to ring: to dial now would answer the caller.
    case lineRinging
}

extension DialRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notReady(let readiness): readiness.description
        case .callInProgress(.hangingUp): "the last call is still being hung up: try again in a moment"
        case .callInProgress: "a call is in progress: hangup ends it"
        case .lineRinging: "the line is ringing: dial when it has stopped, or answer it"
        }
    }
}
