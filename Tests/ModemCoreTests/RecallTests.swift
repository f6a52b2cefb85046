import ModemCore
import Testing

/// What becomes of a call that is remembered: the table, and the machine that follows it.
@Suite struct RecallTests {
    enum Boot: CaseIterable { case same, other }
    enum Age: CaseIterable { case young, old, pastLimit }

    private static let limit = Duration.seconds(4 * 3600)
    private static let evidences: [RecallEvidence] = [.listed(.active), .notListed, .noList]

    private func remembered(_ state: CallState, _ boot: Boot, _ age: Age, wantsEnd: Bool, now: Instant)
        -> RememberedCall
    {
        let ago: Duration =
            switch age {
            case .young: .seconds(5)
            case .old: .seconds(60)
            case .pastLimit: Self.limit
            }
        let call = Call(direction: .outbound, number: "5550101", state: state)
        return RememberedCall(call, begun: now - ago, wantsEnd: wantsEnd, isSameBoot: boot == .same)
    }

    /// Written as rules, each of which is one sentence of the decision.
    private func expected(
        _ kind: ModemProfile.Kind,
        _ evidence: RecallEvidence,
        _ boot: Boot,
        _ age: Age,
        _ wantsEnd: Bool
    ) -> RecallVerdict {
        let isPast = boot == .same && age == .pastLimit
        switch evidence {
        case .listed: return wantsEnd || isPast ? .hangUp : .adopt(.active)
        case .notListed: return .over
        case .noList: return wantsEnd || isPast || boot == .other ? .hangUp : .adopt(.dialed)
        }
    }

    @Test(arguments: [ModemProfile.Kind.gsm, .analog], evidences)
    func anAnsweredCallIsAdoptedEndedOrOver(_ kind: ModemProfile.Kind, _ evidence: RecallEvidence) {
        let now = ContinuousClock.now
        for boot in Boot.allCases {
            for age in Age.allCases {
                for wantsEnd in [true, false] {
                    let call = remembered(.active, boot, age, wantsEnd: wantsEnd, now: now)
                    let verdict = call.verdict(evidence, kind: kind, limit: Self.limit, now: now)
                    #expect(verdict == expected(kind, evidence, boot, age, wantsEnd), "\(boot) \(age) \(wantsEnd)")
                }
            }
        }
    }

    @Test func aDialIsLookedForInTheListAsLongAsItMayBeTooYoung() {
        let now = ContinuousClock.now
        func verdict(_ age: Age, _ boot: Boot = .same, wantsEnd: Bool = false) -> RecallVerdict {
            remembered(.dialing, boot, age, wantsEnd: wantsEnd, now: now)
                .verdict(.notListed, kind: .gsm, limit: Self.limit, now: now)
        }
        #expect(verdict(.young) == .askAgain)
        #expect(verdict(.young, wantsEnd: true) == .hangUp)
        #expect(verdict(.old) == .hangUp)
        #expect(verdict(.young, .other) == .over)
    }

    @Test func whatAnAnalogModemWasDialingIsBrokenOffByTheFirstQuestion() {
        let now = ContinuousClock.now
        func verdict(_ state: CallState, _ kind: ModemProfile.Kind) -> RecallVerdict {
            remembered(state, .same, .young, wantsEnd: false, now: now)
                .verdict(.noList, kind: kind, limit: Self.limit, now: now)
        }
        #expect(verdict(.dialing, .analog) == .hangUp)
        #expect(verdict(.dialing, .gsm) == .adopt(.dialed))
        #expect(verdict(.handedOver, .analog) == .adopt(.handedOver))
        #expect(verdict(.incoming, .analog) == .adopt(.incoming))
    }

    // MARK: The machine

    private func bench(_ profile: ModemProfile, wantsEnd: Bool = false, list: String? = nil) -> Bench {
        let bench = Bench(profile)
        if let list { bench.replies["AT+CLCC"] = list }
        var call = Call(direction: .outbound, number: "5550101", state: .active)
        call.asked = "555-0101"
        bench.recall(.call(RememberedCall(call, begun: bench.now - .seconds(60), wantsEnd: wantsEnd)))
        return bench
    }

