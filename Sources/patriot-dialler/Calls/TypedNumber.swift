/// A phone number as a person types or pastes it, without what only separates its digits.
struct TypedNumber: Equatable {
    /// Why it cannot be dialled: a sentence part.
    enum Fault: Error, Equatable, CustomStringConvertible {
        case empty
        /// `(0)` behind `+`: most countries leave this digit out then, some do not.
        case optionalZero
        case unexpected(Character)

        var description: String {
            switch self {
            case .empty: "the number is empty"
            case .optionalZero: "(0) in a number with + is ambiguous: write the number without it"
            case .unexpected(let character):
                "invalid number: \(character.debugDescription) is not allowed; only digits, *, #, a leading + and separators are"
            }
        }
    }

    /// What is dialled.
    let text: String

    /// - Throws: what cannot be dialled. Pauses and the other modifiers of a dial string (`,` `W` `T` `P`) are kept.
    init(_ typed: String) throws(Fault) {
        let isInternational = typed.contains("+")
        var text = ""
        for character in typed where !Self.isSeparator(character) {
            guard Self.isDialled(character) else { throw .unexpected(character) }
            text.append(character)
        }
        if text.isEmpty { throw .empty }
        let compact = typed.filter { !$0.isWhitespace }
        if isInternational, compact.contains("(0)") { throw .optionalZero }
        self.text = text
    }

    private static func isDialled(_ character: Character) -> Bool {
        "0123456789*#+,WTP".contains(character)
    }

    /// As in E.123 and in what word processors make of it.
    private static func isSeparator(_ character: Character) -> Bool {
        if character.isNewline { return false }
        if character.isWhitespace || "()./-".contains(character) { return true }
        return character.unicodeScalars.allSatisfy { scalar in
            // Dashes, and the marks of a writing direction that are copied along with a number.
            scalar.properties.generalCategory == .dashPunctuation || scalar == "\u{2212}"
                || scalar.properties.generalCategory == .format
        }
    }
}
