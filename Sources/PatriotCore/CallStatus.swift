/// The payload of `call-status-update`; members that are nil are left out on the wire.
package struct CallStatus: Equatable, Sendable {
    /// True from just before a number is dialled, or a call rings, until the line is free again.
    package var callActive: Bool
    /// Who began the call.
    package var outbound: Bool?
    /// The other party's number; nil when withheld or unknown, never an empty text.
    package var callerID: String?

    package init(callActive: Bool, outbound: Bool? = nil, callerID: String? = nil) {
        self.callActive = callActive
        self.outbound = outbound
        self.callerID = callerID
    }

    /// The truth about a line, as Patriot is told it.
    package init(_ activity: LineActivity) {
        switch activity {
        case .idle, .unwanted:
            self.init(callActive: false)
        case .outbound(let callerID, replaceable: _):
            self.init(callActive: true, outbound: true, callerID: callerID.nilIfEmpty)
        case .incoming(let callerID, endable: _):
            self.init(callActive: true, outbound: false, callerID: callerID.nilIfEmpty)
        case .hangingUp(let outbound, let callerID):
            self.init(callActive: true, outbound: outbound, callerID: callerID.nilIfEmpty)
        }
    }
}

extension CallStatus: CustomStringConvertible {
    /// For logs: the number is masked.
    package var description: String {
        guard callActive else { return "no call" }
        let direction =
            switch outbound {
            case true?: "outbound call"
            case false?: "incoming call"
            case nil: "call"
            }
        guard let callerID else { return direction }
        return "\(direction), \(PhoneNumber.masked(callerID))"
    }
}

extension String? {
    fileprivate var nilIfEmpty: String? {
        self?.isEmpty == false ? self : nil
    }
}
