import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private let empty = Step.replies("AT+CLCC", ok)
private func row(_ stat: Int) -> Step {
    .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(stat),0,0,\"5550101\",129\r\n\r\nOK\r\n")
}

@Suite struct HuaweiTests {
    @Test func transcript01_answeredAndHungUpThere() {
        let outcome = outcome(
            .huawei,
            [
                .dial("+4930123456"), .wrote("ATD+4930123456;"), .modem(ok), .modem("\r\n^ORIG:1,0\r\n"),
                .wait(.seconds(5)), .wroteNothing, .modem("\r\n^CONF:1\r\n"),
                .replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0,\"+4930123456\",145\r\n\r\nOK\r\n"),
                .modem("\r\n^CONN:1,0\r\n"), .wait(.seconds(9)), empty, .modem("\r\n^CEND:1,9,104,16\r\n"),
                .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test(
        arguments: [
            ("\r\n^CEND: 1,0, 67, 17\r\n\r\nBUSY\r\n", .busy),
            ("\r\n^CEND: 1,0, 67, 1\r\n\r\nNO CARRIER\r\n", .unassignedNumber),
            ("\r\n^CEND: 1,0, 67, 21\r\n\r\nNO CARRIER\r\n", .rejected),
            ("\r\n^CEND:1,0,29\r\n", .localHangUp),
            ("\r\n^CEND:1,0,104,38\r\n\r\nNO CARRIER\r\n", .networkFailure),
            ("\r\n^CEND:1,0,21\r\n", .noNetwork), ("\r\n^CEND:1,0,105\r\n", .noCredit),
        ] as [(String, ReleaseCause)]
    )
    func transcript02_failures(_ bytes: String, _ cause: ReleaseCause) {
        let outcome = outcome(
            .huawei,
            [.dial("5550101"), .modem(ok), .modem("\r\n^ORIG:1,0\r\n"), .modem(bytes), .wait(.seconds(5))]
        )
        #expect(outcome.states == [.dialing, .released(cause)])
        // Each reported end is checked once in the list of calls.
        #expect(outcome.sent == ["ATD5550101;", "AT+CLCC"])
    }

    @Test func behaviour03_okIsAcceptedConfIsAlertingConnIsAnsweredAndTheEndIsOne() {
        let outcome = outcome(
            .huawei,
            [
                .dial("+4912345"), .modem(ok), .modem("\r\n^ORIG:1,0\r\n"), .modem("\r\n^CONF:1\r\n"),
                .modem("\r\n^CONN:1,0\r\n"), .modem("\r\n^CEND:1,9,29,16\r\n\r\nNO CARRIER\r\n"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.localHangUp)])
    }

    @Test func behaviour04_aConnGluedBehindAnotherLineIsOneAnswer() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .modem(ok), .modem("\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n\r\n\r\n^CONN:1,0\r\n"),
                .modem("\r\n\r\n^CONN:1,0\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
    }

    @Test(
        arguments: [
            ("^CEND: 1,0, 67, 17", .busy), ("^CEND: 1,,101,17,0", .busy), ("^CEND:1,0,67,18", .noAnswer),
            ("^CEND:1,0,67,99", .network(99)), ("^CEND:1,0,48", .busy), ("^CEND:1,0,67,200", .busy),
        ] as [(String, ReleaseCause)]
    )
    func behaviour05_endsInAllTheirForms(_ line: String, _ cause: ReleaseCause) {
        let outcome = outcome(.huawei, [.dial("5550101"), .modem(ok), .modem("\r\n\(line)\r\n\r\nBUSY\r\n")])
        #expect(outcome.states == [.dialing, .released(cause)])
    }

    @Test func anEndWithoutItsReasonIsToldWhenNoneFollows() {
        let outcome = outcome(
            .huawei,
            [.dial("5550101"), .modem(ok), .modem("\r\n^CEND:1,0,48\r\n"), .wait(.seconds(1))]
        )
        #expect(outcome.states == [.dialing, .released(.noCarrier)])
    }

    @Test func aDialThatNothingIsHeardOfIsLookedForInTheList() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .wrote("ATD5550101;"), .modem(ok), .wait(.seconds(29)), .wroteNothing, empty,
                .wait(.seconds(2)),
                .wait(.seconds(2)),
            ]
        )
        #expect(outcome.states == [.dialing, .hangingUp, .released(.noCarrier)])
        #expect(outcome.sent.contains("AT+CLCC"))
    }

    @Test(arguments: [
        "^CEND", "^CEND:", "^CEND:1", "^CEND:1,9", "^CEND:x,9,104,16", "CEND:1,9,104,16", "^CE", "^CEND:,,104",
    ])
    func aDamagedEndIsNoEnd(_ line: String) {
        let outcome = outcome(
            .huawei,
            [.dial("5550101"), .modem(ok), .modem("\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n"), .modem("\r\n\(line)\r\n")]
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
    }

    @Test func theEndOfAnotherCallIsNotOurs() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .modem(ok), .modem("\r\n^ORIG:1,0\r\n\r\n^CONN:1,0\r\n"),
                .modem("\r\n+CCWA: \"5550102\",129,1\r\n"), .modem("\r\n^CEND:2,0,104,16\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [.secondCall(number: "5550102")])
    }

    @Test func aLostEndIsFoundByTheSecondList() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .modem(ok), row(0), .modem("\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n"),
                .wait(.seconds(9)), empty, .wait(.seconds(8)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [.endNotReported])
    }

    @Test func aCallThatIsListedIsNotHungUpForItsLength() {
        let bench = Bench(.huawei)
        bench.becomeReady()
        bench.play([.dial("5550101"), .modem(ok), row(0), .modem("\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n")])
        bench.wait(.seconds(24 * 3600))
        #expect(bench.call?.state == .active)
    }

    @Test func behaviour27_aStickThatGoesOnTalkingButAnswersNothingIsFound() {
        let outcome = inEveryCut { feeding in
            let bench = Bench(.huawei)
            bench.becomeReady()
            bench.begin(feeding)
            bench.play([
                .dial("5550101"), .modem(ok), row(0), .modem("\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n"), .wait(.seconds(2)),
            ])
            bench.isDead = true
            for _ in 0..<25 { bench.play([.modem("\r\n^RSSI:19\r\n"), .wait(.seconds(2))]) }
            return bench
        }
        #expect(outcome.causes == [.notResponding])
        #expect(outcome.reopenings == 1)
    }

    @Test func behaviour27_theCallIsNotReleasedByItsIDBeforeItRings() {
        func sent(_ progress: String) -> [String] {
            outcome(
                .huawei,
                [
                    .dial("5550101"), .modem(ok), .modem(progress), row(2), .hangUp, .wait(.seconds(30)),
                ]
            ).sent.filter { $0 != "AT+CLCC" }
        }
        let orig = "\r\n^ORIG:1,0\r\n"
        #expect(sent(orig) == ["ATD5550101;", "AT+CHUP", "ATH", "AT&D2", "AT&D0", "AT+CFUN=1,1"])
        #expect(
            sent("\(orig)\r\n^CONF:1\r\n")
                == ["ATD5550101;", "AT+CHUP", "ATH", "AT+CHLD=11", "AT&D2", "AT&D0", "AT+CFUN=1,1"]
        )
    }

    @Test func theNextDialWaitsForTheTrailerOfTheLastEnd() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .modem(ok), .modem("\r\n^CONF:1\r\n"), .modem("\r\n^CEND:1,0,67,17\r\n"),
                .dial("5550102"), .wrote("ATD5550101;"), .wroteNothing, .modem("\r\nBUSY\r\n"),
                .wrote("ATD5550102;"),
                .modem(ok), .modem("\r\n^CONF:1\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .released(.busy), .dialing, .alerting])
    }

    @Test func aTrailerThatDoesNotComeIsNotWaitedForLong() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .modem(ok), .modem("\r\n^CEND:1,0,67,17\r\n"), .dial("5550102"),
                .wait(.milliseconds(400)), .hangUp, .wait(.seconds(5)), .dial("5550103"), .modem(ok),
                .modem("\r\n^CEND:1,0,67,17\r\n"), .dial("5550104"), .hangUp, .wait(.seconds(5)),
            ]
        )
        #expect(outcome.sent.filter { $0.hasPrefix("ATD") } == ["ATD5550101;", "ATD5550102;", "ATD5550103;"])
        #expect(outcome.causes == [.busy, .localHangUp, .busy, .localHangUp])
    }

    @Test func aLockedVoiceFunctionIsNoted() {
        let bench = Bench(.huawei)
        bench.replies["AT^CVOICE?"] = "\r\n^CVOICE:1\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.notes.contains { if case .voiceDoubtful = $0 { true } else { false } })
    }

    @Test func anUnnamedModemIsHandledAsWhatItSaysItIs() {
        let bench = Bench(.genericGSM, identifiesProfile: true)
        bench.replies["AT+CGMI"] = "\r\nhuawei\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
        #expect(bench.profile.name == "huawei")
        #expect(bench.outcome.notes.contains(.profileIdentified("huawei")))
        #expect(
            bench.outcome.sent.suffix(10) == [
                "ATI", "AT^PORTSEL=0", "AT^CURC=1", "AT^CVOICE?", "AT+CPIN?", "AT+CLCC", "AT+CREG?", "AT+CREG?",
                "AT+CSQ", "AT+COPS?",
            ]
        )
        bench.play([.dial("5550101"), .modem(ok), .modem("\r\n^CONF:1\r\n")])
        #expect(bench.call?.state == .alerting)
        // Another modem in the same port.
        bench.unplug()
        bench.replies["AT+CGMI"] = "\r\nExample\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.profile.name == "generic-gsm")
    }

    @Test func aCallThatComesUpAfterItsHangUpIsHungUpHarder() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .modem(ok), .hangUp, .wait(.seconds(1)), row(2), .modem("\r\n^ORIG:1,0\r\n"),
                .wait(.seconds(3)), empty, .wait(.seconds(3)), .modem("\r\n^CEND:1,0,29,16\r\n"), .wait(.seconds(3)),
            ]
        )
        #expect(
            outcome.states == [
                .dialing, .hangingUp, .released(.localHangUp), .dialing, .hangingUp, .released(.localHangUp),
            ]
        )
    }

    @Test func anAnswerWhoseReportIsLostIsFoundAndTheCallIsKept() {
        let outcome = outcome(
            .huawei,
            [
                .dial("5550101"), .modem(ok), .modem("\r\n^ORIG:1,0\r\n"), row(0), .wait(.seconds(130)),
                .wrote("ATD5550101;"), .wrote("AT+CLCC"),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
    }

    @Test func aReportBeforeTheDialIsWrittenIsOfAnotherCall() {
        let outcome = outcome(
            .huawei,
            [
                .replies("AT+CREG?", ""), .wait(.seconds(26)), .dial("5550101"), .wrote("AT+CREG?"),
                .modem("\r\n^CONF:2\r\n\r\n^CONN:2,0\r\n\r\n^CEND:2,0,104,16\r\n"), .wroteNothing,
                .modem("\r\n+CREG: 1,1\r\n\r\nOK\r\n"), .wrote("ATD5550101;"),
            ]
        )
        #expect(outcome.states == [.dialing])
    }
}
