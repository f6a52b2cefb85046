import ModemCore
import Testing

/// What the modem answers to a dial: nothing, too much, or something that was meant for an earlier command.
@Suite struct DialAnswerTests {
    /// The families whose OK only takes the number.
    static let accepting = ModemProfile.all.filter { $0.kind == .gsm && $0.voiceDial.okPolicy == .accepted }
    static let analog = ModemProfile.all.filter { $0.kind == .analog }

    private static func row(_ state: Int) -> String {
        "\r\n+CLCC: 1,0,\(state),0,0,\"5550101\",129\r\n\r\nOK\r\n"
    }

    // MARK: No answer

    @Test(arguments: accepting, ["\r\nOK\r\n", "\r\nERROR\r\n", "\r\n+CME ERROR: 14\r\n"])
    func aDialThatTheModemSwallowsHasFailedWithin25Seconds(_ profile: ModemProfile, _ list: String) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = list
        bench.dial("5550101")
        bench.wait(.seconds(19))
        #expect(bench.call?.state == .dialing)
        bench.wait(.seconds(6))
        #expect(bench.outcome.causes == [.timeout])
        // Whatever the modem made of it is hung up.
        #expect(bench.outcome.sent.contains(profile.hangUp[0].name))
        #expect(bench.outcome.reopenings == 0)
        bench.dial("5550102")
        #expect(bench.outcome.sent.last == "ATD5550102;")
    }

    @Test(arguments: accepting)
    func aModemThatDiesOfTheDialIsToldWithin25Seconds(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.isDead = true
        bench.dial("5550101")
        bench.wait(.seconds(25))
        #expect(bench.outcome.causes == [.notResponding])
        #expect(bench.outcome.reopenings == 1)
        // Its end stays wanted: the call that is found again is hung up.
        bench.isDead = false
        bench.replies["AT+CLCC"] = Self.row(3)
        bench.plug()
        bench.wait(.seconds(2))
        #expect(bench.outcome.sent.contains(profile.hangUp[0].name))
        bench.expectToComeBack()
    }

    @Test(arguments: accepting)
    func aCallWhoseOKWasLostAndThatIsTalkedOnStaysUp(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = Self.row(0)
        bench.dial("5550101")
        bench.wait(.seconds(25))
        #expect(bench.call?.state == .active)
        #expect(bench.outcome.causes == [])
    }

    @Test(arguments: [
        (ModemProfile.quectel, "+QIND: \"ccinfo\",1,0,3,0,0,\"5550101\",129"),
        (.huawei, "^ORIG:1,0"), (.huawei, "^CONF:1"), (.cinterion, "^SLCC: 1,0,3,0,0,0,\"5550101\",129"),
        (.telit, "#ECAM: 0,2,1,,,"), (.ublox, "+UCALLSTAT: 1,3"),
    ])
    func aModemThatReportsTheCallMayTakeItsTimeWithTheAnswer(_ profile: ModemProfile, _ report: String) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.play([.dial("5550101"), .wait(.seconds(3)), .modem("\r\n\(report)\r\n"), .wait(.seconds(60))])
        #expect(bench.outcome.causes == [])
        #expect(bench.outcome.sent == ["ATD5550101;"])
        bench.feed("\r\nOK\r\n")
        #expect(bench.call != nil)
    }

    @Test(arguments: analog)
    func anAnalogModemMayDialLonger(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.play([.dial("5550101"), .wait(.seconds(40)), .modem("OK\r\n")])
        #expect(bench.call?.state == .dialed)
        #expect(bench.outcome.sent.count == 1)
    }

    @Test func whereOKMeansAnsweredItIsWaitedFor() {
        let bench = Bench(.genericGSM, options: ModemOptions(okPolicy: .answered))
        bench.becomeReady()
        bench.play([.dial("5550101"), .wait(.seconds(60)), .modem("\r\nOK\r\n")])
        #expect(bench.call?.state == .active)
    }

    // MARK: One answer too many

    /// The bytes of a text, cut at one place, so that the rest comes in a read of its own.
    private static func cuts(_ text: String) -> [(String, String)] {
        text.indices.map { (String(text[..<$0]), String(text[$0...])) }
    }

    private func bench(_ profile: ModemProfile, afterCallEndedBy ending: (Bench) -> Void) -> Bench {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = Self.row(0)
        bench.play([.dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5))])
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        ending(bench)
        #expect(bench.call == nil)
        bench.forget()
        return bench
    }

    @Test(arguments: analog)
    func twoAnswersToAHangUpInOneReadLeaveTheDialItsOwn(_ profile: ModemProfile) {
        let bench = bench(profile) { bench in
            bench.replies["ATH"] = "OK\r\nOK\r\n"
            bench.hangUp()
        }
        bench.replies["ATH"] = ""
        bench.hangUp()
        bench.dial("5550102")
        bench.feed("OK\r\nOK\r\n")
        #expect(bench.call?.state == .dialing)
        #expect(bench.outcome.sent.last?.hasPrefix("ATDT5550102") == true)
        bench.feed("ERROR\r\n")
        #expect(bench.outcome.causes == [.modemError])
    }

    @Test(arguments: analog)
    func twoAnswersToAHangUpCutAnywhereLeaveNoCallBehind(_ profile: ModemProfile) {
        for (first, second) in Self.cuts("OK\r\nOK\r\n") {
            let bench = Bench(profile)
            bench.becomeReady()
            bench.replies["ATH"] = ""
            bench.hangUp()
            bench.dial("5550102")
            bench.feed(first)
            bench.feed(second)
            bench.replies["ATH"] = "OK\r\n"
            bench.feed("ERROR\r\n")
            bench.wait(.seconds(1))
            #expect(bench.outcome.causes == [.modemError], "cut before \(second.debugDescription)")
        }
    }

    @Test(arguments: accepting)
    func aFailureAfterTheOKIsAskedFor(_ profile: ModemProfile) {
        for isUp in [true, false] {
            let bench = Bench(profile)
            bench.becomeReady()
            bench.replies["AT+CLCC"] = isUp ? Self.row(2) : "\r\nOK\r\n"
            bench.play([.dial("5550101"), .modem("\r\nOK\r\n"), .modem("\r\nERROR\r\n"), .wait(.seconds(1))])
            #expect((bench.call != nil) == isUp)
            #expect(bench.outcome.causes == (isUp ? [] : [.modemError]))
        }
    }

    // MARK: The end of the call before

    @Test(arguments: accepting)
    func anEndThatCrossesTheDialDoesNotEndIt(_ profile: ModemProfile) {
        for (first, second) in Self.cuts("\r\nNO CARRIER\r\n\r\nOK\r\n") {
            let bench = bench(profile) { bench in
                bench.hangUp()
                bench.wait(.seconds(1))
            }
            bench.dial("5550102")
            bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,0,2,0,0,\"5550102\",129\r\n\r\nOK\r\n"
            bench.feed(first)
            bench.feed(second)
            bench.wait(.seconds(40))
            #expect(bench.call?.number == "5550102", "cut before \(second.debugDescription)")
            #expect(bench.outcome.causes == [])
        }
    }

    @Test(arguments: accepting)
    func anOKThatComesLateFindsTheDialStillUp(_ profile: ModemProfile) {
        let bench = bench(profile) { bench in
            bench.feed("\r\nNO CARRIER\r\n")
            bench.wait(.seconds(3))
        }
        bench.dial("5550102")
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,0,2,0,0,\"5550102\",129\r\n\r\nOK\r\n"
        bench.play([.modem("\r\nNO CARRIER\r\n"), .wait(.milliseconds(900)), .modem("\r\nOK\r\n"), .wait(.seconds(40))])
        #expect(bench.outcome.causes == [])
        #expect(bench.call?.state == .dialing)
    }

    @Test(arguments: accepting, ["NO CARRIER", "BUSY", "NO ANSWER"])
    func anEndThatIsOfTheDialEndsItAfterOneList(_ profile: ModemProfile, _ result: String) {
        let bench = bench(profile) { bench in
            bench.hangUp()
            bench.wait(.seconds(1))
        }
        bench.play([.dial("5550102"), .modem("\r\n\(result)\r\n"), .wait(.seconds(2))])
        #expect(bench.outcome.causes.count == 1)
        #expect(bench.outcome.sent.filter { $0 == "AT+CLCC" }.count == 1)
    }

    @Test(arguments: ModemProfile.all)
    func withoutACallBeforeAFailureIsToldAtOnce(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.play([.dial("5550101"), .modem("\r\nBUSY\r\n")])
        #expect(bench.outcome.causes == [.busy])
    }

    @Test(arguments: analog)
    func anEndThatCrossesAnAnalogDialClearsTheLine(_ profile: ModemProfile) {
        let bench = bench(profile) { $0.hangUp() }
        bench.play([.dial("5550102"), .modem("NO CARRIER\r\n"), .wait(.seconds(1))])
        #expect(bench.outcome.sent.last == "ATH")
        #expect(bench.outcome.causes.count == 1)
    }

    @Test(arguments: analog)
    func anAnalogDialThatGoesOnAfterItsEndIsCleared(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.play([
            .dial("5550102"), .modem("NO CARRIER\r\n"), .wait(.seconds(8)), .modem("OK\r\n"),
            .wait(.seconds(9)),
        ])
        #expect(bench.outcome.sent.last == "ATH")
        #expect(bench.outcome.sent.count == 2)
    }

    @Test func anEndByReportThatCrossesTheDialIsAskedFor() {
        for isUp in [true, false] {
            let bench = bench(.huawei) { bench in
                bench.hangUp()
                bench.wait(.seconds(1))
            }
            bench.replies["AT+CLCC"] = isUp ? Self.row(2) : "\r\nOK\r\n"
            bench.play([
                .dial("5550101"), .modem("\r\n^CEND:1,5,29,16\r\n"), .wait(.seconds(2)), .modem("\r\nOK\r\n"),
                .wait(.seconds(1)),
            ])
            #expect((bench.call != nil) == isUp)
            #expect(!bench.outcome.sent.contains("<CR>"))
        }
    }

    // MARK: A start that is none, a list that is refused, a line that rings

    @Test(arguments: accepting)
    func whatTheSIMSaysDuringADialDoesNotEndIt(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = Self.row(2)
        bench.play([
            .dial("5550101"), .modem("\r\n+CPIN: READY\r\n"), .wait(.seconds(1)), .modem("\r\nOK\r\n"),
            .wait(.seconds(1)), .modem("\r\n+CPIN: READY\r\n"), .wait(.seconds(2)),
        ])
        #expect(bench.call?.state == .dialing)
        #expect(bench.outcome.causes == [])
        // Once the call is gone it was a start.
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.feed("\r\n+CPIN: READY\r\n")
        bench.wait(.seconds(5))
        #expect(bench.outcome.causes == [.modemReset])
        #expect(bench.outcome.sent.contains("ATE0"))
        #expect(bench.readiness == .ready)
    }

    @Test(arguments: accepting, [1, 20])
    func aListThatIsRefusedForTheMomentIsAskedForAgain(_ profile: ModemProfile, _ seconds: Int) {
        let bench = Bench(profile)
        bench.replies["AT+CLCC"] = "\r\n+CME ERROR: 14\r\n"
        bench.plug()
        bench.wait(.seconds(seconds))
        bench.replies["AT+CLCC"] = Self.row(0)
        bench.wait(.seconds(5))
        #expect(bench.call?.state == .active)
        #expect(bench.readiness == .ready)
    }

    @Test(arguments: accepting)
    func aListThatIsRefusedForGoodKeepsNoModemFromGettingReady(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.replies["AT+CLCC"] = "\r\n+CME ERROR: 14\r\n"
        bench.plug()
        bench.wait(.seconds(40))
        #expect(bench.readiness == .ready)
    }

    @Test(arguments: analog)
    func aLineThatRingsIsNotHeldByOurCall(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.play([
            .dial("5550101"), .modem("OK\r\n"), .wait(.seconds(60)), .modem("RING\r\n"), .wait(.seconds(5)),
            .modem("RING\r\n"),
        ])
        #expect(bench.outcome.causes == [.remoteHangUp])
        #expect(bench.call?.state == .incoming)
    }
}
