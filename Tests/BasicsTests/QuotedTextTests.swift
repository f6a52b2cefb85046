import Basics
import Testing

/// A mark of the format with a combining mark behind it ends nothing early.
@Suite struct QuotedTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", "a\\nb"),
        ("=1+1", "'=1+1"),
        (" =1", "' =1"), ("=\u{301}1", "'=\u{301}1"), ("＝1", "'＝1"), ("+15550100", "+15550100"), ("+1+1", "'+1+1"),
        ("a,\u{301}b", "\"a,\u{301}b\""), ("a\"\u{301},=1+1", "\"a\"\"\u{301},=1+1\""),
        ("\"\u{20DD}", "\"\"\"\u{20DD}\""),
        ("+\u{301}15550100", "'+\u{301}15550100"), ("", ""),
    ])
    func aCell(_ text: String, _ cell: String) {
        #expect(Array(csvCell(text).unicodeScalars) == Array(cell.unicodeScalars))
    }

    @Test(arguments: [("+61491570156", "'+61491570156"), ("0012", "'0012"), ("…156", "…156"), ("=1", "'=1"), ("", "")])
    func aCellWithANumber(_ text: String, _ cell: String) {
        #expect(csvCell(number: text) == cell)
    }

    @Test(arguments: [
        ("line1", "line1"), ("a\"b\\c", "a\\\"b\\\\c"), ("a\"\u{301},x=\"y", "a\\\"\u{301},x=\\\"y"),
        ("\\\u{301}\"", "\\\\\u{301}\\\""),
        ("a\nb", "a\\\\nb"),
    ])
    func aLabel(_ text: String, _ label: String) {
        #expect(Array(prometheusLabel(text).unicodeScalars) == Array(label.unicodeScalars))
    }

    @Test(arguments: [
        ("/dev/ttyUSB0", "/dev/ttyUSB0"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
        ("x'\u{301};reboot", "'x'\\''\u{301};reboot'"),
        ("", ""), ("$(id)", "'$(id)'"), ("a\u{1B}[2J", "'a\\u{1B}[2J'"),
    ])
    func aWordOfAShell(_ text: String, _ word: String) {
        #expect(Array(shellQuoted(text).unicodeScalars) == Array(word.unicodeScalars))
    }
}
