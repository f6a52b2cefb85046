import ModemCore
import Testing

@Suite struct ZTETests {
    @Test func transcript08_answeredAndEnded() {
        let outcome = outcome(
            .zte,
            [
                .dial("0123456"), .wrote("ATD0123456;"), .wait(.seconds(40)), .wroteNothing, .modem("CONNECT\r\n"),
                .wait(.seconds(20)), .modem("HANGUP: 1\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func transcript08_rejected() {
        let outcome = outcome(.zte, [.dial("0123456"), .wait(.seconds(10)), .modem("OK\r\n"), .wait(.seconds(5))])
        #expect(outcome.states == [.dialing, .hangingUp, .released(.rejected)])
    }

    @Test func behaviour07_connectIsAnAnswerAndNothingIsAskedDuringTheSetup() {
        let outcome = outcome(
            .zte,
            [
                .dial("0123456"), .wait(.seconds(100)), .modem("\0\r\n+ZUSIMR:2\r\n"), .wrote("ATD0123456;"),
                .wroteNothing, .modem("CONNECT\r\n"), .wait(.seconds(5)), .wroteNothing, .modem("HANGUP: 1\r\n"),
                .modem("HANGUP: 1\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test(arguments: ["HANGUP", "HANGUP:", "HANGUP: ", "HANG", "ANGUP: 1", "HANGUP: x"])
    func aDamagedEndIsNoEnd(_ line: String) {
        let outcome = outcome(.zte, [.dial("0123456"), .modem("CONNECT\r\n"), .modem("\(line)\r\n")])
        #expect(outcome.states == [.dialing, .active])
    }

    @Test func theHangUpIsProvenByTheListOfCalls() {
        let row = "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"
        let outcome = outcome(
            .zte,
            [
                .dial("0123456"), .modem("CONNECT\r\n"), .replies("AT+CLCC", row), .hangUp, .wait(.seconds(4)),
                .replies("AT+CLCC", "\r\nOK\r\n"), .wait(.seconds(2)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .hangingUp, .released(.localHangUp)])
        #expect(outcome.sent.filter { $0 != "AT+CLCC" } == ["ATD0123456;", "AT+CHUP", "ATH"])
    }

    /// The result that the aborted dial still owes would be taken for the next one's.
    @Test func anEndThatComesBeforeTheAbortedDialsResultFreesNoLine() {
        let bench = Bench(.zte)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", "\r\nOK\r\n"), .dial("0123456"), .wait(.seconds(5)), .hangUp, .modem("HANGUP: 1\r\n"),
            .dial("0123457"), .modem("NO CARRIER\r\n"), .wait(.seconds(2)), .dial("0123458"), .modem("CONNECT\r\n"),
        ])
        #expect(bench.outcome.refusals == [.callInProgress(.hangingUp)])
        #expect(bench.outcome.states == [.dialing, .hangingUp, .released(.localHangUp), .dialing, .active])
    }

    @Test func anEndWhoseReportIsLostIsFoundInTheListOfCalls() {
        let outcome = outcome(
            .zte,
            [.dial("0123456"), .modem("CONNECT\r\n"), .replies("AT+CLCC", "\r\nOK\r\n"), .wait(.seconds(40))]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [.endNotReported])
    }

    @Test func aStickThatDiesInACallIsFoundByTheListOfCalls() {
        let bench = Bench(.zte)
        bench.becomeReady()
        let row = "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"
        bench.play([.dial("0123456"), .modem("CONNECT\r\n"), .replies("AT+CLCC", row), .wait(.seconds(70))])
        #expect(bench.outcome.sent == ["ATD0123456;", "AT+CLCC", "AT+CLCC"])
        bench.isDead = true
        for _ in 0..<200 { bench.play([.modem("\r\n+ZDONR: \"Example\",1\r\n"), .wait(.milliseconds(250))]) }
        #expect(bench.outcome.causes == [.notResponding])
    }

    @Test(arguments: [0, 2, 3])
    func aConnectThatIsLostIsFoundInTheListBeforeTheCallIsHungUp(_ stat: Int) {
        let outcome = outcome(
            .zte,
            [
                .dial("0123456"), .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(stat),0,0\r\n\r\nOK\r\n"), .wait(.seconds(182)),
            ]
        )
        #expect(outcome.states == [.dialing, stat == 0 ? .active : .hangingUp])
    }

    @Test func aCallOfManyHoursIsAskedForAndKept() {
        let bench = Bench(.zte)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"
        bench.play([.dial("0123456"), .modem("CONNECT\r\n"), .wait(.seconds(24 * 3600))])
        #expect(bench.call?.state == .active)
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(5 * 3600))
        #expect(bench.call == nil)
    }
}
