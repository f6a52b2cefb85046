import ModemCore

/// A dialogue from the field with what people did and what Patriot must be told: a ``ModemTranscript`` whose comments that
/// begin with `#:` are directives.
struct FieldCase: CustomStringConvertible, Sendable {
    enum Action: Equatable, Sendable {
        case dial(String)
        case hangUp, answer, plug, unplug
    }

    enum Step: Equatable, Sendable {
        case act(Action)
        case pause(Duration)
        /// Lines that nobody asked for.
        case received([String])
        /// From here on the modem answers the command so; it has to be written at least once.
        case reply(String, [String])
        /// All that Patriot has been told up to here, since the last such line.
        case told([Told])
        /// The end of the last call, in the word of the call records.
        case ended(String)
        /// The word of the modem's state.
        case state(String)
    }

    /// What a call-status-update says.
    enum Told: Equatable, Sendable {
        case none
        case outbound(String?)
        case inbound(String?)

        init(_ call: Call) {
            switch (call.state, call.direction) {
            case (.idle, _), (.released, _): self = .none
            case (_, .outbound): self = .outbound(call.asked ?? call.number)
            case (_, .inbound): self = .inbound(call.number)
            }
        }
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    /// nil to find it out.
    private(set) var profile: ModemProfile?
    private(set) var steps: [Step] = []
    private(set) var hasSource = false

    var description: String { name }
    /// The modem is set up as part of the case.
    var isPlugged: Bool { steps.contains(.act(.plug)) }

    init(name: String, text: String) throws {
        self.name = name
        // The format's own reader finds what is no transcript.
        _ = try ModemTranscript(text)
        for line in text.split(separator: "\n") {
            let rest = line.dropFirst().drop { $0 == " " }
            switch line.first {
            case ">": steps.append(.reply(String(rest), []))
            case "<": receive(Self.bytes(of: String(rest)))
            case "#" where line.hasPrefix("#:"): try direct(line.dropFirst(2).split(separator: " ").map(String.init))
            case "#": try comment(rest)
            default: break
            }
        }
        guard hasSource else { throw Problem(description: "\(name): a line `# source: ADDRESS` is missing") }
    }

    private mutating func receive(_ line: String) {
        switch steps.last {
        case .reply(let command, let lines) where !lines.contains(where: { Self.ends($0, command) }):
            steps[steps.count - 1] = .reply(command, lines + [line])
        case .received(let lines): steps[steps.count - 1] = .received(lines + [line])
        default: steps.append(.received([line]))
        }
    }

    /// What comes behind the result code is no longer the command's.
    private static func ends(_ line: String, _ command: String) -> Bool {
        guard let result = FinalResultCode(line: line) else { return false }
        return !result.concernsCall || command.hasPrefix("ATD") || command == "ATA"
    }

    private mutating func comment(_ text: Substring) throws {
        if text.hasPrefix("source: ") { hasSource = true }
        if text.hasPrefix("+"), text.hasSuffix("s"), let seconds = Double(text.dropFirst().dropLast()) {
            steps.append(.pause(.milliseconds(Int(seconds * 1000))))
        }
    }

    private mutating func direct(_ words: [String]) throws {
        let rest = words.dropFirst()
        switch (words.first, rest.first) {
        case ("profile", "auto"): profile = nil
        case ("profile", let name?) where ModemProfile.named(name) != nil: profile = .named(name)
        case ("dial", let number?): steps.append(.act(.dial(number)))
        case ("hang-up", nil): steps.append(.act(.hangUp))
        case ("answer", nil): steps.append(.act(.answer))
        case ("plug", nil): steps.append(.act(.plug))
        case ("unplug", nil): steps.append(.act(.unplug))
        case ("patriot", _): steps.append(.told(try told(rest)))
        case ("ended", let word?): steps.append(.ended(word))
        case ("state", let word?): steps.append(.state(word))
        default: throw Problem(description: "\(name): no directive: \(words.joined(separator: " "))")
        }
    }

    /// `outbound NUMBER`, `inbound [NUMBER]` and `none`, in this order, with commas; nothing for nothing told.
    private func told(_ words: ArraySlice<String>) throws -> [Told] {
        try words.joined(separator: " ").split(separator: ",").map { part in
            let words = part.split(separator: " ").map(String.init)
            let number = words.dropFirst().first
            switch words.first {
            case "none": return .none
            case "outbound": return .outbound(number)
            case "inbound": return .inbound(number)
            default: throw Problem(description: "\(name): patriot is not told \(part)")
            }
        }
    }

    /// `\x00` for a byte that is no text.
    private static func bytes(of line: String) -> String {
        let parts = line.split(separator: "\\x", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(String(parts[0])) { text, part in
            let byte = UInt8(part.prefix(2), radix: 16).map { String(UnicodeScalar($0)) } ?? ""
            return text + byte + part.dropFirst(2)
        }
    }
}
