import FoundationEssentials
package import ModemCore

/// The control protocol, version 1: what goes over the control socket, one JSON object a line each way.
///
/// The daemon speaks first, with ``Hello``. A client's ``ControlRequest`` is answered by one ``Reply`` of the same `id`, in
/// order; a client that watches also gets an ``Event`` for each thing that happens. Members that do not apply are left out,
/// and unknown ones are to be passed over: later versions of the same number may add some.
package struct ControlMessage: Codable, Equatable, Sendable {
    /// The one that this program speaks.
    package static let version = 1
    /// The most bytes of one line, its end included.
    package static let maximumLine = 64 * 1024

    /// Who answers.
    package struct Hello: Codable, Equatable, Sendable {
        /// Of the protocol.
        package var version: Int
        /// The name of the line.
        package var line: String
        /// Of the operating system.
        package var processID: Int32
    }

    /// What became of a request.
    package struct Reply: Codable, Equatable, Sendable {
        /// Why a request was not done, for a program; words that are not known are kept and say nothing.
        package struct Failure: RawRepresentable, Codable, Equatable, Sendable {
            /// The modem was asked and said nothing in time.
            package static let timedOut = Self(rawValue: "timed-out")
            /// There is no modem that could be asked.
            package static let noModem = Self(rawValue: "no-modem")

            /// As it is on the wire.
            package let rawValue: String

            package init(rawValue: String) {
                self.rawValue = rawValue
            }
        }

        /// The request's own.
        package var id: Int
        /// Why it was not done, as a sentence; absent when it was.
        package var error: String?
        /// Which kind of error it is; absent for those that need no telling apart.
        package var failure: Failure?
        /// What was asked for with `status` or `watch`.
        package var status: StatusReport?
        /// The modem's information lines; of a transcript its lines, each with its time, the oldest first.
        package var lines: [String]?
        /// The final result code, as the modem says it (`OK`, `+CME ERROR: 10`); absent when none came in time.
        package var result: String?

        package init(id: Int, error: String? = nil) {
            self.id = id
            self.error = error
        }
    }

    /// Something that happened on the line.
    package struct Event: Codable, Equatable, Sendable {
        /// What happened.
        package enum Kind: String, Codable, Sendable {
            /// An AT line that was written to the modem; `text` is the line.
            case sent
            /// A line that was read from the modem.
            case received
            /// The state changed: `status` is the new one.
            case status
            /// What a client should tell its person, in `text`.
            case note
        }

        /// What happened.
        package var kind: Kind
        /// Of the wall clock, in microseconds since 1970.
        package var time: Int
        /// The AT line, masked as in the log, or what is to be told.
        package var text: String?
        /// The new state, when that is what happened.
        package var status: StatusReport?
    }

    /// The first message of the daemon's, and only that.
    package var hello: Hello?
    /// To a request.
    package var reply: Reply?
    /// Only to a client that watches.
    package var event: Event?

    package init(hello: Hello? = nil, reply: Reply? = nil, event: Event? = nil) {
        self.hello = hello
        self.reply = reply
        self.event = event
    }

    /// - Throws: when the line is none of the protocol's.
    package init(line: some Collection<UInt8>) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(line))
    }

    /// The line, its end included.
    package var line: [UInt8] { controlLine(self) }
}

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
        /// An AT command line; how long its final result code may take.
        case command(String, timeout: Duration)
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

extension ControlMessage.Reply {
    /// What the modem answered to a command, masked.
    package init(_ reply: ATReply, id: Int = 0, mask: NumberMask) {
        self.init(id: id)
        lines = reply.lines.map { mask.masked($0, as: .atLine) }
        switch reply.ending {
        case .result(let code): result = "\(code)"
        case .timedOut: (error, failure) = (Self.lateAnswer, .timedOut)
        case .withdrawn: error = "a call came first: send it again when the call is over"
        case .portClosed: (error, failure) = ("the modem is gone: plug it in again", .noModem)
        }
    }

    private static let lateAnswer = "the modem did not answer in time: try again, or with a longer --timeout"

    /// Why a command or tones were not sent.
    package init(_ refusal: OperatorCommand.Refusal, id: Int = 0) {
        self.init(id: id, error: "\(refusal)")
        if case .noModem = refusal { failure = .noModem }
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
            return .command(command, timeout: .seconds(min(max(seconds, timeouts.lowerBound), timeouts.upperBound)))
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
        case .command(let command, let timeout):
            (name, wire.command, wire.timeout) = (.at, command, Int(timeout.components.seconds))
        case .lease(let take): (name, wire.take) = (.lease, take)
        }
        wire.request = name.rawValue
        return controlLine(wire)
    }
}

private func controlLine(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Of plain texts and numbers; the encoder has nothing to object to.
    guard let data = try? encoder.encode(value) else { return [] }
    return Array(data) + [UInt8(ascii: "\n")]
}

extension StatusReport {
    /// One JSON object, without line end.
    package var jsonLine: String { String(decoding: controlLine(self).dropLast(), as: UTF8.self) }
}
