import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private func list(_ rows: String...) -> String { rows.map { "\r\n+CLCC: \($0)" }.joined() + "\r\n\r\nOK\r\n" }
private func outbound(_ state: CallState, _ number: String = "5550101") -> Call {
    Call(direction: .outbound, number: number, state: state)
}
private func inbound(_ state: CallState, _ number: String? = nil) -> Call {
    Call(direction: .inbound, number: number, state: state)
}

/// The behaviours that modems are known for, each by its number in the collection of facts, in every cut of the bytes.
@Suite struct BehaviourTests {
    @Test func behaviour01_echoIsStripped() {
        // Beyond the last byte of the replies, so that each of them is cut at once.
        for feeding in [Feeding.whole, .glued, .bytewise] + (1..<500).map({ .cut($0) }) {
            let setup = Bench(.genericGSM)
            setup.begin(feeding)
            for command in ["AT", "ATE0", "ATV1", "ATQ0", "AT&D0", "AT+CMEE=1"] {
                setup.replies[command] = "\(command)\r\r\nOK\r\n"
            }
            setup.replies["AT+CPIN?"] = "AT+CPIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n"
            setup.plug()
            setup.wait(.seconds(5))
            #expect(setup.readiness == .ready)
            #expect(setup.outcome.notes.allSatisfy { if case .unexpectedLine = $0 { false } else { true } })
        }
        // And when something switches it back on in the middle of a call.
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem("ATD5550101;\r\r\nOK\r\n"),
                .replies("AT+CLCC", "AT+CLCC\r" + list("1,0,3,0,0,\"5550101\",129")), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting])
    }

    @Test func behaviour02_noiseBetweenCommandAndResultIsNotTheReply() {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem("\0\0\u{1B}\r^RSSI:19\r\n"), .modem("^MODE:5,4\r\r\n"), .modem(ok),
                .replies(
                    "AT+CLCC",
                    "\0\r\n^RSSI:19\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n^BOOT:20952548,0,0,0,6\r\n\r\nOK\r\n"
                ),
                .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.notes == [])
    }

    @Test func behaviour09_okToTheHangUpIsNotBelieved() {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem(ok),
                .replies("AT+CLCC", list("1,0,0,0,0,\"5550101\",129")), .wait(.seconds(1)),
                .hangUp, .wait(.seconds(4)),
                // AT+CHUP was answered OK and did nothing; ATH works.
                .replies("AT+CLCC", list()), .wait(.seconds(3)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .hangingUp, .released(.localHangUp)])
        #expect(outcome.sent.filter { $0 == "AT+CHUP" || $0 == "ATH" } == ["AT+CHUP", "ATH"])
        #expect(outcome.notes == [.hangUpNotConfirmed(rung: "AT+CHUP")])
    }

    @Test func behaviour09_theWholeLadderIsClimbed() {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem(ok),
                .replies("AT+CLCC", list("2,0,0,0,0,\"5550101\",129")), .wait(.seconds(1)),
                .hangUp, .wait(.seconds(30)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .hangingUp, .released(.unverified)])
        #expect(
            outcome.sent.filter { $0 != "AT+CLCC" }
                == ["ATD5550101;", "AT+CHUP", "ATH", "AT+CHLD=12", "AT&D2", "AT&D0", "AT+CFUN=1,1"]
        )
        #expect(outcome.reopenings == 1)
    }

    @Test func behaviour13_ringInsideAReplyIsARing() {
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CSQ", "\r\nRING\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n"), .wait(.seconds(31)),
                .replies("AT+CSQ", ok), .modem("\r\nRING\r\n"),
            ]
        )
        #expect(outcome.calls == [inbound(.incoming)])
        #expect(!outcome.notes.contains { if case .unexpectedLine = $0 { true } else { false } })
    }

    @Test func behaviour15_callerIDAloneOpensTheCall() {
        let outcome = outcome(
            .genericGSM,
            [
                .modem("\r\n+CLIP: \"+491555550101\",145,,,,0\r\n"), .replies("AT+CLCC", "ERROR\r\n"),
                .wait(.seconds(12)),
            ]
        )
        #expect(outcome.calls == [inbound(.incoming, "+491555550101"), inbound(.released(.missed), "+491555550101")])
    }

    @Test func behaviour15_secondRingAloneOpensTheCall() {
        let outcome = outcome(
            .analog,
            [
                .modem("\r\nRING\r\n"), .wait(.seconds(5)), .modem("\r\nRING\r\n"), .wait(.milliseconds(9900)),
                .modem("\r\nRING\r\n"), .wait(.milliseconds(9900)), .wroteNothing, .wait(.milliseconds(200)),
            ]
        )
        #expect(outcome.calls == [inbound(.incoming), inbound(.released(.missed))])
    }

    @Test func behaviour15_oneRingAloneIsNotReported() {
        let outcome = outcome(.analog, [.modem("\r\nRING\r\n"), .wait(.seconds(12)), .modem("\r\nRING\r\n")])
        #expect(outcome.calls == [])
        #expect(outcome.notes == [.singleRing])
    }

    @Test(
        arguments: [
            ("+CLIP:\"\",128,,,,1", nil), ("+CLIP:,129,,,,1", nil),
            ("+CLIP: \"+48555550101\",145,\"\",128,\"\",0", "+48555550101"),
            ("+CLIP: \"48555550101\",145", "+48555550101"), ("+CLIP: \"5550101\",129,,,,0", "5550101"),
            ("+CLIP: \"5550101\",161", "5550101"), ("+CLIP: \"\"", nil), ("+CLIP:", nil),
            ("+CLIP: \"5550101", "5550101"),
            ("+CLIP: \"Example\",208,,,,0", nil), ("+CLIP: 5550101 , 129", "5550101"),
        ] as [(String, String?)]
    )
    func behaviour16_callerIDInAllItsForms(_ line: String, _ number: String?) {
        let outcome = outcome(.genericGSM, [.modem("\r\n+CRING: VOICE\r\r\n\(line)\r\n")])
        #expect(outcome.calls == [inbound(.incoming, number)])
    }

    @Test func behaviour17_ringsRightAfterTheHangUpAreSuppressed() {
        let outcome = outcome(
            .genericGSM,
            [
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"), .hangUp, .wait(.seconds(5)),
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"), .wait(.seconds(20)),
            ]
        )
        #expect(outcome.states == [.incoming, .hangingUp, .released(.localHangUp)])
        #expect(outcome.notes.contains(.ringTailSuppressed))
    }

    @Test func behaviour17_ringsThatDoNotStopAreHungUpHarder() {
        let outcome = outcome(
            .genericGSM,
            [
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"), .hangUp, .wait(.seconds(5)),
                .modem("\r\nRING\r\n"),
                .wait(.seconds(5)), .modem("\r\nRING\r\n"), .wait(.seconds(5)), .modem("\r\nRING\r\n"),
                .wait(.seconds(5)),
            ]
        )
        #expect(
            outcome.states == [
                .incoming, .hangingUp, .released(.localHangUp), .incoming, .hangingUp, .released(.localHangUp),
            ]
        )
        #expect(outcome.sent.filter { $0 != "AT+CLCC" } == ["AT+CHUP", "ATH"])
        #expect(outcome.notes.contains(.ringingAfterHangUp))
    }

    @Test func behaviour17_anotherCallerIsNotTakenForTheTail() {
        let outcome = outcome(
            .genericGSM,
            [
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"), .hangUp, .wait(.seconds(9)),
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550102\",129\r\n"),
            ]
        )
        #expect(outcome.calls.last == inbound(.incoming, "5550102"))
    }

    @Test(arguments: ["\nNO CARRIER\r\n", "NO CARRIER\r", "\r\nNO CARRIER\r\n\r\nNO CARRIER\r\n", "\n\nNO  CARRIER\n"])
    func behaviour18_theEndIsToldOnceHoweverItIsFramed(_ bytes: String) {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem(ok), .replies("AT+CLCC", list("1,0,0,0,0")), .wait(.seconds(1)), .modem(bytes),
                .replies("AT+CLCC", list()), .modem("\r\nBUSY\r\n"), .wait(.seconds(20)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test(
        arguments: [
            ("+CME ERROR: 30", .noNetwork), ("+CME ERROR: no network service", .noNetwork),
            ("+CME ERROR: SIM not inserted", .simNotReady),
            ("+CME ERROR: 257", .barred), ("+CME ERROR: 100", .cmeError(100)),
            ("+CME ERROR: what is this", .cmeError(100)),
            ("COMMAND NOT SUPPORT", .notSupported), ("ERROR+CNUM: \"\",\"\",145", .modemError), ("ERROR", .modemError),
            ("NO CARRIER", .noCarrier), ("BUSY", .busy),
        ] as [(String, ReleaseCause)]
    )
    func behaviour19_aRefusedDialIsATypedFailureWithoutARetry(_ line: String, _ cause: ReleaseCause) {
        let outcome = outcome(.genericGSM, [.dial("5550101"), .modem("\r\n\(line)\r\n"), .wait(.seconds(20))])
        #expect(outcome.calls == [outbound(.dialing), outbound(.released(cause))])
        #expect(outcome.sent == ["ATD5550101;"])
    }

    @Test(
        arguments: [
            ("DATE=0321\r\nTIME=1405\r\nNMBR=P", nil), ("NMBR = O", nil),
            ("NMBR = 8475550101\r\nNAME = EXAMPLE", "8475550101"),
            ("NMBR=\"847-555 0101\"", "8475550101"), ("DDN_NMBR= 5550101", "5550101"), ("NBR=5550101", "5550101"),
            ("CALLER NUMBER: 5550101", "5550101"), ("CallerID: 5550101", "5550101"), ("FM:5550101", "5550101"),
            ("MESG = 030735353530313031", "5550101"),
            ("0412303332323134303538343735353530313031", "8475550101"),
            ("801E01083130313532303338020A38343735353530313031070C552E532E524F424F5449435322", "8475550101"),
            ("801E01083130313532303338020A3834\r\n3735353530313031070C552E532E524F424F5449435322", "8475550101"),
        ] as [(String, String?)]
    )
    func behaviour20_analogCallerIDInAllItsForms(_ block: String, _ number: String?) {
        let outcome = outcome(
            .analog,
            [
                .modem("\r\nRING\r\n"), .wait(.seconds(2)), .modem("\r\n\(block)\r\n"), .wait(.seconds(4)),
                .modem("\r\nRING\r\n"), .wroteNothing,
            ]
        )
        #expect(outcome.calls == [inbound(.incoming, number)])
        #expect(outcome.notes == [])
    }

    @Test func behaviour20_callerIDBeforeTheFirstRingAndDistinctiveRing() {
        let outcome = outcome(
            .analog,
            [
                .modem("DROF=0\r\nDRON=11\r\nNMBR = 5550101\r\nRING\r\n"), .wait(.seconds(6)),
                .modem("DRON=20\r\nRING\r\n"),
            ]
        )
        #expect(outcome.calls == [inbound(.incoming, "5550101")])
        #expect(outcome.notes == [])
    }

    @Test func behaviour21_okToAnAnalogDialIsDialedNotAnswered() {
        let outcome = outcome(.analog, [.dial("0,5550101"), .wait(.seconds(8)), .modem(ok), .wait(.seconds(3600))])
        #expect(outcome.calls == [outbound(.dialing, "0,5550101"), outbound(.dialed, "0,5550101")])
        #expect(outcome.sent == ["ATDT0,5550101;"])
    }

    @Test(
        arguments: [
            ("NO DIALTONE", .noDialtone), ("NO DIAL TONE", .noDialtone), ("BUSY", .busy), ("NO ANSWER", .noAnswer),
            ("DELAYED", .delayed), ("BLACKLISTED", .blacklisted), ("LINE IN USE", .lineInUse), ("NO LINE", .noLine),
        ] as [(String, ReleaseCause)]
    )
    func behaviour21_eachAnalogFailureIsItsOwn(_ line: String, _ cause: ReleaseCause) {
        let outcome = outcome(.analog, [.dial("5550101"), .wait(.seconds(2)), .modem("\r\n\(line)\r\n")])
        #expect(outcome.causes == [cause])
    }

    @Test func behaviour24_aLateOKIsNotTheNextCommandsOK() {
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CREG?", ""), .replies("AT", ""), .wait(.seconds(26)), .wrote("AT+CREG?"),
                .wait(.seconds(3)), .wrote("AT"), .dial("5550101"),
                // The reply to +CREG? at last, then the one to AT.
                .modem("\r\n+CREG: 1,1\r\n\r\nOK\r\n"), .wroteNothing, .wait(.milliseconds(100)), .modem(ok),
                .wroteNothing, .wait(.milliseconds(300)), .wrote("ATD5550101;"), .modem("\r\nBUSY\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .released(.busy)])
    }

    @Test func behaviour25_unplugInACallEndsItAndTheModemComesBack() {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem(ok), .replies("AT+CLCC", list("1,0,0,0,0")), .wait(.seconds(1)), .unplug,
                .wait(.seconds(60)), .dial("5550101"), .replies("AT+CLCC", list()), .plug, .wait(.seconds(5)),
                .dial("5550101"),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.modemLost), .dialing])
        #expect(outcome.refusals == [.notReady(.opening)])
        #expect(outcome.readiness == [.opening, .settingUp, .ready])
    }

    @Test(arguments: ["\r\nRDY\r\n", "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n", "\r\n+CPIN: READY\r\n"])
    func behaviour23_aModemThatRestartsLosesTheCallAndIsSetUpAgain(_ banner: String) {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem(ok), .replies("AT+CLCC", list("1,0,0,0,0")), .wait(.seconds(1)),
                .modem("\r\n^BOOT:20952548,0,0,0,6\r\n"), .replies("AT+CLCC", list()), .modem(banner),
                .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.modemReset)])
        #expect(outcome.readiness == [.opening, .settingUp, .ready])
        #expect(outcome.sent.filter { $0 == "AT+CMEE=1" }.count == 1)
    }
}
