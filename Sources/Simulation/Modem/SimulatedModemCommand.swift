/// One command of a command line (V.250 5.3, 5.4).
enum SimulatedModemCommand: Equatable, Sendable {
    enum Form: Equatable, Sendable {
        case execute, read, test
        case set(String)
    }

    /// A letter, or `&` and a letter, and its number; 0 when left out.
    case basic(String, Int)
    case readRegister(Int)
    case setRegister(Int, Int)
    /// All that follows D.
    case dial(String)
    /// Named with its first sign: `+CLCC`, `#CID`.
    case extended(String, Form)

    /// The commands after AT; nil where the line has no such form.
    static func parse(_ body: String) -> [SimulatedModemCommand]? {
        var rest = Substring(withoutBlanks(body))
        var commands: [SimulatedModemCommand] = []
        while let first = rest.first {
            if first == ";" {
                rest.removeFirst()
            } else if "+#^%*".contains(first) {
                commands.append(extended(&rest))
            } else if first.uppercased() == "D" {
                commands.append(.dial(String(rest.dropFirst())))
                rest = ""
            } else if let command = first.uppercased() == "S" ? register(&rest) : basic(&rest) {
                commands.append(command)
            } else {
                return nil
            }
        }
        return commands
    }

    private static func extended(_ rest: inout Substring) -> SimulatedModemCommand {
        var isQuoted = false
        let text = rest.prefix { character in
            if character == "\"" { isQuoted.toggle() }
            return isQuoted || character != ";"
        }
        rest = rest.dropFirst(text.count)
        let name = String(text.prefix { $0 != "=" && $0 != "?" }.uppercased())
        let form = text.dropFirst(name.count)
        if form.isEmpty { return .extended(name, .execute) }
        if form == "?" { return .extended(name, .read) }
        if form == "=?" { return .extended(name, .test) }
        return .extended(name, .set(String(form.dropFirst())))
    }

    private static func register(_ rest: inout Substring) -> SimulatedModemCommand? {
        rest.removeFirst()
        guard let number = takeNumber(&rest), let form = rest.popFirst() else { return nil }
        if form == "?" { return .readRegister(number) }
        return form == "=" ? .setRegister(number, takeNumber(&rest) ?? 0) : nil
    }

    private static func basic(_ rest: inout Substring) -> SimulatedModemCommand? {
        var name = ""
        if rest.first == "&" || rest.first == "\\" { name.append(rest.removeFirst()) }
        guard let letter = rest.popFirst(), letter.isASCII, letter.isLetter else { return nil }
        name += letter.uppercased()
        return .basic(name, takeNumber(&rest) ?? 0)
    }

    private static func takeNumber(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return Int(digits)
    }

    private static func withoutBlanks(_ text: String) -> String {
        var isQuoted = false
        return String(
            text.filter { character in
                if character == "\"" { isQuoted.toggle() }
                return isQuoted || character != " "
            }
        )
    }
}

/// What follows D in a dial command (V.250 6.3.1).
struct SimulatedDialString: Equatable, Sendable {
    /// Digits, `*`, `#` and a leading `+`; modifiers left out.
    var number = ""
    /// `;`: stay in command state, which means a voice call.
    var isVoice = false
    var pauses = 0
    var toneWaits = 0
    /// A character that no modem dials.
    var isValid = true

    init(_ text: String) {
        for character in text {
            switch character {
            case "0"..."9", "*", "#", "+", "A", "B", "C": number.append(character)
            case ";": isVoice = true
            case ",": pauses += 1
            case "W", "w": toneWaits += 1
            case "T", "t", "P", "p", "@", "!", "-", "(", ")", "I", "i", "G", "g": break
            default: isValid = false
            }
        }
    }

    /// A supplementary service code: it goes to the network and makes no call. `*31#` and `#31#` before a number do not
    /// count (22.030 6.5.2).
    var isServiceCode: Bool {
        let isSuppressed = number.hasPrefix("*31#") || number.hasPrefix("#31#")
        let called = isSuppressed ? number.dropFirst(4) : number[...]
        return called.contains("*") || called.contains("#")
    }
}
