/// A fuzz input as steps, one a line: a letter that says what happens, and with what. What makes no sense is passed over.
struct FuzzScript {
    struct Step {
        var letter: Character
        var argument: [UInt8]

        var text: String { String(decoding: argument, as: UTF8.self) }
        /// The decimal number that the argument begins with, 0 if it does not; at most `limit`.
        func number(limit: Int) -> Int {
            let digits = argument.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return digits.prefix(9).reduce(0) { min(limit, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
        }
    }

    private static let maximumSteps = 300

    /// The bytes of the first line, which chooses what the steps happen to.
    let head: [UInt8]
    let steps: [Step]

    init(_ bytes: [UInt8]) {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"),
            maxSplits: Self.maximumSteps,
            omittingEmptySubsequences: false
        )
        head = lines.first.map(Array.init) ?? []
        steps = lines.dropFirst().prefix(Self.maximumSteps).compactMap { line in
            line.first.map { Step(letter: Character(UnicodeScalar($0)), argument: Array(line.dropFirst())) }
        }
    }

    /// The byte of the head at this place, as a choice among `count`; the first if there is none.
    func choice(_ index: Int, of count: Int) -> Int {
        head.indices.contains(index) ? Int(head[index]) % count : 0
    }
}