    private static let row = "\r\n+CLCC: 1,0,0,0,0,\"+15555550101\",145\r\n\r\nOK\r\n"
    private static let refusal = "\r\nERROR\r\n"

    @Test(arguments: [
        (ModemProfile.genericGSM, row, CallState.active), (.genericGSM, refusal, .dialed), (.analog, refusal, .dialed),
    ])
    func aCallIsToldAtOnceWithTheNumberAsAskedAndThenProven(_ profile: ModemProfile, _ list: String, _ state: CallState)
    {
        let bench = bench(profile, list: list)
        #expect(bench.outcome.calls.map(\.state) == [.active])
        #expect(bench.call?.asked == "555-0101")
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.call?.state == state)
        #expect(bench.call?.asked == "555-0101")
        bench.dial("5550102")
        #expect(bench.outcome.refusals == [.callInProgress(state)])
    }

    @Test(arguments: [(ModemProfile.genericGSM, row), (.genericGSM, refusal), (.analog, refusal)])
    func aWantedEndIsCarriedOutBeforeTheModemIsReady(_ profile: ModemProfile, _ list: String) {
        let bench = bench(profile, wantsEnd: true, list: list)
        #expect(bench.outcome.calls.map(\.state) == [.hangingUp])
        bench.plug()
        bench.replies["AT+CLCC"] = list
        bench.wait(.milliseconds(100))
        bench.replies["AT+CLCC"] = list == Self.row ? "\r\nOK\r\n" : list
        bench.wait(.seconds(20))
        #expect(bench.outcome.sent.contains { $0 == "ATH" || $0 == "AT+CHUP" })
        #expect(bench.outcome.causes == [.localHangUp])
        #expect(bench.recollection == .free)
    }

    @Test func aCallThatTheListDoesNotShowHasAnUnknownEnd() {
        let bench = bench(.genericGSM, list: "\r\nOK\r\n")
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.outcome.causes == [.unknownEnd])
        #expect(bench.recollection == .free)
    }

    @Test(arguments: [ModemProfile.genericGSM, .analog])
    func aModemThatAnswersNothingEndsTheCallForPatriotAndTheWishStays(_ profile: ModemProfile) {
        let bench = bench(profile)
        bench.isDead = true
        bench.plug()
        bench.hangUp()
        bench.wait(.seconds(14))
        #expect(bench.outcome.causes == [])
        bench.wait(.seconds(6))
        #expect(bench.outcome.causes == [.notResponding])
        guard case .call(let kept) = bench.recollection else { return #expect(Bool(false), "nothing is remembered") }
        #expect(kept.wantsEnd && !kept.isTold)
    }

    @Test(arguments: [(ModemProfile.genericGSM, false), (.analog, true)])
    func withoutAMemoryAModemThatCannotListItsCallsIsCleared(_ profile: ModemProfile, _ isCleared: Bool) {
        let bench = Bench(profile)
        bench.recall(.unknown)
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.contains("ATH") == isCleared)
        #expect(bench.readiness == .ready)
    }

    /// With the polling off a plain AT shows in every state of a call whether the modem hears.
    @Test(arguments: [ModemProfile.genericGSM, .quectel])
    func aModemThatDiesInACallThatIsNotListedIsFoundIn45Seconds(_ profile: ModemProfile) {
        let bench = Bench(profile, options: ModemOptions(polling: .off))
        bench.becomeReady()
        bench.play([.dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(100))])
        #expect(bench.call != nil)
        bench.isDead = true
        bench.forget()
        bench.wait(.seconds(45))
        #expect(bench.outcome.notes.contains(.silent))
        bench.wait(.seconds(10))
        #expect(bench.outcome.causes == [.notResponding])
    }

    /// A person's command that does not stop at a CR keeps the modem busy, not silent, until its own limit.
    @Test func aModemBusyWithAPersonsCommandIsNotSilent() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+COPS=?"] = ""
        bench.replies["AT"] = ""
        try bench.send("AT+COPS=?", timeout: .seconds(60))
        bench.wait(.seconds(5))
        bench.dial("5550101")
        bench.wait(.seconds(20))
        #expect(!bench.outcome.notes.contains(.silent))
        bench.replies["AT"] = "\r\nOK\r\n"
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.last == "ATD5550101;")
    }
}
