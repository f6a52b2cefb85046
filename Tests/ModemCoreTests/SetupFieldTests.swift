import ModemCore
import Testing

/// What modems in the field send while they are set up.
@Suite struct SetupFieldTests {
    private static let gsmProfiles = ModemProfile.all.filter { $0.kind == .gsm }

    private func bench(
        _ profile: ModemProfile = .genericGSM,
        options: ModemOptions = ModemOptions(),
        identifiesProfile: Bool = false,
        replies: [String: String] = [:],
        wait: Duration = .seconds(5)
    ) -> Bench {
        let bench = Bench(profile, options: options, identifiesProfile: identifiesProfile)
        bench.replies.merge(replies) { $1 }
        bench.plug()
        bench.wait(wait)
        return bench
    }

    // MARK: PIN

    private static let locked = ["AT+CPIN?": "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"]
    private static let enter = "AT+CPIN=\"****\""

    private static func counter(_ left: Int) -> [String: String] {
        ["AT+CPINR=\"SIM PIN\"": "\r\n+CPINR: SIM PIN,\(left),3\r\n\r\nOK\r\n"]
    }

    @Test(arguments: ["ERROR", "+CME ERROR: 11", "+CME ERROR: 4", "+CME ERROR: 100", "+CME ERROR: unknown", ""])
    func anAnswerThatIsNoJudgementDoesNotSpendThePIN(_ answer: String) {
        let reply = [Self.enter: answer.isEmpty ? "" : "\r\n\(answer)\r\n"]
        let bench = bench(
            options: ModemOptions(simPIN: "4711"),
            replies: Self.locked.merging(reply) { $1 }.merging(Self.counter(3)) { $1 },
            wait: .seconds(60)
        )
        #expect(bench.readiness.simFault == .pinNotUnderstood)
        #expect(bench.outcome.notes.contains(.simPINNotJudged))
        #expect(bench.outcome.sent.count { $0 == Self.enter } == 1)
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
        bench.wait(.seconds(20))
        #expect(bench.readiness == .ready)
    }

    @Test func aLoweredCounterIsAJudgement() {
        let bench = bench(
            options: ModemOptions(simPIN: "4711"),
            replies: Self.locked.merging(Self.counter(3)) { $1 }.merging([Self.enter: ""]) { $1 },
            wait: .seconds(4)
        )
        bench.replies.merge(Self.counter(2)) { $1 }
        bench.feed("\r\nERROR\r\n")
        bench.wait(.seconds(1))
        #expect(bench.readiness.simFault == .pinRefused(triesLeft: 2))
    }

    /// Without a counter an entry may have cost a try: never the third one.
    @Test func entriesWithoutAJudgementAndACounterAreFew() {
        let replies = [Self.enter: "\r\nERROR\r\n", "AT+CPINR=\"SIM PIN\"": "\r\nERROR\r\n"]
        let bench = bench(options: ModemOptions(simPIN: "4711"), replies: Self.locked.merging(replies) { $1 })
        for _ in 1...5 {
            bench.wait(.seconds(60))
            bench.unplug()
            bench.plug()
        }
        bench.wait(.seconds(60))
        #expect(bench.outcome.sent.count { $0 == Self.enter } == 2)
    }

    // MARK: SIM

    @Test(arguments: ["+CPIN: READY", "+CPIN:READY", "^SIMST: 1", "*ATREADY: 1", "+QUSIM: 1"], gsmProfiles)
    func aSIMThatIsToldWhileItIsWaitedForIsUsedAtOnce(_ line: String, _ profile: ModemProfile) {
        let fault = ["AT+CPIN?": "\r\n+CME ERROR: SIM failure\r\n"]
        let outcome = inEveryCut { feeding in
            let bench = bench(profile, replies: fault)
            #expect(bench.readiness.simFault == .faulty)
            bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
            bench.forget()
            bench.begin(feeding)
            bench.feed("\r\n\(line)\r\n")
            bench.begin(.whole)
            bench.wait(.seconds(2))
            return bench
        }
        #expect(outcome.readiness.last == .ready)
    }

    // MARK: Radio

    @Test(arguments: ["0", "4"])
    func aRadioThatIsOffIsSwitchedOnOnce(_ mode: String) {
        let off = ["AT+CREG?": "\r\n+CREG: 0,0\r\n\r\nOK\r\n", "AT+CFUN?": "\r\n+CFUN: \(mode)\r\n\r\nOK\r\n"]
        let bench = bench(replies: off, wait: .seconds(60))
        #expect(bench.readiness == .notRegistered(.radioOff))
        #expect(bench.outcome.sent.count { $0 == "AT+CFUN=1" } == 1)
        bench.replies["AT+CFUN?"] = "\r\n+CFUN: 1\r\n\r\nOK\r\n"
        bench.replies["AT+CREG?"] = "\r\n+CREG: 0,1\r\n\r\nOK\r\n"
        bench.wait(.seconds(10))
        #expect(bench.readiness == .ready)
    }

