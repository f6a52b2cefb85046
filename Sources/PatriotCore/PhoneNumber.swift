import Basics

/// A phone number that passed our own check: an optional `+`, then 1 to 40 of `0-9`, `*`, `#`.
///
/// Printing it shows what a log may show of it; ``text`` is the number.
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    /// The most characters after the `+`. E.164 numbers have 15; the rest is room for service codes.
    package static let maximumLength = 40

    /// The number as it was given.
    package let text: String

    /// - Returns: nil when `text` holds anything else than the characters above, or too many or none of them.
    package init?(_ text: String) {
        guard case .success = Self.check(text) else { return nil }
        self.text = text
    }

    package var description: String { Self.masked(text) }

    /// What ``NumberText`` shows of a number, and nothing of what is none.
    package static func masked(_ text: String) -> String {
        guard case .success = check(text) else { return "…" }
        return NumberText.masked(text, joiners: .none)
    }

    /// Says why a text is no number; used where a person must be told.
    static func check(_ text: String) -> Result<Void, NumberRefusal> {
        var digits = text.utf8[...]
        if digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        if digits.isEmpty { return .failure(.empty) }
        if digits.count > maximumLength { return .failure(.tooLong) }
        guard digits.allSatisfy({ $0.isASCIIDigit || $0.isStarOrHash }) else { return .failure(.foreignCharacters) }
        return .success(())
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isStarOrHash: Bool { self == UInt8(ascii: "*") || self == UInt8(ascii: "#") }
}
