import ModemCore
import Testing

@Suite struct ATLineDecoderTests {
    private static let tables: [(String, [String])] = [
        ("\r\nOK\r\n", ["OK"]), ("OK\r", ["OK"]), ("OK\n", ["OK"]), ("0\r", ["0"]),
        ("\nNO CARRIER\r\n", ["NO CARRIER"]),
        ("^MODE:5,4\r\r\n", ["^MODE:5,4"]), ("AT\r\r\nOK\r\n", ["AT", "OK"]),
        ("\0\0\u{1B}\rAT\r\r\nOK\r\n", ["AT", "OK"]),
        ("\r\nRING\r\n\r\n+CLIP: \"1\",129\r\n", ["RING", "+CLIP: \"1\",129"]), ("O\0K\r", ["OK"]),
        (" WAVECOM \r\n", ["WAVECOM"]),
        ("unfinished", []), ("\r\n\r\n\r\n", []), ("  \r\n", []), ("", []),
    ]

    @Test(arguments: tables)
    func cutsLines(_ bytes: String, _ lines: [String]) {
        var decoder = ATLineDecoder()
        #expect(decoder.decode(Array(bytes.utf8)) == lines.map { .line($0) })
    }

    @Test(arguments: tables)
    func theCutOfTheReadsDoesNotMatter(_ bytes: String, _ lines: [String]) {
        let bytes = Array(bytes.utf8)
        for cut in 0...bytes.count {
            var decoder = ATLineDecoder()
            let elements = decoder.decode(bytes[..<cut]) + decoder.decode(bytes[cut...])
            #expect(elements == lines.map { .line($0) })
        }
        var decoder = ATLineDecoder()
        #expect(bytes.flatMap { decoder.decode([$0]) } == lines.map { .line($0) })
    }

    @Test func repairsBadUTF8() {
        var decoder = ATLineDecoder()
        #expect(decoder.decode([0xFF, 0x41, 0xC3, 0x0D]) == [.line("\u{FFFD}A\u{FFFD}")])
    }

    @Test func keepsALineOfTheMaximumLength() {
        var decoder = ATLineDecoder()
        let longest = String(repeating: "x", count: ATLineDecoder.maximumLineLength)
        #expect(decoder.decode(Array("\(longest)\r".utf8)) == [.line(longest)])
    }

    @Test func dropsALongerOneAndTellsOnce() {
        var decoder = ATLineDecoder()
        let tooLong = Array(String(repeating: "x", count: 3 * ATLineDecoder.maximumLineLength).utf8)
        #expect(decoder.decode(tooLong) == [.overflow])
        #expect(decoder.decode(tooLong) == [])
        #expect(decoder.decode(Array("yes\r\nOK\r\n".utf8)) == [.line("OK")])
    }
}
