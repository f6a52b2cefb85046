import ModemCore
import Testing

/// A second caller knocks while a call is talked on, and gives up: our call goes on.
@Suite struct SecondCallerTests {
    private static let ours = "+CLCC: 1,0,0,0,0,\"5550101\",129\r\n"
    private static let other = "+CLCC: 2,1,5,0,0,\"5550199\",129\r\n"

    private static func list(_ rows: String...) -> Step {
        .replies("AT+CLCC", "\r\n\(rows.joined())\r\nOK\r\n")
    }

    struct Maker: Sendable, CustomTestStringConvertible {
        var profile: ModemProfile
        /// The call is answered.
        var answered: String
        /// The second caller knocks, and gives up.
        var knocks: String
        var givesUp: String
        /// Our own end.
        var end: String

        var testDescription: String { profile.name }
    }

    static let makers: [Maker] = [
        Maker(
            profile: .quectel,
            answered: "\r\nOK\r\n\r\n+QIND: \"ccinfo\",1,0,0,0,0,\"5550101\",129\r\n",
            knocks: "\r\n+QIND: \"ccinfo\",2,1,5,0,0,\"5550199\",129\r\n",
            givesUp: "\r\n+QIND: \"ccinfo\",2,1,-1,0,0,\"5550199\",129\r\n\r\nNO CARRIER\r\n",
            end: "\r\n+QIND: \"ccinfo\",1,0,-1,0,0,\"5550101\",129\r\n\r\nNO CARRIER\r\n"
        ),
        Maker(
            profile: .huawei,
            answered: "\r\nOK\r\n\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n",
            knocks: "\r\n+CCWA: \"5550199\",129,1\r\n",
            givesUp: "\r\n^CEND:2,0,104,16\r\n\r\nNO CARRIER\r\n",
            end: "\r\n^CEND:1,9,104,16\r\n\r\nNO CARRIER\r\n"
        ),
        Maker(
            profile: .cinterion,
            answered: "\r\nOK\r\n\r\n^SLCC: 1,0,0,0,0,1,\"5550101\",129\r\n^SLCC: \r\n",
            knocks: "\r\n^SLCC: 1,0,0,0,0,1,\"5550101\",129\r\n^SLCC: 2,1,5,0,0,0,\"5550199\",129\r\n^SLCC: \r\n",
            givesUp: "\r\n^SLCC: 1,0,0,0,0,1,\"5550101\",129\r\n^SLCC: \r\n\r\nNO CARRIER\r\n",
            end: "\r\n^SLCC: \r\n\r\nNO CARRIER\r\n"
        ),
        Maker(
            profile: .simcom,
            answered: "\r\nOK\r\n\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n",
            knocks: "\r\n+CLCC: 2,1,5,0,0,\"5550199\",129\r\n",
            givesUp: "\r\n+CLCC: 2,1,6,0,0,\"5550199\",129\r\n\r\nNO CARRIER\r\n",
            end: "\r\n+CLCC: 1,0,6,0,0,\"5550101\",129\r\n\r\nNO CARRIER\r\n"
        ),
        Maker(
            profile: .sierra,
            answered: "\r\n+WIND: 5,1\r\n\r\n+WIND: 2\r\n\r\nOK\r\n",
            knocks: "\r\n+CCWA: \"5550199\",129,1\r\n",
            givesUp: "\r\n+WIND: 6,2\r\n\r\nNO CARRIER\r\n",
            end: "\r\nNO CARRIER\r\n\r\n+WIND: 6,1\r\n"
        ),
        Maker(
            profile: .ublox,
            answered: "\r\nOK\r\n\r\n+UCALLSTAT: 1,3\r\n\r\n+UCALLSTAT: 1,0\r\n",
            knocks: "\r\n+UCALLSTAT: 2,5\r\n",
            givesUp: "\r\n+UCALLSTAT: 2,6\r\n\r\nNO CARRIER\r\n",
            end: "\r\n+UCALLSTAT: 1,6\r\n\r\nNO CARRIER\r\n"
        ),
        Maker(
            profile: .zte,
            answered: "\r\nCONNECT\r\n",
            knocks: "",
            givesUp: "\r\nHANGUP: 2\r\n",
            end: "\r\nHANGUP: 1\r\n"
        ),
        Maker(
            profile: .genericGSM,
            answered: "\r\nOK\r\n",
            knocks: "\r\n+CCWA: \"5550199\",129,1\r\n",
            givesUp: "\r\nNO CARRIER\r\n",
            end: "\r\nNO CARRIER\r\n"
        ),
    ]

    private func talking(_ maker: Maker) -> [Step] {
        [.dial("5550101"), Self.list(Self.ours), .modem(maker.answered), .wait(.seconds(6))]
    }

