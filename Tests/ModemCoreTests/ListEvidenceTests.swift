import ModemCore
import Testing

private let ok = "\r\nOK\r\n"

private func listed(_ rows: String...) -> Step {
    .replies("AT+CLCC", "\r\n\(rows.map { "+CLCC: \($0)\r\n" }.joined())\r\nOK\r\n")
}

/// What a list of calls proves, and what it does not.
@Suite struct ListEvidenceTests {
    /// Those whose list is asked for from the OK of the dial on.
    private static let polled: [ModemProfile] = [.genericGSM, .nokia, .quectel, .simcom7600, .ublox, .zteMF]
    private static let all = ModemProfile.all.filter { $0.kind == .gsm }

    // MARK: Rows of another mode

    /// Emulators and some modems list a voice call as data, fax or unknown.
    @Test(
        arguments: polled,
        [
            "1,0,0,1,0,5550123,129", "1,0,0,9,0,\"5550123\",129,\"\"", "1,0,0,2,0,\"5550123\",129,,0",
            "2,0,0,1,0,\"+15550123\",145,\"Example\",1", "7,0,0,6,0,5550123",
        ]
    )
    func aRowThatNamesOurNumberIsOurCall(_ profile: ModemProfile, _ row: String) {
        let outcome = outcome(
            profile,
            [
                listed(row), .dial("5550123"), .modem(ok), .wait(.seconds(4)), listed(), .wait(.seconds(8)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func theWholeCallIsFollowedInRowsOfData() {
        let outcome = outcome(
            .genericGSM,
            [
                listed("1,0,2,1,0,5550123,129"), .dial("5550123"), .modem(ok), .wait(.seconds(3)),
                listed("1,0,3,1,0,5550123,129"), .wait(.seconds(3)), listed("1,0,0,1,0,5550123,129"),
                .wait(.seconds(9)),
                listed(), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
    }

    /// A call being set up is no data connection; from then on its id tells.
    @Test func aRowOfDataWithoutANumberIsOursWhileItIsSetUp() {
        let outcome = outcome(
            .genericGSM,
            [
                listed("1,0,2,1,0"), .dial("5550123"), .modem(ok), .wait(.seconds(3)), listed("1,0,0,1,0"),
                .wait(.seconds(9)), listed(), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        "1,1,0,1,0,\"\",128", "1,0,0,1,0,\"\",128", "1,0,0,1,0", "1,0,0,9,0,,", "1,0,0,1,0,\"5550199\",129",
        "1,1,0,1,0,\"5550123\",129",
    ])
    func theRowOfAnotherDataCallIsNot(_ row: String) {
        let outcome = outcome(
            .genericGSM,
            [listed(row), .dial("5550123"), .modem(ok), .wait(.seconds(14))]
        )
        #expect(outcome.states == [.dialing, .hangingUp, .released(.noCarrier)])
    }

    @Test func anInboundCallIsFoundInItsRowOfData() {
        let outcome = outcome(
            .genericGSM,
            [
                listed("1,1,4,1,0,\"5550199\",129"), .modem("\r\nRING\r\n"), .wait(.seconds(8)),
                .answer, listed("1,1,0,1,0,\"5550199\",129"), .wait(.seconds(20)), listed(), .wait(.seconds(8)),
            ]
        )
        #expect(outcome.states == [.incoming, .active, .released(.remoteHangUp)])
        #expect(outcome.calls.first?.number == "5550199")
    }

    @Test(arguments: [("*31#5550123", "5550123"), ("#31#5550123", "5550123"), ("0491570156", "+61491570156")])
    func theNetworkMayWriteTheNumberOtherwise(_ dialled: String, _ row: String) {
        let outcome = outcome(
            .genericGSM,
            [listed("1,0,0,1,0,\"\(row)\",145"), .dial(dialled), .modem(ok), .wait(.seconds(30))]
        )
        #expect(outcome.states == [.dialing, .active])
    }

    /// A `<stat>` that nobody knows says that the call exists.
    @Test(arguments: ["8", "9", "15", "-1"])
    func aRowOfAnUnknownStateKeepsTheCall(_ stat: String) {
        let outcome = outcome(
            .genericGSM,
            [
                listed("1,0,0,0,0,\"5550123\",129"), .dial("5550123"), .modem(ok), .wait(.seconds(3)),
                listed("1,0,\(stat),0,0,\"5550123\",129"), .wait(.seconds(20)), listed(), .wait(.seconds(8)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
        #expect(!outcome.sent.contains("AT+CHUP"))
    }

    // MARK: The makers' rows and reports of another mode

    @Test(
        arguments: [
            (.simcom, "+CLCC: 1,0,%d,1,0,\"5550123\",129,\"\"", 6),
            (.simcom7600, "+CLCC: 1,0,%d,1,0,\"5550123\",129", 6),
            (.quectel, "+QIND: \"ccinfo\",1,0,%d,1,0,\"5550123\",129", -1),
            (.zteMF, "^DSCI: 1,0,%d,1,0,\"5550123\",129", 6),
        ] as [(ModemProfile, String, Int)]
    )
    func aReportThatNamesOurNumberIsOurs(_ profile: ModemProfile, _ line: String, _ end: Int) {
        func told(_ stat: Int) -> Step {
            .modem("\r\n\(line.replacing("%d", with: "\(stat)"))\r\n")
        }
        let outcome = outcome(
            profile,
            [
                .replies("AT+CLCC", "\r\nERROR\r\n"), .dial("5550123"), .modem(ok), told(2), told(3), told(0),
                .wait(.seconds(20)), told(end), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        "+CLCC: 1,1,0,1,0,\"\",128", "+CLCC: 1,1,6,1,0,\"\",128", "+CLCC: 1,0,6,1,0",
        "+CLCC: 3,0,0,1,0,\"5550199\",129",
    ])
    func aReportOfTheDataConnectionIsNot(_ line: String) {
        let outcome = outcome(
            .simcom,
            [
                listed("1,0,3,0,0,\"5550123\",129"), .dial("5550123"), .modem(ok),
                .modem("\r\n+CLCC: 1,0,3,0,0,\"5550123\",129\r\n"), .modem("\r\n\(line)\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting])
    }

    // MARK: Lists that do not show the call

    @Test(arguments: polled, [1.5, 3, 6, 9])
    func aCallThatIsListedLateIsKept(_ profile: ModemProfile, _ seconds: Double) {
        let outcome = outcome(
            profile,
            [
                listed(), .dial("5550123"), .modem(ok), .wait(.milliseconds(Int(seconds * 1000))),
                listed("1,0,3,0,0,\"5550123\",129"), .wait(.seconds(5)), listed("1,0,0,0,0,\"5550123\",129"),
                .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
        #expect(!outcome.sent.contains("AT+CHUP"))
    }

    @Test(arguments: polled)
    func aCallThatIsNeverListedIsGivenUp(_ profile: ModemProfile) {
        let outcome = outcome(profile, [listed(), .dial("5550123"), .modem(ok), .wait(.seconds(16))])
        #expect(outcome.states == [.dialing, .hangingUp, .released(.noCarrier)])
    }

    /// The maker's reports tell the whole call, and the list has never shown one.
    @Test(
        arguments: [
            (.huawei, ["^ORIG:1,0", "^CONF:1"], "^CONN:1,0", "^CEND:1,9,104,16"),
            (
                .quectel, ["+QIND: \"ccinfo\",1,0,3,0,0,\"5550123\",129"], "+QIND: \"ccinfo\",1,0,0,0,0",
                "+QIND: \"ccinfo\",1,0,-1,0,0"
            ),
            (.simcom, ["MO RING"], "MO CONNECTED", "VOICE CALL: END: 000041"),
            (.simcom7600, ["+CLCC: 1,0,3,0,0"], "VOICE CALL: BEGIN", "VOICE CALL: END: 000041"),
            (.telit, ["#ECAM: 0,1,1,,,\"5550123\",129", "#ECAM: 0,2,1,,,"], "#ECAM: 0,3,1,,,", "#ECAM: 0,0,1,,,"),
            (.ublox, ["+UCALLSTAT: 1,2", "+UCALLSTAT: 1,3"], "+UCALLSTAT: 1,7", "+UCALLSTAT: 1,6"),
            (.cinterion, ["^SLCC: 1,0,3,0,0,1,\"5550123\",129\r\n^SLCC: "], "^SLCC: 1,0,0,0,0,1\r\n^SLCC: ", "^SLCC: "),
            (.intelXMM, ["+XCALLSTAT: 1,3"], "+XCALLSTAT: 1,7", "+XCALLSTAT: 1,6"),
            (.ericsson, ["*ECAV: 1,1,1", "*ECAV: 1,2,1"], "*ECAV: 1,3,1", "*ECAV: 1,0,1"),
        ] as [(ModemProfile, [String], String, String)]
    )
    func reportsOutweighAListThatNeverShowedACall(
        _ profile: ModemProfile,
        _ progress: [String],
        _ answered: String,
        _ ended: String
    ) {
        let outcome = outcome(
            profile,
            [listed(), .dial("5550123"), .modem(ok)] + progress.map { .modem("\r\n\($0)\r\n") } + [
                .wait(.seconds(40)), .modem("\r\n\(answered)\r\n"), .wait(.seconds(60)),
                .modem("\r\n\(ended)\r\n"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states.filter { $0 != .alerting } == [.dialing, .active, .released(.remoteHangUp)])
        #expect(!outcome.sent.contains("AT+CHUP"))
    }

    /// Such a modem's list has shown a call before: then it tells the end whose report was lost.
    @Test func aListThatHasShownACallProvesTheEndOfOneThatItNeverShowed() {
        let bench = Bench(.huawei)
        bench.becomeReady()
        bench.play([
            listed("1,0,0,0,0,\"5550123\",129"), .dial("5550123"), .modem(ok), .modem("\r\n^CONF:1\r\n"),
            .wait(.seconds(5)), .modem("\r\n^CEND:1,9,104,16\r\n"), listed(), .wait(.seconds(5)),
        ])
        #expect(bench.call == nil)
        bench.play([.dial("5550124"), .modem(ok), .modem("\r\n^CONF:1\r\n"), .wait(.seconds(30))])
        #expect(bench.outcome.causes.count == 2)
    }

    // MARK: A hang-up that is refused

    @Test(arguments: all)
    func aListProvesNoEndWhereTheHangUpWasRefused(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        let first: String = if case .command(let text)? = profile.hangUp.first?.means { text } else { "" }
        let answered = profile.voiceDial.okPolicy == .rejected ? "CONNECT\r\n" : ok
        bench.play([
            listed(), .replies(first, "\r\nERROR\r\n"), .dial("5550123"), .modem(answered), .wait(.seconds(2)), .hangUp,
            .wait(.seconds(1)),
        ])
        #expect(bench.outcome.causes == [.localHangUp])
        let second = bench.outcome.sent.firstIndex { $0 == (first == "ATH" ? "AT+CHUP" : "ATH") }
        #expect(second != nil)
        #expect(!bench.outcome.sent.contains("AT&D2"))
    }

    /// All is refused, as by a modem without a call: nothing is restarted.
    @Test func wherePlainlyNothingIsUpTheModemIsNotReset() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.play([
            listed(), .replies("AT+CHUP", "\r\nERROR\r\n"), .replies("ATH", "\r\nERROR\r\n"), .dial("5550123"),
            .modem(ok), .wait(.seconds(2)), .hangUp, .wait(.seconds(5)),
        ])
        #expect(bench.outcome.causes == [.localHangUp])
        #expect(!bench.outcome.sent.contains("AT+CFUN=1,1"))
    }
}
