import ModemCore
import Testing

private let ok = "\r\nOK\r\n"
private let row = Step.replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n")

/// The behaviours from 26 on, and what else modems do that has no number.
@Suite struct QuirkTests {
    private static let reports = [
        Step.modem("\r\n+CREG: 2\r\n\r\nRING\r\n\r\n^RSSI:3\r\n"), .wait(.seconds(9)), .modem("\r\n+CREG: 1\r\n"),
        .wait(.seconds(10)),
    ]

    @Test(arguments: ModemProfile.all, [(nil, []), (.seconds(1), reports)] as [(Duration?, [Step])])
    func behaviour26_nothingIsWrittenWhileTheDialIsInFlight(
        _ profile: ModemProfile,
        _ meanwhile: (handover: Duration?, steps: [Step])
    ) {
        let spent = meanwhile.steps.isEmpty ? Duration.zero : .seconds(19)
        let outcome = inEveryCut { feeding in
            let bench = Bench(profile, options: ModemOptions(handover: meanwhile.handover))
            bench.becomeReady()
            bench.begin(feeding)
            bench.dial("5550101")
            bench.play(meanwhile.steps + [.wait(profile.voiceDial.answerTime - spent - .milliseconds(1))])
            #expect(bench.call?.state == .dialing)
            return bench
        }
        #expect(outcome.sent == ["\(profile.voiceDial.prefix)5550101\(profile.voiceDial.suffix)"])
    }

