import ModemCore
import Testing

@Suite struct HangUpTests {
    private static let active = "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"

    /// The modem is slow to take the command: what it waited for that is not the time it is given to obey.
    @Test func aRungHasItsTimeFromTheAnswerOn() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5)),
            .replies("AT+CHUP", ""), .wait(.milliseconds(100)), .hangUp, .wait(.milliseconds(2800)),
            .modem("\r\nOK\r\n"), .wait(.seconds(2)),
        ])
        #expect(bench.outcome.sent.last == "AT+CLCC")
        #expect(!bench.outcome.sent.contains("ATH"))
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(1))
        #expect(bench.outcome.states.last == .released(.localHangUp))
        #expect(!bench.outcome.sent.contains("ATH"))
    }

    /// The call came before the modem said what it is; its family has another ladder.
    @Test func aLadderIsClimbedAsItWasBegun() {
        let bench = Bench(.genericGSM, identifiesProfile: true)
        bench.replies["AT+CGMI"] = ""
        bench.replies["AT+CHUP"] = "\r\nERROR\r\n"
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,1,4,0,0\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(1))
        bench.feed("\r\nRING\r\n\r\n+CLIP: \"5550199\",129\r\n")
        bench.hangUp()
        bench.feed("\r\nhuawei\r\n\r\nOK\r\n")
        bench.wait(.seconds(4))
        #expect(bench.profile.name == "huawei")
        #expect(bench.outcome.notes.contains(.hangUpNotConfirmed(rung: "AT+CHUP")))
        #expect(bench.outcome.sent.contains("ATH"))
    }
}
