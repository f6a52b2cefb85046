import ModemCore
import Testing

@Suite struct AnalogVoiceTests {
    @Test func transcript13_ringBackAnswerAndBusyTone() {
        let outcome = outcome(
            .analogVoice,
            [
                .dial("5551234"), .wrote("ATDT5551234"), .wait(.seconds(4)), .modem("\r\nRINGING\r\n"),
                .wait(.seconds(6)),
                .modem("\r\nRINGING\r\n"), .wait(.seconds(6)), .wroteNothing, .modem("\r\nVCON\r\n"),
                .wait(.seconds(60)),
                .modem("\u{10}b"), .wait(.seconds(4)), .modem("\u{10}b"), .wait(.seconds(4)), .wrote("ATH"),
                .wroteNothing,
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .dialed, .hangingUp, .released(.remoteHangUp)])
        #expect(outcome.notes == [.probablyAnswered])
    }

    @Test func behaviour22_anAnswerIsNeverMoreThanProbable() {
        let outcome = outcome(
            .analogVoice,
            [
                .dial("5551234"), .modem("\r\nRINGING\r\n\r\nRINGING\r\n\r\nRINGING\r\n"), .modem("\r\nVCON\r\n"),
                .modem("\u{10}r\u{10}s\u{10}q\u{10}u"), .wait(.seconds(600)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .dialed])
        #expect(!outcome.states.contains(.active))
    }

    @Test func behaviour22_busyToneWhileDiallingEndsTheCallOnce() {
        let outcome = outcome(
            .analogVoice,
            [
                .dial("5551234"), .wait(.seconds(3)), .modem("\u{10}r"), .wait(.seconds(3)), .modem("\u{10}b"),
                .modem("\u{10}b"), .wait(.milliseconds(500)), .modem("\r\nBUSY\r\n"), .modem("\u{10}b"),
                .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .released(.busy)])
        #expect(outcome.sent == ["ATDT5551234"])
    }

    @Test func behaviour22_busyToneWithoutTheWordIsHungUp() {
        let outcome = outcome(
            .analogVoice,
            [
                .dial("5551234"), .wait(.seconds(6)), .modem("\u{10}b"), .wait(.seconds(2)), .wrote("ATDT5551234"),
                .wrote("<CR>"), .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(2)), .wrote("ATH"),
            ]
        )
        #expect(outcome.states == [.dialing, .hangingUp, .released(.busy)])
    }

    @Test(arguments: ["\u{10}d", "\u{10}l", "\u{10}i", "\u{10}b", "\u{10}K"])
    func toneOrBrokenLoopAfterTheAnswerIsTheRemoteHangUp(_ event: String) {
        let outcome = outcome(
            .analogVoice,
            [.dial("5551234"), .modem("\u{10}d\u{10}l"), .modem("\r\nVCON\r\n"), .modem(event), .wait(.seconds(2))]
        )
        #expect(outcome.states == [.dialing, .dialed, .hangingUp, .released(.remoteHangUp)])
        #expect(outcome.sent == ["ATDT5551234", "ATH"])
    }

    @Test func theLiftedHandsetTakesTheCallOver() {
        let outcome = outcome(
            .analogVoice,
            [
                .dial("5551234"), .modem("\r\nOK\r\n"), .modem("\u{10}H"), .wait(.seconds(600)), .modem("\u{10}b"),
                .hangUp,
            ]
        )
        #expect(outcome.states == [.dialing, .dialed, .handedOver, .released(.localHangUp)])
        #expect(outcome.sent == ["ATDT5551234", "ATH"])
    }

    @Test func eventsInTheMiddleOfALineLeaveTheLineAlone() {
        let outcome = outcome(
            .analogVoice,
            [.modem("\r\nRI\u{10}RNG\r\n"), .wait(.seconds(2)), .modem("\r\nNM\u{10}cBR = 5550101\r\n")]
        )
        #expect(outcome.calls == [Call(direction: .inbound, number: "5550101", state: .incoming)])
    }

    @Test func aModemWithoutAVoiceClassCannotCall() {
        let bench = Bench(.analogVoice)
        bench.replies["AT+FCLASS=?"] = "\r\n0,1,1.0,2\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness.voiceFault != nil)
        bench.dial("5551234")
        #expect(bench.outcome.refusals == [.notReady(bench.readiness)])
    }

    @Test(arguments: ["0,1,8", "0,1,1.0,2,8", "(0-2,8)", "+FCLASS: 0,1,8"])
    func theVoiceClassIsFound(_ classes: String) {
        let bench = Bench(.analogVoice)
        bench.replies["AT+FCLASS=?"] = "\r\n\(classes)\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
    }

    @Test func tonesOnALineThatRingsAreNoise() {
        let outcome = outcome(
            .analogVoice,
            [
                .modem("\u{10}R\r\nRING\r\n\u{10}d"), .wait(.seconds(4)), .modem("\u{10}R\r\nRING\r\n\u{10}b"),
                .wait(.seconds(4)),
            ]
        )
        #expect(outcome.states == [.incoming])
        #expect(outcome.sent == [])
    }
}
