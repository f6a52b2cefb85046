import ModemCore
import Testing

@Suite struct AnswerTests {
    /// The call is reported once more when its number is known, and anyone who answers each call answers again.
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

    /// What the modem would not take at one ring, it may take at the next.
    @Test func aRefusedAnswerIsTriedAgainAtEachRing() {
        let ring = "\r\nRING\r\n\r\n+CLIP: \"5550199\",129\r\n"
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0,\"5550199\",129\r\n\r\nOK\r\n"),
            .replies("ATA", "\r\nERROR\r\n"), .modem("\r\nRING\r\n"), .wait(.milliseconds(100)),
            .modem("\r\n+CLIP: \"5550199\",129\r\n"), .answer, .wait(.seconds(3)), .modem(ring),
            .wait(.seconds(3)), .replies("ATA", "\r\nOK\r\n"), .modem(ring),
            .replies("AT+CLCC", "\r\n+CLCC: 1,1,0,0,0,\"5550199\",129\r\n\r\nOK\r\n"), .wait(.seconds(3)),
        ])
        let outcome = bench.outcome
        #expect(outcome.sent.filter { $0 == "ATA" }.count == 3)
        #expect(outcome.states == [.incoming, .active])
        #expect(outcome.notes.filter { $0 == .answerRefused }.count == 2)
        #expect(!outcome.notes.contains(.cannotAnswer))
    }

    /// A modem that says RING once still lists the call.
    @Test func aRefusedAnswerIsTriedAgainWhereTheListTellsTheRinging() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0,\"5550199\",129\r\n\r\nOK\r\n"),
            .replies("ATA", "\r\nERROR\r\n"), .modem("\r\n+CLIP: \"5550199\",129\r\n"), .answer, .wait(.seconds(12)),
        ])
        #expect(bench.outcome.sent.filter { $0 == "ATA" }.count == 3)
    }

    @Test func aDeclinedCallIsNotAnsweredAgain() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .replies("ATA", "\r\nERROR\r\n"), .modem("\r\n+CLIP: \"5550199\",129\r\n"), .answer, .wait(.seconds(2)),
            .hangUp, .modem("\r\nRING\r\n"), .wait(.seconds(5)),
        ])
        #expect(bench.outcome.sent.filter { $0 == "ATA" }.count == 1)
    }
}
