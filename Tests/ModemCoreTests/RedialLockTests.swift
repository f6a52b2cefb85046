import ModemCore
import Testing

@Suite struct RedialLockTests {
    @Test(
        arguments: [
            ("AT*D", "NO. - PHONE NUMBER - DELAY\r\n1; 5550199 2:00:00\r\n2; 5550101 0:03:25\r\n", 205),
            ("AT*B", "No. Called Blocked Phone\r\n1 5 2min t5550101\r\n2 3 t5550102\r\n", 120),
        ] as [(String, String, Int)]
    )
    func theModemIsAskedForHowLongItMakesANumberWait(_ question: String, _ rows: String, _ seconds: Int) {
        let bench = Bench(.analog)
        bench.becomeReady()
        bench.play([
            .replies("AT*D", "\r\nOK\r\n"), .replies(question, "\r\n\(rows)\r\nOK\r\n"),
            .dial("5550101"), .modem("\r\nDELAYED\r\n"), .wait(.seconds(1)),
        ])
        #expect(bench.outcome.states == [.dialing, .released(.delayed)])
        #expect(bench.outcome.notes.contains(.redialLocked(.seconds(seconds))))
    }

    @Test(arguments: [
        "ERROR", "1; 5550199 2:00:00\r\n\r\nOK", "1; 5550101 -1:00:00\r\n\r\nOK", "5550101\r\n\r\nOK", "OK",
    ])
    func aModemThatDoesNotTellIsNotBelievedToHaveTold(_ reply: String) {
        let bench = Bench(.analog)
        bench.becomeReady()
        bench.play([
            .replies("AT*D", "\r\n\(reply)\r\n"), .replies("AT*B", "\r\n\(reply)\r\n"),
            .dial("5550101"), .modem("\r\nBLACKLISTED\r\n"), .wait(.seconds(5)),
        ])
        #expect(bench.outcome.states == [.dialing, .released(.blacklisted)])
        #expect(bench.outcome.notes == [])
        #expect(bench.outcome.sent.suffix(2) == ["AT*D", "AT*B"])
    }

    /// Off hook, the modem would take a question for the end of the call.
    @Test func nothingIsAskedOnceTheNextCallHasTheLine() {
        let bench = Bench(.analog)
        bench.becomeReady()
        bench.play([
            .replies("AT*D", ""), .dial("5550101"), .modem("\r\nDELAYED\r\n"), .dial("5550102"),
            .modem("\r\nOK\r\n"), .modem("\r\nOK\r\n"), .wait(.seconds(60)),
        ])
        #expect(bench.call?.state == .dialed)
        #expect(bench.outcome.sent == ["ATDT5550101;", "AT*D", "ATDT5550102;"])
    }

    @Test func neitherIsAFailureExplainedBehindTheNextDial() {
        let bench = Bench(.quectel)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", ""), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(3)),
            .modem("\r\n+QIND: \"ccinfo\",1,0,-1,0,0,\"5550101\",129\r\n"), .wait(.milliseconds(250)),
            .dial("5550102"), .modem("\r\nOK\r\n"), .wait(.milliseconds(400)), .modem("\r\nOK\r\n"),
        ])
        #expect(bench.outcome.sent == ["ATD5550101;", "AT+CLCC", "ATD5550102;"])
    }

    @Test func aDialIsNotLostBehindTheQuestion() {
        let bench = Bench(.analog)
        bench.becomeReady()
        bench.play([
            .replies("AT*D", ""), .dial("5550101"), .modem("\r\nDELAYED\r\n"), .dial("5550102"),
            .wait(.seconds(10)),
        ])
        #expect(bench.outcome.sent.contains("ATDT5550102;"))
    }
}
