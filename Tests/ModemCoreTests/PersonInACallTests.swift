import ModemCore
import Testing

/// A person's command of minutes is under way, and the call goes on.
@Suite struct PersonInACallTests {
    private static let active = "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"

    /// A bench with an answered call, and a person who searches for networks.
    private func search(_ profile: ModemProfile = .quectel) throws -> Bench {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(3)),
        ])
        #expect(bench.call?.state == .active)
        bench.replies["AT+COPS=?"] = ""
        try bench.send("AT+COPS=?", timeout: .seconds(300))
        return bench
    }

    @Test(arguments: ["", "\r\nOK\r\n"])
    func aHangUpDoesNotWaitForThem(_ answerToAbort: String) throws {
        let bench = try search()
        bench.replies["<CR>"] = answerToAbort
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.milliseconds(100))
        bench.forgetSent()
        bench.hangUp()
        #expect(bench.outcome.sent == ["<CR>"])
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.contains("AT+CHUP"))
        #expect(bench.outcome.states.suffix(2) == [.hangingUp, .released(.localHangUp)])
        #expect(bench.outcome.replies.count == 1)
        #expect(bench.outcome.reopenings == 0)
    }

    /// The list of calls waits behind the command: the end is in the middle of nothing.
    @Test func anEndIsAnEndWhileTheListOfCallsWaits() throws {
        let bench = try search()
        bench.wait(.seconds(30))
        bench.forgetSent()
        bench.feed("\r\nNO CARRIER\r\n")
        #expect(bench.outcome.states.last == .released(.remoteHangUp))
        bench.dial("5550102")
        bench.feed("\r\nOK\r\n")
        bench.wait(.milliseconds(500))
        bench.feed("\r\nOK\r\n")
        bench.wait(.milliseconds(100))
        #expect(bench.outcome.sent.filter { $0 != "<CR>" } == ["ATD5550102;"])
    }

    @Test func anAnswerDoesNotWaitForThem() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+COPS=?"] = ""
        try bench.send("AT+COPS=?", timeout: .seconds(300))
        bench.feed("\r\n+CRING: VOICE\r\n\r\n+CLIP: \"5550199\",129\r\n")
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,1,0,0,0,\"5550199\",129\r\n\r\nOK\r\n"
        bench.answer()
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.contains("ATA"))
        #expect(bench.call?.state == .active)
    }

    @Test func aDialAfterTheHandOverDoesNotWaitForThem() throws {
        let bench = Bench(.analog, options: ModemOptions(handover: .seconds(5)))
        bench.becomeReady()
        bench.play([.dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(10))])
        #expect(bench.call?.state == .handedOver)
        bench.replies["ATI3"] = ""
        try bench.send("ATI3", timeout: .seconds(300))
        bench.dial("5550102")
        #expect(bench.outcome.states.suffix(2) == [.released(.localHangUp), .dialing])
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.last == "ATDT5550102;")
    }
}
