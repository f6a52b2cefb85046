import ModemCore
import Testing

/// A caller was turned away, and the line rings again.
@Suite struct RingTailTests {
    private static let ring = "\r\nRING\r\n\r\n+CLIP: \"5550199\",129\r\n"
    private static let empty = Step.replies("AT+CLCC", "\r\nOK\r\n")
    private static let ringing = Step.replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0,\"5550199\",129\r\n\r\nOK\r\n")

    @Test(arguments: [2500, 6000, 9000])
    func aCallerWhoRedialsIsReported(_ pause: Int) {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .modem(Self.ring), Self.empty, .hangUp, .wait(.milliseconds(200)), .modem("\r\nNO CARRIER\r\n"),
            .wait(.milliseconds(pause)), Self.ringing, .modem(Self.ring), .wait(.seconds(5)), .modem(Self.ring),
            .wait(.seconds(5)), .modem(Self.ring), .wait(.seconds(5)), .modem(Self.ring), .wait(.seconds(5)),
        ])
        #expect(bench.outcome.states == [.incoming, .hangingUp, .released(.localHangUp), .incoming])
        #expect(bench.call?.number == "5550199")
        #expect(bench.outcome.sent.filter { $0 == "AT+CHUP" }.count == 1)
    }

    @Test func aLateRingOfTheCallThatEndedIsNoCall() {
        let outcome = outcome(
            .genericGSM,
            [
                .modem(Self.ring), Self.empty, .hangUp, .wait(.seconds(1)), .modem(Self.ring), .wait(.seconds(5)),
                .modem(Self.ring), .wait(.seconds(20)),
            ]
        )
        #expect(outcome.states == [.incoming, .hangingUp, .released(.localHangUp)])
    }
}
