import ModemCore
import Testing

private let ok = "\r\nOK\r\n"

/// Reports that modems of no family have in common, where the list of calls is refused.
@Suite struct IndicatorTests {
    private static let noList = Step.replies("AT+CLCC", "\r\nERROR\r\n")
    private static let profiles = ModemProfile.all.filter { $0.kind == .gsm && $0.voiceDial.okPolicy == .accepted }

    private static func line(_ text: String) -> Step { .modem("\r\n\(text)\r\n") }

    /// An Ai-Thinker A9: CALL is 1 from the dial on.
    @Test(arguments: profiles)
    func anA9CallsOut(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [
                Self.noList, .dial("5550101"), .modem(ok), Self.line("+CIEV: \"CALL\",1"),
                Self.line("+CIEV: \"SOUNDER\",1"),
                .wait(.seconds(8)), Self.line("+CIEV: \"SOUNDER\",0"), Self.line("CONNECT"), .wait(.seconds(60)),
                Self.line("+CIEV: \"CALL\",0"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states.filter { $0 != .dialed } == [.dialing, .active, .released(.remoteHangUp)])
        #expect(!outcome.notes.contains { if case .unexpectedLine = $0 { true } else { false } })
    }

    @Test(arguments: ["BUSY", "NO ANSWER", "NO CARRIER", "NO DIALTONE"])
    func theResultBehindTheIndicatorSaysMore(_ result: String) {
        let outcome = outcome(
            .genericGSM,
            [
                Self.noList, .dial("5550101"), .modem(ok), Self.line("+CIEV: \"CALL\",1"),
                Self.line("+CIEV: \"SOUNDER\",1"), .wait(.seconds(1)), Self.line("+CIEV: \"CALL\",1"),
                Self.line("+CIEV: \"SOUNDER\",0"), Self.line("+CIEV: \"CALL\",0"), Self.line(result),
                .wait(.seconds(1)),
            ]
        )
        let causes: [String: ReleaseCause] = [
            "BUSY": .busy, "NO ANSWER": .noAnswer, "NO CARRIER": .noCarrier, "NO DIALTONE": .noDialtone,
        ]
        #expect(outcome.states.filter { $0 != .dialed } == [.dialing, .released(causes[result] ?? .missed)])
    }

    /// An A6 gives no caller ID, and its last RING is glued to the end.
    @Test(arguments: [ModemProfile.genericGSM, .huawei, .simcom, .cinterion])
    func anA6IsCalled(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [
                Self.noList, Self.line("RING"), .wait(.seconds(2)), Self.line("RING"), .wait(.seconds(2)),
                Self.line("RING"), Self.line("+CIEV: \"CALL\",0"), .wait(.milliseconds(100)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    /// It rings each second, and its list never shows the call.
    @Test(arguments: profiles, [600, 1000, 1400])
    func ringsThatFollowEachOtherCloselyAreACall(_ profile: ModemProfile, _ pause: Int) {
        let rings = (1...5).flatMap { _ in [Self.line("RING"), Step.wait(.milliseconds(pause))] }
        let outcome = outcome(profile, [.replies("AT+CLCC", ok)] + rings + [.wait(.seconds(20))])
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    @Test func anA9IsCalledAndAnswers() {
        let outcome = outcome(
            .genericGSM,
            [
                Self.noList, .replies("ATA", ""), Self.line("RING"), Self.line("+CLIP: \"5550199\",129"), .answer,
                Self.line("+CIEV: \"CALL\",1"), Self.line("CONNECT"), .wait(.seconds(60)),
                Self.line("+CIEV: \"CALL\",0"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states == [.incoming, .active, .released(.remoteHangUp)])
    }

    /// Telit's and Siemens' spelling, and modems that tell the setup.
    @Test func anIndicatorBesidesTheSetupTellsTheAnswer() {
        let outcome = outcome(
            .genericGSM,
            [
                Self.noList, .dial("5550101"), .modem(ok), Self.line("+CIEV: callsetup,2"), .wait(.milliseconds(500)),
                Self.line("+CIEV: callsetup,3"), .wait(.milliseconds(200)), Self.line("+CIEV: call,1"),
                Self.line("+CIEV: callsetup,0"), .wait(.seconds(60)), Self.line("+CIEV:call,0"), .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states.filter { $0 != .dialed } == [.dialing, .alerting, .active, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        "+CIEV: 1,3", "+CIEV: 6,0", "+CIEV: \"SIGNAL\",4", "+CIEV: \"MESSAGE\",1", "+CIEV: ", "+CIEV: \"CALL\"",
    ])
    func anotherIndicatorMeansNothing(_ text: String) {
        let outcome = outcome(
            .genericGSM,
            [Self.noList, .dial("5550101"), .modem(ok), Self.line(text), .wait(.milliseconds(400))]
        )
        #expect(outcome.states == [.dialing])
        #expect(outcome.notes == [])
    }

    // MARK: Indicators by their place

    private static let order = [
        "+CIND: (\"battchg\",(0-5)),(\"call\",(0,1)),(\"signal\",(0-5)),(\"service\",(0,1)),(\"callsetup\",(0-3))",
        "+CIND:(battchg,(0-5)),( call ,(0-1)),(\"signal\",(\"0\"-\"5\")),(service,(0,1)),(\"call_setup\",(0-3))",
        "+CIND: (\"BATTCHG\",(0-5),\"CALL\",(0,1)),((\"Signal\",(0-5)),(\"Service\",(0,1)),(\"Call setup\",(0-3)))",
    ]

    /// The order is asked for when the first place is reported, which is long before a call: signals change all the time.
    @Test(arguments: profiles, [order[0], order[1]])
    func indicatorsAreFollowedByTheirPlaceToo(_ profile: ModemProfile, _ order: String) {
        let outcome = outcome(
            profile,
            [
                Self.noList, .replies("AT+CIND=?", "\r\n\(order)\r\n\r\nOK\r\n"), Self.line("+CIEV: 3,4"),
                .wait(.seconds(1)), .dial("5550101"), .modem(ok), Self.line("+CIEV: 5,2"), .wait(.milliseconds(500)),
                Self.line("+CIEV: \"5\",3"), Self.line("+CIEV: 3,5"), .wait(.milliseconds(200)),
                Self.line("+CIEV: 2,1"), Self.line("+CIEV:5,0"), .wait(.seconds(60)), Self.line("+CIEV: 2,0"),
                .wait(.seconds(1)),
            ]
        )
        #expect(outcome.states.filter { $0 != .dialed } == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.sent.count { $0 == "AT+CIND=?" } == 1)
    }

    /// A line that names its indicators beside one that numbers them.
    @Test func namesAndPlacesMix() {
        let outcome = outcome(
            .genericGSM,
            [
                Self.noList, .replies("AT+CIND=?", "\r\n\(Self.order[2])\r\n\r\nOK\r\n"), Self.line("+CIEV: 3,4"),
                .wait(.seconds(1)), Self.line("+CIEV: 5,1"), Self.line("+CLIP: \"5550199\",129"), .wait(.seconds(2)),
                Self.line("+CIEV: \"CALL\",0"), .wait(.milliseconds(100)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    /// Where the modem has no list of its indicators, a place says nothing, and the question is asked once.
    @Test(arguments: ["\r\nERROR\r\n", "\r\n+CME ERROR: 4\r\n", ok, ""])
    func withoutTheirOrderPlacesMeanNothing(_ answer: String) {
        let outcome = outcome(
            .genericGSM,
            [
                Self.noList, .replies("AT+CIND=?", answer), Self.line("+CIEV: 3,4"), .wait(.seconds(8)),
                Self.line("+CIEV: 2,1"), .wait(.seconds(8)), .dial("5550101"), .modem(ok), Self.line("+CIEV: 2,0"),
                .wait(.milliseconds(400)),
            ]
        )
        #expect(outcome.states == [.dialing])
        #expect(outcome.sent.count { $0 == "AT+CIND=?" } == 1)
    }

    /// The question waits while a call is set up on a modem whose list of calls is followed.
    @Test func theirOrderIsNotAskedWhileTheDialIsOut() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.dial("5550101")
        bench.feed("\r\n+CIEV: 3,4\r\n")
        bench.wait(.milliseconds(100))
        #expect(!bench.outcome.sent.contains("AT+CIND=?"))
    }

    @Test(arguments: ["CONNECT", "+CIEV: \"CALL\",0", "+CIEV: \"CALL\",1", "MISSED_CALL: 11:01AM 5550199"])
    func onAFreeLineTheyMeanNothing(_ text: String) {
        let outcome = outcome(.genericGSM, [Self.line(text), .wait(.seconds(2))])
        #expect(outcome.calls == [])
        #expect(outcome.notes == [])
    }

    @Test(arguments: ["^IRING", "IRING", "^IRING: 1"])
    func aRingOverIMSIsARing(_ text: String) {
        let outcome = outcome(
            .huawei,
            [
                Self.noList, Self.line(text), Self.line("+CLIP: \"5550199\",129,,,,0"), .wait(.seconds(4)),
                Self.line(text),
                .wait(.seconds(12)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
        #expect(outcome.notes.filter { if case .unexpectedLine = $0 { true } else { false } } == [])
    }

    @Test(arguments: [
        "MISSED_CALL: 11:01AM 5550199", "MISSED_CALL: 02:47AM +15550199", "MISSED_CALL: 02:47AM", "MISSED_CALL:",
    ])
    func aMissedCallEndsTheRinging(_ text: String) {
        let outcome = outcome(
            .genericGSM,
            [
                Self.noList, Self.line("RING"), Self.line("+CLIP: \"5550199\",129"), .wait(.seconds(3)),
                Self.line(text),
                .wait(.milliseconds(10)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
    }

    @Test func aMissedSecondCallerEndsNothing() {
        for steps: [Step] in [
            [Self.line("RING"), Self.line("+CLIP: \"5550188\",129")],
            [.dial("5550188"), .modem(ok), Self.line("VOICE CALL: BEGIN")],
        ] {
            let outcome = outcome(
                .simcom7600,
                [Self.noList] + steps + [Self.line("MISSED_CALL: 11:01AM 5550199"), .wait(.milliseconds(10))]
            )
            #expect(outcome.causes == [])
        }
    }

    @Test(arguments: [ModemProfile.genericGSM, .simcom7600])
    func aModuleThatStartsAgainHasNoCall(_ profile: ModemProfile) {
        let outcome = outcome(
            profile,
            [
                Self.noList, .dial("5550101"), .modem(ok), .wait(.seconds(1)), Self.line("*ATREADY: 1"),
                .wait(.seconds(1)),
            ]
        )
        #expect(outcome.causes == [.modemReset])
        #expect(outcome.notes.filter { $0 == .modemReset }.count == 1)
    }

    // MARK: The result that says more

    @Test(
        arguments: [
            (.sierra, "+WIND: 6,1"), (.zte, "HANGUP: 1"), (.zteMF, "HANGUP: 1"), (.ublox, "+UCALLSTAT: 1,6"),
            (.intelXMM, "+XCALLSTAT: 1,6"), (.telit, "#ECAM: 0,0,1,,,"), (.ericsson, "*ECAV: 1,0,1"),
            (.huawei, "^CEND:1,0,255"), (.quectel, "+QIND: \"ccinfo\",1,0,-1,0,0"), (.simcom7600, "VOICE CALL: END"),
        ] as [(ModemProfile, String)],
        [("BUSY", ReleaseCause.busy), ("NO ANSWER", .noAnswer), ("NO DIALTONE", .noDialtone)]
    )
    func theResultBehindAnUnexplainedEndWins(_ maker: (ModemProfile, String), _ result: (String, ReleaseCause)) {
        let (profile, report) = maker
        let accepts = profile.voiceDial.okPolicy == .accepted
        let outcome = outcome(
            profile,
            [.dial("5550101")] + (accepts ? [.modem(ok)] : []) + [
                .wait(.milliseconds(600)), Self.line(report), Self.line(result.0), .wait(.seconds(2)),
            ]
        )
        #expect(outcome.causes == [result.1])
    }
}
