import ModemCore
import TestSupport
import Testing

@Suite struct DialStringTests {
    @Test(arguments: ["5550101", "+61491570156", "0,5550101", "*31#5550101", "W5550101", "T5550101", "#"])
    func takesWhatMayBeDialled(_ text: String) {
        #expect(DialString(text)?.text == text)
    }

    @Test(arguments: [
        "", "+", ",", "5550101;", "555 0101", "5550101\r", "5550101\rATH", "55+50101", "\u{0665}", "ATD1", "5550101\n",
        "@1",
        "1!", "w1", String(repeating: "1", count: 65), "1\u{0}", "５",
    ])
    func refusesAllElse(_ text: String) {
        #expect(DialString(text) == nil)
    }

    @Test(arguments: [
        ("+4930123456", "…456"), ("0,5550,156", "…156"), ("112", "112"), ("*04*0000*8274*8274#", "*04*(hidden)#"),
    ])
    func doesNotShowTheNumber(_ text: String, _ shown: String) throws {
        #expect("\(try #require(DialString(text)))" == shown)
    }

    @Test(arguments: 0..<20)
    func nothingButTheDigitsReachesTheModem(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let allowed = Set("+0123456789*#,WTP".utf8)
        let alphabet = Array("+0123456789*#,WTP;ATH \r\n\0\u{1B}\u{660}@!\"".unicodeScalars)
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                text.unicodeScalars.append(alphabet.randomElement(using: &random) ?? "0")
            }
            guard let number = DialString(text) else { continue }
            for profile in ModemProfile.all {
                for form in [profile.voiceDial, profile.dataDial].compactMap({ $0 }) {
                    let bytes = form.command(for: number).bytes
                    let digits = bytes.dropFirst(form.prefix.utf8.count).dropLast(form.suffix.utf8.count + 1)
                    #expect(bytes == Array("\(form.prefix)\(text)\(form.suffix)\r".utf8))
                    #expect(digits.allSatisfy { allowed.contains($0) })
                }
            }
        }
    }
}
