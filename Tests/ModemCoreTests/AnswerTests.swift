import ModemCore
import Testing

@Suite struct AnswerTests {
    /// The call is told once more when its number is known, and whoever answers each call answers again.
    @Test func aSecondAnswerIsNeitherWrittenNorRefused() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["ATA"] = ""
        bench.feed("\r\nRING\r\n")
        bench.wait(.seconds(3))
        bench.feed("\r\nRING\r\n")
        bench.answer()
        bench.feed("\r\n+CLIP: \"5550199\",129\r\n")
        bench.answer()
        #expect(bench.call?.number == "5550199")
        bench.feed("\r\nOK\r\n")
        #expect(bench.call?.state == .active)
        #expect(bench.outcome.sent.filter { $0 == "ATA" }.count == 1)
        #expect(!bench.outcome.notes.contains(.cannotAnswer))
    }
}
