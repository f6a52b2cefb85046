import ModemCore
import Testing

/// What waits for the modem: nothing piles up, and nothing waits forever.
@Suite struct QueueTests {
    private let now = ContinuousClock.now

    @Test func impatientHangUpsDoNotKeepTheModemFromBeingSetUp() {
        let bench = Bench(.genericGSM)
        bench.replies["AT+COLP=0"] = ""
        bench.plug()
        bench.wait(.seconds(1))
        for _ in 0..<20 { bench.hangUp() }
        bench.wait(.seconds(60))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.count { $0 == "AT+CHUP" } == 1)
    }

    @Test func impatientHangUpsDoNotKeepTheNextDialAway() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CREG?"] = ""
        bench.wait(.seconds(31))
        for _ in 0..<20 { bench.hangUp() }
        bench.dial("5550101")
        bench.wait(.seconds(10))
        #expect(bench.outcome.sent.last == "ATD5550101;")
        #expect(bench.outcome.states == [.dialing])
    }

    @Test func twoWaysToClearTheLineBothWait() {
        var chat = ATChatMachine()
        _ = chat.portOpened(now: now)
        #expect(chat.send(ATCommand("ATH"), for: .clear, now: now) == [])
        #expect(chat.send(ATCommand("AT&D0"), for: .clear, now: now) == [])
        #expect(chat.send(ATCommand("ATH"), for: .clear, now: now) == [.finished(.clear, ATReply(.withdrawn))])
    }

    @Test func aSetUpWhoseCommandWasNeverWrittenIsBegunAgain() {
        var setup = SetupMachine(profile: .genericGSM, options: ModemOptions())
        let begin = setup.start()
        #expect(setup.commandFinished(ATReply(.withdrawn), now: now) == [])
        guard let again = setup.nextDeadline else { return #expect(Bool(false), "nothing is awaited") }
        let news = begin.filter { $0 != .readinessChanged(.settingUp) }
        #expect(setup.deadlineReached(isLineIdle: true, now: again) == news)
    }
}
