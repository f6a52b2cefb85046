/// A conversation with a modem as text: recorded by the console, played by the simulated modem, sent and expected by `at`.
///
/// ```
/// # Quectel EC25, as delivered
/// > ATI
/// < Quectel
/// < OK
/// # +1.200s
/// < RING
/// ```
/// `>` goes to the modem, `<` comes from it, `#` begins a comment; `# +1.200s` is a pause of that length. In either kind of
/// line `…` (or `...`) stands for anything, as in a number that was masked.
package struct ModemTranscript: Equatable, Sendable {
    /// One line of the text.
    package enum Entry: Equatable, Sendable {
        case sent(String)
        case received(String)
        case pause(Duration)
        case comment(String)
    }

    /// What came from the modem.
    package struct Reply: Equatable, Sendable {
        /// Without the mark before it.
        package var line: String
        /// After the line before it.
        package var pause: Duration
        /// Where it stands in the text, from 1.
        package var number: Int

        package init(line: String, pause: Duration = .zero, number: Int = 0) {
            self.line = line
            self.pause = pause
            self.number = number
        }
    }

    /// A line to the modem and all that came before the next.
    package struct Exchange: Equatable, Sendable {
        /// Without the mark before it.
        package var command: String
        /// Where it stands in the text, from 1.
        package var number: Int
        /// In their order.
        package var replies: [Reply]

        /// The first reply that the answer lacks; nil when it has them all, in this order, perhaps among others.
        ///
        /// An echo is not asked for: whether there is one is a setting.
        package func missing(in answer: [String]) -> Reply? {
            var rest = answer[...]
            for reply in replies where reply.line != command {
                guard let found = rest.firstIndex(where: { ModemTranscript.matches(reply.line, $0) }) else {
                    return reply
                }
                rest = rest[(found + 1)...]
            }
            return nil
        }
    }

    /// A line of the text that is none of the format's.
    package struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
        /// From 1.
        package var number: Int

        package var description: String {
            "line \(number) begins with neither > (to the modem), < (from the modem) nor # (a comment)"
        }
    }

    /// What came before anything was sent.
    package private(set) var greeting: [Reply] = []
    /// In their order.
    package private(set) var exchanges: [Exchange] = []

    /// - Throws: which line is none of the format's.
    package init(_ text: String) throws(Problem) {
        var pause = Duration.zero
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let number = index + 1
            guard let entry = Entry(String(line)) else {
                if line.trimmed.isEmpty { continue }
                throw Problem(number: number)
            }
            switch entry {
            case .comment: continue
            case .pause(let duration): pause += duration
            case .sent(let command):
                exchanges.append(Exchange(command: command, number: number, replies: []))
                pause = .zero
            case .received(let line):
                let reply = Reply(line: line, pause: pause, number: number)
                if exchanges.isEmpty {
                    greeting.append(reply)
                } else {
                    exchanges[exchanges.count - 1].replies.append(reply)
                }
                pause = .zero
            }
        }
    }

    /// Whether a line of the transcript stands for a line on the wire.
    package static func matches(_ expected: String, _ line: String) -> Bool {
        let parts = expected.replacing("...", with: "…").split(separator: "…", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return expected == line }
        guard line.hasPrefix(parts[0]) else { return false }
        var rest = line.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}

extension ModemTranscript.Entry {
    /// As it is written, without line end.
    package var text: String {
        switch self {
        case .sent(let line): return "> \(line)"
        case .received(let line): return "< \(line)"
        case .comment(let text): return "# \(text)"
        case .pause(let duration):
            let (seconds, attoseconds) = duration.components
            let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
            return "# +\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())s"
        }
    }

    /// - Returns: nil for a line that is none of the format's, an empty one too.
    init?(_ line: String) {
        let rest = line.dropFirst().trimmed
        switch line.first {
        case ">": self = .sent(rest)
        case "<": self = .received(rest)
        case "#": self = Self.pause(in: rest).map { .pause($0) } ?? .comment(rest)
        default: return nil
        }
    }

    private static func pause(in text: String) -> Duration? {
        guard text.hasPrefix("+"), text.hasSuffix("s"), let seconds = Double(text.dropFirst().dropLast()),
            (0...86_400).contains(seconds)
        else { return nil }
        return .milliseconds(Int(seconds * 1000 + 0.5))
    }
}
