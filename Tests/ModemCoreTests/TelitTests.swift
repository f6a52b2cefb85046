import ModemCore
import Testing

private func listed(_ stat: Int) -> Step {
    .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(stat),0,0,\"0123456780\",129\r\n\r\nOK\r\n")
}

@Suite struct TelitTests {
    private static let accepted =
        "#ECAM: 0,1,1,,,\"0123456780\",129\r\n+CSSI: 1\r\n#ECAM: 0,2,1,,,\r\nOK\r\n"

    @Test func transcript07_answeredAndEnded() {
        let outcome = outcome(
            .telit,
            [
                listed(3), .dial("0123456780"), .wrote("ATD0123456780;"), .modem(Self.accepted), .wait(.seconds(5)),
                listed(0), .modem("\r\n#ECAM: 0,3,1,,,\r\n"), .wait(.seconds(5)), .modem("\r\n#ECAM: 0,0,1,,,\r\n"),
                .modem("\r\nNO CARRIER\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test func transcript07_theFailedVariantEndsInOKToo() {
        let outcome = outcome(
            .telit,
            [.dial("0123456780"), .modem("+CSSI: 1\r\n#ECAM: 0,0,1,,,\r\nOK\r\n"), .wait(.seconds(10))]
        )
        #expect(outcome.states == [.dialing, .released(.noCarrier)])
        #expect(outcome.sent == ["ATD0123456780;"])
    }

    @Test func behaviour06_anEndInTheReplyToTheDialOutweighsItsOK() {
        let outcome = outcome(
            .telit,
            [
                .dial("0123456780"), .modem("\r\n#ECAM: 0,7,1,,,\r\n\r\n#ECAM: 0,0,1,,,\r\n"), .modem("\r\nOK\r\n"),
                .dial("0123456781"), .wait(.milliseconds(300)), .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(2)),
            ]
        )
        #expect(outcome.states == [.dialing, .released(.busy), .dialing, .released(.noCarrier)])
    }

    @Test func behaviour06_anEndWhoseOKNeverComesIsNotWaitedForLong() {
        let outcome = outcome(
            .telit,
            [.dial("0123456780"), .modem("#ECAM: 0,0,1,,,\r\n"), .wait(.seconds(15))]
        )
        #expect(outcome.states == [.dialing, .hangingUp, .released(.noCarrier)])
        #expect(outcome.sent.prefix(2) == ["ATD0123456780;", "<CR>"])
    }

    @Test func anAnswerThatFailsEndsInOKToo() {
        let outcome = outcome(
            .telit,
            [
                .modem("\r\n#ECAM: 0,6,1,,,\r\n\r\nRING\r\n\r\n+CLIP: \"5550101\",129\r\n"), .replies("ATA", ""),
                .answer,
                .modem("#ECAM: 0,0,1,,,\r\nOK\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    @Test func theNumberOfTheReportsIsNotThatOfTheList() {
        let outcome = outcome(
            .telit,
            [
                .dial("0123456780"), .modem(Self.accepted), .replies("AT+CLCC", "\r\n+CLCC: 2,0,0,0,0\r\n\r\nOK\r\n"),
                .wait(.seconds(2)), .modem("#ECAM: 1,5,1,,,\r\n#ECAM: 1,0,1,,,\r\n"), .hangUp, .wait(.seconds(8)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .hangingUp])
        #expect(outcome.sent.contains("AT+CHLD=12"))
    }

    @Test(arguments: ["#ECAM", "#ECAM:", "#ECAM: 0", "#ECAM: 0,0", "#ECAM: 0,0,", "ECAM: 0,0,1,,,", "#ECAM: 0,0,2,,,"])
    func aDamagedEndOrOneOfADataCallIsNoEnd(_ line: String) {
        let outcome = outcome(
            .telit,
            [.dial("0123456780"), .modem(Self.accepted), .modem("\r\n#ECAM: 0,3,1,,,\r\n\(line)\r\n")]
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
    }
}
