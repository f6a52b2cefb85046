import Basics
import ModemCore
import Testing

/// The words of +CPIN, as an answer and unsolicited, with and without the blank and the quotes.
@Suite struct SIMStateTests {
    private static let gsmProfiles = ModemProfile.all.filter { $0.kind == .gsm }
    private static let open = "\r\n+CPIN: READY\r\n\r\nOK\r\n"

    enum Expected: Sendable {
        case ready, busy
        case fault(SIMFault)
        case word(SIMFault, String)
    }

    private static let words: [(String, Expected)] = [
        ("READY", .ready), ("SIM PIN2", .ready), ("SIM PUK2", .ready),
        ("NOT READY", .busy), ("SIM BUSY", .busy), ("SIM not ready", .busy),
        ("SIM PIN", .fault(.pinMissing)), ("SIM PUK", .fault(.pukLocked)), ("BLOCKED", .fault(.blocked)),
        ("SIM REMOVED", .fault(.absent)), ("NOT INSERTED", .fault(.absent)), ("SIM not inserted", .fault(.absent)),
        ("SIM failure", .fault(.faulty)),
        ("PH-SIM PIN", .word(.deviceLock("PH-SIM PIN"), "PH-SIM PIN")),
        ("PH-NET PIN", .word(.deviceLock("PH-NET PIN"), "PH-NET PIN")),
        ("PH-NETSUB PUK", .word(.deviceLock("PH-NETSUB PUK"), "PH-NETSUB PUK")),
        ("PH-FSIM PIN", .word(.deviceLock("PH-FSIM PIN"), "PH-FSIM PIN")),
        ("PH_SOMETHING", .word(.other("PH_SOMETHING"), "PH_SOMETHING")),
        ("WAIT 5550123", .fault(.other("an unknown state"))),
    ]

    private static func spellings(_ word: String) -> [String] {
        ["+CPIN: \(word)", "+CPIN:\(word)", "+CPIN: \"\(word)\"", "+CPIN:  \(word) "]
    }

    private static func check(_ bench: Bench, _ expected: Expected, _ line: String) {
        switch expected {
        case .ready: #expect(bench.readiness == .ready, "\(line)")
        case .busy: #expect(bench.readiness.simFault == .busy, "\(line)")
        case .fault(let fault): #expect(bench.readiness.simFault == fault, "\(line)")
        case .word(let fault, let word):
            #expect(bench.readiness.simFault == fault, "\(line)")
            #expect(bench.readiness.description.contains(word), "\(line)")
        }
    }

    @Test(arguments: gsmProfiles, words)
    func asAnAnswer(_ profile: ModemProfile, _ word: (String, Expected)) {
        for line in Self.spellings(word.0) {
            let bench = Bench(profile)
            bench.replies["AT+CPIN?"] = "\r\n\(line)\r\n\r\nOK\r\n"
            bench.plug()
            bench.wait(.seconds(40))
            Self.check(bench, word.1, line)
        }
    }

    /// Unsolicited on a ready line: the modem is asked, and what it answers then holds.
    @Test(arguments: words)
    func unaskedOnAReadyLine(_ word: (String, Expected)) {
        for line in Self.spellings(word.0) {
            let outcome = inEveryCut { feeding in
                let bench = Bench(.genericGSM)
                bench.becomeReady()
                bench.replies["AT+CPIN?"] = "\r\n\(line)\r\n\r\nOK\r\n"
                bench.begin(feeding)
                bench.feed("\r\n\(line)\r\n")
                bench.begin(.whole)
                bench.wait(.seconds(40))
                Self.check(bench, word.1, line)
                return bench
            }
            #expect(outcome.calls == [])
        }
    }

    @Test(arguments: gsmProfiles)
    func aSIMThatIsTakenOutAndPutBackIsFollowed(_ profile: ModemProfile) {
        for gone in ["+CPIN: SIM REMOVED", "+CPIN:NOT INSERTED", "+CPIN: NOT READY"] {
            let bench = Bench(profile)
            bench.becomeReady()
            bench.replies["AT+CPIN?"] = "\r\n+CME ERROR: 10\r\n"
            bench.feed("\r\n\(gone)\r\n")
            bench.wait(.seconds(1))
            #expect(bench.readiness.simFault == .absent, "\(gone)")
            bench.wait(.milliseconds(300))
            bench.replies["AT+CPIN?"] = Self.open
            bench.feed("\r\n+CPIN: READY\r\n")
            bench.wait(.seconds(1))
            #expect(bench.readiness == .ready, "\(gone)")
        }
    }

    /// The PIN's prompt of a SIM that was put in is not waited for either.
    @Test func aPINThatIsWantedWhileTheSIMIsWaitedForIsEnteredAtOnce() {
        let bench = Bench(.genericGSM, options: ModemOptions(simPIN: "4711"))
        bench.replies["AT+CPIN?"] = "\r\n+CME ERROR: 10\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.readiness.simFault == .absent)
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"
        bench.feed("\r\n+CPIN: SIM PIN\r\n")
        bench.wait(.milliseconds(100))
        #expect(bench.outcome.sent.contains("AT+CPIN=\"****\""))
    }

    /// A call that is up goes on; the SIM is asked about when it is over.
    @Test func duringACallTheSIMIsNotAskedAbout() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"
        bench.dial("5550101")
        bench.feed("\r\nOK\r\n")
        bench.wait(.seconds(2))
        bench.forgetSent()
        bench.feed("\r\n+CPIN: NOT READY\r\n")
        bench.wait(.seconds(10))
        #expect(!bench.outcome.sent.contains("AT+CPIN?"))
        #expect(bench.call?.state == .active)
    }
}
