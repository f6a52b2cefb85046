import Basics

/// The characters that go between `ATD` and `;`: checked once, here, so that nothing else can reach the modem.
///
/// A leading `+` (international, 27.007 6.2), digits, `*`, `#`, and the dial modifiers `,` (pause) `W` (wait for dial tone)
/// `T` and `P` (tone, pulse) of V.250 6.3.1. At most 64 characters.
package struct DialString: Equatable, Sendable, CustomStringConvertible {
    /// The characters as they are written to the modem.
    package let text: String

    /// - Returns: nil when `text` is empty, longer than 64 characters, has no digit, `*` or `#`, or holds anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...64).contains(bytes.count) else { return nil }
        let body = bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
        guard body.allSatisfy({ Self.isDialable($0) || Self.isModifier($0) }),
            body.contains(where: Self.isDialable)
        else { return nil }
        self.text = text
    }

    /// True for a number that needs neither SIM nor registration (22.101 10.1).
    package var isEmergency: Bool {
        ["112", "911", "000", "08", "110", "118", "119", "999"].contains(text)
    }

    /// What a log may show of it.
    package var description: String { NumberText.masked(text, joiners: .dialled) }

    /// True for a digit, `*` and `#`: what a telephone has keys for.
    static func isDialable(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "#"): true
        default: false
        }
    }

    private static func isModifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "W"), UInt8(ascii: "T"), UInt8(ascii: "P"): true
        default: false
        }
    }
}
