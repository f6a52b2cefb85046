import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private let empty = Step.replies("AT+CLCC", ok)
private func status(_ stat: Int) -> Step { .modem("\r\n+UCALLSTAT: 1,\(stat)\r\n") }
private func listed(_ stat: Int) -> Step {
    .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(stat),0,0,\"5550101\",129,\"\"\r\n\r\nOK\r\n")
}
private let ringing = Step.replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0,\"+38640111222\",145,\"\"\r\n\r\nOK\r\n")

@Suite struct UBloxTests {
    @Test func transcript10_incomingWithoutRINGOnABadLine() {
        let outcome = outcome(
            .ublox,
            [
                ringing, status(4), .wait(.milliseconds(5500)), status(4), .modem("AT: 1,3\r\n"),
                .wait(.milliseconds(5500)), status(4), .modem("1,\r\n"), .wait(.seconds(2)),
                .replies("AT+CLCC", "\r\nNO CARRIER\r\n\r\nOK\r\n"), .wait(.seconds(10)),
            ]
        )
        #expect(
            outcome.calls == [
                Call(direction: .inbound, number: "+38640111222", state: .incoming),
                Call(direction: .inbound, number: "+38640111222", state: .released(.missed)),
            ]
        )
        #expect(outcome.notes == [.unexpectedLine("AT: 1,3"), .unexpectedLine("1,")])
        #expect(outcome.sent.allSatisfy { $0 == "AT+CLCC" })
    }

    @Test func behaviour14_anIncomingCallByItsReportAlone() {
        let outcome = outcome(.ublox, [.replies("AT+CLCC", ""), status(4), .wait(.seconds(2)), status(4)])
        #expect(outcome.states == [.incoming])
        #expect(outcome.calls.first?.number == nil)
    }

    @Test(arguments: [
        "AT: 1,3", "1,", "+UCALLSTAT", "+UCALLSTAT:", "+UCALLSTAT: 1", "+UCALLSTAT: 1,", "+UCALLSTAT: ,6",
        "UCALLSTAT: 1,6", "STAT: 1,6", "+UCALLSTAT: 1,9", "+UCALLSTAT: 1 6", "NO CARR", "CARRIER",
    ])
    func behaviour14_aBrokenLineIsIgnored(_ line: String) {
        let outcome = outcome(.ublox, [.dial("5550101"), .modem(ok), status(0), .modem("\r\n\(line)\r\n")])
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [.unexpectedLine(line)])
    }

    @Test func behaviour14_noCarrierInsideTheReplyDoesNotEndTheCommand() {
        let bench = Bench(.ublox)
        bench.becomeReady()
        bench.play([
            .dial("5550101"), .modem(ok), status(0), .replies("AT+CLCC", "\r\nNO CARRIER\r\n"), .wait(.seconds(2)),
        ])
        // The list is not complete before its OK, and nothing is written.
        #expect(bench.outcome.states == [.dialing, .active])
        #expect(bench.outcome.sent == ["ATD5550101;", "AT+CLCC"])
        bench.play([.modem("\r\n+CLCC: 1,0,0,0,0,\"5550101\",129,\"\"\r\n"), listed(0), .modem(ok), .wait(.seconds(9))])
        #expect(bench.outcome.states == [.dialing, .active])
        #expect(bench.outcome.notes == [.endContradicted])
    }

    @Test func behaviour14_onlyTheThirdEmptyListEndsTheCall() {
        let outcome = outcome(
            .ublox,
            [
                .dial("5550101"), .modem(ok), status(0), listed(0), .wait(.seconds(3)), empty,
                .wait(.milliseconds(1300)), listed(0), .wait(.seconds(2)), empty, .wait(.milliseconds(5900)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [.endNotReported])
        let early = Bench(.ublox)
        early.becomeReady()
        early.play([
            .dial("5550101"), .modem(ok), status(0), listed(0), .wait(.seconds(3)), empty, .wait(.milliseconds(1300)),
        ])
        #expect(early.call?.state == .active)
    }

    @Test func answeredAndHungUpThere() {
        let outcome = outcome(
            .ublox,
            [
                .dial("5550101"), .wrote("ATD5550101;"), .modem(ok), status(2), listed(2), .wait(.seconds(2)),
                status(3), listed(3), .wait(.seconds(5)), .modem("\r\n+UCALLSTAT: 1,7\r\n\r\n+UCALLSTAT: 1,0\r\n"),
                listed(0), .wait(.seconds(9)), empty, status(6), .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test func theHangUpIsProvenByTheReportOrByTheList() {
        let up: [Step] = [.dial("5550101"), .modem(ok), status(3), listed(3), .wait(.seconds(2)), .hangUp]
        let byReport = outcome(.ublox, up + [status(6)])
        #expect(byReport.states == [.dialing, .alerting, .hangingUp, .released(.localHangUp)])
        let byList = outcome(.ublox, up + [.wait(.seconds(4)), empty, .wait(.seconds(1))])
        #expect(byList.states == [.dialing, .alerting, .hangingUp, .released(.localHangUp)])
        #expect(byList.sent.filter { $0 != "AT+CLCC" } == ["ATD5550101;", "ATH", "AT+CHUP"])
    }

    @Test func aSecondCallIsNotOursNorIsItsEnd() {
        let outcome = outcome(
            .ublox,
            [
                .dial("5550101"), .modem(ok), status(2), status(0),
                .modem("\r\n+UCALLSTAT: 2,5\r\n\r\n+UCALLSTAT: 2,6\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [.secondCall(number: nil)])
    }

    @Test func setsUpItsReports() {
        let bench = Bench(.ublox)
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.contains("AT+UCALLSTAT=1"))
    }
}
