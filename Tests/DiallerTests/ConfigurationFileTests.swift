import TestSupport
import Testing

@testable import Dialler

@Suite("A configuration file is read as systemd reads an EnvironmentFile")
struct ConfigurationFileTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        var text: String
        var value: String
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ value: String) {
            self.text = text
            self.value = value
        }
    }

    @Test(
        "A value is what systemd makes of it",
        arguments: [
            Reading("KEY=value", "value"),
            Reading("KEY=value\n", "value"),
            Reading("KEY=value\r\n", "value"),
            Reading("\u{FEFF}KEY=value\n", "value"),
            Reading("  KEY =  two words \t\n", "two words"),
            Reading("KEY=", ""),
            Reading("KEY=\n", ""),
            Reading("KEY=a=b", "a=b"),
            Reading("KEY=a # b", "a # b"),
            Reading("KEY=\"a b \"  ", "a b "),
            Reading("KEY='a \"b\\'", "a \"b\\"),
            Reading("KEY=\"a\\\"b\\\\c\\$d\\`e\\f\"", "a\"b\\c$d`e\\f"),
            Reading("KEY='a'\"b\" c", "abc"),
            Reading("KEY=a\"b\"", "a\"b\""),
            Reading("KEY=a\\ ", "a "),
            Reading("KEY=a\\b", "ab"),
            Reading("KEY=a\\\nb", "ab"),
            Reading("KEY=a\\\r\nb", "ab"),
            Reading("KEY=\"a\\\nb\"", "ab"),
            Reading("KEY=a\\", "a"),
            Reading("KEY=zwölf", "zwölf"),
        ]
    )
    func valueOfALine(_ reading: Reading) {
        let file = ConfigurationFile(parsing: Array(reading.text.utf8))
        #expect(file.entries.map { [$0.key, $0.value] } == [["KEY", reading.value]])
        #expect(file.entries.map(\.line) == [1])
        #expect(file.faults.isEmpty)
    }

    @Test("Blank lines and comments say nothing, and lines are counted whatever ends them")
    func linesAreCounted() {
        let text = "# a\r\n\r\n; b\n\nONE=1\n  # c\nTWO='2'\\\n2\n#\nTHREE=3"
        let file = ConfigurationFile(parsing: Array(text.utf8))
        #expect(
            file.entries == [
                .init(line: 5, key: "ONE", value: "1"),
                .init(line: 7, lastLine: 8, key: "TWO", value: "22"),
                .init(line: 10, key: "THREE", value: "3"),
            ]
        )
        #expect(file.faults.isEmpty)
    }

    @Test(
        "A line without meaning is a fault, and the lines around it are still read",
        arguments: [
            ("no equals sign", "expected KEY=value or a # comment"),
            ("=value", "is no name for a key"),
            ("1KEY=value", "(not shown) is no name for a key: letters, digits and _ only"),
            ("A-KEY=value", "(not shown) is no name for a key"),
            ("export KEY=value", "is no name for a key: leave out \"export\""),
            ("KEY=\"open", "a quote that is never closed"),
            ("KEY='open", "a quote that is never closed"),
            ("KEY=\"open\\", "a quote that is never closed"),
        ]
    )
    func faultyLine(_ line: String, _ message: String) {
        let text = "FIRST=1\n" + line + (line.hasSuffix("\\") ? "" : "\nLAST=2\n")
        let file = ConfigurationFile(parsing: Array(text.utf8))
        #expect(file.entries.first == .init(line: 1, key: "FIRST", value: "1"))
        if !line.hasSuffix("\\") { #expect(file.entries.last == .init(line: 3, key: "LAST", value: "2")) }
        #expect(file.faults.count == 1)
        #expect(file.faults.first?.line == 2)
        #expect(file.faults.first?.message.contains(message) == true)
    }

    @Test("Bytes that are not UTF-8 are a fault of their line alone")
    func notUTF8() {
        let file = ConfigurationFile(parsing: Array("A=1\nB=".utf8) + [0xE9] + Array("\nC=3\n".utf8))
        #expect(file.entries.map(\.key) == ["A", "C"])
        #expect(file.faults.map(\.line) == [2])
        #expect(file.faults.first?.message.contains("save the file as UTF-8") == true)
    }

    @Test("A comment that ends in a backslash is doubtful")
    func commentWithBackslash() {
        let file = ConfigurationFile(parsing: Array("# C:\\Patriot\\\nA=1\n".utf8))
        #expect(file.entries == [.init(line: 2, key: "A", value: "1")])
        #expect(file.faults.map(\.severity) == [.warning])
        #expect(file.faults.map(\.line) == [1])
    }

    @Test("Random bytes are read to their end without a trap, and every line number exists")
    func randomBytes() {
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("AK=\"'\\\n\r #;\t`$é\u{0}".utf8) + [0xFF, 0xE9]
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let lineCount = bytes.count { $0 == UInt8(ascii: "\n") } + 1
            let file = ConfigurationFile(parsing: bytes)
            #expect(file.entries.allSatisfy { (1...lineCount).contains($0.line) })
            #expect(file.faults.allSatisfy { (1...lineCount).contains($0.line) })
        }
    }
}
