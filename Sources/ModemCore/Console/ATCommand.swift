/// One command line, and what may come back for it.
package struct ATCommand: Equatable, Sendable {
    /// Which information lines belong to the command; all others are unsolicited, even in the middle of its reply.
    package enum Responses: Equatable, Sendable {
        case none
        /// Lines that begin with this, `+CLCC:` for one.
        case prefix(String)
        /// Any line that is not known to be unsolicited, be it common to all modems or a report of this one's: the identity
        /// commands answer without a prefix.
        case freeText
        /// As `freeText`, and any line that begins with one of these, although elsewhere it would be unsolicited.
        case freeTextOr(prefixes: [String])
    }

    /// The line without its terminator.
    package var text: String
    /// The information lines to expect.
    package var responses: Responses
    /// How long the final result code may take.
    package var timeout: Duration
    /// True for a dial and an answer: only there BUSY, NO CARRIER and the like end the command.
    package var startsCall: Bool
    /// True when CONNECT means that the line carries data from now on.
    package var entersDataMode: Bool
    /// Characters of `text` that no log may show.
    package var secret: String?
    /// True to write it also to a modem that does not respond, without waiting until it does. A response proves only that the
    /// modem is in command mode: it may be a late one to something else.
    package var isBlind = false

    package init(
        _ text: String,
        responses: Responses = .none,
        timeout: Duration = .seconds(3),
        startsCall: Bool = false,
        entersDataMode: Bool = false,
        secret: String? = nil
    ) {
        self.text = text
        self.responses = responses
        self.timeout = timeout
        self.startsCall = startsCall
        self.entersDataMode = entersDataMode
        self.secret = secret
    }

    /// `AT+NAME`, with its information lines.
    package static func execute(_ name: String, timeout: Duration = .seconds(3)) -> Self {
        Self("AT\(name)", responses: .prefix("\(name):"), timeout: timeout)
    }

    /// `AT+NAME=value`.
    package static func set(_ name: String, _ value: String, timeout: Duration = .seconds(3)) -> Self {
        // Some firmware answers a set with the line a test would give.
        Self("AT\(name)=\(value)", responses: .prefix("\(name):"), timeout: timeout)
    }

    /// `AT+NAME?`
    package static func read(_ name: String, timeout: Duration = .seconds(3)) -> Self {
        Self("AT\(name)?", responses: .prefix("\(name):"), timeout: timeout)
    }

    /// `AT+NAME=?`
    package static func test(_ name: String, timeout: Duration = .seconds(3)) -> Self {
        Self("AT\(name)=?", responses: .prefix("\(name):"), timeout: timeout)
    }

    /// The bytes to write: the line and one CR, never an LF, which some modems take for the key that aborts a dial.
    package var bytes: [UInt8] { Array(text.utf8) + [0x0D] }

    /// The line for the transcript, its secret hidden.
    package var shownText: String { shown(text) }

    /// The command for a log: without the number it dials, too.
    package var name: String { text.hasPrefix("ATD") ? "ATD…" : shownText }

    /// `line` with the secret hidden, for a modem that echoes it.
    package func shown(_ line: String) -> String {
        guard let secret, !secret.isEmpty else { return line }
        return line.replacing(secret, with: "****")
    }
}

extension ATCommand.Responses {
    /// Whether a number alone is an information line, and not a result code.
    var mayBeNumbers: Bool {
        switch self {
        case .none, .prefix: false
        case .freeText, .freeTextOr: true
        }
    }
}

/// What became of a command.
package struct ATReply: Equatable, Sendable {
    /// How the command ended.
    package enum Ending: Equatable, Sendable {
        case result(FinalResultCode)
        /// No final result code in time.
        case timedOut
        /// Taken back before it was written, or never written because the modem does not answer.
        case withdrawn
        case portClosed
    }

    /// How the command ended.
    package var ending: Ending
    /// The command's own information lines.
    package var lines: [String]

    package init(_ ending: Ending, lines: [String] = []) {
        self.ending = ending
        self.lines = lines
    }

    /// True for the final result OK, and for nothing else.
    package var isOK: Bool { ending == .result(.ok) }
}

/// What a command was sent for; at most one of each waits at a time.
package enum CommandPurpose: Hashable, Sendable {
    case setup
    case dial
    /// What the site wants sent before a dial.
    case beforeDial
    case answer
    case hangUp
    case callList
    case handOver
    /// The idle probe and the slow status poll.
    case probe
    /// A hang-up that was asked for while no call is known: the operator's reset button.
    case clear
    /// Why the last call failed.
    case explain
    /// For how long the modem will not dial a number again.
    case redialLock
    /// What a person sends.
    case forOperator
    /// What makes the modem carry the call's sound.
    case sound

    /// True for what a person waits for: it goes before status questions.
    package var isUrgent: Bool {
        switch self {
        case .dial, .beforeDial, .answer, .hangUp, .clear, .handOver: true
        case .setup, .callList, .probe, .explain, .redialLock, .forOperator, .sound: false
        }
    }
}
