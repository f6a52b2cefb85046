/// An AT command line that a person sends over the daemon's shoulder.
///
/// What would make the daemon's picture of the call or of the line untrue is refused; everything else is the person's business.
package struct OperatorCommand: Equatable, Sendable {
    /// Why a line is not sent.
    package enum Refusal: Error, Equatable, Sendable {
        /// Not `AT`, not printable ASCII, or longer than ``maximumLength``.
        case notACommandLine
        /// The part of the line that would dial, answer or hang up.
        case movesCall(String)
        /// The part of the line that would change how the modem answers.
        case changesAnswers(String)
        /// It takes a PIN, PUK or password: a wrong one too many locks the SIM.
        case entersPIN
        /// It prompts for more text.
        case prompts(String)
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

    /// V.250 5.2.1 lets a modem have no more than 40 characters of room; the modems of the profiles have 128 and more.
    package static let maximumLength = 128
    /// How long the final result code of a command may take.
    package static let defaultTimeout = Duration.seconds(10)
    /// Characters of one request for tones.
    package static let maximumTones = 20

    /// As the modem gets it.
    package let command: ATCommand

    /// - Parameter timeout: of the final result code.
    /// - Throws: why the line is not sent, whatever the modem's state.
    package init(_ line: String, timeout: Duration = Self.defaultTimeout) throws(Refusal) {
        let text = try Self.commandLine(line)
        let parts = Self.parts(of: text.dropFirst(2))
        for part in parts { try Self.check(part) }
        command = ATCommand(text, responses: Self.responses(to: parts), timeout: timeout)
    }

    /// For a modem that no line uses, so that there is no picture to keep true: calls and settings are the person's business, too.
    package init(unattended line: String, timeout: Duration = Self.defaultTimeout) throws(Refusal) {
        let text = try Self.commandLine(line)
        let parts = Self.parts(of: text.dropFirst(2))
        for part in parts {
            do throws(Refusal) {
                try Self.check(part)
            } catch {
                switch error {
                case .movesCall, .changesAnswers: continue
                default: throw error
                }
            }
        }
        let startsCall = parts.contains("D") || parts.contains("A")
        command = ATCommand(text, responses: Self.responses(to: parts), timeout: timeout, startsCall: startsCall)
    }

    /// The answer to AT+CPIN? is not the report of a modem that starts anew, nor that to AT^SLCC? a call that moves.
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

    private static func check(_ part: String) throws(Refusal) {
        let name = part.prefix(1) + part.dropFirst().prefix { $0.isLetter || $0.isNumber }
        let isSet = part.dropFirst(name.count).hasPrefix("=") && part != "\(name)=?"
        let value = isSet ? part.dropFirst(name.count + 1) : nil
        let isQuestion = part == "\(name)?" || part == "\(name)=?"
        if isSecret(name, value: value) { throw .entersPIN }
        if movesCallOrPower(name, value: value, isQuestion: isQuestion) { throw .movesCall(part) }
        if isSetup(name, value: value) { throw .changesAnswers(part) }
        switch name {
        case _ where "DAHO".contains(part.prefix(1)), _ where hidesBasicCommand(part): throw .movesCall(part)
        case "+CVHU" where isSet, "+CHLD" where isSet, "+CKPD" where isSet, "+CFUN" where isSet: throw .movesCall(part)
        // It would answer by itself from then on (V.250 6.3.8).
        case "S0" where isSet: throw .movesCall(part)
        // The ends of lines, and the character that takes one back (V.250 6.2.1, 6.2.2, 6.2.3).
        case "S3" where isSet, "S4" where isSet, "S5" where isSet: throw .changesAnswers(part)
        case "+CMGS" where isSet, "+CMGW" where isSet, "+CMGC" where isSet: throw .prompts(part)
        case _ where ["E", "Q", "V", "X", "Z", "&"].contains(part.prefix(1)) && part != "&V":
            throw .changesAnswers(part)
        default: break
        }
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
        case .movesCall(let part): "\(part) is blocked while the line is running: use dial, answer or hangup"
        case .changesAnswers(let part):
            "\(part) would change how the modem answers the line: use MODEM_INIT_EXTRA for settings"
        case .entersPIN: "a PIN is entered only from SIM_PIN_FILE: one wrong try too many locks the SIM"
        case .prompts(let part): "\(part) waits for a text, which cannot be sent here: leave it out"
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
}
