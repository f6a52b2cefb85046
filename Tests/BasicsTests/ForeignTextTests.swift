import Basics
import Testing

/// Text that others wrote, on its way to a screen, a log or a JSON string.
struct ForeignTextTests {
    /// One of each kind that a terminal or a reader of a log interprets, or that nobody sees.
    static let invisible: [(Unicode.Scalar, String)] = [
        ("\u{0}", #"\u{0}"#), ("\u{1B}", #"\u{1B}"#), ("\u{7F}", #"\u{7F}"#), ("\n", #"\n"#), ("\r", #"\r"#),
        ("\t", #"\t"#),
        // C1: NEL, CSI, OSC.
        ("\u{85}", #"\u{85}"#), ("\u{9B}", #"\u{9B}"#), ("\u{9D}", #"\u{9D}"#),
        // Direction.
        ("\u{202E}", #"\u{202E}"#), ("\u{2066}", #"\u{2066}"#), ("\u{200F}", #"\u{200F}"#), ("\u{61C}", #"\u{61C}"#),
        ("\u{2028}", #"\u{2028}"#), ("\u{2029}", #"\u{2029}"#),
        // Drawn as nothing.
        ("\u{200B}", #"\u{200B}"#), ("\u{200D}", #"\u{200D}"#), ("\u{FEFF}", #"\u{FEFF}"#), ("\u{AD}", #"\u{AD}"#),
        ("\u{34F}", #"\u{34F}"#), ("\u{3164}", #"\u{3164}"#), ("\u{FE0F}", #"\u{FE0F}"#), ("\u{180B}", #"\u{180B}"#),
        ("\u{E0041}", #"\u{E0041}"#), ("\u{E0100}", #"\u{E0100}"#), ("\u{FFF9}", #"\u{FFF9}"#),
        // No characters.
        ("\u{E000}", #"\u{E000}"#), ("\u{FFFF}", #"\u{FFFF}"#),
    ]

    @Test(arguments: invisible)
    func theInvisibleIsShown(_ scalar: Unicode.Scalar, _ shown: String) {
        #expect(visible("a\(scalar)b") == "a\(shown)b")
        #expect("\(ForeignText("a\(scalar)b"))" == "a\(shown)b")
        #expect(visibleLines("a\(scalar)b") == (scalar == "\n" ? "a\nb" : "a\(shown)b"))
    }

    @Test(arguments: ["", "Telstra", "München", "中国移动", "Ελλάδα", "e\u{301}", "📞", "a b", "…156", "\\n"])
    func ordinaryTextStays(_ text: String) {
        #expect(visible(text) == text)
        #expect(ForeignText(text).description == text)
        #expect(escapingInvisible(inJSON: Array("\"\(text)\"".utf8)) == Array("\"\(text)\"".utf8))
    }

    @Test
    func whatIsTooLongIsCut() {
        #expect(ForeignText(String(repeating: "x", count: 200)).raw.count == 200)
        #expect(ForeignText(String(repeating: "x", count: 201)).description == String(repeating: "x", count: 200) + "…")
        // One character, for anyone who counts characters.
        let accents = "e" + String(repeating: "\u{301}", count: 90_000)
        #expect(ForeignText(accents).description.unicodeScalars.count == 201)
        #expect(ForeignText.list([]) == nil)
        #expect(ForeignText.list(["a", "b\n"]) == #"a, b\n"#)
        #expect(ForeignText.list(Array(repeating: ForeignText(accents), count: 16))?.unicodeScalars.count == 201)
    }

    @Test
    func jsonHasEscapes() {
        let escaped = escapingInvisible(inJSON: Array("{\"a\":\"\u{7F}\u{9B}\u{202E}é\u{2028}\u{E0041}\"}\n".utf8))
        #expect(String(decoding: escaped, as: UTF8.self) == #"{"a":"\u007f\u009b\u202eé\u2028\udb40\udc41"}"# + "\n")
    }
}
