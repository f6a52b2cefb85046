import ModemCore
import Testing

/// What the modem may have forgotten, or still holds, without saying so.
@Suite struct DoubtTests {
    @Test func aModemThatEchoesAgainIsSetUpAnew() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CREG?"] = "AT+CREG?\r\r\n+CREG: 1,1\r\n\r\nOK\r\n"
        bench.wait(.seconds(31))
        #expect(bench.outcome.notes.contains(.echoIsBack))
        #expect(bench.outcome.sent.contains("ATE0"))
        #expect(bench.readiness == .ready)
    }

    @Test func aModemThatCannotKeepQuietIsSetUpSeldom() {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CREG?"] = "AT+CREG?\r\r\n+CREG: 1,1\r\n\r\nOK\r\n"
        bench.wait(.seconds(590))
        #expect(bench.outcome.notes.filter { $0 == .echoIsBack }.count == 1)
        bench.wait(.seconds(60))
        #expect(bench.outcome.notes.filter { $0 == .echoIsBack }.count == 2)
    }

    @Test func anAnalogLineWhoseHangUpWasNotProvenIsClearedWhenTheModemIsBack() {
        let bench = Bench(.analog)
        bench.becomeReady()
        bench.play([.dial("5550101"), .modem("OK\r\n")])
        bench.isDead = true
        bench.hangUp()
        bench.wait(.seconds(60))
        #expect(bench.call == nil)
        bench.isDead = false
        bench.replies = Bench.workingReplies
        let count = bench.outcome.sent.count
        bench.plug()
        bench.wait(.seconds(10))
        let sent = bench.outcome.sent.dropFirst(count)
        #expect(sent.firstIndex(of: "ATH") ?? .max < sent.firstIndex(of: "ATE0") ?? .min)
        #expect(bench.readiness == .ready)
    }

    @Test func anUnaskedLineAmongTheClassesIsNoLackOfTheVoiceClass() {
        let reply = ATReply(.result(.ok), lines: ["^BOOT:20952548,0,0,0,6", "0,1,8"])
        #expect(VoiceCheck.voiceClass.verdict(reply) == .fine)
        let late = ATReply(.result(.ok), lines: ["56000"])
        #expect(VoiceCheck.voiceClass.verdict(late) == .fine)
        let data = ATReply(.result(.ok), lines: ["^BOOT:20952548,0,0,0,8", "0,1,1.0,2"])
        #expect(VoiceCheck.voiceClass.verdict(data) != .fine)
    }
}
