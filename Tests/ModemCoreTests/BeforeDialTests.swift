import ModemCore
import Testing

/// The site's AT line before each dial: it never stops the dial, and nothing else waits for it.
@Suite struct BeforeDialTests {
    private static let line = "AT%icscall=1,0"
    private static let options = ModemOptions(beforeDial: "%icscall=1,0")

    @Test(arguments: ModemProfile.all)
    func itGoesOutBeforeEachDial(_ profile: ModemProfile) {
        let bench = Bench(profile, options: Self.options)
        bench.becomeReady()
        for _ in 1...2 {
            bench.dial("5550101")
            bench.play([.wrote(Self.line)])
            #expect(bench.outcome.sent.last?.hasPrefix("ATD") == true)
            bench.feed("\r\nBUSY\r\n")
            bench.wait(.seconds(10))
            bench.forget()
        }
        #expect(bench.call == nil)
    }

    @Test(
        "A refusal does not stop the dial",
        arguments: ["ERROR", "+CME ERROR: 4", "+CME ERROR: operation not supported", "ERROR: UNSUPPORTED"]
    )
    func refused(_ answer: String) {
        let outcome = outcome(
            .zte,
            options: Self.options,
            [
                .replies(Self.line, ""), .dial("5550101"), .wrote(Self.line), .wroteNothing,
                .modem("\r\n\(answer)\r\n"), .wrote("ATD5550101;"),
            ]
        )
        #expect(outcome.states.first == .dialing)
        #expect(outcome.notes.contains(.beforeDialFailed))
    }

    @Test func silenceDoesNotStopTheDial() {
        let bench = Bench(.genericGSM, options: Self.options)
        bench.becomeReady()
        bench.replies[Self.line] = ""
        bench.dial("5550101")
        bench.play([.wrote(Self.line), .wait(.seconds(4)), .wroteNothing, .wait(.seconds(3))])
        #expect(bench.outcome.sent.last == "ATD5550101;")
        #expect(bench.outcome.states == [.dialing])
        #expect(bench.outcome.notes.contains(.beforeDialFailed))
    }

    @Test("A hang-up ends a dial that waits behind the line, at once", arguments: ["", "\r\nOK\r\n", "\r\nERROR\r\n"])
    func hangUpDoesNotWait(_ late: String) {
        let outcome = outcome(
            .genericGSM,
            options: Self.options,
            [
                .replies(Self.line, ""), .dial("5550101"), .wrote(Self.line), .hangUp, .wrote("<CR>"), .wroteNothing,
                .modem(late), .wait(.seconds(20)), .replies(Self.line, "\r\nOK\r\n"), .dial("5550102"),
            ]
        )
        #expect(outcome.states == [.dialing, .hangingUp, .released(.localHangUp), .dialing])
        #expect(!outcome.sent.contains("ATD5550101;"))
        #expect(outcome.sent.suffix(2) == [Self.line, "ATD5550102;"])
        #expect(!outcome.notes.contains(.beforeDialFailed))
    }

    @Test func nothingUrgentWaitsForTheLine() {
        let bench = Bench(.genericGSM, options: Self.options)
        bench.becomeReady()
        bench.replies[Self.line] = ""
        bench.dial("5550101")
        bench.hangUp()
        bench.dial("5550102")
        bench.hangUp()
        bench.hangUp()
        #expect(bench.outcome.sent == [Self.line, "<CR>"])
        bench.feed("\r\nOK\r\n")
        bench.wait(.seconds(1))
        // The line of the second dial went with that dial; the reset button's hang-up is what comes next.
        #expect(bench.outcome.sent.dropFirst(2).first == "AT+CHUP")
        #expect(bench.call == nil)
    }
}
