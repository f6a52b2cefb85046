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
        bench.replies["AT+XLONG=?"] = ""
        try bench.send("AT+XLONG=?", timeout: .seconds(10))
        return bench
    }

    /// What asks the network takes minutes on some modems, and a hang-up would have to wait for it.
    @Test(arguments: ["AT+COPS=?", "ATI;+CCFC=0,2", "AT+CMGL=4", "AT+CPBR=1,250"])
    func whatMayTakeLongIsRefused(_ line: String) throws {
        let bench = Bench(.quectel)
        bench.becomeReady()
        bench.play([.replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(3))])
        #expect(throws: OperatorCommand.Refusal.self) { try bench.send(line) }
        #expect(throws: OperatorCommand.Refusal.self) { try bench.send("AT+CSQ", timeout: .seconds(60)) }
        try bench.send("AT+COPS?")
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
        bench.wait(.seconds(5))
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

    @Test(
        arguments: [
            (.zte, "CONNECT", "HANGUP: 1"), (.zte, "CONNECT", "^DSCI: 1,0,6,0,0,5550101,129,0,0,0"),
            (.huawei, "OK\r\n\r\n^CONN:1,0", "^CEND:1,5,104,16"), (.telit, "OK\r\n#ECAM: 0,3,1,,,", "#ECAM: 0,0,1,,,"),
            (.quectel, "OK\r\n\r\n+QIND: \"ccinfo\",1,0,0,0,0,\"5550101\",129", "+QIND: \"ccinfo\",1,0,-1,0,0"),
            (.ublox, "OK\r\n\r\n+UCALLSTAT: 1,0", "+UCALLSTAT: 1,6"),
            (.simcom, "OK\r\n\r\nVOICE CALL: BEGIN", "VOICE CALL: END: 000007"),
            (.ericsson, "OK\r\n\r\n*ECAV: 1,3,1", "*ECAV: 1,0,1"),
            (.intelXMM, "OK\r\n\r\n+XCALLSTAT: 1,0", "+XCALLSTAT: 1,6"),
        ] as [(ModemProfile, String, String)]
    )
    func theEndIsNoLineOfTheirAnswer(_ profile: ModemProfile, _ answered: String, _ end: String) throws {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = Self.active
        bench.play([.dial("5550101"), .wait(.seconds(1)), .modem("\r\n\(answered)\r\n"), .wait(.milliseconds(500))])
        #expect(bench.call?.state == .active)
        bench.replies["AT+XLONG=?"] = ""
        try bench.send("AT+XLONG=?", timeout: .seconds(2))
        bench.feed("\r\n\(end)\r\n")
        #expect(bench.call == nil)
    }

    /// The command has timed out, and the chat lets its late answer run out.
    @Test func theEndIsNoLateLineOfTheirAnswer() throws {
        let bench = Bench(.zte)
        bench.becomeReady()
        bench.play([.dial("5550101"), .modem("CONNECT\r\n")])
        bench.replies["AT+XLONG=?"] = ""
        try bench.send("AT+XLONG=?", timeout: .seconds(2))
        bench.wait(.milliseconds(2100))
        bench.feed("+XLONG: (2,\"Example Net\",,\"00101\",7)\r\nHANGUP: 1\r\n")
        #expect(bench.outcome.states.last == .released(.remoteHangUp))
    }

    @Test func theModemsOwnStartIsNoLineOfTheirAnswer() throws {
        let bench = try search()
        bench.feed("\r\nRDY\r\n")
        #expect(bench.outcome.states.last == .released(.modemReset))
        #expect(bench.outcome.replies == [ATReply(.portClosed)])
    }

    @Test func whatTheyAskForIsTheirAnswer() throws {
        let bench = Bench(.cinterion)
        bench.becomeReady()
        bench.replies["AT^SLCC?"] = "\r\n^SLCC: 1\r\n\r\nOK\r\n"
        try bench.send("AT^SLCC?")
        #expect(bench.outcome.replies == [ATReply(.result(.ok), lines: ["^SLCC: 1"])])
    }

    @Test func anAnswerDoesNotWaitForThem() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+XLONG=?"] = ""
        try bench.send("AT+XLONG=?", timeout: .seconds(10))
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
        try bench.send("ATI3", timeout: .seconds(10))
        bench.dial("5550102")
        #expect(bench.outcome.states.suffix(2) == [.released(.localHangUp), .dialing])
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.last == "ATDT5550102;")
    }
}
