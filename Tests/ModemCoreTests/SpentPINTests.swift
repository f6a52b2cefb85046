import ModemCore
import Testing

/// A try of the PIN belongs to a SIM: another one gets its own, the same one never a second.
@Suite struct SpentPINTests {
    private static let locked = "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"
    private static let error = "\r\nERROR\r\n"
    private static let questions = [
        "AT+CRSM=176,12258,0,0,10", "AT+CCID", "AT+ICCID", "AT+QCCID", "AT^ICCID?", "AT#CCID",
    ]
    private static let first = "8961012345678901234"
    private static let second = "8961012345678905555"

    /// How modems tell the ICCID: the question they answer, and how.
    private static func answer(_ form: Int, _ iccid: String) -> (question: String, text: String) {
        let swapped = swappedPairs(iccid + "F")
        return [
            ("AT+CRSM=176,12258,0,0,10", "\r\n+CRSM: 144,0,\"\(swapped)\"\r\n\r\nOK\r\n"),
            ("AT+CRSM=176,12258,0,0,10", "\r\n+CRSM:144,0,\(swapped)\r\n\r\nOK\r\n"),
            ("AT+CCID", "\r\n+CCID: \"\(iccid)\"\r\n\r\nOK\r\n"),
            ("AT+CCID", "\r\n\(iccid)F\r\n\r\nOK\r\n"),
            ("AT+ICCID", "\r\n+ICCID: \(iccid)\r\n\r\nOK\r\n"),
            ("AT+QCCID", "\r\n+QCCID: \(iccid)F\r\n\r\nOK\r\n"),
            ("AT^ICCID?", "\r\n^ICCID: \(iccid)F\r\n\r\nOK\r\n"),
            ("AT#CCID", "\r\n#CCID: \(iccid)\r\n\r\nOK\r\n"),
        ][form]
    }

    private static func swappedPairs(_ digits: String) -> String {
        let digits = Array(digits)
        return String(stride(from: 0, to: digits.count, by: 2).flatMap { [digits[$0 + 1], digits[$0]] })
    }

    private func bench(_ sims: Set<SIMCard> = []) -> Bench {
        var options = ModemOptions(simPIN: "4711")
        options.simsWithSpentPIN = sims
        let bench = Bench(.genericGSM, options: options)
        for question in Self.questions { bench.replies[question] = Self.error }
        bench.replies["AT+CPIN?"] = Self.locked
        bench.replies["AT+CPINR=\"SIM PIN\""] = Self.error
        bench.replies["AT+CPIN=\"****\""] = "\r\n+CME ERROR: 16\r\n"
        return bench
    }

    private func insert(_ iccid: String?, into bench: Bench, form: Int = 2) {
        for question in Self.questions { bench.replies[question] = Self.error }
        guard let iccid else { return }
        let (question, text) = Self.answer(form, iccid)
        bench.replies[question] = text
    }

    private func tries(_ bench: Bench) -> Int { bench.outcome.sent.count { $0 == "AT+CPIN=\"****\"" } }

    @Test(arguments: 0..<8)
    func anotherSIMGetsItsTryAndTheSameNoSecond(_ form: Int) {
        let bench = bench()
        insert(Self.first, into: bench, form: form)
        bench.plug()
        bench.wait(.seconds(60))
        #expect(tries(bench) == 1)
        insert(Self.second, into: bench, form: form)
        bench.feed("\r\n+CPIN: NOT READY\r\n")
        bench.wait(.seconds(60))
        #expect(tries(bench) == 2)
        for iccid in [Self.first, Self.second] {
            insert(iccid, into: bench, form: form)
            bench.unplug()
            bench.plug()
            bench.wait(.seconds(60))
            #expect(tries(bench) == 2)
            #expect(bench.readiness.simFault == .pinTried)
        }
    }

    /// The modem did not say which SIM refused the PIN, or does not say which one is in now: it may be the same.
    @Test(arguments: [(nil, nil), (nil, first), (first, nil)] as [(String?, String?)])
    func aSIMThatIsNotKnownMayBeTheSame(_ before: String?, _ after: String?) {
        let bench = bench()
        insert(before, into: bench)
        bench.plug()
        bench.wait(.seconds(60))
        #expect(tries(bench) == 1)
        insert(after, into: bench)
        bench.unplug()
        bench.plug()
        bench.wait(.seconds(60))
        #expect(tries(bench) == 1)
    }

    @Test func whatAnEarlierProcessTriedCounts() throws {
        let (first, second) = (try #require(SIMCard(iccid: Self.first)), try #require(SIMCard(iccid: Self.second)))
        #expect(first != second)
        for (sims, isTried) in [([first], false), ([second], true), ([.unknown], false), ([], true)] {
            let bench = bench(Set(sims))
            insert(Self.first, into: bench)
            bench.plug()
            bench.wait(.seconds(60))
            #expect(tries(bench) == (isTried ? 1 : 0), "\(sims)")
        }
    }

    /// The same SIM told once with and once without its check digit is one SIM.
    @Test func theCheckDigitMakesNoOtherSIM() {
        #expect(SIMCard(iccid: Self.first) == SIMCard(iccid: Self.first.dropLast()))
        #expect(SIMCard(iccid: Self.first.dropLast(2)) == nil)
    }

    @Test func aPINThatWorksIsForgottenForThatSIMAlone() {
        let bench = bench()
        insert(Self.first, into: bench)
        bench.plug()
        bench.wait(.seconds(60))
        insert(Self.second, into: bench)
        bench.replies["AT+CPIN=\"****\""] = "\r\nOK\r\n"
        bench.unplug()
        bench.plug()
        bench.wait(.seconds(1))
        bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
        bench.wait(.seconds(30))
        #expect(bench.readiness == .ready)
        #expect(tries(bench) == 2)
        // The modem restarts with the SIM that it opened, then with the other one.
        for (iccid, count) in [(Self.second, 3), (Self.first, 3)] {
            insert(iccid, into: bench)
            bench.replies["AT+CPIN?"] = Self.locked
            bench.replies["AT+CPIN=\"****\""] = ""
            bench.unplug()
            bench.plug()
            bench.wait(.seconds(1))
            bench.feed("\r\nOK\r\n")
            bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
            if iccid == Self.first { bench.replies["AT+CPIN?"] = Self.locked }
            bench.wait(.seconds(30))
            #expect(tries(bench) == count)
        }
    }

    /// A question that is not answered at all is not followed by five more.
    @Test func aModemThatDoesNotAnswerTheQuestionIsAskedNoOther() {
        let bench = bench()
        for question in Self.questions { bench.replies[question] = "" }
        bench.plug()
        bench.wait(.seconds(12))
        #expect(bench.outcome.sent.filter { Self.questions.contains($0) } == [Self.questions[0]])
        #expect(tries(bench) == 1)
    }
}
