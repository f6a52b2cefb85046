import PatriotCore

/// The line commands of a drill with a simulated Patriot.
package enum PatriotPrompt {
    /// What a line asks for.
    package enum Command: Equatable, Sendable {
        /// A number as an operator would type it.
        case dial(String)
        case hangUp
        case status
        /// Sends a close frame to the diallers; they will reconnect.
        case disconnect
        /// Cuts the connections without a word.
        case kill
        case silence(Bool)
        /// A text that need not be a message.
        case raw(String)
        case help
        case quit
        /// An empty line.
        case nothing
    }

    /// What was typed is no command; the description says what to type instead.
    package struct Mistake: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// What may be typed, a line each.
    package static let help = """
        dial NUMBER      ask for a call, as a click on a number in Patriot does: dial +49 30 123456
        hangup           ask for the end of the call
        status           ask for the state of the call
        disconnect       close the connections properly; the dialler comes again
        kill             cut the connections, as a crash does
        silence on|off   stop or resume answering, as a hanging Patriot does
        raw TEXT         send TEXT as it is
        help             show this
        quit             end
        """

    /// Throws a `Mistake` that says what would be right.
    package static func parse(_ line: String) throws(Mistake) -> Command {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard let word = words.first else { return .nothing }
        let rest = trimmed(words.count > 1 ? words[1] : "")
        switch word.lowercased() {
        case "dial": return .dial(try number(rest))
        case "raw":
            guard !rest.isEmpty else { throw Mistake(description: "raw needs the text to send: raw {\"type\":\"x\"}") }
            return .raw(rest)
        case "silence": return .silence(try isOn(rest))
        case "hangup": return try .hangUp.without(rest, word)
        case "status": return try .status.without(rest, word)
        case "disconnect": return try .disconnect.without(rest, word)
        case "kill": return try .kill.without(rest, word)
        case "help", "?": return .help
        case "quit", "exit": return .quit
        default:
            throw Mistake(
                description:
                    "\"\(shown(word))\" is no command; commands are dial, hangup, status, disconnect, kill, silence, "
                    + "raw, help and quit"
            )
        }
    }

    private static func number(_ text: String) throws(Mistake) -> String {
        guard !text.isEmpty else { throw Mistake(description: "dial needs a number: dial +49 30 123456") }
        guard text.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw Mistake(description: "there is no digit in \"\(shown(text))\"; a number looks like +49 30 123456")
        }
        return text
    }

    private static func isOn(_ text: String) throws(Mistake) -> Bool {
        switch text.lowercased() {
        case "on": return true
        case "off": return false
        default: throw Mistake(description: "silence is either on or off: silence on")
        }
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        let start = text.drop(while: isSpace)
        return String(start.reversed().drop(while: isSpace).reversed())
    }

    /// Typed text goes back to a terminal: short, and without control characters.
    private static func shown(_ text: String) -> String {
        String(text.prefix(40).map { $0.isASCII && $0.asciiValue.map { $0 < 0x20 || $0 == 0x7F } == true ? "?" : $0 })
    }
}

extension PatriotPrompt.Command {
    fileprivate func without(_ rest: String, _ word: String) throws(PatriotPrompt.Mistake) -> Self {
        guard rest.isEmpty else {
            throw PatriotPrompt.Mistake(description: "\(word) takes nothing after it; type just \(word)")
        }
        return self
    }
}

extension SimulatedPatriotSide {
    /// Does what a command says.
    ///
    /// - Returns: what to print, nil for nothing; `quit` is the caller's.
    package func perform(_ command: PatriotPrompt.Command) -> String? {
        switch command {
        case .dial(let number): toAuthenticated(dial(number), "dial-request")
        case .hangUp: toAuthenticated(send(.hangupRequest), "hangup-request")
        case .status: toAuthenticated(send(.callStatusRequest), "call-status-request")
        case .disconnect: toConnected(disconnectClients(), "disconnected")
        case .kill: toConnected(killClients(), "cut off")
        case .silence(let isSilent): silence(isSilent)
        case .raw(let text): toConnected(sendText(text), "sent the text to")
        case .help: PatriotPrompt.help
        case .quit, .nothing: nil
        }
    }

    private func silence(_ isSilent: Bool) -> String {
        setSilent(isSilent)
        return isSilent ? "nothing is answered any more" : "everything is answered again"
    }

    private func toAuthenticated(_ count: Int, _ what: String) -> String {
        count == 0 ? "\(what) not sent: no dialler is connected with the right API key" : "\(what) sent"
    }

    private func toConnected(_ count: Int, _ what: String) -> String {
        count == 0 ? "no dialler is connected" : "\(what) \(count) dialler\(count == 1 ? "" : "s")"
    }
}