    @Test func aRadioThatIsOffHidesTheSIM() {
        let off = ["AT+CPIN?": "\r\n+CPIN: NOT READY\r\n\r\nOK\r\n", "AT+CFUN?": "\r\n+CFUN: 0\r\n\r\nOK\r\n"]
        let bench = bench(replies: off, wait: .seconds(1))
        #expect(bench.outcome.sent.contains("AT+CFUN=1"))
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
        bench.wait(.seconds(5))
        #expect(bench.readiness == .ready)
    }

    // MARK: Emergency

    @Test(arguments: ["112", "911", "000", "08", "110", "118", "119", "999"])
    func anEmergencyNumberNeedsNeitherNetworkNorSIM(_ number: String) {
        for replies in [
            ["AT+CREG?": "\r\n+CREG: 0,8\r\n\r\nOK\r\n"], ["AT+CPIN?": "\r\n+CME ERROR: 10\r\n"],
            ["AT+CPIN?": "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n"],
        ] {
            let bench = bench(replies: replies)
            bench.dial("5550101")
            #expect(bench.outcome.refusals.count == 1)
            bench.dial(number)
            #expect(bench.outcome.sent.last == "ATD\(number);")
            #expect(bench.call?.state == .dialing)
        }
    }

    // MARK: Chat

    @Test(
        arguments: [
            "ERROR: UNSUPPORTED", "+EXT ERROR: 3", "+CMS ERROR: 302", "+CME ERROR : 21", "ERROR: 4", "NOT SUPPORTED",
            "+TTS ERROR: 1", "UNKNOWN COMMAND",
        ]
    )
    func aMakersErrorEndsACommandAtOnce(_ error: String) {
        let outcome = inEveryCut { feeding in
            let bench = Bench(.genericGSM)
            bench.replies["AT+CVHU=0"] = "\r\n\(error)\r\n"
            bench.begin(feeding)
            bench.plug()
            bench.wait(.seconds(2))
            return bench
        }
        #expect(outcome.readiness.last == .ready)
        #expect(outcome.notes.contains(.optionalCommandFailed("AT+CVHU=0")))
    }

