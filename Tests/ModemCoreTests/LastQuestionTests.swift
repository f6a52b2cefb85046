import ModemCore
import Testing

/// The time for a state is over, the list of calls decides, and the call moves while the list is on its way.
@Suite struct LastQuestionTests {
    /// A bench where the far end has rung for too long, and the list was asked for.
    private func bench(_ options: ModemOptions = ModemOptions()) -> Bench {
        let bench = Bench(.huawei, options: options)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", ""), .dial("5550101"), .modem("\r\nOK\r\n"), .modem("\r\n^CONF:1\r\n"),
            .wait(.seconds(180)),
        ])
        #expect(bench.call?.state == .alerting)
        #expect(bench.outcome.sent.last == "AT+CLCC")
        return bench
    }

    @Test func anAnswerInTheMiddleOfTheListIsNotHungUp() {
        let bench = bench()
        bench.feed("\r\n+CLCC: 1,0,3,0,0,\"5550101\",129\r\n\r\n^CONN:1,0\r\n\r\nOK\r\n")
        bench.wait(.milliseconds(100))
        #expect(bench.call?.state == .active)
        #expect(!bench.outcome.sent.contains("AT+CHUP"))
    }

    /// No other list is asked for: the call would be taken for up for hours.
    @Test func withoutPollingAnEndInTheMiddleOfTheListIsTheEnd() {
        let bench = bench(ModemOptions(polling: .off))
        bench.feed("\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nNO CARRIER\r\n\r\nOK\r\n")
        #expect(bench.call == nil)
        #expect(!bench.outcome.states.contains(.hangingUp))
    }
}
