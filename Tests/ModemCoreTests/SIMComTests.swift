import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private let empty = Step.replies("AT+CLCC", ok)
private func row(_ stat: Int) -> String { "\r\n+CLCC: 1,0,\(stat),0,0,\"0123456\",129,\"\"\r\n" }
private func told(_ stat: Int) -> Step { .modem(row(stat)) }
private func listed(_ stat: Int) -> Step { .replies("AT+CLCC", row(stat) + ok) }

@Suite struct SIMComTests {
    @Test func transcript05_sim800AnsweredAndHungUpThere() {
        let outcome = outcome(
            .simcom,
            [
                .dial("0123456"), .wrote("ATD0123456;"), .modem(ok), told(2), .wait(.seconds(5)), .wroteNothing,
                .modem("\r\nMO RING\r\n"), told(3), listed(3), .wait(.seconds(6)), .modem("\r\nMO CONNECTED\r\n"),
                told(0), listed(0), .wait(.seconds(9)), empty, told(6), .modem("\r\nNO CARRIER\r\n"),
                .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test func transcript06_sim7600HungUpHereWithTheEndBeforeTheOK() {
        let outcome = outcome(
            .simcom7600,
            [
                .dial("0123456"), .wrote("ATD0123456;"), .modem(ok), listed(3), .wait(.seconds(3)),
                .modem("\r\nVOICE CALL: BEGIN\r\n"), listed(0), .wait(.seconds(17)),
                .replies("AT+CHUP", "\r\nVOICE CALL: END: 000017\r\n\r\nOK\r\n"), empty, .hangUp, .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .hangingUp, .released(.localHangUp)])
        #expect(outcome.notes == [])
        #expect(outcome.sent.filter { $0 != "AT+CLCC" } == ["ATD0123456;", "AT+CHUP"])
    }

    @Test(arguments: [ModemProfile.simcom, .simcom7600])
    func behaviour10_rowsThatComeByThemselves(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [
                .dial("0123456"), .modem(ok), told(2), told(3), told(0), told(6), .modem("\r\nNO CARRIER\r\n"),
                .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.sent == ["ATD0123456;", "AT+CLCC"])
        #expect(outcome.notes == [])
    }

    @Test(arguments: ["VOICE CALL: END: 000041", "VOICE CALL:END:000041"])
    func behaviour10_beginAndEndWithItsSeconds(_ end: String) {
        let outcome = outcome(
            .simcom7600,
            [
                .dial("0123456"), .modem(ok), .modem("\r\nVOICE CALL: BEGIN\r\n"), listed(0), .wait(.seconds(41)),
                empty, .modem("\r\n\(end)\r\n"), .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func behaviour10_anEndWithoutSecondsIsThatOfACallNeverAnswered() {
        let outcome = outcome(
            .simcom7600,
            [
                .dial("0123456"), .modem(ok), listed(2), .wait(.seconds(2)), empty,
                .modem("\r\nVOICE CALL: END\r\n"),
                .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .released(.noCarrier)])
    }

    @Test func behaviour10_anEndWithoutSecondsBesideAnAnsweredCallIsOfAnother() {
        let steps: [Step] = [
            .dial("0123456"), .modem(ok), told(2), .modem("\r\nVOICE CALL: BEGIN\r\n"), listed(0),
            .modem("\r\n+CCWA: \"5550102\",129,1\r\n"),
            .modem("\r\nMISSED_CALL: 11:01AM 5550102\r\n\r\nVOICE CALL: END\r\n"), .wait(.seconds(9)),
        ]
        let during = outcome(.simcom7600, steps)
        #expect(during.states == [.dialing, .active])
        #expect(during.notes == [.secondCall(number: "5550102")])
        let end: [Step] = [empty, .modem("\r\nVOICE CALL: END: 000009\r\n"), .wait(.seconds(2))]
        let ended = outcome(.simcom7600, steps + end)
        #expect(ended.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        ["VOICE CALL: END: 000009", "+CLCC: 1,0,6,0,0,\"0123456\",129,\"\""],
        ["+CLCC: 1,0,6,0,0,\"0123456\",129,\"\"", "VOICE CALL: END: 000009"],
    ])
    func anEndToldTwiceAndByAResultIsNotTheEndOfTheNextCall(_ lines: [String]) {
        let outcome = outcome(
            .simcom7600,
            [
                .dial("0123456"), .modem(ok), told(2), .modem("\r\nVOICE CALL: BEGIN\r\n"),
                .modem("\r\n\(lines[0])\r\n"), .dial("5550102"), .modem("\r\n\(lines[1])\r\n"),
                .modem("\r\nNO CARRIER\r\n"), .wait(.milliseconds(1)), .modem(ok), told(2), told(3),
            ]
        )
        #expect(
            outcome.states == [.dialing, .active, .released(.remoteHangUp), .dialing, .alerting]
        )
        #expect(outcome.sent == ["ATD0123456;", "ATD5550102;"])
    }

    @Test func theEndOfASecondCallDoesNotHideThatOfTheFirst() {
        let outcome = outcome(
            .simcom7600,
            [
                .dial("0123456"), .modem(ok), told(2), told(0),
                .modem("\r\n+CLCC: 2,1,5,0,0,\"5550102\",129,\"\"\r\n"),
                .modem("\r\n+CLCC: 2,1,6,0,0,\"5550102\",129,\"\"\r\n"), .modem("\r\nVOICE CALL: END: 000009\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func callsThatFailAtOnceEndOnceEach() {
        let end = Step.modem("\r\nVOICE CALL: END\r\n")
        let outcome = outcome(
            .simcom7600,
            [
                .dial("0123456"), .modem(ok), end, .wait(.seconds(1)), .dial("5550102"), .modem(ok), end,
                .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .released(.noCarrier), .dialing, .released(.noCarrier)])
    }

    @Test func theAnswerAndTheEndMayComeInTheMiddleOfAList() {
        let outcome = outcome(
            .simcom7600,
            [
                .dial("0123456"), .modem(ok), .replies("AT+CLCC", row(3) + "\r\nVOICE CALL: BEGIN\r\n" + ok),
                .wait(.seconds(1)),
                .replies("AT+CLCC", row(0) + "\r\nVOICE CALL: END: 000002\r\n" + row(6) + "\r\nNO CARRIER\r\n" + ok),
                .wait(.seconds(3)), empty, .wait(.seconds(3)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func incomingAndMissed() {
        let ring = Step.modem("\r\r\n+CRING: VOICE\r\r\n\r\n+CLIP: \"07712345678\",129,,,,0\r\n")
        let outcome = outcome(
            .simcom7600,
            [
                .replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0,\"07712345678\",129\r\n\r\nOK\r\n"), ring,
                .wait(.seconds(5)), ring, .wait(.seconds(2)), empty,
                .modem("\r\nVOICE CALL: END\r\n\r\nMISSED_CALL: 11:01AM 07712345678\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(
            outcome.calls == [
                Call(direction: .inbound, number: "07712345678", state: .incoming),
                Call(direction: .inbound, number: "07712345678", state: .released(.missed)),
            ]
        )
        #expect(outcome.notes == [])
    }

    @Test(arguments: [ModemProfile.simcom, .simcom7600])
    func incomingByARowAlone(_ profile: ModemProfile) {
        let incoming = "\r\n+CLCC: 1,1,4,0,0,\"5550102\",129,\"\"\r\n"
        let outcome = outcome(
            profile,
            [
                .replies("AT+CLCC", incoming + ok), .modem(incoming), .wait(.seconds(15)),
                .modem("\r\n+CLCC: 1,1,6,0,0,\"5550102\",129,\"\"\r\n"),
            ]
        )
        #expect(
            outcome.calls == [
                Call(direction: .inbound, number: "5550102", state: .incoming),
                Call(direction: .inbound, number: "5550102", state: .released(.missed)),
            ]
        )
    }

    @Test func incomingAnsweredHere() {
        let outcome = outcome(
            .simcom,
            [
                .modem("\r\n+CLCC: 1,1,4,0,0,\"5550102\",129,\"\"\r\n\r\nRING\r\n"),
                .replies("ATA", "\r\n+CLCC: 1,1,0,0,0,\"5550102\",129,\"\"\r\n\r\nOK\r\n"), .answer,
                .modem("\r\n+CLCC: 1,1,6,0,0,\"5550102\",129,\"\"\r\n\r\nNO CARRIER\r\n"),
            ]
        )
        #expect(outcome.states == [.incoming, .active, .released(.remoteHangUp)])
    }

    @Test func theEndOfASecondCallIsNotOurs() {
        let outcome = outcome(
            .simcom,
            [
                .dial("0123456"), .modem(ok), told(2), told(0),
                .modem("\r\n+CLCC: 2,1,5,0,0,\"5550102\",129,\"\"\r\n"),
                .modem("\r\n+CLCC: 2,1,6,0,0,\"5550102\",129,\"\"\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [.secondCall(number: "5550102")])
    }

    @Test(arguments: [ModemProfile.simcom, .simcom7600])
    func aLostEndIsFoundByTheSecondList(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [.dial("0123456"), .modem(ok), told(2), told(0), listed(0), .wait(.seconds(9)), empty, .wait(.seconds(8))]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [.endNotReported])
    }

    @Test(arguments: [
        "+CLCC", "+CLCC:", "+CLCC: 1,0,6", "+CLCC: 1,0,6,", "+CLCC: ,0,6,0,0", "+CLCC: 1,0,8,0,0", "CLCC: 1,0,6,0,0",
        "VOICE CALL", "VOICE CALL:", "VOICE CALL: EN", "VOICE CALL: END:", "VOICE CALL: END: x",
        "ICE CALL: END: 000041",
        "MO", "MO CONN", "MISSED_CALL", "+CLCC: 2,0,6,0,0",
    ])
    func aDamagedEndOrOneOfAnotherCallIsNoEnd(_ line: String) {
        let outcome = outcome(
            .simcom7600,
            [.dial("0123456"), .modem(ok), told(2), told(0), .modem("\r\n\(line)\r\n")]
        )
        #expect(outcome.states == [.dialing, .active])
    }

    @Test func rowsOfDataConnectionsMeanNothing() {
        let outcome = outcome(
            .simcom,
            [.modem("\r\n+CLCC: 1,1,4,1,0,\"\",128\r\n"), .modem("\r\n+CLCC: 1,1,6,1,0,\"\",128\r\n")]
        )
        #expect(outcome.calls == [])
        #expect(outcome.notes == [])
    }

    // MARK: Setup

    @Test(arguments: [
        (ModemProfile.simcom, ["AT+CLCC=1", "AT+MORING=1"]), (.simcom7600, ["AT+CLCC=1", "AT+CVHU?"]),
    ])
    func setsUpItsReports(_ profile: ModemProfile, _ commands: [String]) {
        let bench = Bench(profile)
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.contains("AT+CVHU=0"))
        #expect(bench.outcome.sent.filter { commands.contains($0) } == commands)
    }

    @Test func aModuleThatKeepsATHForDataIsTold() {
        let bench = Bench(.simcom7600)
        bench.replies["AT+CVHU?"] = "\r\n+CVHU: 1\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.notes.contains { if case .voiceDoubtful = $0 { true } else { false } })
    }

    @Test func behaviour23_aStartEndsTheCallOnceAndItsLaterLinesNothing() {
        let bench = Bench(.simcom)
        bench.becomeReady()
        bench.play([
            .dial("0123456"), .modem(ok), told(0), .modem("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n"),
            .wait(.seconds(8)),
            .modem("\r\nCall Ready\r\n\r\nSMS Ready\r\n*PSUTTZ: 2026,1,1,0,0,0,\"+4\",1\r\nDST: 1\r\n"),
        ])
        #expect(bench.outcome.states == [.dialing, .active, .released(.modemReset)])
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.notes.filter { $0 == .modemReset }.count == 1)
        #expect(bench.outcome.notes.allSatisfy { if case .unexpectedLine = $0 { false } else { true } })
    }
}
