import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private let row = Step.replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n")

/// Wavecom and Sierra, Ericsson, Intel, Nokia, U.S. Robotics.
@Suite struct MakerTests {
    @Test func transcript09_wavecom() {
        let outcome = outcome(
            .sierra,
            [
                row, .dial("0123456"), .wrote("ATD0123456;"), .modem("+WIND: 5,1\r\n+WIND: 2\r\n"), .wait(.seconds(40)),
                .modem("+WIND: 9\r\n"), .wroteNothing, .modem("OK\r\n"), .wait(.seconds(10)),
                .modem("NO CARRIER\r\n+WIND: 6,1\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test func behaviour08_okIsTheAnswerAndTheReleaseOfTheLastCallIsNotThatOfTheNext() {
        let outcome = outcome(
            .sierra,
            [
                row, .dial("5550101"), .modem("+WIND: 5,1\r\n"), .modem("+WIND: 2\r\n"), .modem(ok),
                .modem("\r\nNO CARRIER\r\n"), .dial("5550102"), .modem("+WIND: 6,1\r\n"), .wait(.milliseconds(300)),
                .modem("+WIND: 5,1\r\n"), .modem("+WIND: 6,2\r\n"),
                .modem("+WIND: 2\r\n"), .wait(.seconds(30)), .modem("\r\nBUSY\r\n"), .modem("+WIND: 6,1\r\n"),
            ]
        )
        #expect(
            outcome.states == [
                .dialing, .alerting, .active, .released(.remoteHangUp), .dialing, .alerting, .released(.busy),
            ]
        )
        #expect(outcome.sent == ["ATD5550101;", "ATD5550102;"])
    }

    @Test func behaviour08_aReleaseWhoseResultIsLostEndsTheCallAllTheSame() {
        let outcome = outcome(
            .sierra,
            [
                .dial("5550101"), .modem("+WIND: 5,1\r\n+WIND: 2\r\n"), .wait(.seconds(5)), .modem("+WIND: 6,1\r\n"),
                .wait(.seconds(10)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .hangingUp, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        ["*ECAV: 1,1,1", "*ECAV: 1,2,1", "*ECAV: 1,3,1", "*ECAV: 1,0,1,,16"],
        ["*CPI: 1,0,0,0", "*CPI: 1,3,0,0", "*CPI: 1,2,0,0", "*CPI: 1,6,0,0", "*CPI: 1,1,0,0"],
    ])
    func ericsson(_ lines: [String]) {
        let outcome = outcome(
            .ericsson,
            [row, .dial("5550101"), .modem(ok)] + lines.map { .modem("\r\n\($0)\r\n") }
                + [.replies("AT+CLCC", ok), .modem("\r\nNO CARRIER\r\n"), .wait(.seconds(1))]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test func intelXMM() {
        let outcome = outcome(
            .intelXMM,
            [
                row, .dial("5550101"), .modem(ok), .modem("\r\n+XCALLSTAT: 1,2\r\n"), .modem("\r\n+XCALLSTAT: 1,3\r\n"),
                .modem("\r\n+XCALLSTAT: 1,7\r\n\r\n+XCALLSTAT: 1,0\r\n"), .wait(.seconds(9)),
                .modem("\r\n+XCALLSTAT: 1,6\r\n\r\nNO CARRIER\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
        #expect(outcome.notes == [])
    }

    @Test(
        arguments: [
            (
                ModemProfile.ericsson, "*ECAV: 1,3,1",
                ["*ECAV: 1", "*ECAV: 1,0", "*ECA", "*ECAV: 1,0,2", "*ECAV: 2,0,1"]
            ),
            (.intelXMM, "+XCALLSTAT: 1,7", ["+XCALLSTAT: 1", "+XCALLSTAT: 1,", "+XCALLSTAT: 1,8", "+XCALLSTAT: 2,6"]),
        ] as [(ModemProfile, String, [String])]
    )
    func aDamagedEndOrOneOfAnotherCallIsNoEnd(_ profile: ModemProfile, _ answered: String, _ lines: [String]) {
        for line in lines {
            let outcome = outcome(
                profile,
                [.dial("5550101"), .modem(ok), .modem("\r\n\(answered)\r\n"), .modem("\r\n\(line)\r\n")]
            )
            #expect(outcome.states == [.dialing, .active], "\(line)")
        }
    }

    @Test func nokiaTellsNothingAndIsAskedTwiceASecond() {
        let outcome = outcome(
            .nokia,
            [
                .dial("5550101"), .modem(ok), .replies("AT+CLCC", "\r\n+CLCC: 1,0,3,0,0\r\n\r\nOK\r\n"),
                .wait(.milliseconds(600)), row, .wait(.milliseconds(600)), .replies("AT+CLCC", ok), .wait(.seconds(2)),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        ("U.S. Robotics 56K FAX USB V1.2.24", ModemProfile.analog, "usrobotics"),
        ("Conexant", .analog, "analog"), ("Telit", .genericGSM, "telit"), ("Cinterion", .genericGSM, "cinterion"),
        ("SIEMENS", .genericGSM, "cinterion"), ("WAVECOM MODEM", .genericGSM, "sierra"),
        ("Sony Ericsson", .genericGSM, "ericsson"), ("Nokia", .genericGSM, "nokia"),
        ("ZTE CORPORATION", .genericGSM, "zte-mf"), ("ZTE INCORPORATED\r\nK3565-Z", .genericGSM, "zte"),
        ("QUALCOMM INCORPORATED\r\nM6280_M6281", .genericGSM, "zte"), ("MF192", .genericGSM, "generic-gsm"),
        ("Huawei Technologies Co., Ltd.", .genericGSM, "huawei"),
        ("Example", .genericGSM, "generic-gsm"),
    ])
    func aModemIsIdentifiedByWhatItSays(_ text: String, _ profile: ModemProfile, _ name: String) {
        let bench = Bench(profile, identifiesProfile: true)
        bench.replies[profile.kind == .gsm ? "AT+CGMI" : "ATI3"] = "\r\n\(text)\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.profile.name == name)
        #expect(bench.readiness == .ready)
        #expect(ModemProfile.named(name) == bench.profile)
    }

    @Test func aNamedProfileStays() {
        let bench = Bench(.genericGSM)
        bench.replies["AT+CGMI"] = "\r\nTelit\r\n\r\nOK\r\n"
        bench.plug()
        bench.wait(.seconds(5))
        #expect(bench.profile == .genericGSM)
    }

    @Test func theSiteOverridesPollingOKAndLadder() {
        let options = ModemOptions(
            okPolicy: .answered,
            polling: .interval(.seconds(3)),
            hangUpLadder: ["h", "AT+CHUP", "dtr"]
        )
        let outcome = outcome(
            .telit,
            options: options,
            [row, .dial("5550101"), .modem(ok), .wait(.seconds(10)), .hangUp, .wait(.seconds(30))]
        )
        #expect(outcome.states == [.dialing, .active, .hangingUp, .released(.unverified)])
        #expect(outcome.sent.prefix(4) == ["ATD5550101;", "AT+CLCC", "AT+CLCC", "AT+CLCC"])
        #expect(outcome.sent.filter { $0 != "AT+CLCC" } == ["ATD5550101;", "ATH", "AT+CHUP", "AT&D2", "AT&D0"])
    }

    @Test func theSiteSwitchesPollingOff() {
        let outcome = outcome(
            .genericGSM,
            options: ModemOptions(polling: .off),
            [
                .dial("5550101"), .modem(ok), .wait(.seconds(20)), .wrote("ATD5550101;"), .wroteNothing,
                .wait(.seconds(100)),
            ]
        )
        #expect(outcome.states == [.dialing, .dialed])
        // What shows that the modem hears is no question for the call.
        #expect(Set(outcome.sent.dropFirst()) == ["AT"])
    }
}
