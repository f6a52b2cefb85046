import FoundationEssentials
import ModemCore

/// What a client asks of the daemon.
package struct ControlRequest: Equatable, Sendable {
    /// What is asked for.
    package enum Order: Equatable, Sendable {
        case status
        /// Dials as if Patriot had asked.
        case dial(String)
        case hangUp
        case answer
        /// Tones into an answered call.
        case tones(String)
        /// An AT command line; how long its final result code may take; whether it is sent although it is not known to be
        /// harmless, which only root may ask for.
        case command(String, timeout: Duration, force: Bool = false)
        /// The last AT lines.
        case transcript
        /// Events from now on.
        case watch
        /// Whether the modem is to be this client's alone: for as long as it goes on asking, and no longer than until
        /// Patriot wants to dial.
        case lease(Bool)
    }

    /// The client's own, given back in the reply.
    package var id: Int
    /// What is asked for.
    package var order: Order

    package init(id: Int, _ order: Order) {
        self.id = id
        self.order = order
    }
}

/// Why a line of a client's is no request.
package enum ControlRequestError: Error, Equatable, Sendable {
    case notJSON
    case version(Int)
    case unknown(String)
    case missing(String)
}

extension ControlRequestError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON: "a request is one JSON object on one line"
        case .version(let version):
            "this daemon speaks version \(ControlMessage.version) of the protocol, not \(version)"
        case .unknown(let request): "there is no request \(request)"
        case .missing(let member): "the request needs \(member)"
        }
    }
}

// MARK: - The request on the wire

extension ControlRequest {
    /// A timeout for a command is in this range of seconds.
    private static let timeouts = 1...300

    private enum Name: String, Codable {
        case status, dial, hangup, answer, dtmf, at, watch, lease, transcript
    }

    private struct Wire: Codable {
        var version: Int?
        var id: Int?
        var request: String
        var number: String?
        var digits: String?
        var command: String?
        var timeout: Int?
        var take: Bool?
        var force: Bool?
    }

    /// - Parameter line: without its end.
    /// - Throws: why it is none.
    package init(line: some Collection<UInt8>) throws(ControlRequestError) {
        // A NUL never occurs in JSON text, but makes the decoder guess UTF-16.
        guard !line.contains(0), let wire = try? JSONDecoder().decode(Wire.self, from: Data(line)) else {
            throw .notJSON
        }
        guard wire.version ?? ControlMessage.version == ControlMessage.version else {
            throw .version(wire.version ?? 0)
        }
        guard let name = Name(rawValue: wire.request) else {
            throw .unknown(String(wire.request.unicodeScalars.prefix(40)))
        }
        self.init(id: wire.id ?? 0, try Self.order(name, wire))
    }

    private static func order(_ name: Name, _ wire: Wire) throws(ControlRequestError) -> Order {
        switch name {
        case .status: return .status
        case .hangup: return .hangUp
        case .answer: return .answer
        case .watch: return .watch
        case .transcript: return .transcript
        case .dial:
            guard let number = wire.number else { throw .missing("number") }
            return .dial(number)
        case .dtmf:
            guard let digits = wire.digits else { throw .missing("digits") }
            return .tones(digits)
        case .at:
            guard let command = wire.command else { throw .missing("command") }
            let seconds = wire.timeout ?? Int(OperatorCommand.defaultTimeout.components.seconds)
            let timeout = Duration.seconds(min(max(seconds, timeouts.lowerBound), timeouts.upperBound))
            return .command(command, timeout: timeout, force: wire.force ?? false)
        case .lease:
            guard let take = wire.take else { throw .missing("take") }
            return .lease(take)
        }
    }

    /// The line, its end included.
    package var line: [UInt8] {
        var wire = Wire(version: ControlMessage.version, id: id, request: "")
        let name: Name
        switch order {
        case .status: name = .status
        case .hangUp: name = .hangup
        case .answer: name = .answer
        case .watch: name = .watch
        case .transcript: name = .transcript
        case .dial(let number): (name, wire.number) = (.dial, number)
        case .tones(let digits): (name, wire.digits) = (.dtmf, digits)
        case .command(let command, let timeout, let force):
            (name, wire.command, wire.timeout) = (.at, command, Int(timeout.components.seconds))
            wire.force = force ? true : nil
        case .lease(let take): (name, wire.take) = (.lease, take)
        }
        wire.request = name.rawValue
        return controlLine(wire)
    }
}
