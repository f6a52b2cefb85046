import ModemCore
import Testing

private let ring = "\r\nRING\r\n"
private let empty = Step.replies("AT+CLCC", "\r\nOK\r\n")
private func inbound(_ state: CallState, _ number: String? = nil) -> Call {
    Call(direction: .inbound, number: number, state: state)
}

/// An analog line that rings is not dialled into: the modem would go off hook on the caller.
@Suite struct RingingLineTests {
    static let analog: [ModemProfile] = [.analog, .analogVoice, .usRobotics]

    @Test(arguments: analog)
    func oneRingIsEnough(_ profile: ModemProfile) {
        let outcome = outcome(profile, [.modem(ring), .wait(.milliseconds(6900)), .dial("5550101"), .wroteNothing])
        #expect(outcome.refusals == [.lineRinging])
        #expect(outcome.calls == [])
    }

    @Test(arguments: analog)
    func aDeclinedCallRingsOn(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [
                .modem(ring), .wait(.seconds(5)), .modem(ring), .wait(.seconds(1)), .hangUp, .wait(.milliseconds(3500)),
                .dial("5550101"), .wait(.milliseconds(500)), .modem(ring), .dial("5550101"), .wait(.milliseconds(6900)),
                .dial("5550101"), .wrote("ATH"), .wroteNothing,
            ]
        )
        #expect(outcome.states == [.incoming, .hangingUp, .released(.localHangUp)])
        #expect(outcome.refusals == [.lineRinging, .lineRinging, .lineRinging])
    }

    @Test(arguments: analog)
    func theLineIsDialledOnceTheLastRingIsOlderThanTheCadence(_ profile: ModemProfile) {
        for declines in [false, true] {
            let bench = Bench(profile)
            bench.becomeReady()
            bench.play([.modem(ring), .wait(.seconds(5)), .modem(ring)])
            if declines { bench.hangUp() }
            bench.play([.wait(.milliseconds(6990)), .dial("5550101"), .wait(.milliseconds(20)), .dial("5550101")])
            #expect(bench.outcome.refusals == [.lineRinging])
            #expect(bench.outcome.causes == [declines ? .localHangUp : .missed])
            #expect(bench.call?.direction == .outbound)
            #expect(bench.outcome.sent.last?.hasPrefix("ATDT5550101") == true)
        }
    }

    @Test func aRingingGSMCallIsNoReasonOnceItIsHungUp() {
        let outcome = outcome(
            .genericGSM,
            [.modem(ring + "\r\n+CLIP: \"5550199\",129\r\n"), empty, .hangUp, .wait(.seconds(1)), .dial("5550101")]
        )
        #expect(outcome.states.suffix(2) == [.released(.localHangUp), .dialing])
    }

    // MARK: Another caller

    @Test(arguments: analog)
    func anotherNumberIsAnotherCall(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [
                .modem(ring), .modem("\r\nNMBR = 5550199\r\n"), .wait(.seconds(6)), .modem(ring), .wait(.seconds(6)),
                .modem(ring), .wait(.seconds(1)), .modem("\r\nNMBR = 5550188\r\n"), .wait(.seconds(3)),
            ]
        )
        #expect(
            outcome.calls == [
                inbound(.incoming, "5550199"), inbound(.released(.missed), "5550199"), inbound(.incoming, "5550188"),
            ]
        )
    }

    @Test func anotherNumberIsAnotherCallOnGSMWithoutAList() {
        var options = ModemOptions()
        options.polling = .off
        let outcome = outcome(
            .genericGSM,
            options: options,
            [
                .modem(ring + "\r\n+CLIP: \"5550199\",129\r\n"), .wait(.seconds(5)),
                .modem(ring + "\r\n+CLIP: \"5550188\",129\r\n"), .wait(.seconds(3)),
            ]
        )
        #expect(outcome.calls.map(\.number) == ["5550199", "5550199", "5550188"])
        #expect(outcome.states == [.incoming, .released(.missed), .incoming])
    }

    @Test(arguments: [
        ("\"0491570156\",129", "\"+61491570156\",145"), ("\"61491570156\",145", "\"0491570156\",129"),
        ("\"5550199\",129", "\"0015550199\",129"),
    ])
    func theSameNumberInAnotherFormIsTheSameCall(_ first: String, _ second: String) {
        var options = ModemOptions()
        options.polling = .off
        let outcome = outcome(
            .genericGSM,
            options: options,
            [.modem(ring + "\r\n+CLIP: \(first)\r\n"), .wait(.seconds(5)), .modem(ring + "\r\n+CLIP: \(second)\r\n")]
        )
        #expect(outcome.states == [.incoming])
    }

    @Test func aRefusedCallerWhoRingsOnIsToldAgain() {
        let ringOn = [Step](repeating: .modem(ring), count: 3).flatMap { [$0, .wait(.seconds(6))] }
        let outcome = outcome(
            .analog,
            [.modem(ring), .modem("NMBR = 5550199\r\n"), .wait(.seconds(1)), .hangUp] + ringOn
        )
        #expect(outcome.states == [.incoming, .hangingUp, .released(.localHangUp), .incoming])
        #expect(outcome.calls.last?.number == nil)
    }

    @Test(arguments: ["5550199", "5550188"])
    func aCallerIDAfterADeclineIsAnotherCall(_ number: String) {
        let outcome = outcome(
            .analog,
            [
                .modem(ring), .modem("NMBR = 5550199\r\n"), .wait(.seconds(1)), .hangUp, .wait(.seconds(4)),
                .modem(ring), .modem("NMBR = \(number)\r\n"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.calls.last == inbound(.incoming, number))
    }

    /// The pause counts from the last ring, whenever the call was declined.
    @Test func aRingAfterAPauseIsAnotherCall() {
        let outcome = outcome(
            .analog,
            [
                .modem(ring), .wait(.seconds(5)), .modem(ring), .wait(.seconds(4)), .hangUp, .wait(.milliseconds(3100)),
                .modem(ring), .wait(.seconds(5)), .modem(ring),
            ]
        )
        #expect(outcome.states == [.incoming, .hangingUp, .released(.localHangUp), .incoming])
    }

    @Test(arguments: [100, 1000, 1900])
    func aSingleRingAfterARejectIsLookedAt(_ pause: Int) {
        let clip = ring + "\r\n+CLIP: \"5550199\",129\r\n"
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            .modem(clip), empty, .hangUp, .wait(.milliseconds(pause)),
            .replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0,\"5550199\",129\r\n\r\nOK\r\n"), .modem(clip),
            .wait(.seconds(20)),
        ])
        #expect(bench.outcome.states == [.incoming, .hangingUp, .released(.localHangUp), .incoming])
        #expect(bench.call?.number == "5550199")
    }

    // MARK: A lone ring

    @Test(arguments: [ModemProfile.genericGSM, .huawei, .quectel, .simcom, .telit, .ublox, .cinterion])
    func emptyListsFreeTheLineAfterALoneRing(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [empty, .modem("\r\nRING\r\n"), .wait(.milliseconds(2300)), .dial("5550101"), .wait(.milliseconds(1))]
        )
        #expect(outcome.refusals == [])
        #expect(outcome.states == [.dialing])
        #expect(outcome.notes.contains(.singleRing))
    }

    @Test func theSecondRingOfAModemWhoseListNeverShowsItIsACall() {
        let outcome = outcome(
            .genericGSM,
            [
                empty, .modem(ring), .wait(.seconds(5)), .modem(ring), .wait(.seconds(5)), .modem(ring),
                .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.incoming])
    }

    @Test func aRefusedListFreesNothing() {
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CLCC", "\r\nERROR\r\n"), .modem(ring), .wait(.seconds(5)), .dial("5550101"),
                .wait(.milliseconds(1)),
            ]
        )
        #expect(outcome.refusals == [.lineRinging])
    }

    // MARK: Static

    @Test(arguments: analog)
    func staticIsNoCall(_ profile: ModemProfile) {
        let storm = String(repeating: "\r\nMESG = 0000\r\n\r\nDDN_NMBR=\r\n", count: 12)
        let outcome = outcome(
            profile,
            [
                .modem(storm), .wait(.seconds(1)), .modem("\r\nNMBR = \r\n\r\nNMBR=\r\nNMBR = O\r\n"),
                .wait(.seconds(11)), .dial("5550101"),
            ]
        )
        #expect(outcome.states == [.dialing])
    }

    @Test(arguments: [
        "\r\nDATE = 0321\r\n\r\nTIME = 1405\r\n\r\nNMBR = 5550199\r\n",
        "\r\nDATE=0321\r\nTIME=1405\r\nNMBR=5550199\r\n",
        "NMBR=5550199\r\n", "\r\nDDN_NMBR= 5550199\r\n",
    ])
    func aNumberBeforeTheFirstRingIsACall(_ block: String) {
        let outcome = outcome(.analog, [.modem(block), .wait(.seconds(2)), .modem(ring), .wait(.seconds(2))])
        #expect(outcome.calls == [inbound(.incoming, "5550199")])
    }

    @Test(arguments: ["P", "O", "Private"])
    func aCallerIDWithoutANumberWaitsForTheRing(_ value: String) {
        let block = Step.modem("\r\nDATE = 0321\r\n\r\nNMBR = \(value)\r\n")
        #expect(outcome(.analog, [block, .wait(.seconds(20))]).calls == [])
        #expect(outcome(.analog, [block, .wait(.seconds(2)), .modem(ring)]).calls == [inbound(.incoming)])
        #expect(outcome(.analog, [.modem(ring), .wait(.seconds(2)), block]).calls == [inbound(.incoming)])
    }

    // MARK: A modem that hears nothing while it rings

    @Test func ringsProveTheModemAndTheCall() {
        let bench = Bench(.simcom)
        bench.becomeReady()
        bench.isDead = true
        for _ in 0..<12 { bench.play([.modem(ring + "\r\n+CLIP: \"5550199\",129\r\n"), .wait(.seconds(5))]) }
        #expect(bench.outcome.states == [.incoming])
        #expect(bench.outcome.reopenings == 0)
        bench.isDead = false
        bench.wait(.seconds(30))
        #expect(bench.outcome.causes == [.missed])
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.reopenings == 0)
    }

    @Test func aDeafModemIsHungUpOnWhenItHearsAgain() {
        let bench = Bench(.simcom)
        bench.becomeReady()
        bench.isDead = true
        bench.play([.modem(ring + "\r\n+CLIP: \"5550199\",129\r\n"), .wait(.seconds(1)), .hangUp])
        for _ in 0..<8 { bench.play([.wait(.seconds(5)), .modem(ring + "\r\n+CLIP: \"5550199\",129\r\n")]) }
        #expect(bench.outcome.states == [.incoming, .hangingUp])
        bench.isDead = false
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(10))
        #expect(bench.outcome.causes == [.localHangUp])
        #expect(bench.outcome.reopenings == 0)
    }

    @Test func aModemThatIsDeafForGoodIsGivenUpOnceItStopsRinging() {
        let bench = Bench(.simcom)
        bench.becomeReady()
        bench.isDead = true
        for _ in 0..<6 { bench.play([.modem(ring), .wait(.seconds(5))]) }
        bench.wait(.seconds(60))
        #expect(bench.outcome.reopenings == 1)
        #expect(bench.call == nil)
    }
}
