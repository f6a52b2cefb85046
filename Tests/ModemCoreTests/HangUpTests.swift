import ModemCore
import Testing

@Suite struct HangUpTests {
    private static let active = "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"

    /// The modem is slow to take the command: what it waited for that is not the time it is given to act on it.
    @Test func aRungHasItsTimeFromTheAnswerOn() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5)),
            .replies("AT+CHUP", ""), .wait(.milliseconds(100)), .hangUp, .wait(.milliseconds(2800)),
            .modem("\r\nOK\r\n"), .wait(.seconds(2)),
        ])
        #expect(bench.outcome.sent.last == "AT+CLCC")
        #expect(!bench.outcome.sent.contains("ATH"))
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(1))
        #expect(bench.outcome.states.last == .released(.localHangUp))
        #expect(!bench.outcome.sent.contains("ATH"))
    }

    /// The call came before the modem said what it is; its family has another ladder.
    @Test func aLadderIsClimbedAsItWasBegun() {
        let bench = Bench(.genericGSM, identifiesProfile: true)
        bench.replies["AT+CGMI"] = ""
        bench.replies["AT+CHUP"] = "\r\nERROR\r\n"
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,1,4,0,0\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(1))
        bench.feed("\r\nRING\r\n\r\n+CLIP: \"5550199\",129\r\n")
        bench.hangUp()
        bench.feed("\r\nhuawei\r\n\r\nOK\r\n")
        bench.wait(.seconds(4))
        #expect(bench.profile.name == "huawei")
        #expect(bench.outcome.notes.contains(.hangUpNotConfirmed(rung: "AT+CHUP")))
        #expect(bench.outcome.sent.contains("ATH"))
    }

    // MARK: A step that is refused

    private static func row(_ call: String) -> String { "\r\n+CLCC: \(call)\r\n\r\nOK\r\n" }

    @Test(arguments: ["ERROR", "+CME ERROR: 3", "+CME ERROR: operation not allowed", "COMMAND NOT SUPPORT"])
    func afterARefusalOneListAndTheNextStep(_ refusal: String) {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5)),
            .replies("AT+CHUP", "\r\n\(refusal)\r\n"), .replies("ATH", "\r\n\(refusal)\r\n"),
        ])
        bench.forgetSent()
        bench.hangUp()
        #expect(bench.outcome.sent == ["AT+CHUP", "AT+CLCC", "ATH", "AT+CLCC", "AT+CHLD=11", "AT+CLCC"])
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(1))
        #expect(bench.outcome.causes == [.localHangUp])
    }

    /// A modem that knows only AT+CHLD=1x, which it answers with an end.
    private static func knowsOnlyRelease(_ bench: Bench) {
        bench.becomeReady()
        bench.replies["AT+CHUP"] = "\r\nERROR\r\n"
        bench.replies["ATH"] = "\r\nERROR\r\n"
    }

    @Test(arguments: [ModemProfile.genericGSM, .nokia, .quectel, .simcom7600, .ublox])
    func theNextHangUpBeginsWithTheStepThatWorked(_ profile: ModemProfile) {
        let bench = Bench(profile)
        Self.knowsOnlyRelease(bench)
        for call in 1...3 {
            bench.play([
                .replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5)),
            ])
            bench.forgetSent()
            bench.hangUp()
            bench.replies["AT+CLCC"] = "\r\nOK\r\n"
            bench.wait(.seconds(1))
            #expect(bench.call == nil)
            let steps = bench.outcome.sent.filter { $0 != "AT+CLCC" && $0 != "AT+CEER" }
            if call > 1 { #expect(steps == ["AT+CHLD=11"]) } else { #expect(steps.last == "AT+CHLD=11") }
        }
    }

    /// The call was hung up before any list showed its id: the list is asked for it first.
    @Test func theIDIsAskedForWhereTheStepThatWorkedNeedsIt() {
        let bench = Bench(.huawei)
        Self.knowsOnlyRelease(bench)
        for call in 1...2 {
            bench.play([
                .replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"),
                .modem("\r\nCONNECT\r\n"), .wait(.seconds(1)),
            ])
            bench.forgetSent()
            bench.hangUp()
            bench.replies["AT+CLCC"] = "\r\nOK\r\n"
            bench.wait(.seconds(1))
            #expect(bench.call == nil)
            if call == 2 { #expect(bench.outcome.sent.prefix(2) == ["AT+CLCC", "AT+CHLD=11"]) }
        }
    }

    @Test func aStepThatWorkedOnceAndFailsNowIsFollowedByTheLadder() {
        let bench = Bench(.genericGSM)
        Self.knowsOnlyRelease(bench)
        for isFirst in [true, false] {
            bench.play([
                .replies("AT+CLCC", Self.active), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(5)),
                .replies("AT+CHUP", isFirst ? "\r\nERROR\r\n" : "\r\nOK\r\n"),
                .replies("AT+CHLD=11", isFirst ? "\r\nOK\r\n" : "\r\nERROR\r\n"),
            ])
            bench.forgetSent()
            bench.hangUp()
            bench.replies["AT+CLCC"] = "\r\nOK\r\n"
            bench.wait(.seconds(1))
            #expect(bench.call == nil)
        }
        #expect(bench.outcome.sent.filter { $0 != "AT+CLCC" } == ["AT+CHLD=11", "AT+CHUP"])
    }

    // MARK: Without a call

    /// A caller of whom nothing was heard rings: README promises a free line.
    @Test(arguments: [("AT+CHUP", "ATH"), ("ATH", "AT+CHUP")])
    func aHangUpOnAnIdleLineClimbsUntilTheListIsEmpty(_ refused: String, _ works: String) {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = Self.row("1,1,4,0,0,\"5550199\",129")
        bench.replies[refused] = "\r\nERROR\r\n"
        bench.hangUp()
        bench.wait(.milliseconds(200))
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(4))
        #expect(bench.outcome.sent.contains(works))
        #expect(bench.call == nil)
        bench.forget()
        bench.dial("5550101")
        #expect(bench.outcome.sent == ["ATD5550101;"])
    }

    @Test func aRefusedHangUpOnAnIdleLineIsClimbedBeforeTheNextDial() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = Self.row("1,1,4,0,0,\"5550199\",129")
        bench.replies["AT+CHUP"] = "\r\nERROR\r\n"
        bench.replies["ATH"] = "\r\nERROR\r\n"
        bench.hangUp()
        #expect(bench.outcome.states == [.incoming, .hangingUp])
        bench.dial("5550101")
        #expect(bench.outcome.refusals == [.callInProgress(.hangingUp)])
        #expect(bench.outcome.sent.contains("AT+CHLD=11"))
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(1))
        #expect(bench.outcome.causes == [.localHangUp])
    }

    @Test func aHangUpOnAFreeLineAsksOnceAndSaysNothing() {
        let outcome = outcome(
            .genericGSM,
            [.replies("AT+CHUP", "\r\nERROR\r\n"), .hangUp, .wait(.seconds(10)), .hangUp, .wait(.seconds(2))]
        )
        #expect(outcome.sent == ["AT+CHUP", "AT+CLCC", "AT+CHUP", "AT+CLCC"])
        #expect(outcome.calls == [])
    }

    /// Without a list the answer decides, and nothing is restarted.
    @Test(arguments: [(ModemProfile.analog, "ATH", "ATH0"), (.genericGSM, "AT+CHUP", "ATH")])
    func withoutAListTheAnswerIsRead(_ profile: ModemProfile, _ refused: String, _ next: String) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = "\r\nERROR\r\n"
        bench.replies[refused] = "\r\nERROR\r\n"
        bench.hangUp()
        bench.wait(.seconds(3))
        #expect(bench.outcome.sent.filter { $0 != "AT+CLCC" } == [refused, next])
        bench.replies[next] = "\r\nERROR\r\n"
        bench.forgetSent()
        bench.hangUp()
        bench.wait(.seconds(3))
        #expect(bench.outcome.sent.filter { $0 != "AT+CLCC" } == [refused, next])
        #expect(bench.call == nil)
        #expect(bench.readiness == .ready)
    }

    @Test func aDialRightBehindAHangUpWaitsForTheLine() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CHUP"] = ""
        bench.hangUp()
        bench.dial("5550101")
        #expect(bench.outcome.sent == ["AT+CHUP"])
        bench.feed("\r\nOK\r\n")
        #expect(bench.outcome.sent == ["AT+CHUP", "AT+CLCC", "ATD5550101;"])
        #expect(bench.outcome.states == [.dialing])
    }
}
