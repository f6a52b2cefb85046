import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private func slcc(_ rows: String...) -> String { rows.map { "\r\n^SLCC: \($0)" }.joined() + "\r\n^SLCC: \r\n" }

@Suite struct CinterionTests {
    /// They are kept until the list ends, which it may never do.
    @Test(arguments: [0, 100, -1])
    func aNumberThatNoCallHasIsADamagedRow(_ id: Int) {
        var translator = ReportTranslator(grammars: [.cinterion])
        #expect(translator.reports(from: "^SLCC: \(id),0,0,0,0,1,\"5550101\",129") == [])
        #expect(translator.reports(from: "^SLCC: 99,0,0,0,0,1,\"5550101\",129")?.count == 1)
    }

    private static func active(_ end: Step...) -> [Step] {
        [
            .replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"), .dial("123456789"), .modem(ok),
            .modem(slcc("1,0,2,0,0,0,\"123456789\",129")), .modem(slcc("1,0,3,0,0,1,\"123456789\",129")),
            .modem(slcc("1,0,0,0,0,1,\"123456789\",129")),
        ] + end
    }

    @Test func behaviour30_anEmptyListIsTheEndAndDuplicatesAreNothing() {
        let row = slcc("1,0,0,0,0,1,\"123456789\",129")
        let outcome = outcome(
            .cinterion,
            Self.active(.modem(row), .modem(row), .wait(.seconds(5)), .modem(slcc()), .modem("\r\nNO CARRIER\r\n"))
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    /// Both calls have the number 1, one after the other.
    @Test func theEndOfACallThatRangWhileWeDialledIsNotOurs() {
        let outcome = outcome(
            .cinterion,
            [
                .dial("123456789"), .modem(slcc("1,1,4,0,0,0,\"556482593\",129")), .modem(slcc()), .modem(ok),
                .modem(slcc("1,0,2,0,0,0,\"123456789\",129")), .modem(slcc("1,0,3,0,0,1,\"123456789\",129")),
                .modem(slcc("1,0,0,0,0,1,\"123456789\",129")), .modem(slcc()),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [.secondCall(number: "556482593")])
    }

    @Test func behaviour30_anEmptyListWithoutACallIsNothing() {
        let outcome = outcome(
            .cinterion,
            [.modem(slcc()), .modem(slcc()), .dial("123456789"), .modem(ok), .modem(slcc())]
        )
        #expect(outcome.states == [.dialing])
    }

    @Test func behaviour30_aDamagedRowEndsNoCall() {
        let outcome = outcome(
            .cinterion,
            Self.active(.modem("\r\n^SLCC: 1,0,\r\n^SLCC: \r\n"), .modem("\r\n^SLC\r\n"))
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
    }

    @Test func behaviour30_theNextListAfterADamagedOneStillEndsTheCall() {
        let outcome = outcome(
            .cinterion,
            Self.active(.modem("\r\n^SLCC: 1,0,\r\n^SLCC: \r\n"), .modem(slcc()))
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
    }

    @Test func anIncomingCallWithItsNumber() {
        let outcome = outcome(
            .cinterion,
            [
                .replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0\r\n\r\nOK\r\n"),
                .modem(slcc("1,1,4,0,0,0,\"123456789\",161")),
                .wait(.seconds(1)), .modem(slcc()),
            ]
        )
        let call = Call(direction: .inbound, number: "123456789", state: .incoming)
        #expect(outcome.calls.first == call)
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    @Test func aSecondCallInTheListIsOnlyNoted() {
        let both = slcc("1,0,0,0,0,1,\"123456789\",129", "2,1,5,0,0,0,\"5550102\",129")
        let outcome = outcome(
            .cinterion,
            Self.active(.modem(both), .modem(slcc("1,0,0,0,0,1,\"123456789\",129")))
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
        #expect(outcome.notes == [.secondCall(number: "5550102")])
    }

    @Test(
        arguments: [
            ("\r\n+CEER: 8,21,0\r\n\r\nOK\r\n", ReleaseCause.rejected.explanation),
            ("\r\n+CEER: No report available\r\n\r\nOK\r\n", "No report available"), ("\r\nERROR\r\n", nil),
            ("\r\nOK\r\n", nil), ("", nil),
        ] as [(String, String?)]
    )
    func theReasonIsAskedOnceAndTheEndDoesNotWaitForIt(_ reply: String, _ text: String?) {
        let outcome = outcome(
            .cinterion,
            [
                .replies("AT+CEER", reply), .dial("123456789"), .modem("\r\nNO CARRIER\r\n"), .wrote("ATD123456789;"),
                .wrote("AT+CEER"), .wroteNothing, .wait(.milliseconds(100)),
            ]
        )
        #expect(outcome.causes == [.noCarrier])
        #expect(outcome.notes == (text.map { [.failureExplained($0)] } ?? []))
    }

    @Test func aListWhoseRowLostItsBeginningEndsNothing() {
        let outcome = outcome(
            .cinterion,
            [
                .dial("5550101"), .modem("\r\nOK\r\n"),
                .modem("\r\n^SLCC: 1,0,2,0,0,0,\"5550101\",129\r\n^SLCC: \r\n"),
                .modem("5550101\",129\r\n^SLCC: \r\n"),
                .modem("\r\n^SLCC: 1,0,0,0,0,1,\"5550101\",129\r\n^SLCC: \r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
    }
}