    @Test(arguments: makers) func theCallGoesOnWhenTheSecondCallerGivesUp(_ maker: Maker) {
        let outcome = outcome(
            maker.profile,
            talking(maker) + [
                Self.list(Self.ours, Self.other), .modem(maker.knocks), .wait(.seconds(1)), Self.list(Self.ours),
                .modem(maker.givesUp), .wait(.seconds(60)), Self.list(), .modem(maker.end), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states.last == .released(.remoteHangUp))
        #expect(outcome.causes.count == 1)
        #expect(outcome.calls.count { !$0.isAdopted } == outcome.calls.count)
    }

    @Test(arguments: makers) func theCallerWhoWaitedIsToldWhenOurCallIsHungUp(_ maker: Maker) {
        let waiting = Self.list("+CLCC: 2,1,4,0,0,\"5550199\",129\r\n")
        let outcome = outcome(
            maker.profile,
            talking(maker) + [
                Self.list(Self.ours, Self.other), .modem(maker.knocks), .wait(.seconds(1)), waiting, .hangUp,
                .wait(.seconds(2)),
            ]
        )
        #expect(outcome.causes == [.localHangUp])
        #expect(outcome.calls.last == Call(direction: .inbound, number: "5550199", state: .incoming))
    }

    /// Nothing told of the second call: its end is taken for ours, and the list sets that right.
    @Test func aCallStillListedAfterAReportedEndIsTakenOverAgain() {
        let outcome = outcome(
            .genericGSM,
            [
                .dial("5550101"), Self.list(Self.ours), .modem("\r\nOK\r\n"), .wait(.seconds(6)),
                .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(3)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp), .active])
        #expect(outcome.calls.last?.isAdopted == true)
    }

    @Test func aCallTakenOverHasTheIDOfTheList() {
        for (profile, report) in [
            (ModemProfile.simcom, "\r\n+CLCC: 2,1,6,0,0,\"5550199\",129\r\n"), (.huawei, "\r\n^CEND:2,0,104,16\r\n"),
            (.sierra, "\r\n+WIND: 6,2\r\n"),
        ] {
            let bench = Bench(profile)
            bench.replies["AT+CLCC"] = "\r\n\(Self.ours)\r\nOK\r\n"
            bench.becomeReady()
            #expect(bench.call?.isAdopted == true)
            bench.feed(report)
            bench.wait(.seconds(10))
            #expect(bench.outcome.causes == [])
            #expect(bench.call?.state == .active)
        }
    }

    @Test func theRowThatIsTalkedOnIsOursAfterARestart() {
        let bench = Bench(.simcom)
        bench.replies["AT+CLCC"] = "\r\n\(Self.other)\(Self.ours)\r\nOK\r\n"
        bench.replies["AT+CREG=1"] = "\r\n+CLCC: 2,1,5,0,0,\"5550199\",129\r\n\r\nOK\r\n"
        bench.becomeReady()
        #expect(bench.call?.number == "5550101")
        #expect(bench.call?.state == .active)
    }

    // MARK: The caller who waits while ours ends

    private static func rows(_ rows: String...) -> Step {
        .replies("AT+CLCC", "\r\n\(rows.map { "+CLCC: \($0)\r\n" }.joined())\r\nOK\r\n")
    }

    /// The list by which our call is over shows the one who knocked; it may say "waiting" for as long as that rings.
    @Test(arguments: ["2,1,5,0,0,\"5550199\",129", "2,1,4,0,0,\"5550199\",129"])
    func theListThatEndsOurCallOwesTheCallerWhoWaits(_ waiting: String) {
        for profile: ModemProfile in [.genericGSM, .nokia, .quectel, .simcom7600, .ublox, .zteMF] {
            let outcome = outcome(
                profile,
                [
                    Self.rows("1,0,0,0,0,\"5550101\",129"), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(8)),
                    Self.rows("1,0,0,0,0,\"5550101\",129", waiting), .wait(.seconds(8)), Self.rows(waiting),
                    .wait(.seconds(30)), .replies("AT+CLCC", "\r\nOK\r\n"), .wait(.seconds(8)),
                ]
            )
            #expect(
                outcome.states == [.dialing, .active, .released(.remoteHangUp), .incoming, .released(.missed)],
                "\(profile.name)"
            )
            #expect(outcome.calls.last?.number == "5550199")
            #expect(!outcome.sent.contains("AT+CHUP"))
        }
    }

    @Test func theListThatProvesTheHangUpOwesTheCallerWhoWaits() {
        let waiting = "2,1,5,0,0,\"5550199\",129"
        let outcome = outcome(
            .genericGSM,
            [
                Self.rows("1,0,0,0,0,\"5550101\",129", waiting), .dial("5550101"), .modem("\r\nOK\r\n"),
                .wait(.seconds(3)), .replies("AT+CHUP", ""), .hangUp, Self.rows(waiting), .modem("\r\nOK\r\n"),
                .wait(.seconds(30)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .hangingUp, .released(.localHangUp), .incoming])
    }
}
