import ModemCore
import Testing

/// Whole conversations, as modems hold them.
@Suite struct TranscriptTests {
    @Test func transcript11_genericIncomingMissed() {
        let ring = "\r\n+CRING: VOICE\r\n\r\n+CLIP: \"+4930123456\",145,,,,0\r\n"
        let row = "\r\n+CLCC: 1,1,4,0,0,\"+4930123456\",145\r\n\r\nOK\r\n"
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CLCC", row), .modem(ring), .wait(.seconds(5)), .modem(ring), .wait(.seconds(5)),
                .modem(ring),
                .wait(.seconds(3)), .replies("AT+CLCC", "\r\nOK\r\n"), .wait(.seconds(10)),
            ]
        )
        let call = Call(direction: .inbound, number: "+4930123456", state: .incoming)
        #expect(outcome.calls.first == call)
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    @Test func genericIncomingAnsweredHereAndHungUpThere() {
        let outcome = outcome(
            .genericGSM,
            [
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"),
                .replies("AT+CLCC", "\r\n+CLCC: 1,1,0,0,0\r\n\r\nOK\r\n"), .answer, .wrote("ATA"), .wait(.seconds(4)),
                .modem("\r\nNO CARRIER\r\n"),
            ]
        )
        #expect(outcome.states == [.incoming, .active, .released(.remoteHangUp)])
    }

    @Test func genericCallAnsweredAndHungUpHere() {
        func row(_ stat: Int) -> Step {
            .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(stat),0,0,\"5550101\",129\r\n\r\nOK\r\n")
        }
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .wrote("ATD5550101;"), .modem("\r\nOK\r\n"), row(2), .wait(.seconds(1)), row(3),
                .wait(.seconds(2)), row(0), .wait(.seconds(4)), .replies("AT+CLCC", "\r\nOK\r\n"), .hangUp,
                .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .hangingUp, .released(.localHangUp)])
        #expect(outcome.notes == [])
    }

    @Test(arguments: ["1,1,0,1,0", "1,0,0,1,0"], ["2,0,3,0,0,\"5550101\",129", "2,0,3,0,0"])
    func dataCallsAreNotTheCall(_ dataCall: String, _ call: String) {
        let row = "\r\n+CLCC: \(dataCall),\"\",128\r\n"
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem("\r\nOK\r\n"), .replies("AT+CLCC", "\(row)+CLCC: \(call)\r\n\r\nOK\r\n"),
                .wait(.seconds(1)), .replies("AT+CLCC", "\(row)\r\nOK\r\n"), .wait(.seconds(3)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .released(.remoteHangUp)])
    }

    @Test func anEndInsideAListThatShowsTheCallIsCheckedOnce() {
        let row = "\r\n+CLCC: 1,0,0,0,0\r\n"
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem("\r\nOK\r\n"), .replies("AT+CLCC", "\(row)\r\nOK\r\n"), .wait(.seconds(1)),
                .replies("AT+CLCC", "\r\nNO CARRIER\r\n\(row)\r\nOK\r\n"), .wait(.seconds(2)),
                .replies("AT+CLCC", "\(row)\r\nOK\r\n"), .wait(.seconds(4)),
                // This time it is true.
                .replies("AT+CLCC", "\(row)\r\nNO CARRIER\r\n\r\nOK\r\n"), .wait(.seconds(2)),
                .replies("AT+CLCC", "\r\nOK\r\n"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
        #expect(outcome.notes.contains(.endContradicted))
    }

    @Test func threeEmptyListsEndTheCallAndTwoDoNot() {
        let row = "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"
        let empty = Step.replies("AT+CLCC", "\r\nOK\r\n")
        let outcome = inEveryCut { feeding in
            let bench = Bench(.genericGSM, options: ModemOptions(initOverride: ["+CMEE=1"]))
            bench.becomeReady()
            bench.begin(feeding)
            bench.play([
                .dial("5550101"), .modem("\r\nOK\r\n"), .replies("AT+CLCC", row), .wait(.seconds(1)), empty,
                .wait(.milliseconds(1900)),
            ])
            #expect(bench.outcome.sent == ["ATD5550101;", "AT+CLCC", "AT+CLCC", "AT+CLCC"])
            bench.play([.replies("AT+CLCC", row), .wait(.seconds(10))])
            #expect(bench.call?.state == .active)
            bench.play([empty, .wait(.seconds(7))])
            return bench
        }
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func aModemWithoutAListOfCallsLeavesTheCallToTheOperator() {
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CLCC", "\r\nERROR\r\n"), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(600)),
                .hangUp, .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .dialed, .hangingUp, .released(.localHangUp)])
        #expect(outcome.notes == [.callListUnsupported])
    }

    @Test func transcript12_analogVoiceDialHandedToTheHandset() {
        let outcome = outcome(
            .analog,
            options: ModemOptions(handover: .seconds(30)),
            [
                .dial("0,5550101"), .wrote("ATDT0,5550101;"), .wait(.seconds(8)), .modem("\r\nOK\r\n"),
                .wait(.seconds(29)),
                .wroteNothing, .wait(.seconds(2)), .wrote("ATH"), .wait(.seconds(600)), .hangUp, .wroteNothing,
            ]
        )
        #expect(outcome.states == [.dialing, .dialed, .handedOver, .released(.localHangUp)])
    }

    @Test func aCallHandedOverIsReplacedByTheNextDial() {
        let outcome = outcome(
            .analog,
            options: ModemOptions(handover: .seconds(1)),
            [.dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5)), .dial("5550102"), .modem("\r\nBUSY\r\n")]
        )
        #expect(
            outcome.states == [
                .dialing, .dialed, .handedOver, .released(.localHangUp), .dialing, .released(.busy),
            ]
        )
    }

    @Test(arguments: ["\r\nNO CARRIER\r\n", "\r\nOK\r\n", "\r\nNO CARRIER\r\n\r\nOK\r\n"])
    func analogDialIsCancelledByOneCRAndThenATH(_ answer: String) {
        let outcome = outcome(
            .analog,
            [
                .dial("5550101"), .wait(.seconds(2)), .wrote("ATDT5550101;"), .hangUp, .hangUp, .wrote("<CR>"),
                .wroteNothing,
                .wait(.seconds(1)), .modem(answer), .wait(.seconds(1)), .wrote("ATH"), .wroteNothing,
            ]
        )
        #expect(outcome.states == [.dialing, .hangingUp, .released(.localHangUp)])
    }

    @Test func transcript14_analogIncomingWithCallerID() {
        let outcome = outcome(
            .analog,
            [
                .modem("\r\nRING\r\n"), .wait(.seconds(2)),
                .modem(
                    "\r\nDATE = 1015\r\n\r\nTIME = 2038\r\n\r\nNMBR = 8475550001\r\n\r\nNAME = EXAMPLE CO.\r\n"
                ),
                .wait(.seconds(4)), .modem("\r\nRING\r\n"), .wait(.seconds(11)), .wroteNothing,
            ]
        )
        #expect(
            outcome.calls == [
                Call(direction: .inbound, number: "8475550001", state: .incoming),
                Call(direction: .inbound, number: "8475550001", state: .released(.missed)),
            ]
        )
    }

    @Test func dataCallIsLeftByTheEscapeWithSilenceAroundIt() {
        let outcome = outcome(
            .analog,
            options: ModemOptions(dialMode: .data),
            [
                .dial("5550101"), .wrote("ATDT5550101"), .wait(.seconds(20)), .modem("\r\nCONNECT 9600\r\n"),
                .modem("~\u{7f}}#!}!}\r\nERROR\r\nBUSY\r\nRING\r\n0\r"), .wait(.seconds(60)), .wroteNothing,
                .hangUp, .wrote("+++"), .wait(.seconds(1)), .wroteNothing, .wait(.milliseconds(500)),
                .modem("\r\nOK\r\n"),
                .wrote("ATH"), .wroteNothing,
            ]
        )
        #expect(outcome.states == [.dialing, .active, .hangingUp, .released(.localHangUp)])
        #expect(outcome.notes == [])
    }

    @Test func theEscapeWaitsForSilenceBeforeIt() {
        let outcome = outcome(
            .analog,
            options: ModemOptions(dialMode: .data),
            [
                .dial("5550101"), .modem("\r\nCONNECT\r\n"), .hangUp, .wrote("ATDT5550101"), .wroteNothing,
                .wait(.seconds(1)),
                .wroteNothing, .wait(.seconds(1)), .wrote("+++"), .wait(.seconds(10)),
            ]
        )
        #expect(outcome.states.prefix(3) == [.dialing, .active, .hangingUp])
    }

    @Test func dataCallEndsWithTheCarrier() {
        let outcome = outcome(
            .analog,
            options: ModemOptions(dialMode: .data),
            [
                .dial("5550101"), .modem("\r\nCONNECT\r\n"), .modem("}~x\r\nNO CARRIER\r\n"), .dial("5550102"),
                .modem("\r\nNO ANSWER\r\n"),
            ]
        )
        #expect(outcome.causes == [.remoteHangUp, .noAnswer])
    }

    @Test func aSecondCallerIsNeitherTheFirstNorRejectedWithIt() {
        let first = "\r\n+CLCC: 1,1,0,0,0,\"5550101\",129"
        let outcome = outcome(
            .genericGSM,
            [
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"),
                .replies("AT+CLCC", "\(first)\r\n\r\nOK\r\n"), .answer, .wait(.seconds(3)),
                .modem("\r\n+CCWA: \"5550102\",129,1\r\n"),
                .replies("AT+CLCC", "\r\n+CLCC: 2,1,4,0,0,\"5550102\",129\r\n\r\nOK\r\n"), .hangUp, .wait(.seconds(1)),
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550102\",129\r\n"), .wait(.seconds(5)),
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550102\",129\r\n"), .wait(.seconds(5)),
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550102\",129\r\n"),
            ]
        )
        #expect(outcome.states == [.incoming, .active, .hangingUp, .released(.localHangUp), .incoming])
        #expect(outcome.calls.last?.number == "5550102")
        #expect(outcome.sent.filter { $0 != "AT+CLCC" } == ["ATA", "AT+CHUP"])
        #expect(outcome.notes.contains(.secondCall(number: "5550102")))
    }

    @Test func ringsOutweighAListThatLeavesTheCallOut() {
        let ring = Step.modem("\r\nRING\r\n")
        let outcome = outcome(
            .genericGSM,
            [
                .modem("\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"), .wait(.seconds(5)), ring, .wait(.seconds(5)),
                ring,
                .wait(.seconds(6)), ring, .wait(.seconds(12)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    @Test func aHangUpThatTheEndOvertakesIsNotSent() {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), .modem("\r\nOK\r\n"), .replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"),
                .wait(.seconds(1)), .replies("AT+CLCC", ""), .wait(.seconds(2)), .hangUp, .modem("\r\nNO CARRIER\r\n"),
                .modem("\r\nOK\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.causes == [.localHangUp])
        #expect(!outcome.sent.contains("AT+CHUP"))
    }

    @Test func aRingToldTwiceIsOneRing() {
        let outcome = outcome(.genericGSM, [.modem("\r\nRING\r\n\r\n+CRING: VOICE\r\n"), .wait(.seconds(12))])
        #expect(outcome.calls == [])
        #expect(outcome.notes == [.singleRing])
    }

    @Test func fastRingsAreReportedAtTheSecondCadence() {
        let ring = Step.modem("\r\nRING\r\n")
        let outcome = outcome(
            .analog,
            [ring, .wait(.seconds(1)), ring, .wait(.milliseconds(400)), ring, .wait(.seconds(1)), ring]
        )
        #expect(outcome.states == [.incoming])
    }

    @Test func aBusyToneAfterTheDialFreesTheLine() {
        let outcome = outcome(
            .analog,
            [.dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5)), .modem("\r\nBUSY\r\n"), .wait(.seconds(1))]
        )
        #expect(outcome.states == [.dialing, .dialed, .hangingUp, .released(.busy)])
        #expect(outcome.sent.last == "ATH")
    }

    @Test(arguments: [ModemProfile.genericGSM, .analog])
    func theEndReportBeforeTheHangUpsOKIsTheOneEnd(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [
                .replies("AT+CHUP", ""), .replies("ATH", ""), .replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"),
                .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(1)), .hangUp, .modem("\r\nNO CARRIER\r\n"),
                .dial("5550102"), .modem("\r\nOK\r\n"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states.prefix(5).suffix(3) == [.hangingUp, .released(.localHangUp), .dialing])
        #expect(outcome.sent.last == "\(profile.voiceDial.prefix)5550102;")
    }

    @Test func aDialThatTimesOutDoesNotShowItsNumberInTheNotes() {
        let outcome = outcome(.genericGSM, [.dial("5550101"), .wait(.seconds(100))])
        #expect(outcome.notes.contains(.commandTimedOut("ATD…")))
        #expect(outcome.causes == [.timeout])
    }
}
