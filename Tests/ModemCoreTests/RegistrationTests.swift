import ModemCore
import Testing

/// The registration of both domains, and what a line with VoLTE alone may do.
@Suite struct RegistrationTests {
    private static let gsmProfiles = ModemProfile.all.filter { $0.kind == .gsm }
    private static let eps = ["AT+CEREG?": "\r\n+CEREG: 0,1\r\n\r\nOK\r\n"]

    private static func answer(_ name: String, _ status: String) -> [String: String] {
        ["AT\(name)?": "\r\n\(name): \(status)\r\n\r\nOK\r\n"]
    }

    private func bench(_ profile: ModemProfile = .genericGSM, _ replies: [String: String]...) -> Bench {
        let bench = Bench(profile)
        for part in replies { bench.replies.merge(part) { $1 } }
        bench.plug()
        bench.wait(.seconds(5))
        return bench
    }

    @Test(
        arguments: gsmProfiles,
        ["0,6", "2,6", "0,7", "2,7,\"00AA\",\"0105\",7", "2,3", "1,2", "0,0", "0,4", "0,8", "6"]
    )
    func aModemThatIsRegisteredForPacketsAloneMayDial(_ profile: ModemProfile, _ circuit: String) {
        for packets in ["0,1", "2,5,\"00AA\",\"0105\",7"] {
            let bench = bench(profile, Self.answer("+CREG", circuit), Self.answer("+CEREG", packets))
            #expect(bench.readiness == .readyInDoubt(.packetDomainOnly))
            bench.dial("5550101")
            #expect(bench.outcome.states == [.dialing])
            #expect(bench.outcome.sent.last == "ATD5550101;")
            bench.feed("\r\nNO CARRIER\r\n")
            #expect(bench.outcome.causes == [.noVoLTE])
        }
    }

    /// 9 and 10: registered, and the network would rather not fall back for a call (27.007 7.2).
    @Test(arguments: gsmProfiles, ["0,1", "0,5", "0,9", "2,10,\"00AA\",\"0105\",7", "9"])
    func aModemThatIsRegisteredForCallsIsReady(_ profile: ModemProfile, _ circuit: String) {
        let bench = bench(profile, Self.answer("+CREG", circuit))
        #expect(bench.readiness == .ready)
        #expect(!bench.outcome.sent.contains("AT+CEREG?"))
    }

    @Test(arguments: [["+CEREG": "0,2"], ["+CEREG": "0,3"], ["+CEREG": "0,8"], [:]])
    func withoutThePacketDomainThereIsNoCall(_ packets: [String: String]) {
        let refused = ["AT+CEREG?": "\r\nERROR\r\n", "AT+C5GREG?": "\r\nERROR\r\n"]
        let asked = packets.reduce(into: refused) { $0.merge(Self.answer($1.key, $1.value)) { $1 } }
        let bench = bench(.genericGSM, Self.answer("+CREG", "0,6"), asked)
        #expect(bench.readiness == .notRegistered(.registration(.smsOnly)))
        bench.dial("5550101")
        #expect(bench.outcome.refusals.count == 1)
    }

    @Test func fiveGIsAskedLast() {
        let bench = bench(
            .genericGSM,
            Self.answer("+CREG", "0,6"),
            Self.answer("+CEREG", "0,2"),
            Self.answer("+C5GREG", "0,1")
        )
        #expect(bench.readiness == .readyInDoubt(.packetDomainOnly))
    }

    @Test(arguments: gsmProfiles)
    func anIncomingCallProvesVoice(_ profile: ModemProfile) {
        let bench = bench(profile, Self.answer("+CREG", "0,6"), Self.eps)
        bench.feed("\r\nRING\r\n\r\n+CLIP: \"5550199\",129\r\n")
        #expect(bench.readiness == .ready)
        bench.wait(.seconds(90))
        #expect(bench.readiness == .ready)
        bench.dial("5550101")
        bench.feed("\r\nNO CARRIER\r\n")
        #expect(bench.outcome.causes.last == .noCarrier)
    }

    /// Glued to another line, cut anywhere, and again and again: it takes a ready line away for no moment.
    @Test(arguments: gsmProfiles, ["+CREG: 6", "+CREG: 7,\"00AA\",\"0105\",7"])
    func anUnaskedReportOfSMSOnlyIsCheckedInThePacketDomain(_ profile: ModemProfile, _ report: String) {
        let outcome = inEveryCut { feeding in
            let bench = bench(profile)
            #expect(bench.readiness == .ready)
            bench.replies.merge(Self.eps) { $1 }
            bench.replies.merge(Self.answer("+CREG", "1,6")) { $1 }
            bench.forget()
            bench.begin(feeding)
            bench.feed("\r\n\(report)\r\n")
            bench.feed("\r\n\(report)\r\n")
            bench.begin(.whole)
            bench.wait(.seconds(65))
            return bench
        }
        #expect(outcome.readiness == [.readyInDoubt(.packetDomainOnly)])
    }

    @Test func anUnaskedReportDuringACallDisturbsNothing() {
        let bench = bench()
        bench.replies["AT+CLCC"] = "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"
        bench.dial("5550101")
        bench.feed("\r\nOK\r\n")
        bench.wait(.seconds(2))
        bench.replies.merge(Self.eps) { $1 }
        bench.forgetSent()
        bench.feed("\r\n+CREG: 6\r\n")
        bench.wait(.seconds(20))
        #expect(!bench.outcome.sent.contains("AT+CEREG?"))
        #expect(bench.call?.state == .active)
        #expect(bench.readiness == .ready)
    }

    @Test func theExplanationSendsThePersonToVoLTE() {
        var explanation = LineExplanation()
        for line in ["+CREG: 0,6", "+CREG: 7", "+CREG: 2,6,\"00AA\",\"0105\",7"] {
            #expect(
                explanation.ofReceived(line)
                    == "registered for SMS only, so calls depend on VoLTE: "
                    + "check the LTE registration (AT+CEREG?), and ask the provider for VoLTE"
            )
        }
        #expect(explanation.ofReceived("+CREG: 0,9") == "registered at home")
        #expect(explanation.ofReceived("+CREG: 10") == "registered, roaming")
    }
}
