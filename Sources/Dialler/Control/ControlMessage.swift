import Basics
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

        /// Why the client's exclusive use of the modem ended; words that are not known are kept and say nothing.
        package struct LeaseEnd: RawRepresentable, Codable, Equatable, Sendable {
            /// Patriot dialled.
            package static let dial = Self(rawValue: "dial")
            /// The client asked nothing for too long.
            package static let idle = Self(rawValue: "idle")

            /// As it is on the wire.
            package let rawValue: String

            package init(rawValue: String) {
                self.rawValue = rawValue
            }
        }

        /// What happened.
        package var kind: Kind
        /// Of the wall clock, in microseconds since 1970.
        package var time: Int
        /// The AT line, masked as in the log, or what is to be told.
        package var text: String?
        /// The new state, when that is what happened.
        package var status: StatusReport?
        /// With a note that says that the client's exclusive use ended.
        package var leaseEnd: LeaseEnd?
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

/// As JSON, its end included; nothing in it is invisible.
func controlLine(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Of plain texts and numbers; the encoder has nothing to object to.
    guard let data = try? encoder.encode(value) else { return [] }
    return escapingInvisible(inJSON: Array(data)) + [UInt8(ascii: "\n")]
}

extension StatusReport {
    /// One JSON object, without line end.
    package var jsonLine: String { String(decoding: controlLine(self).dropLast(), as: UTF8.self) }
}
