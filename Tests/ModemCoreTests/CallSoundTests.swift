import ModemCore
import Testing

/// The commands that make a modem carry a call's sound: none at a time when it could cost the call anything.
@Suite struct CallSoundTests {
    private static let withSound = ModemProfile.all.filter { $0.sound != nil }

    private func bench(_ profile: ModemProfile, carriesSound: Bool = true) -> Bench {
        Bench(profile, options: ModemOptions(carriesSound: carriesSound, polling: .off))
    }

    /// A call that is answered; what was sent for it is forgotten.
    private func answered(_ bench: Bench) {
        bench.dial("5550101")
        bench.feed("\r\nOK\r\n")
        bench.wait(.seconds(3))
        bench.feed(answer(bench.profile))
        #expect(bench.call?.state == .active)
    }

    private func answer(_ profile: ModemProfile) -> String {
        switch profile.name {
        case "huawei": "\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n"
        case "quectel":
            "\r\n+QIND: \"ccinfo\",1,0,3,0,0,\"5550101\",129\r\n\r\n+QIND: \"ccinfo\",1,0,0,0,0,\"5550101\",129\r\n"
        default: "\r\nVOICE CALL: BEGIN\r\n"
        }
    }

    private func sound(_ bench: Bench) -> [String] {
        let names = ["+CPCM", "+QPCMV", "+QGPSCFG", "^DDSETEX"]
        return bench.outcome.sent.filter { line in names.contains { line.contains($0) } }
    }

    @Test func threeFamiliesCarrySound() {
        #expect(Self.withSound.map(\.name) == ["huawei", "quectel", "simcom-7600"])
    }

    @Test(
        "The commands of a call",
        arguments: [
            ("simcom-7600", ["AT+CPCMFRM=0"], ["AT+CPCMREG=1"], ["AT+CPCMREG=0,1", "AT+CPCMFRM=0"]),
            (
                "quectel", ["AT+QGPSCFG=\"outport\",\"none\"", "AT+QPCMV=1,0"], [],
                ["AT+QPCMV=0", "AT+QGPSCFG=\"outport\",\"none\"", "AT+QPCMV=1,0"]
            ),
            ("huawei", [], ["AT^DDSETEX=2"], []),
        ]
    )
    func commands(_ name: String, _ idle: [String], _ start: [String], _ end: [String]) throws {
        let bench = bench(try #require(ModemProfile.named(name)))
        bench.plug()
        bench.wait(.seconds(10))
        #expect(bench.readiness == .ready)
        #expect(sound(bench) == idle)
        for _ in 1...2 {
            bench.forget()
            answered(bench)
            #expect(sound(bench) == [])
            bench.wait(.seconds(20))
            #expect(sound(bench) == start)
            bench.forgetSent()
            bench.hangUp()
            bench.wait(.seconds(10))
            #expect(bench.call == nil)
            #expect(sound(bench) == end)
        }
    }

    @Test(arguments: withSound)
    func withoutItNoneIsSent(_ profile: ModemProfile) {
        let bench = bench(profile, carriesSound: false)
        bench.plug()
        bench.wait(.seconds(10))
        answered(bench)
        bench.wait(.seconds(20))
        bench.hangUp()
        bench.wait(.seconds(10))
        #expect(sound(bench) == [])
    }

    @Test(arguments: withSound)
    func noneComesBetweenTheRequestAndTheAnswer(_ profile: ModemProfile) {
        let bench = bench(profile)
        bench.becomeReady()
        answered(bench)
        bench.wait(.seconds(2))
        bench.hangUp()
        bench.wait(.milliseconds(50))
        bench.forgetSent()
        bench.dial("5550102")
        bench.wait(.seconds(3))
        #expect(sound(bench) == [])
    }

    @Test func aRefusedStartIsTriedAgain() {
        let bench = bench(.simcom7600)
        bench.becomeReady()
        bench.replies["AT+CPCMREG=1"] = "\r\nERROR\r\n"
        answered(bench)
        bench.wait(.milliseconds(4_500))
        #expect(sound(bench).count == 5)
        bench.replies["AT+CPCMREG=1"] = "\r\nOK\r\n"
        bench.wait(.seconds(30))
        #expect(sound(bench).count == 6)
        #expect(bench.outcome.notes.contains(.soundStartedLate(tries: 6)))
        #expect(bench.outcome.states == [.dialing, .active])
    }

    @Test(arguments: ["\r\nERROR\r\n", "\r\n+CME ERROR: 3\r\n"])
    func aStartThatIsRefusedForGoodIsNoFaultOfTheCall(_ reply: String) {
        let bench = bench(.simcom7600)
        bench.becomeReady()
        bench.replies["AT+CPCMREG=1"] = reply
        answered(bench)
        bench.wait(.seconds(60))
        #expect(sound(bench).count == 13)
        #expect(bench.outcome.notes.contains(.soundRefused(tries: 13)))
        #expect(bench.outcome.states == [.dialing, .active])
        bench.hangUp()
        bench.wait(.seconds(10))
        #expect(bench.call == nil)
    }

    @Test func theOtherFormOfTheStopIsTried() {
        let bench = bench(.simcom7600)
        bench.becomeReady()
        bench.replies["AT+CPCMREG=0,1"] = "\r\nERROR\r\n"
        answered(bench)
        bench.wait(.seconds(2))
        bench.forgetSent()
        bench.feed("\r\nVOICE CALL: END: 000002\r\n")
        bench.wait(.seconds(10))
        #expect(sound(bench) == ["AT+CPCMREG=0,1", "AT+CPCMREG=0", "AT+CPCMFRM=0"])
    }

    @Test func aHangUpDoesNotWaitForTheStart() {
        let bench = bench(.simcom7600)
        bench.becomeReady()
        bench.replies["AT+CPCMREG=1"] = ""
        answered(bench)
        bench.wait(.milliseconds(200))
        #expect(sound(bench) == ["AT+CPCMREG=1"])
        bench.forgetSent()
        bench.hangUp()
        #expect(bench.outcome.sent == ["<CR>"])
        bench.wait(.seconds(20))
        #expect(bench.call == nil)
        #expect(!sound(bench).contains("AT+CPCMREG=1"))
    }

    @Test func aStopThatACallCutShortComesAfterThatCall() {
        let bench = bench(.simcom7600)
        bench.becomeReady()
        answered(bench)
        bench.wait(.seconds(2))
        bench.feed("\r\nVOICE CALL: END: 000002\r\n")
        bench.dial("5550102")
        bench.wait(.seconds(1))
        bench.forgetSent()
        bench.hangUp()
        bench.wait(.seconds(20))
        #expect(bench.call == nil)
        #expect(sound(bench) == ["AT+CPCMREG=0,1", "AT+CPCMFRM=0"])
    }
}