    @Test(arguments: ModemProfile.all)
    func aModemThatIsSilentOnAnEmptyCommandIsFound(_ profile: ModemProfile) {
        let bench = bench(profile, replies: ["AT": ""], wait: .seconds(10))
        #expect(bench.readiness == .ready)
        bench.wait(.seconds(300))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.reopenings == 0)
    }

    /// It reads AT+VCID=1 as a V command and answers with numbers from then on.
    @Test func numericResultsAreTurnedBack() {
        let bench = bench(.analog, replies: ["AT+VCID=1": "3\r", "AT": "0\r"], wait: .seconds(10))
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.count { $0 == "ATV1" } >= 2)
        bench.feed("2\r")
        #expect(bench.call == nil)
        bench.wait(.seconds(6))
        bench.feed("2\r")
        #expect(bench.call?.state == .incoming)
    }

    // MARK: Which kind

    private static let conexant: [String: String] = {
        var replies: [String: String] = ["ATI": "\r\n56000\r\n\r\nOK\r\n", "ATI3": "\r\nCX93001\r\n\r\nOK\r\n"]
        for command in [
            "AT+CMEE=1", "AT+CVHU=0", "AT+CRC=1", "AT+CLIP=1", "AT+COLP=0", "AT+CCWA=1", "AT+CREG=1",
            "AT+CNMI=2,0,0,0,0", "AT+CGMI", "AT+CGMM", "AT+CPIN?", "AT+CREG?", "AT+CLCC",
        ] {
            replies[command] = "\r\nERROR\r\n"
        }
        return replies
    }()

    @Test(arguments: ["\r\nERROR\r\n", "\r\n+GCAP: +FCLASS,+MS,+ES,+DS\r\n\r\nOK\r\n"])
    func aModemThatRefusesAllMobileQuestionsIsAnalog(_ capabilities: String) {
        let bench = bench(
            identifiesProfile: true,
            replies: Self.conexant.merging(["AT+GCAP": capabilities]) { $1 }
        )
        #expect(bench.profile.name == "analog")
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.sent.contains("AT+VCID=1"))
        bench.dial("5550101")
        #expect(bench.outcome.sent.last == "ATDT5550101;")
    }

    @Test func aMobileModemBehindAnAnalogGuessIsFound() {
        let bench = bench(
            .analog,
            identifiesProfile: true,
            replies: ["AT+GCAP": "\r\n+GCAP: +CGSM,+DS,+ES\r\n\r\nOK\r\n"]
        )
        #expect(bench.profile.name == "generic-gsm")
        #expect(bench.readiness == .ready)
    }

    // MARK: Restarts

    @Test func aModuleThatRestartsAgainAndAgainIsDamped() {
        let bench = bench()
        bench.forget()
        for _ in 1...6 {
            bench.feed("\r\nRDY\r\n")
            bench.wait(.seconds(4))
        }
        #expect(bench.outcome.notes.count { $0 == .modemReset } == 2)
        #expect(bench.outcome.notes.count { $0 == .keepsRestarting(3) } == 1)
        #expect(bench.readiness.word == "restarting")
        bench.wait(.seconds(30))
        #expect(bench.readiness == .ready)
    }

    // MARK: The site's own lines

    @Test func whatTheSiteAddsComesLast() {
        let options = ModemOptions(initExtra: ["+CSCS=\"GSM\"", "AT+QPCMV=0"])
        let sent = bench(.quectel, options: options).outcome.sent
        #expect(sent.firstIndex(of: "AT+QPCMV=0") ?? 0 > sent.firstIndex(of: "AT+QINDCFG=\"ccinfo\",1,0") ?? .max)
    }

    @Test func whatTheSiteAddsAlsoFollowsItsOwnSetUp() {
        let options = ModemOptions(initOverride: ["E0"], initExtra: ["+CLVL=80"])
        let sent = bench(options: options, identifiesProfile: true).outcome.sent
        #expect(sent.firstIndex(of: "AT+CLVL=80") ?? 0 > sent.firstIndex(of: "ATE0") ?? .max)
        #expect(sent.count { $0 == "AT+CLVL=80" } == 1)
    }

    // MARK: Readiness

    @Test func aModemThatDoesNotAnswerStaysSoWhileItsPortIsOpenedAgain() {
        let bench = Bench(.genericGSM)
        bench.isDead = true
        bench.plug()
        bench.wait(.seconds(30))
        for _ in 1...3 {
            #expect(bench.readiness.word == "not-responding")
            bench.unplug()
            #expect(bench.readiness.word == "not-responding")
            bench.plug()
            bench.wait(.seconds(10))
        }
        bench.isDead = false
        bench.wait(.seconds(20))
        #expect(bench.readiness == .ready)
    }

    @Test func rubbishIsToldAsAWrongBitRate() {
        let bench = Bench(.genericGSM)
        bench.isDead = true
        bench.plug()
        for _ in 1...4 {
            bench.wait(.seconds(1))
            bench.feed([0xE0, 0xFE])
            bench.wait(.seconds(2))
        }
        #expect(bench.readiness.word == "garbage")
        #expect(bench.readiness.description.contains("MODEM_BAUD_RATE"))
    }

    /// A modem that was just opened may refuse the list with a plain ERROR, too, and hold a call.
    @Test(arguments: ["\r\nERROR\r\n", ""], [1, 2, 3])
    func aCallIsFoundThoughTheListIsRefusedOnceOrTwice(_ refusal: String, _ times: Int) {
        let bench = Bench(.genericGSM)
        let modem = ListRefuser(bench.replies, refusal: refusal, times: times)
        bench.modem = modem
        bench.plug()
        bench.run(.seconds(40))
        #expect((bench.call?.state == .active) == (times < 3))
        #expect(bench.readiness == .ready)
    }

    /// What says that the command is not known is not asked again.
    @Test(arguments: ["+CME ERROR: 3", "+CME ERROR: 4", "COMMAND NOT SUPPORT"])
    func aListThatIsNotKnownIsAskedForOnce(_ refusal: String) {
        let bench = Bench(.genericGSM)
        bench.replies["AT+CLCC"] = "\r\n\(refusal)\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.count { $0 == "AT+CLCC" } == 1)
        #expect(bench.readiness == .ready)
    }
}

/// Has a call, and does not list it the first times.
private final class ListRefuser: BenchModem {
    private let replies: [String: String]
    private let refusal: String
    private var times: Int
    private var outbox: [String] = []

    init(_ replies: [String: String], refusal: String, times: Int) {
        self.replies = replies
        self.refusal = refusal
        self.times = times
    }

    func received(_ line: String, now: Instant) {
        guard line == "AT+CLCC" else { return outbox.append(replies[line] ?? "\r\nOK\r\n") }
        times -= 1
        let list = "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"
        outbox.append(times >= 0 ? refusal : list)
    }

    func setDTR(_ isOn: Bool, now: Instant) {}

    func due(now: Instant) -> [String] {
        defer { outbox = [] }
        return outbox.filter { !$0.isEmpty }
    }
}
