import ModemCore
import Testing

private func listed(_ rows: String...) -> Step {
    .replies("AT+CLCC", "\r\n\(rows.map { "+CLCC: \($0)\r\n" }.joined())\r\nOK\r\n")
}

/// Sticks of ZTE on which OK to the dial means that the number was taken.
@Suite struct ZTEStickTests {
    @Test func theListTellsTheWholeCall() {
        let outcome = outcome(
            .zteMF,
            [
                listed("1,0,2,0,0,\"5550101\",129"), .dial("5550101"), .wrote("ATD5550101;"), .modem("\r\nOK\r\n"),
                .wait(.milliseconds(900)), .wroteNothing, .wait(.seconds(2)),
                listed("1,0,3,0,0,\"5550101\",129"), .wait(.seconds(2)),
                listed("1,0,0,0,0,\"5550101\",129"), .wait(.seconds(8)), listed(), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(!outcome.sent.contains("AT+CHUP"))
    }

    /// Like an M6280 whose name is not known: nothing is asked before the answer.
    @Test func aStickThatIsSilentUntilTheAnswerIsAskedNothing() {
        let outcome = outcome(
            .zteMF,
            [
                listed("1,0,0,0,0,\"5550101\",129"), .dial("5550101"), .wrote("ATD5550101;"), .wait(.seconds(18)),
                .wroteNothing, .modem("CONNECT\r\n"), .wait(.seconds(5)), listed(), .modem("HANGUP: 1\r\n"),
                .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func anOKThatMeantRefusedIsFoundInTheList() {
        let outcome = outcome(
            .zteMF,
            [listed(), .dial("5550101"), .wait(.seconds(15)), .modem("OK\r\n"), .wait(.seconds(14))]
        )
        #expect(outcome.states == [.dialing, .hangingUp, .released(.noCarrier)])
    }

    @Test func connectBehindTheOKIsTheAnswer() {
        let outcome = outcome(
            .zteMF,
            [
                listed(), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.milliseconds(500)),
                .modem("\r\nCONNECT\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
    }

    @Test(arguments: ["BUSY", "NO ANSWER"])
    func theResultBehindHangUpSaysMore(_ result: String) {
        let outcome = outcome(
            .zteMF,
            [
                listed("1,0,2,0,0,\"5550101\",129"), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(3)),
                .modem("HANGUP: 1\r\n"), .modem("\(result)\r\n"), listed(), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.causes == [result == "BUSY" ? .busy : .noAnswer])
    }
}
