import Basics

/// An AT command line that a person sends to a modem, beside what the daemon sends.
///
/// ``ATCommandTable`` says what each command of it does. What takes a secret, moves a call, diverts calls, switches the modem
/// or belongs to the set-up is refused; what is neither a question nor known to be harmless needs root's `--force`.
package struct OperatorCommand: Equatable, Sendable {
    /// Why a line is not sent. Commands are named without their values.
    package enum Refusal: Error, Equatable, Sendable {
        /// Not `AT`, not printable ASCII, or longer than ``maximumLength``.
        case notACommandLine
        /// A command that nobody sends by hand while a line uses the modem, and what it does.
        case reserved(String, ATCommandRule.Effect)
        /// A command that is not known to be harmless, and what it does; nil where no row of the table knows it.
        case needsForce(String, ATCommandRule.Effect?)
        /// The client that asks for `--force` is not root.
        case forceIsForRoot
        /// Another command of a person's is under way.
        case busy
        case noModem(ModemReadiness)
        /// What the call is doing, during which nothing may be written.
        case duringCall(CallState)
        case notInACall
        /// The part of the line that may keep the modem busy for longer than a hang-up may wait.
        case slowInACall(String)
        case noTones
    }

    /// What the sender of a line may do.
    package struct Rights: Equatable, Sendable {
        /// Sends what is not known to be harmless (`--force`).
        package var isForced: Bool
        /// Diverts calls and sends service codes (`DIAL_ALLOW_MMI`).
        package var allowsServiceCodes: Bool
        /// No line uses the modem: its calls and settings are the person's own.
        package var ownsModem: Bool

        package init(isForced: Bool = false, allowsServiceCodes: Bool = false, ownsModem: Bool = false) {
            self.isForced = isForced
            self.allowsServiceCodes = allowsServiceCodes
            self.ownsModem = ownsModem
        }

        /// With the `--device` option, where no line runs.
        package static let owner = Self(isForced: true, allowsServiceCodes: true, ownsModem: true)

        fileprivate func allows(_ effect: ATCommandRule.Effect?) -> Bool {
            switch effect {
            case .harmless: true
            case .takesSecret, .prompts: false
            case .diverts: allowsServiceCodes
            case .sendsServiceCodes: allowsServiceCodes || isForced
            case .ownedBySetup, .switchesModem, .sendsTones, .movesCall: ownsModem
            case .changesSound, .changesNetwork, .changesMemory, .changesCalls, .sendsMessages, nil: isForced
            }
        }
    }

    /// V.250 5.2.1 lets a modem have no more than 40 characters of room; the modems of the profiles have 128 and more.
    package static let maximumLength = 128
    /// How long the final result code of a command may take.
    package static let defaultTimeout = Duration.seconds(10)
    /// Characters of one request for tones.
    package static let maximumTones = 20

    /// As the modem gets it.
    package let command: ATCommand

    /// - Parameters:
    ///   - timeout: of the final result code.
    ///   - rights: what its sender may do.
    /// - Throws: why the line is not sent, whatever the modem's state.
    package init(_ line: String, timeout: Duration = Self.defaultTimeout, rights: Rights = Rights()) throws(Refusal) {
        let text = try Self.commandLine(line)
        let parts = Self.parts(of: text.dropFirst(2))
        // Whatever the logs would hide is not sent either, wherever it stands in the line.
        let scalars = Array(text.unicodeScalars)
        if ATSecret.start(inLine: scalars) != nil || !NumberText.secrets(in: scalars).isEmpty {
            let command = parts.flatMap(ATCommandPart.split).first { ATCommandTable.effect(of: $0) == .takesSecret }
            throw .reserved(command.map { String($0.name) } ?? "the command", .takesSecret)
        }
        for part in parts { try Self.check(part, rights) }
        try Self.checkUnquoted(text.dropFirst(2), besides: parts, rights)
        let startsCall = parts.contains("D") || parts.contains("A")
        command = ATCommand(text, responses: Self.responses(to: parts), timeout: timeout, startsCall: startsCall)
    }

    /// The answer to AT+CPIN? is not the report of a modem that starts again, nor that to AT^SLCC? a call that moves.
    private static func responses(to parts: [String]) -> ATCommand.Responses {
        let extended = parts.filter { part in part.first.map { !$0.isLetter && !"&\\".contains($0) } ?? false }
        return .freeTextOr(prefixes: extended.map { "\($0.prefix { !"=?".contains($0) }):" })
    }

    private static func commandLine(_ line: String) throws(Refusal) -> String {
        let text = line.trimmed
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumLength, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }),
            text.prefix(2).uppercased() == "AT"
        else { throw .notACommandLine }
        return text
    }

    /// Tones for the other side, one command each (27.007 C.2.11).
    package init(tones: String) throws(Refusal) {
        let allowed = tones.allSatisfy { "0123456789*#ABCD".contains($0) }
        guard !tones.isEmpty, tones.count <= Self.maximumTones, allowed else { throw .notACommandLine }
        let parts = tones.map { "+VTS=\($0)" }.joined(separator: ";")
        // They may be the code of a card or of a door.
        command = ATCommand("AT\(parts)", timeout: .seconds(10), secret: parts)
    }

    // MARK: The parts of a line

    /// The commands of a line: basic ones need nothing between them, extended ones end with a semicolon (V.250 5.2.1).
    package static func parts(of body: Substring) -> [String] {
        var parts: [String] = []
        var rest = body.filter { $0 != " " }[...]
        while let first = rest.first {
            if first == ";" {
                rest = rest.dropFirst()
            } else if first.isLetter || first == "&" || first == "\\" {
                parts.append(takeBasic(&rest))
            } else {
                parts.append(takeExtended(&rest))
            }
        }
        return parts
    }

    private static func takeBasic(_ rest: inout Substring) -> String {
        var part = ""
        while let first = rest.first, part.isEmpty || part.last == "&" || part.last == "\\" || first.isNumber {
            part.append(first)
            rest = rest.dropFirst()
        }
        part = part.uppercased()
        // A dial takes the rest of the line with it, a register its value.
        if part.hasPrefix("D") { (part, rest) = ("D", "") }
        if part.hasPrefix("S"), let first = rest.first, "=?".contains(first) {
            part.append(first)
            rest = rest.dropFirst().drop(while: \.isNumber)
        }
        return part
    }

    private static func takeExtended(_ rest: inout Substring) -> String {
        var isQuoted = false
        let end = rest.firstIndex { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
        defer { rest = end.map { rest[$0...].dropFirst() } ?? "" }
        return rest[..<(end ?? rest.endIndex)].uppercased()
    }

    private static func check(_ text: String, _ rights: Rights) throws(Refusal) {
        if hidesBasicCommand(text) { return try check(text, .movesCall, rights) }
        for part in ATCommandPart.split(text) {
            try check(String(part.name), ATCommandTable.effect(of: part), rights)
        }
    }

    /// Some modems take a semicolon in quotes for the end of a command, as all do when a quote is missing: what they would find
    /// behind it must not be a reserved command either.
    private static func checkUnquoted(_ body: Substring, besides known: [String], _ rights: Rights) throws(Refusal) {
        guard body.contains("\"") else { return }
        for piece in body.split(separator: ";").dropFirst() {
            for part in parts(of: piece) where !known.contains(part) {
                for unit in ATCommandPart.split(part) {
                    guard let effect = ATCommandTable.effect(of: unit), effect.isReserved else { continue }
                    try check(String(unit.name), effect, rights)
                }
            }
        }
    }

    private static func check(_ name: String, _ effect: ATCommandRule.Effect?, _ rights: Rights) throws(Refusal) {
        guard !rights.allows(effect) else { return }
        if let effect, effect.isReserved { throw .reserved(name, effect) }
        throw .needsForce(name, effect)
    }

    /// Some makers' commands, %C0 for one, are as short as the basic ones and need no semicolon behind them either.
    package static func hidesBasicCommand(_ part: String) -> Bool {
        var rest = part[...]
        while let first = rest.first, "%*-)".contains(first) { rest = rest.dropFirst(2).drop(while: \.isNumber) }
        guard rest.startIndex != part.startIndex else { return false }
        switch rest.first {
        case "D": return rest.dropFirst().first.map { "0123456789*#+,TPW".contains($0) } ?? false
        case "A", "H", "O": return rest.dropFirst().allSatisfy(\.isNumber)
        default: return false
        }
    }
}

