import Testing

@testable import Simulation

@Suite("Simulated modem: GSM")
struct SimulatedModemGSMTests {
    @Test func dialsWithOKAtOnceAndProgressInTheCallListOnly() {
        var modem = SimulatedModemBench(.genericGSM)
        #expect(modem.command("ATD+4930123456;") == ["OK"])
        #expect(modem.command("AT+CLCC") == ["+CLCC: 1,0,2,0,0,\"+4930123456\",145", "OK"])
        #expect(modem.command("AT+CLCC") == ["+CLCC: 1,0,3,0,0,\"+4930123456\",145", "OK"])
        modem.wait(.seconds(3))
        #expect(modem.lines() == [])
        #expect(modem.command("AT+CLCC") == ["+CLCC: 1,0,0,0,0,\"+4930123456\",145", "OK"])
        #expect(modem.call == SimulatedCall(isOutbound: true, number: "+4930123456", state: .active))
        #expect(modem.command("ATH") == ["OK"])
        #expect(modem.command("AT+CLCC") == ["OK"])
        #expect(modem.call == nil)
    }

    @Test(arguments: [
        (RemoteReaction.busyAfter(.seconds(2)), "BUSY", 17),
        (.rejectAfter(.seconds(2)), "NO CARRIER", 21),
        (.noAnswer, "NO ANSWER", 19),
        (.unobtainable, "NO CARRIER", 1),
    ])
    func reportsTheFailureAndItsCause(reaction: RemoteReaction, line: String, cause: Int) {
        var modem = SimulatedModemBench(.genericGSM) { $0.reactions = ["5550123": reaction] }
        modem.type("ATD5550123;\r")
        modem.wait(.seconds(100))
        #expect(modem.lines() == ["OK", line])
        #expect(modem.call == nil)
        #expect(modem.command("AT+CEER") == ["+CEER: 8,\(cause),0", "OK"])
    }

    @Test func tellsARemoteHangUp() {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("ATD5550123;")
        modem.wait(.seconds(5))
        modem.perform(.hangUp)
        #expect(modem.lines() == ["NO CARRIER"])
        #expect(modem.call == nil)
    }

    @Test(arguments: ["AT+CHUP", "AT+CHLD=1", "AT+CHLD=11", "ATH0"])
    func endsTheCallBy(command: String) {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("ATD5550123;")
        #expect(modem.command(command) == ["OK"])
        #expect(modem.call == nil)
    }

    @Test func keepsTheCallOnATHWhereCVHUSaysSo() {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("AT+CVHU=1")
        _ = modem.command("ATD5550123;")
        #expect(modem.command("ATH") == ["OK"])
        #expect(modem.call?.state == .alerting)
        #expect(modem.command("AT+CVHU=0") == ["OK"])
        #expect(modem.command("ATH") == ["OK"])
        #expect(modem.call == nil)
    }

    @Test func liesAboutATHWithoutAWayOutButCHUP() {
        var modem = SimulatedModemBench(.genericGSM) { $0.lyingHangUp = true }
        #expect(modem.command("AT+CVHU=0") == ["ERROR"])
        _ = modem.command("ATD5550123;")
        #expect(modem.command("ATH") == ["OK"])
        #expect(modem.command("AT+CLCC").count == 2)
        #expect(modem.command("AT+CHUP") == ["OK"])
        #expect(modem.command("AT+CLCC") == ["OK"])
    }

    @Test func abortsADialThatHasNoResultYet() {
        var modem = SimulatedModemBench(.genericGSM)
        modem.type("ATD5550123;\r\n")
        modem.wait(.seconds(10))
        #expect(modem.lines() == ["NO CARRIER"])
        #expect(modem.events.contains(.dialAborted(byte: 10)))
        #expect(modem.call == nil)
    }

    @Test func ringsEveryFiveSecondsWithTheCallerEachTime() {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("AT+CLIP=1;+CRC=1")
        modem.perform(.ring(callerID: "+4930123456", times: 2))
        modem.wait(.milliseconds(4999))
        #expect(modem.lines() == ["+CRING: VOICE", "+CLIP: \"+4930123456\",145,,,,0"])
        #expect(modem.command("AT+CLCC").first == "+CRING: VOICE")
        #expect(modem.call?.state == .incoming)
        modem.wait(.seconds(5))
        #expect(modem.call == nil)
        #expect(modem.command("AT+CLCC") == ["OK"])
    }

