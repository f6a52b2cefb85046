import Basics
import ModemCore
import Testing

@Suite struct SetupTests {
    private func bench(
        _ profile: ModemProfile = .genericGSM,
        options: ModemOptions = ModemOptions(),
        replies: [String: String] = [:],
        wait: Duration = .seconds(5)
    ) -> Bench {
        let bench = Bench(profile, options: options)
        bench.replies.merge(replies) { $1 }
        bench.plug()
        bench.wait(wait)
        return bench
    }

    @Test func gsmIsSetUpInOrder() {
        let bench = bench()
        #expect(
            bench.outcome.sent == [
                "AT", "ATE0", "ATV1", "ATQ0", "AT+CMEE=1", "AT&D0", "AT+CVHU=0", "AT+CRC=1", "AT+CLIP=1", "AT+COLP=0",
                "AT+CCWA=1", "AT+CREG=1", "ATS0=0", "AT+CNMI=2,0,0,0,0", "AT+CGMI", "AT+CGMM", "ATI", "AT+CPIN?",
                "AT+CLCC", "AT+CREG?",
                // What a person wants to see soon after ready.
                "AT+CREG?", "AT+CSQ", "AT+COPS?",
            ]
        )
        #expect(bench.outcome.readiness == [.settingUp, .ready])
        #expect(bench.outcome.notes.contains(.identified(["Example"])))
    }

    @Test func analogIsSetUpInOrder() {
        let bench = bench(.analog, replies: ["AT+VCID=1": "\r\nERROR\r\n"])
        #expect(
            bench.outcome.sent == [
                "AT", "ATE0", "ATV1", "ATQ0", "ATX4", "AT&D0", "ATS0=0", "AT+FCLASS=0", "AT+VCID=1", "AT#CID=1", "ATI",
            ]
        )
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.notes.contains(.optionalCommandFailed("AT+VCID=1")))
    }

    @Test func theSiteReplacesTheSetupCommands() {
        let bench = bench(.analog, options: ModemOptions(initOverride: ["+FCLASS=1", "ATX3", " at&c1 "]))
        #expect(bench.outcome.sent == ["AT", "AT+FCLASS=1", "ATX3", "at&c1", "ATI"])
        #expect(bench.readiness == .ready)
    }

    @Test func refusedCommandsAreSkippedAndSilentOnesToo() {
        let bench = bench(
            replies: [
                "AT+CVHU=0": "ERROR\r\n", "AT+CRC=1": "COMMAND NOT SUPPORT\r\n", "AT+CCWA=1": "",
                "AT+COLP=0": "+CME ERROR: 3\r\n",
            ],
            wait: .seconds(40)
        )
        #expect(bench.readiness == .ready)
        #expect(
            bench.outcome.notes.filter { if case .optionalCommandFailed = $0 { true } else { false } }.count == 4
        )
    }

    @Test func aModemInNumericModeIsTurnedAround() {
        let bench = bench(replies: ["AT": "0\r", "ATE0": "0\r"])
        #expect(bench.readiness == .ready)
    }

    @Test func theFirstATsMayBeLost() {
        let bench = Bench(.genericGSM)
        bench.isDead = true
        bench.plug()
        bench.wait(.seconds(9))
        bench.isDead = false
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
    }

    @Test func aModemLeftInDataModeIsFetchedBack() {
        let bench = Bench(.analog)
        bench.isDead = true
        bench.plug()
        while bench.outcome.sent.last != "+++", bench.outcome.sent.count < 6 { bench.wait(.seconds(1)) }
        #expect(bench.outcome.sent == ["AT", "ATE0", "AT", "+++"])
        bench.isDead = false
        bench.feed("\r\nOK\r\n")
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
    }

    // MARK: SIM

    private static let locked = ["AT+CPIN?": "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"]

    @Test func thePINIsEnteredAndNeverShown() {
        let bench = bench(options: ModemOptions(simPIN: "4711"), replies: Self.locked, wait: .seconds(2))
        bench.replies["AT+CPIN=\"4711\""] = "AT+CPIN=\"4711\"\r\r\nOK\r\n"
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
        bench.wait(.seconds(30))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.contains("AT+CPIN=\"****\""))
        #expect(!(bench.outcome.sent + bench.outcome.received).contains { $0.contains("4711") })
    }

    @Test func aSIMTakenOutIsNoticedAndOnePutBackIsUsed() {
        let bench = bench(replies: [:])
        #expect(bench.readiness == .ready)
        bench.replies["AT+CPIN?"] = "\r\n+CME ERROR: 10\r\n"
        bench.feed("\r\n+CPIN: NOT INSERTED\r\n")
        bench.wait(.seconds(1))
        #expect(bench.readiness.simFault != nil)
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
        bench.wait(.seconds(20))
        #expect(bench.readiness == .ready)
    }

    /// The answer about the network is on its way: it says nothing about the SIM.
    @Test func aSIMTakenOutDuringAQuestionIsAskedForAfterwards() {
        let bench = bench(replies: ["AT+CREG?": ""], wait: .seconds(1))
        #expect(bench.outcome.sent.last == "AT+CREG?")
        bench.replies["AT+CPIN?"] = "\r\n+CME ERROR: 10\r\n"
        bench.feed("\r\n+CPIN: NOT READY\r\n")
        bench.wait(.milliseconds(100))
        bench.feed("\r\n+CREG: 1,1\r\n\r\nOK\r\n")
        bench.wait(.milliseconds(100))
        #expect(bench.outcome.sent.last == "AT+CPIN?")
        #expect(
            bench.outcome.readiness.dropFirst() == [
                .simNotReady(.absent)
            ]
        )
    }

    /// The dial is in flight: a question would break it off.
    @Test func aSIMTakenOutDuringADialIsAskedForAfterwards() {
        let bench = bench(.sierra, replies: ["ATD5550123;": ""])
        bench.dial("5550123")
        bench.wait(.seconds(1))
        bench.feed("\r\n+CPIN: NOT INSERTED\r\n")
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.last == "ATD5550123;")
        bench.feed("\r\nNO CARRIER\r\n")
        bench.replies["AT+CPIN?"] = "\r\n+CME ERROR: 10\r\n"
        bench.wait(.seconds(5))
        #expect(bench.readiness.simFault != nil)
    }

    @Test func aWrongPINIsNotTriedAgain() {
        let wrong = ["AT+CPIN=\"4711\"": "\r\n+CME ERROR: 16\r\n", "AT+CPINR=\"SIM PIN\"": "ERROR\r\n"]
        let bench = bench(options: ModemOptions(simPIN: "4711"), replies: Self.locked.merging(wrong) { $1 })
        bench.wait(.seconds(120))
        bench.unplug()
        bench.plug()
        bench.wait(.seconds(120))
        #expect(bench.outcome.sent.count { $0 == "AT+CPIN=\"****\"" } == 1)
        #expect(bench.outcome.notes.count { $0 == .simPINEntered } == 1)
        #expect(bench.readiness.simFault != nil)
    }

    @Test func aPINThatIsSpentIsNotTried() {
        var options = ModemOptions(simPIN: "4711")
        options.simsWithSpentPIN = [.unknown]
        let bench = bench(options: options, replies: Self.locked)
        bench.wait(.seconds(120))
        #expect(!bench.outcome.sent.contains("AT+CPIN=\"****\""))
    }

    @Test(arguments: [(1, .fewTries(1)), (0, .fewTries(0)), (2, .pinHeldBack)] as [(Int, SIMFault)])
    func aPINThatIsHeldBackIsNotTriedAndItsTriesAreAskedFor(_ left: Int, _ fault: SIMFault) {
        let counter = ["AT+CPINR=\"SIM PIN\"": "\r\n+CPINR: SIM PIN,\(left),3\r\n\r\nOK\r\n"]
        var options = ModemOptions(simPIN: "4711")
        options.entersSIMPIN = false
        let bench = bench(options: options, replies: Self.locked.merging(counter) { $1 })
        bench.wait(.seconds(120))
        #expect(!bench.outcome.sent.contains("AT+CPIN=\"****\""))
        #expect(bench.readiness.simFault == fault)
    }

    @Test(arguments: [(0, false), (1, false), (2, true), (3, true)])
    func theLastTryIsLeftToAPerson(_ left: Int, _ isTried: Bool) {
        let counter = ["AT+CPINR=\"SIM PIN\"": "\r\n+CPINR: SIM PIN,\(left),3\r\n\r\nOK\r\n"]
        let bench = bench(options: ModemOptions(simPIN: "4711"), replies: Self.locked.merging(counter) { $1 })
        #expect(bench.outcome.sent.contains("AT+CPIN=\"****\"") == isTried)
    }

    @Test(arguments: ["47 11", "4711\r", "", "\"4711"])
    func aPINThatIsNotDigitsIsNotTried(_ pin: String) {
        let bench = bench(options: ModemOptions(simPIN: pin), replies: Self.locked)
        #expect(bench.outcome.sent.last == "AT+CPIN?")
    }

    @Test(
        arguments: [
            ("\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n", .pukLocked), ("\r\n+CME ERROR: 10\r\n", .absent),
            ("\r\n+CME ERROR: SIM failure\r\n", .faulty),
            ("\r\n+CPIN: PH-NET PIN\r\n\r\nOK\r\n", .deviceLock("PH-NET PIN")),
            ("\r\n+CPIN: PH-SIM PIN\r\n\r\nOK\r\n", .deviceLock("PH-SIM PIN")),
            ("\r\n+CPIN: NOT INSERTED\r\n\r\nOK\r\n", .absent), ("\r\n+CPIN: SIM REMOVED\r\n\r\nOK\r\n", .absent),
            ("\r\n+CPIN:\"NOT INSERTED\"\r\nOK\r\n", .absent), ("\r\n+CPIN: BLOCKED\r\n\r\nOK\r\n", .blocked),
            ("\r\n+CPIN: SIM PIN2 REQUIRED\r\n\r\nOK\r\n", .other("SIM PIN2 REQUIRED")),
            // No word: the sentence is logged, and a number has no place in it.
            ("\r\n+CPIN: \"0491570156\"\r\n\r\nOK\r\n", .other("an unknown state")),
            ("\r\n+CPIN: PH-0491570156\r\n\r\nOK\r\n", .other("an unknown state")),
        ] as [(String, SIMFault)]
    )
    func aFaultySIMIsNamedAndLookedAtAgain(_ reply: String, _ fault: SIMFault) throws {
        let bench = bench(replies: ["AT+CPIN?": reply])
        #expect(bench.readiness.simFault == fault)
        bench.dial("5550101")
        #expect(bench.outcome.refusals == [.notReady(.simNotReady(fault))])
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
        bench.wait(.seconds(20))
        #expect(bench.readiness == .ready)
    }

    @Test(arguments: ["\r\n+CME ERROR: 14\r\n", "", "\r\n+CPIN: NOT READY\r\n\r\nOK\r\n"])
    func aSIMThatStaysBusyIsNamedAndLookedAtAgain(_ reply: String) throws {
        let bench = bench(replies: ["AT+CPIN?": reply], wait: .seconds(60))
        #expect(bench.readiness.simFault == .busy)
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
        bench.wait(.seconds(20))
        #expect(bench.readiness == .ready)
    }

    // MARK: Network

    @Test(arguments: ["2", "3", "0", "4", "6", "8"])
    func withoutANetworkADialIsRefusedWithTheReason(_ stat: String) throws {
        let bench = bench(replies: ["AT+CREG?": "\r\n+CREG: 1,\(stat)\r\n\r\nOK\r\n"])
        let reason = try #require(bench.readiness.networkFault)
        bench.dial("5550101")
        #expect(bench.outcome.refusals == [.notReady(.notRegistered(reason))])
        bench.feed("\r\n+CREG: 5\r\n")
        #expect(bench.readiness == .ready)
    }

    @Test func aLostNetworkIsNoticedByTheSlowPoll() {
        let bench = bench(replies: ["AT+CREG?": "\r\n+CREG: 1,5,\"00AA\",\"01BB\",7\r\n\r\nOK\r\n"])
        #expect(bench.readiness == .ready)
        bench.wait(.seconds(60))
        #expect(bench.signalQuality?.dBm == -73)
        bench.replies["AT+CREG?"] = "\r\n+CREG: 1,2\r\n\r\nOK\r\n"
        bench.wait(.seconds(60))
        #expect(
            bench.readiness == .notRegistered(.registration(.searching))
        )
        bench.replies["AT+CREG?"] = "\r\n+CREG: 1,1\r\n\r\nOK\r\n"
        bench.wait(.seconds(10))
        #expect(bench.readiness == .ready)
    }

    @Test(arguments: ["\r\nERROR\r\n", "\r\n+CME ERROR: 4\r\n"])
    func aModemThatCannotTellItsNetworkMayDial(_ reply: String) {
        #expect(bench(replies: ["AT+CREG?": reply]).readiness == .ready)
    }

    @Test(arguments: ["", "\r\nOK\r\n"])
    func aModemThatNeverTellsItsNetworkMayDial(_ reply: String) {
        let bench = bench(replies: ["AT+CREG?": reply], wait: .seconds(60))
        #expect(bench.readiness == .ready)
        bench.dial("5550101")
        #expect(bench.outcome.states == [.dialing])
    }

    // MARK: Calls that are up, probes, silence

    @Test(
        arguments: [
            ("1,0,0,0,0,\"4930555010\",145", CallDirection.outbound, CallState.active, "+4930555010"),
            ("1,0,3,0,0,\"5550101\",129", .outbound, .alerting, "5550101"),
            ("3,1,0,0,0,\"\",128", .inbound, .active, nil),
            ("1,1,4,0,0", .inbound, .incoming, nil),
        ] as [(String, CallDirection, CallState, String?)]
    )
    func aCallThatIsUpIsTakenOver(_ row: String, _ direction: CallDirection, _ state: CallState, _ number: String?) {
        let bench = bench(replies: ["AT+CLCC": "\r\n+CLCC: 1,1,0,1,0,\"\",128\r\n+CLCC: \(row)\r\n\r\nOK\r\n"])
        #expect(bench.call == Call(direction: direction, number: number, state: state, isAdopted: true))
        #expect(bench.outcome.calls.count == 1)
        bench.dial("5550102")
        #expect(bench.outcome.refusals == [.callInProgress(state)])
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.wait(.seconds(10))
        #expect(bench.call == nil)
    }

    @Test(arguments: ModemProfile.all)
    func anIdleModemIsProbedEachHalfMinute(_ profile: ModemProfile) {
        let bench = bench(profile)
        // The first time the network's name is asked for, too.
        bench.wait(.seconds(30))
        bench.forget()
        bench.wait(.seconds(300))
        #expect(bench.outcome.sent == Array(repeating: profile.probes.map(\.text), count: 10).flatMap { $0 })
        #expect(bench.outcome.readiness == [])
    }

    @Test func theNetworkIsAskedForItsNameOnceForEachTimeThatItIsThere() {
        let name = "\r\n+COPS: 0,0,\"Example Net\",7\r\n\r\nOK\r\n"
        let bench = bench(replies: ["AT+COPS?": name])
        bench.wait(.seconds(120))
        #expect(bench.operatorName == "Example Net")
        #expect(bench.registration == .home)
        #expect(bench.outcome.sent.filter { $0 == "AT+COPS?" }.count == 1)
        bench.feed("\r\n+CREG: 2\r\n")
        #expect(bench.operatorName == nil)
        #expect(bench.registration == .searching)
        bench.wait(.seconds(120))
        #expect(bench.operatorName == "Example Net")
        #expect(bench.outcome.sent.filter { $0 == "AT+COPS?" }.count == 2)
    }

    @Test(arguments: ModemProfile.all.filter { $0.kind == .gsm })
    func networkAndSignalAreKnownSoonAfterReady(_ profile: ModemProfile) {
        let name = "\r\n+COPS: 0,0,\"Example Net\",7\r\n\r\nOK\r\n"
        let bench = bench(
            profile,
            replies: ["AT+COPS?": name, "AT+CREG?": "\r\n+CREG: 1,2\r\n\r\nOK\r\n"]
        )
        // The network comes late, and the signal is not known at once.
        bench.wait(.seconds(7))
        bench.replies["AT+CREG?"] = "\r\n+CREG: 1,1\r\n\r\nOK\r\n"
        bench.replies["AT+CSQ"] = "\r\n+CSQ: 99,99\r\n\r\nOK\r\n"
        bench.feed("\r\n+CREG: 1\r\n")
        #expect(bench.readiness == .ready)
        bench.wait(.seconds(2))
        #expect(bench.operatorName == "Example Net")
        bench.replies["AT+CSQ"] = "\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
        bench.wait(.seconds(3))
        #expect(bench.signalQuality?.dBm == -73)
        // From then on only in its turn.
        bench.forget()
        bench.wait(.seconds(10))
        #expect(bench.outcome.sent == [])
    }

    @Test func aCallRightAfterReadyDelaysThemUntilItsEnd() {
        let bench = Bench(.genericGSM)
        bench.replies["AT+COPS?"] = "\r\n+COPS: 0,0,\"Example Net\",7\r\n\r\nOK\r\n"
        bench.plug()
        while bench.readiness != .ready { bench.wait(.milliseconds(10)) }
        #expect(bench.signalQuality == nil)
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"
        bench.dial("5550101")
        bench.feed("\r\nOK\r\n")
        bench.wait(.seconds(10))
        #expect(bench.call?.state == .active && !bench.outcome.sent.contains("AT+CSQ"))
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.feed("\r\nNO CARRIER\r\n")
        bench.wait(.seconds(5))
        #expect(bench.call == nil)
        #expect(bench.signalQuality?.dBm == -73 && bench.operatorName == "Example Net")
    }

    @Test func aNetworkThatIsNotNamedIsNotAskedAgain() {
        let bench = bench(replies: ["AT+COPS?": ""])
        bench.wait(.seconds(300))
        #expect(bench.operatorName == nil)
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.filter { $0 == "AT+COPS?" }.count == 1)
    }

    @Test func aSilentModemIsReopenedSlowerAndSlower() {
        let bench = bench()
        bench.isDead = true
        var pauses: [Duration] = []
        var last = bench.now
        for count in 1...8 {
            while bench.outcome.reopenings < count { bench.wait(.seconds(1)) }
            pauses.append(bench.now - last)
            last = bench.now
            #expect(bench.readiness.word == "not-responding")
            bench.unplug()
            bench.forgetSent()
            bench.plug()
            // Twice it is only opened; then it is told to start again, too.
            #expect(bench.outcome.sent == (count > 2 ? ["AT+CFUN=1,1"] : []))
        }
        #expect(pauses.last ?? .zero >= .seconds(60))
        #expect(bench.outcome.notes.contains(.reopening(count: 8)))
        bench.isDead = false
        bench.wait(.seconds(10))
        #expect(bench.readiness == .ready)
    }

    @Test func nothingIsSilentlyDropped() {
        let bench = Bench(.genericGSM)
        bench.dial("5550101")
        #expect(bench.outcome.refusals == [.notReady(.opening)])
        bench.plug()
        bench.dial("5550101")
        #expect(bench.outcome.refusals.last == .notReady(.opening))
        bench.answer()
        #expect(bench.outcome.notes.contains(.cannotAnswer))
    }

    @Test func aDialDuringARingIsRefused() {
        let bench = bench(.analog)
        bench.feed("RING\r\n")
        bench.dial("5550101")
        #expect(bench.outcome.refusals == [.lineRinging])
    }

    @Test func aHangUpThatWaitsDoesNotEndTheNextCall() {
        let bench = bench()
        bench.forget()
        bench.replies["AT+CREG?"] = ""
        bench.wait(.seconds(26))
        bench.hangUp()
        bench.dial("5550101")
        bench.feed("\r\n+CREG: 1,1\r\n\r\nOK\r\n")
        #expect(bench.outcome.sent == ["AT+CREG?", "AT+CHUP", "AT+CLCC", "ATD5550101;"])
    }
}