extension OperatorCommand.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notACommandLine:
            "not an AT command: it starts with AT, is plain ASCII and has at most \(OperatorCommand.maximumLength) characters"
        case .reserved(let name, let effect): Self.words(for: effect, name)
        case .needsForce(let name, let effect):
            "\(name) \(Self.risk(of: effect)): root can send it with --force"
        case .forceIsForRoot: "--force is for root: use sudo"
        case .busy: "another command is under way: try again in a moment"
        case .noModem(let readiness): "the modem cannot be asked: \(readiness)"
        case .duringCall(let state):
            "nothing is sent to the modem while the call is \(state): try again when it is over"
        case .slowInACall(let part):
            "\(part) may keep the modem busy for longer than a hang-up can wait: try again when the call is over"
        case .notInACall: "there is no answered call to send tones into: wait for the answer"
        case .noTones: "this modem sends no tones during a call: dial them with the number, after commas"
        }
    }

    private static func words(for effect: ATCommandRule.Effect, _ name: String) -> String {
        switch effect {
        case .takesSecret:
            "a PIN is entered only from SIM_PIN_FILE: \(name) takes a PIN or password, and a wrong one can lock the SIM"
        case .sendsTones: "\(name) sends tones into the call: use dtmf"
        case .switchesModem:
            "\(name) switches the modem or its radio off, or restarts it: use --device, with the line stopped"
        case .diverts: "\(name) diverts or bars calls: set DIAL_ALLOW_MMI=yes to allow it"
        case .ownedBySetup: "\(name) would change how the modem answers the line: use MODEM_INIT_EXTRA for settings"
        case .prompts: "\(name) waits for a text or data, which cannot be sent here: leave it out"
        case .movesCall, .harmless, .changesSound, .changesNetwork, .changesMemory, .changesCalls, .sendsMessages,
            .sendsServiceCodes:
            "\(name) would change the call while the line is running: use dial, answer or hangup"
        }
    }

    /// What a command that needs `--force` may do.
    private static func risk(of effect: ATCommandRule.Effect?) -> String {
        switch effect {
        case .changesSound: "may change the volume or silence the call"
        case .changesNetwork: "may take the modem off the network"
        case .changesMemory: "may change or delete what the modem or the SIM stores"
        case .sendsMessages: "may send a message, which can cost money"
        case .sendsServiceCodes: "sends a service code, which can cost money or divert calls"
        case .changesCalls: "may change how calls are dialled, shown or answered"
        case nil, .harmless, .prompts, .ownedBySetup, .diverts, .switchesModem, .sendsTones, .movesCall, .takesSecret:
            "is not known: it may end a call, switch the modem off, lock the SIM or change its settings"
        }
    }
}
