/// The true state of the simulated line: what a person on it would tell, not what the modem reports.
package struct SimulatedCall: Equatable, Sendable {
    /// Where the call is.
    package enum State: String, Equatable, Sendable {
        /// Digits are going out.
        case dialing
        /// The remote telephone rings.
        case alerting
        /// Both sides talk.
        case active
        /// The local side is off hook and nobody is on the line: a tone, or a remote party that has gone (analog).
        case offHook = "off-hook"
        /// The modem is on hook and the parallel handset holds the line (analog).
        case handset
        case incoming
    }

    /// Dialled by the modem.
    package let isOutbound: Bool
    /// As dialled, without modifiers; or the caller's number, nil when not shown.
    package let number: String?
    /// Where it is now.
    package var state: State
}

/// Who calls in, and what the network shows of it.
package enum SimulatedCaller: Equatable, Sendable {
    case number(String, name: String? = nil)
    /// The caller withholds the number: `P`, CLI validity 1.
    case withheld
    /// The network has no number: `O`, CLI validity 2.
    case unavailable
    /// No caller ID is sent at all.
    case unidentified

    var number: String? {
        switch self {
        case .number(let number, _): number
        case .withheld, .unavailable, .unidentified: nil
        }
    }
}
