/// A key as a terminal sends it (xterm, ECMA-48 5.4).
enum ScreenKey: Equatable {
    case up, down, pageUp, pageDown
    case character(Character)

    private static let sequences: [(bytes: [UInt8], key: ScreenKey)] = [
        (Array("\u{1B}[A".utf8), .up), (Array("\u{1B}OA".utf8), .up), (Array("\u{1B}[B".utf8), .down),
        (Array("\u{1B}OB".utf8), .down), (Array("\u{1B}[5~".utf8), .pageUp), (Array("\u{1B}[6~".utf8), .pageDown),
    ]

    /// What was typed; a sequence that is not known is left out whole.
    static func keys(in bytes: [UInt8]) -> [ScreenKey] {
        var rest = bytes[...]
        var keys: [ScreenKey] = []
        while let first = rest.first {
            if let known = sequences.first(where: { rest.starts(with: $0.bytes) }) {
                keys.append(known.key)
                rest = rest.dropFirst(known.bytes.count)
            } else if first == 0x1B {
                // Its parameters, and the final byte.
                rest = rest.dropFirst(2).drop { (0x20...0x3F).contains($0) }.dropFirst()
            } else {
                keys.append(.character(Character(Unicode.Scalar(first))))
                rest = rest.dropFirst()
            }
        }
        return keys
    }

    /// Whether q, Ctrl-C or Ctrl-D is among them.
    static func quits(_ bytes: [UInt8]) -> Bool {
        keys(in: bytes).contains { ["q", "Q", "\u{03}", "\u{04}"].contains($0) }
    }
}

extension ScreenKey: ExpressibleByExtendedGraphemeClusterLiteral {
    init(extendedGraphemeClusterLiteral value: Character) { self = .character(value) }
}
