import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private let phantom = "+CLCC: 1,1,0,1,0,\"\",128\r\n"
private func listed(_ stat: Int, number: String = "0123456") -> Step {
    .replies("AT+CLCC", "\r\n\(phantom)+CLCC: 2,0,\(stat),0,0,\"\(number)\",129\r\n\r\nOK\r\n")
}
private let empty = Step.replies("AT+CLCC", "\r\n\(phantom)\r\nOK\r\n")
private func info(_ stat: Int) -> Step { .modem("\r\n+QIND: \"ccinfo\",2,0,\(stat),0,0,\"0123456\",129\r\n") }
private func dsci(_ fields: String) -> Step { .modem("\r\n^DSCI: \(fields)\r\n") }

@Suite struct QuectelTests {
    @Test func transcript03_answeredAndHungUpHere() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .wrote("ATD0123456;"), .modem(ok), info(2), listed(2), .wait(.seconds(2)), info(3),
                listed(3), .wait(.seconds(5)), info(0), listed(0), .wait(.seconds(9)), .hangUp, empty, info(-1),
                .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .hangingUp, .released(.localHangUp)])
        #expect(outcome.notes == [])
        #expect(outcome.sent.filter { $0 != "AT+CLCC" } == ["ATD0123456;", "AT+CHUP"])
    }

    @Test func transcript03_hungUpThereAndDialledAnewAtOnce() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), info(2), info(3), info(0), listed(0), .wait(.seconds(5)), info(-1),
                .dial("5550102"), .modem("\r\nNO CARRIER\r\n"), .wait(.milliseconds(1)), .modem(ok), info(2), info(3),
            ]
        )
        #expect(
            outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp), .dialing, .alerting]
        )
        #expect(outcome.notes == [])
    }

    @Test func transcript03_theEndThatComesWithTheOKToTheHangUpIsTheProof() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), info(0), listed(0), .wait(.seconds(1)),
                .replies("AT+CHUP", "\r\n+QIND: \"ccinfo\",2,0,-1,0,0,\"0123456\",129\r\n\r\nOK\r\n"), .hangUp,
            ]
        )
        #expect(outcome.states == [.dialing, .active, .hangingUp, .released(.localHangUp)])
    }

    @Test(
        arguments: [("BUSY", .busy), ("NO ANSWER", .noAnswer), ("NO CARRIER", .noCarrier)] as [(String, ReleaseCause)]
    )
    func aNamelessEndIsExplainedByTheResultCodeBehindIt(_ code: String, _ cause: ReleaseCause) {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), info(2), info(-1), .wait(.milliseconds(50)), .modem("\r\n\(code)\r\n"),
                .dial("5550102"), .modem(ok), info(2), info(3), .wait(.milliseconds(250)),
            ]
        )
        #expect(outcome.states == [.dialing, .released(cause), .dialing, .alerting])
    }

    @Test func ofTwoRowsOfOneCallTheLaterCounts() {
        let rows = "\r\n+CLCC: 2,0,2,0,0,\"0123456\",129\r\n+CLCC: 2,0,0,0,0,\"0123456\",129\r\n\r\nOK\r\n"
        let outcome = outcome(
            .quectel,
            [.dial("0123456"), .modem(ok), .replies("AT+CLCC", rows), .wait(.seconds(2))]
        )
        #expect(outcome.states == [.dialing, .active])
    }

    @Test func transcript04_incomingByDSCIAndMissed() {
        let outcome = outcome(
            .quectel,
            [
                dsci("2,1,4,0,+48123456789,145"),
                .modem("\r\nRING\r\n\r\n+CLIP: \"+48123456789\",145,,,,0\r\n"),
                .replies("AT+CLCC", "\r\n+CLCC: 2,1,4,0,0,\"+48123456789\",145\r\n\r\nOK\r\n"), .wait(.seconds(4)),
                empty, dsci("2,1,6,0,+48123456789,145"), .wait(.seconds(5)),
            ]
        )
        #expect(
            outcome.calls == [
                Call(direction: .inbound, number: "+48123456789", state: .incoming),
                Call(direction: .inbound, number: "+48123456789", state: .released(.missed)),
            ]
        )
        #expect(outcome.notes == [])
    }

    @Test func behaviour11_theDataConnectionInTheListIsNoCall() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), listed(3), .wait(.seconds(2)), .replies("AT+CHUP", "\r\nERROR\r\n"),
                .replies("ATH", "\r\nERROR\r\n"), .hangUp, .wait(.seconds(2)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .hangingUp])
        #expect(outcome.sent.contains("AT+CHLD=12"))
        #expect(!outcome.sent.contains("AT+CHLD=11"))
    }

    @Test func behaviour11_theDataConnectionInTheReportsIsNoCall() {
        let data = Step.modem("\r\n+QIND: \"ccinfo\",1,1,0,1,0,\"\",128\r\n\r\n^DSCI: 1,1,3,1,,128\r\n")
        let dataEnd = Step.modem("\r\n+QIND: \"ccinfo\",1,1,-1,1,0,\"\",128\r\n\r\n^DSCI: 1,1,6,1,,128\r\n")
        let outcome = outcome(
            .quectel,
            [data, dataEnd, .dial("0123456"), .modem(ok), data, info(2), info(3), data, info(0), dataEnd]
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
        #expect(outcome.notes == [])
    }

    @Test func behaviour12_quectelNumbersItsStatesItsOwnWay() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), dsci("2,0,2,0,0123456,129"), dsci("2,0,7,0,0123456,129"),
                dsci("2,0,3,0,0123456,129"), dsci("2,0,6,0,0123456,129"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
    }

    @Test func behaviour12_theOtherMakersUseTheNumbersOfTheList() {
        func line(_ stat: Int) -> Step { dsci("1,0,\(stat),0,0,\"0123456\",129,,17,128,\"\",255") }
        let ringing = outcome(.zte, [.dial("0123456"), line(2), line(3), .wait(.seconds(20))])
        #expect(ringing.states == [.dialing, .alerting])
        #expect(ringing.sent == ["ATD0123456;"])
        let ended = outcome(.zte, [.dial("0123456"), line(3), line(0), .modem("CONNECT\r\n"), line(6)])
        #expect(ended.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(ended.notes == [])
    }

    @Test func behaviour12_aLineInTheOtherMakersFormIsNotRead() {
        let line = "^DSCI: 1,0,3,0,0,\"0123456\",129"
        let outcome = outcome(.quectel, [.dial("0123456"), .modem(ok), .modem("\r\n\(line)\r\n")])
        #expect(outcome.states == [.dialing])
        #expect(outcome.notes == [.unexpectedLine(line)])
    }

    @Test(arguments: [false, true])
    func behaviour15_incomingWithoutARing(_ isReportFirst: Bool) {
        let clip = Step.modem("\r\n+CLIP: \"+389123456\",145,,,,0\r\n")
        let report = Step.modem("\r\n+QIND: \"ccinfo\",2,1,4,0,0,\"+389123456\",145\r\n")
        let row = "\r\n\(phantom)+CLCC: 2,1,4,0,0,\"+389123456\",145\r\n\r\nOK\r\n"
        let outcome = outcome(
            .quectel,
            [
                .replies("AT+CLCC", row), isReportFirst ? report : clip, isReportFirst ? clip : report,
                .wait(.seconds(25)), .modem("\r\n+QIND: \"ccinfo\",2,1,-1,0,0,\"+389123456\",145\r\n"),
            ]
        )
        #expect(
            outcome.calls == [
                Call(direction: .inbound, number: "+389123456", state: .incoming),
                Call(direction: .inbound, number: "+389123456", state: .released(.missed)),
            ]
        )
    }

    @Test func aSecondCallIsNotOursNorIsItsEnd() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), info(2), info(0),
                .modem("\r\n+QIND: \"ccinfo\",3,1,5,0,0,\"5550102\",129\r\n"),
                .modem("\r\n+QIND: \"ccinfo\",3,1,-1,0,0,\"5550102\",129\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [.secondCall(number: "5550102")])
    }

    @Test func aLostEndIsFoundByTheSecondList() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), info(2), info(0), listed(0), .wait(.seconds(10)), empty,
                .wait(.seconds(6)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [.endNotReported])
    }

    /// EP06, and any model whose reports go to another port.
    @Test func withoutReportsTheListTellsAll() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), listed(2), .wait(.seconds(2)), listed(3), .wait(.seconds(2)), listed(0),
                .wait(.seconds(2)), empty, .wait(.seconds(6)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        "+QIND", "+QIND:", "+QIND: \"ccinfo\"", "+QIND: \"ccinfo\",2,0,-1", "+QIND: \"ccinfo\",2,0,-,0,0",
        "+QIND: \"ccinf\",2,0,-1,0,0", "IND: \"ccinfo\",2,0,-1,0,0", "+QIND: \"ccinfo\",2,,-1,0,0",
        "+QIND: \"ccinfo\",2,0,9,0,0", "+QIND: \"ccinfo,2,0,-1,0,0", "^DSCI", "^DSCI: 2,0,6", "^DSCI: 2,0,,0",
        "^DSCI: ,0,6,0", "^DSCI: 2,0,8,0,0123456,129", "^DSCI: 2,7,6,0,0123456,129", "DSCI: 2,0,6,0,0123456,129",
    ])
    func aDamagedEndIsNoEnd(_ line: String) {
        let outcome = outcome(.quectel, [.dial("0123456"), .modem(ok), info(0), .modem("\r\n\(line)\r\n")])
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [.unexpectedLine(line)])
    }

    // MARK: Setup

    private static let bootLines =
        "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n\r\n+QIND: PB DONE\r\n"

    @Test func setsUpItsReportsOnThePortInUse() {
        let bench = Bench(.quectel)
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
        let maker = bench.outcome.sent.filter { $0.hasPrefix("AT+Q") }
        #expect(
            maker == [
                "AT+QURCCFG=\"urcport\",\"usbat\"", "AT+QURCCFG=\"urcport\",\"all\"", "AT+QINDCFG=\"ccinfo\",1,0",
                "AT+QCFG=\"ims\"",
            ]
        )
    }

    @Test(arguments: [("1,1", false), ("0,0", true), ("1,0", true)])
    func toldWhenThereIsNoVoLTE(_ state: String, _ isDoubtful: Bool) {
        let bench = Bench(.quectel)
        bench.replies["AT+QCFG=\"ims\""] = "\r\n+QCFG: \"ims\",\(state)\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
        let doubts = bench.outcome.notes.filter { if case .voiceDoubtful = $0 { true } else { false } }
        #expect(doubts.isEmpty != isDoubtful)
    }

    @Test(arguments: [Feeding.whole, .bytewise], [Duration.zero, .milliseconds(300), .milliseconds(700)])
    func linesOfAStartDuringTheSetupDoNotKeepItFromReady(_ feeding: Feeding, _ moment: Duration) {
        let bench = Bench(.quectel)
        bench.begin(feeding)
        bench.plug()
        bench.wait(moment)
        bench.play([.modem(Self.bootLines), .wait(.seconds(5))])
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.contains("AT+QINDCFG=\"ccinfo\",1,0"))
        #expect(bench.outcome.reopenings == 0)
    }

    @Test func behaviour23_aStartAfterTheSetupEndsTheCallOnceAndSetsUpAnew() {
        let bench = Bench(.quectel)
        bench.becomeReady()
        bench.play([.dial("0123456"), .modem(ok), info(0), .modem(Self.bootLines), .wait(.seconds(8))])
        #expect(bench.outcome.states == [.dialing, .active, .released(.modemReset)])
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.notes.filter { $0 == .modemReset }.count == 1)
        #expect(bench.outcome.sent.contains("AT+QINDCFG=\"ccinfo\",1,0"))
    }

    @Test func theLastLinesOfAStartEndNothing() {
        let outcome = outcome(
            .quectel,
            [
                .dial("0123456"), .modem(ok), info(0),
                .modem("\r\n+CFUN: 1\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n\r\n+QIND: PB DONE\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [])
    }

    @Test func aModuleThatPowersDownTakesTheCallWithIt() {
        let outcome = outcome(.quectel, [.dial("0123456"), .modem(ok), info(0), .modem("\r\nPOWERED DOWN\r\n")])
        #expect(outcome.states == [.dialing, .active, .released(.modemReset)])
    }
}
