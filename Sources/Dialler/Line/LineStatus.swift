import Basics
import ModemCore
import ModemDriver
import PatriotLink

/// The state of the line, as one sentence for a person (`systemctl status`). Numbers are not in it.
struct LineStatus: Equatable, Sendable {
    private var readiness = ModemReadiness.opening
    private(set) var link = Link.connecting
    private var call: Call?
    /// The configuration was to be read again and has errors; the one before it is in force.
    var isConfigurationOld = false

    /// How the line stands with Patriot; a try alone changes nothing.
    enum Link: Equatable {
        case connecting
        case connected
        case authenticated
        /// The reason for which there is no connection, and what does not fit into a line; it stays while it is tried again.
        case absent(String, detail: String?)
        case refused(ForeignText)
        /// We wait on that port.
        case listening(on: String)
        /// Patriot connected to us from that address.
        case admitted(from: String, rivals: [String])

        /// Whether Patriot's requests reach us.
        var isUp: Bool {
            switch self {
            case .authenticated, .admitted: true
            case .connecting, .connected, .absent, .refused, .listening: false
            }
        }
    }

    /// Whether a click in Patriot can become a call now.
    var isReady: Bool { readiness.allowsDialing && link.isUp }

    mutating func follow(_ event: LineService.Event) {
        switch event {
        case .link(let link): follow(link)
        case .modem(let event): follow(event)
        case .patriot, .dialRefused, .queuedDialDropped: break
        }
    }

    private mutating func follow(_ event: ModemEvent) {
        switch event {
        case .readinessChanged(let readiness): self.readiness = readiness
        case .callChanged(let call):
            switch call.state {
            case .idle, .released: self.call = nil
            case .dialing, .dialed, .alerting, .active, .held, .incoming, .waiting, .handedOver, .hangingUp:
                self.call = call
            }
        case .dialRefused, .sent, .received: break
        }
    }

    private mutating func follow(_ new: PatriotLink) {
        switch (new, link) {
        case (.connecting, .absent), (.connecting, .refused), (.connected, .refused): break
        case (.connecting, _): link = .connecting
        case (.connected, _): link = .connected
        case (.authenticated, _): link = .authenticated
        case (.refused(let error), _): link = .refused(error)
        case (.listening(let place), _): link = .listening(on: place)
        case (.admitted(let address, let rivals), _): link = .admitted(from: address, rivals: rivals)
        case (.disconnected, .refused): break
        case (.disconnected(let reason, let detail, _), _): link = .absent(reason, detail: detail)
        }
    }

    /// Begins with the one word that counts: can a click in Patriot become a call now?
    var sentence: String {
        isConfigurationOld
            ? lineSentence + " The changed configuration has errors and is not used: see the log." : lineSentence
    }

    private var lineSentence: String {
        let state: String
        if let call {
            state = "\(call.direction == .outbound ? "Outgoing" : "Incoming") call \(word(for: call.state))"
        } else if readiness.allowsDialing, link.isUp {
            return visible("Ready: \(modemPart), \(patriotPart), line free.")
        } else if readiness == .ready, case .absent = link {
            // With the modem's state, address and reason would not fit into a line.
            return visible("Not ready: \(patriotPart).")
        } else {
            state = "Not ready"
        }
        return visible("\(state): \(modemPart); \(patriotPart).")
    }

    private var modemPart: String {
        switch readiness {
        case .ready: "modem ready"
        case .readyInDoubt(let doubt): "modem ready (\(doubt))"
        case .notPluggedIn, .heldBy, .cannotOpen, .opening, .settingUp, .simNotReady, .notRegistered, .noVoice,
            .keepsRestarting, .notResponding, .garbage, .hung:
            readiness.description
        }
    }

    private var patriotPart: String {
        switch link {
        case .connecting: "connecting to Patriot"
        case .connected: "Patriot has not yet accepted the key"
        case .authenticated: "Patriot connected"
        case .listening(let place): "waiting for Patriot on \(place)"
        case .admitted(let address, let rivals):
            "Patriot connected from \(address)"
                + (rivals.isEmpty
                    ? "" : " (Patriots that keep replacing each other: \(rivals.joined(separator: ", ")))")
        case .absent(let reason, _): reason
        case .refused(let error): "Patriot refuses the API key: \(error)"
        }
    }

    private func word(for state: CallState) -> String {
        switch state {
        case .idle, .released: "over"
        case .dialing: "being dialled"
        case .dialed: "dialled"
        case .alerting: "ringing"
        case .active: "up"
        case .held: "on hold"
        case .incoming: "ringing"
        case .waiting: "waiting"
        case .handedOver: "handed to the handset"
        case .hangingUp: "being hung up"
        }
    }
}