    @Test(arguments: [
        (SimulatedCaller.withheld, ["RING", "+CLIP: \"\",128,,,,1"]),
        (.unavailable, ["RING", "+CLIP: \"\",128,,,,2"]),
        (.number("5550123"), ["RING", "+CLIP: \"5550123\",129,,,,0"]),
        (.unidentified, ["RING"]),
    ])
    func showsTheCaller(caller: SimulatedCaller, lines: [String]) {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("AT+CLIP=1")
        modem.perform(.ring(caller, times: 1))
        #expect(modem.lines() == lines)
    }

    @Test func answersAndRejects() {
        var modem = SimulatedModemBench(.genericGSM)
        #expect(modem.command("ATA") == ["NO CARRIER"])
        modem.perform(.ring(callerID: "5550123"))
        #expect(modem.command("ATA") == ["OK"])
        #expect(modem.call?.state == .active)
        modem.wait(.seconds(30))
        #expect(modem.lines() == [])
        #expect(modem.command("AT+VTS=5") == ["OK"])
        #expect(modem.events.contains(.tones("5")))
        #expect(modem.command("ATH") == ["OK"])
        modem.perform(.ring(callerID: "5550123"))
        #expect(modem.command("AT+CHUP") == ["OK"])
        #expect(modem.call == nil)
    }

    @Test func asksForThePINAndCountsTries() {
        var modem = SimulatedModemBench(.genericGSM) { $0.simPIN = "1234" }
        _ = modem.command("AT+CMEE=1")
        #expect(modem.command("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"])
        #expect(modem.command("ATD5550123;") == ["+CME ERROR: 11"])
        #expect(modem.command("AT+CREG?") == ["+CREG: 0,0", "OK"])
        #expect(modem.command("AT+CPIN=\"9999\"") == ["+CME ERROR: 16"])
        #expect(modem.command("AT+CPINR") == ["+CPINR: SIM PIN,2,3", "OK"])
        #expect(modem.command("AT+CPIN=\"1234\"") == ["OK", "+CPIN: READY"])
        #expect(modem.command("AT+CPIN?") == ["+CPIN: READY", "OK"])
        #expect(modem.command("ATD5550123;") == ["OK"])
    }

    @Test func locksTheSIMAfterThreeWrongPINs() {
        var modem = SimulatedModemBench(.genericGSM) { $0.simPIN = "1234" }
        for _ in 0..<3 { _ = modem.command("AT+CPIN=0000") }
        #expect(modem.command("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"])
        _ = modem.command("AT+CMEE=2")
        #expect(modem.command("AT+CPIN=1234") == ["+CME ERROR: SIM PUK required"])
    }

    @Test(arguments: [(0, "ERROR"), (1, "+CME ERROR: 30"), (2, "+CME ERROR: no network service")])
    func saysWhyItCannotDial(mode: Int, reply: String) {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("AT+CMEE=\(mode)")
        modem.perform(.registration(2))
        #expect(modem.command("ATD5550123;") == [reply])
    }

    @Test func reportsRegistrationUnasked() {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("AT+CREG=1")
        _ = modem.command("ATD5550123;")
        modem.perform(.registration(2))
        #expect(modem.lines() == ["NO CARRIER", "+CREG: 2"])
        #expect(modem.call == nil)
        #expect(modem.command("AT+COPS?") == ["+COPS: 0", "OK"])
    }

    @Test func takesAServiceCodeAsNoCall() {
        var modem = SimulatedModemBench(.genericGSM)
        #expect(modem.command("ATD*21*5550123#;").first == "OK")
        #expect(modem.call == nil)
        #expect(modem.events.contains(.serviceCode("*21*5550123#")))
        #expect(modem.command("ATD*31#5550123;") == ["OK"])
        #expect(modem.call != nil)
    }

    @Test(arguments: [("ATD5550123", "NO CARRIER"), ("ATD555x;", "ERROR"), ("ATD;", "ERROR")])
    func refusesABadDial(line: String, reply: String) {
        var modem = SimulatedModemBench(.genericGSM)
        #expect(modem.command(line) == [reply])
        #expect(modem.call == nil)
    }
}
