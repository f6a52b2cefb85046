import ModemCore
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

    @Test func doesNotShowTheNumber() throws {
        let number = try #require(DialString("+4930123456"))
        #expect("\(number)" == "…456")
    }
}