    @Test func behaviour28_theSecondOKIsTheAnswer() {
        let outcome = outcome(
            .genericGSM,
            options: ModemOptions(okPolicy: .startedThenAnswered, polling: .off),
            [
                .dial("5550101"), .wrote("ATD5550101;"), .modem(ok), .wait(.seconds(20)), .wroteNothing, .modem(ok),
                .modem(ok),
                .wait(.seconds(5)), .modem("\r\nNO CARRIER\r\n"), .modem(ok), .dial("5550102"), .modem(ok),
                .modem("\r\nBUSY\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp), .dialing, .released(.busy)])
    }

    @Test func behaviour28_elsewhereASecondOKIsNothing() {
        let outcome = outcome(.huawei, [.dial("5550101"), .modem(ok), .modem(ok), .wait(.seconds(5))])
        #expect(outcome.states == [.dialing])
    }

    @Test func behaviour29_theReportInTheMiddleOfTheAnswerIsNotTheAnswer() {
        let outcome = inEveryCut { feeding in
            let bench = Bench(.genericGSM)
            bench.replies["AT+CREG?"] = "\r\n+CREG: 2\r\n\r\n+CREG: 2,1,\"00AA\",\"01BB\"\r\n\r\nOK\r\n"
            bench.becomeReady()
            bench.begin(feeding)
            bench.wait(.seconds(61))
            bench.feed("\r\n+CREG: 2\r\n")
            #expect(bench.readiness.networkFault != nil)
            bench.feed("\r\n+CREG: 1\r\n")
            return bench
        }
        #expect(outcome.readiness.count == 2)
        #expect(outcome.readiness.last == .ready)
    }

    @Test func behaviour31_aLateAnswerOfTheNetworkChangesNothing() {
        let outcome = outcome(
            .genericGSM,
            [
                row, .dial("5550101"), .modem(ok), .wait(.seconds(1)), .modem("\r\n+CUSD: 2\r\n"),
                .modem("\r\n+CUSD: 0,\"OK NO CARRIER\",15\r\n"), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
    }

    @Test func behaviour32_distinctiveRingIsARing() {
        let outcome = outcome(
            .analog,
            [
                .modem("\r\nDROF=0\r\n\r\nDRON=11\r\n\r\nRING\r\n"), .wait(.seconds(4)),
                .modem("\r\nDROF=40\r\n\r\nDRON=20\r\n\r\nRING 1\r\n"), .wait(.seconds(11)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
        #expect(outcome.notes == [])
    }

    @Test(
        arguments: [ModemProfile.genericGSM, .huawei],
        ["\r\n+CME ERROR: 14\r\n", "\r\n+CME ERROR: 515\r\n", "\r\n+CME ERROR: SIM busy\r\n", ""]
    )
    func behaviour33_aSIMThatIsBusyAfterPowerUpIsWaitedFor(_ profile: ModemProfile, _ reply: String) {
        let outcome = inEveryCut { feeding in
            let bench = Bench(profile)
            bench.replies["AT+CPIN?"] = reply
            bench.begin(feeding)
            bench.plug()
            bench.wait(.seconds(20))
            #expect(bench.readiness == .settingUp)
            bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n"
            // A question without an answer is still waited for.
            bench.wait(.seconds(reply.isEmpty ? 15 : 3))
            return bench
        }
        #expect(outcome.readiness == [.settingUp, .ready])
    }

    @Test(arguments: [ModemProfile.genericGSM, .sierra])
    func behaviour34_theSIMsStateWithoutItsOKCounts(_ profile: ModemProfile) {
        let outcome = inEveryCut { feeding in
            let bench = Bench(profile)
            bench.replies["AT+CPIN?"] = "\r\n+CPIN: READY\r\n"
            bench.begin(feeding)
            bench.plug()
            bench.wait(.seconds(12))
            bench.dial("5550101")
            return bench
        }
        #expect(outcome.readiness.last == .ready)
        #expect(outcome.sent.last == "ATD5550101;")
    }

    @Test func behaviour35_cadenceLinesBeforeTheFirstRingAreNoRing() {
        let outcome = outcome(
            .analog,
            [
                .modem("\r\nDROF=0\r\n\r\nDRON=11\r\n"), .wait(.seconds(1)), .modem("\r\nRING\r\n"),
                .wait(.seconds(12)),
            ]
        )
        #expect(outcome.calls == [])
        #expect(outcome.notes == [.singleRing])
    }

    @Test func behaviour23_aMakersOwnBannerEndsTheCall() {
        let outcome = outcome(
            .cinterion,
            [.dial("5550101"), .modem(ok), .modem("\r\n^SYSSTART\r\n"), .wait(.seconds(5))]
        )
        #expect(outcome.states == [.dialing, .released(.modemReset)])
        #expect(outcome.readiness == [.opening, .settingUp, .ready])
    }

    @Test func behaviour23_periodicBootLinesOfHuaweiEndNothing() {
        let outcome = outcome(
            .huawei,
            [
                row, .dial("5550101"), .modem(ok), .modem("\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n"),
                .modem("\r\n^BOOT:20952548,0,0,0,6\r\n"), .wait(.seconds(5)), .modem("\r\n^BOOT:20952548,0,0,0,6\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting, .active])
        #expect(outcome.notes == [])
    }

    // MARK: Calls that nobody asked for, second calls, incoming calls

    @Test func aCallThatNobodyAskedForIsTakenOverAndItsEndFound() {
        let outcome = outcome(
            .huawei,
            [row, .modem("\r\n^CONN:1,0\r\n"), .wait(.seconds(5)), .replies("AT+CLCC", ok), .wait(.seconds(9))]
        )
        #expect(outcome.states == [.active, .released(.remoteHangUp)])
        #expect(outcome.calls.allSatisfy { $0.isAdopted })
        #expect(outcome.notes == [.unexpectedCall, .endNotReported])
    }

    @Test func anIncomingCallWhileWeDialIsOnlyNoted() {
        let outcome = outcome(
            .intelXMM,
            [
                .dial("5550101"), .modem(ok), .modem("\r\n+XCALLSTAT: 1,2\r\n"), .modem("\r\n+XCALLSTAT: 2,4\r\n"),
                .modem("\r\nRING\r\n"), .modem("\r\n+XCALLSTAT: 2,6\r\n"), .wait(.seconds(1)),
                .modem("\r\n+XCALLSTAT: 1,3\r\n"),
            ]
        )
        #expect(outcome.states == [.dialing, .alerting])
        #expect(outcome.notes == [.secondCall(number: nil)])
    }

    @Test func aCallerWhoGivesUpIsNoticedByTheListBeforeTheNextRingIsDue() {
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CLCC", "\r\n+CLCC: 1,1,4,0,0,\"5550101\",129\r\n\r\nOK\r\n"), .modem("\r\nRING\r\n"),
                .wait(.seconds(1)), .replies("AT+CLCC", ok), .wait(.seconds(2)),
            ]
        )
        #expect(outcome.states == [.incoming, .released(.missed)])
        #expect(outcome.calls.first?.number == "5550101")
    }

    @Test func aRowOfAReleasedCallIsTheEnd() {
        let outcome = outcome(
            .genericGSM,
            [
                row, .dial("5550101"), .modem(ok), .wait(.seconds(1)),
                .replies("AT+CLCC", "\r\n+CLCC: 1,0,6,0,0\r\n\r\nOK\r\n"), .wait(.seconds(2)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test func multipartyRowsAreCalls() {
        let outcome = outcome(
            .genericGSM,
            [
                .replies(
                    "AT+CLCC",
                    "\r\n+CLCC: 1,0,0,0,1,\"5550101\",129\r\n+CLCC: 2,1,0,0,1,\"5550102\",129\r\n\r\nOK\r\n"
                ),
                .dial("5550101"), .modem(ok), .wait(.seconds(1)),
                .replies("AT+CLCC", "\r\n+CLCC: 2,1,0,0,1\r\n\r\nOK\r\n"),
                .wait(.seconds(7)),
            ]
        )
        #expect(outcome.states == [.dialing, .active, .released(.remoteHangUp)])
    }

    @Test(arguments: [
        (1, ReleaseCause.unassignedNumber), (3, .noRoute), (8, .barred), (16, .noCarrier), (17, .busy), (18, .noAnswer),
        (19, .noAnswer), (21, .rejected), (22, .numberChanged), (27, .outOfOrder), (28, .invalidNumber),
        (31, .noCarrier),
        (34, .congestion), (38, .networkFailure), (41, .networkFailure), (42, .congestion), (126, .network(126)),
    ])
    func eachCauseOfTheNetworkIsTold(_ cause: Int, _ expected: ReleaseCause) {
        let released = ReleaseCause(networkCause: cause, in: .dialing)
        #expect(released == expected)
    }
}
