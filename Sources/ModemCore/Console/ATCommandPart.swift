/// One command of a command line, taken apart: its name and the form it is used in (V.250 5.4.3, 5.4.4).
struct ATCommandPart: Equatable, Sendable {
    enum Form: Equatable, Sendable {
        case bare
        /// `NAME?`, `NAME=?`, and `NAME?1` of makers whose questions have an index.
        case question
        /// What stands behind the `=`.
        case set(Substring)
        /// Anything else behind the name.
        case other
    }

    /// With the character before it; of a basic command without its number.
    let name: Substring
    let form: Form

    /// - Parameter text: one of ``OperatorCommand/parts(of:)``: in capitals, without blanks.
    init(_ text: Substring) {
        switch text.first {
        case "&", "\\": name = text.prefix(2)
        // The value stands right behind the letter; a register's number is part of its name (V.250 5.3.1, 5.3.2).
        case let first? where first.isLetter && first != "S": name = text.prefix(1)
        default: name = text.prefix(1) + text.dropFirst().prefix { $0.isLetter || $0.isNumber }
        }
        let rest = text.dropFirst(name.count)
        let isBasic = text.first.map { $0.isLetter || $0 == "&" || $0 == "\\" } ?? false
        switch rest.first {
        case nil: form = .bare
        case _ where isBasic && rest.allSatisfy(\.isNumber): form = .bare
        case "?" where rest.dropFirst().allSatisfy(\.isNumber): form = .question
        case "=": form = rest == "=?" ? .question : .set(rest.dropFirst())
        default: form = .other
        }
    }

    /// The part itself, or the short commands that some makers string together without semicolons: `%E2%C1-K1`.
    static func split(_ part: String) -> [ATCommandPart] {
        var units: [ATCommandPart] = []
        var rest = part[...]
        while let first = rest.first, "%*-)".contains(first), rest.dropFirst().first?.isLetter == true {
            let name = rest.prefix(2)
            rest = rest.dropFirst(2).drop(while: \.isNumber)
            units.append(ATCommandPart(name))
        }
        return rest.isEmpty && !units.isEmpty ? units : [ATCommandPart(part[...])]
    }
}
