/// Who began the call.
package enum CallDirection: Equatable, Sendable {
    case outbound, inbound
}

/// Where a call is: the `<stat>` of 27.007 7.18 and the states only a dialler needs.
package enum CallState: Equatable, Sendable {
    case idle
    /// The number is on its way to the modem or to the network.
    case dialing
    /// The digits are out and the line is held; whether anybody answered only the operator hears.
    case dialed
    /// The remote end is being rung.
    case alerting
    case active
    case held
    /// The line rings.
    case incoming
    /// A second call, waiting.
    case waiting
    /// The modem is on hook again and the operator's handset holds the line.
    case handedOver
    /// A hang-up was asked for and is not yet proven.
    case hangingUp
    /// The line is free again; always the last state of a call, and told once.
    case released(ReleaseCause)
}

/// One call on the line.
package struct Call: Equatable, Sendable {
    /// Who began it.
    package var direction: CallDirection
    /// The remote number: as dialled, or the caller ID (`+` put back for type 145); nil when withheld or not known.
    package var number: String?
    /// Where it is.
    package var state: CallState
    /// True when nobody here dialled it or heard it ring: it was up when the modem was opened, or came up later unsolicited.
    package var isAdopted: Bool
    /// The number as it was asked for, before the rules for numbers changed it; nil when nobody here asked for it.
    package var asked: String?

    package init(direction: CallDirection, number: String?, state: CallState, isAdopted: Bool = false) {
        self.direction = direction
        self.number = number
        self.state = state
        self.isAdopted = isAdopted
    }
}

extension CallState: CustomStringConvertible {
    package var description: String {
        switch self {
        case .idle: "idle"
        case .dialing: "dialing"
        case .dialed: "dialed, the operator confirms"
        case .alerting: "alerting"
        case .active: "active"
        case .held: "held"
        case .incoming: "incoming"
        case .waiting: "waiting"
        case .handedOver: "left to the handset"
        case .hangingUp: "hanging up"
        case .released(let cause): "free: \(cause)"
        }
    }
}
