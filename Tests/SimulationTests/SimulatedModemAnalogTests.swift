import Testing

@testable import Simulation

@Suite("Simulated modem: analog")
struct SimulatedModemAnalogTests {
    @Test func saysOKWhenTheDigitsAreOutAndNothingAfter() {
        var modem = SimulatedModemBench(.analog)
        modem.type("ATDT5550123;\r")
        // 2 s of dial tone and 7 digits of 190 ms.
        modem.wait(.milliseconds(3329))
        #expect(modem.lines() == [])
        #expect(modem.call?.state == .dialing)
        modem.wait(.milliseconds(1))
        #expect(modem.lines() == ["OK"])
        modem.wait(.seconds(1))
        #expect(modem.call?.state == .alerting)
        modem.wait(.seconds(4))
        #expect(modem.call?.state == .active)
        modem.perform(.hangUp)
        #expect(modem.call?.state == .offHook)
        #expect(modem.lines() == [])
        #expect(modem.command("ATH") == ["OK"])
        #expect(modem.call == nil)
    }

    @Test func takesLongerForPauses() {
        var modem = SimulatedModemBench(.analog)
        modem.type("ATDT0,W5550123;\r")
        modem.wait(.milliseconds(3519 + 4000))
        #expect(modem.lines() == [])
        modem.wait(.milliseconds(1))
        #expect(modem.lines() == ["OK"])
    }

    @Test(arguments: ["\r", "A", "\n", "ATH\r"])
    func abortsTheDialOnAnyCharacter(text: String) {
        var modem = SimulatedModemBench(.analog)
        modem.type("ATDT5550123;\r")
        modem.wait(.seconds(2))
        modem.type(text)
        modem.wait(.seconds(10))
        #expect(modem.lines().first == "NO CARRIER")
        #expect(modem.aborts == 1)
        #expect(modem.call == nil)
    }

    @Test func leavesTheLineToTheHandset() {
        var modem = SimulatedModemBench(.analog)
        modem.type("ATDT5550123;\r")
        modem.wait(.seconds(10))
        modem.perform(.handset(lifted: true))
        _ = modem.command("ATH")
        #expect(modem.call?.state == .handset)
        modem.perform(.handset(lifted: false))
        #expect(modem.call == nil)
    }

    @Test(arguments: [
        (RemoteReaction.busyAfter(.seconds(2)), "BUSY"),
        (.noAnswer, "NO ANSWER"),
        (.ringForever, "NO ANSWER"),
        (.answerAfter(.seconds(3)), "NO CARRIER"),
        (.modemAnswersAfter(.seconds(3)), "CONNECT 9600"),
        (.unobtainable, "NO CARRIER"),
        (.lineInUse, "LINE IN USE"),
        (.delayed, "DELAYED"),
        (.blacklisted, "BLACKLISTED"),
    ])
    func endsADataDialWith(reaction: RemoteReaction, line: String) {
        var modem = SimulatedModemBench(.analog) { $0.reaction = reaction }
        modem.type("ATDT5550123\r")
        modem.wait(.seconds(70))
        #expect(modem.lines() == [line])
        #expect((modem.call == nil) == (line != "CONNECT 9600"))
    }

    @Test(arguments: [
        (0, "NO CARRIER"), (1, "NO CARRIER"), (2, "NO CARRIER"), (3, "BUSY"), (4, "BUSY"),
    ])
    func tellsBusyByTheResultLevel(level: Int, line: String) {
        var modem = SimulatedModemBench(.analog) { $0.reaction = .busyAfter(.seconds(2)) }
        _ = modem.command("ATX\(level)")
        modem.type("ATDT5550123\r")
        modem.wait(.seconds(70))
        #expect(modem.lines() == [line])
    }

    @Test(arguments: [(4, ["NO DIALTONE"]), (2, ["NO DIALTONE"]), (3, ["OK"]), (0, ["OK"])])
    func missesTheDialToneByTheResultLevel(level: Int, lines: [String]) {
        var modem = SimulatedModemBench(.analog)
        _ = modem.command("ATX\(level)")
        modem.perform(.lineCord(plugged: false))
        modem.type("ATDT5550123;\r")
        modem.wait(.seconds(20))
        #expect(modem.lines() == lines)
        #expect((modem.call == nil) == (lines == ["NO DIALTONE"]))
    }

    @Test func escapesFromDataModeByGuardTime() {
        var modem = SimulatedModemBench(.analog) { $0.reaction = .modemAnswersAfter(.seconds(1)) }
        modem.type("ATDT5550123\r")
        modem.wait(.seconds(10))
        #expect(modem.lines() == ["CONNECT 9600"])
        #expect(modem.command("ATH") == [])
        modem.type("x+++")
        modem.wait(.seconds(3))
        #expect(modem.lines() == [])
        modem.type("+++")
        modem.wait(.milliseconds(999))
        #expect(modem.lines() == [])
        modem.wait(.milliseconds(1))
        #expect(modem.lines() == ["OK"])
        #expect(modem.command("ATO") == ["CONNECT 9600"])
        modem.wait(.seconds(2))
        modem.type("+++")
        modem.wait(.seconds(2))
        #expect(modem.command("ATH").last == "OK")
        #expect(modem.call == nil)
    }

    @Test func losesTheCarrierWhenTheRemoteModemHangsUp() {
        var modem = SimulatedModemBench(.analog) { $0.reaction = .modemAnswersAfter(.seconds(1)) }
        modem.type("ATDT5550123\r")
        modem.wait(.seconds(10))
        _ = modem.lines()
        modem.perform(.hangUp)
        #expect(modem.lines() == ["NO CARRIER"])
        #expect(modem.command("AT") == ["OK"])
    }

    @Test(arguments: [
        (
            1, SimulatedCaller.number("5550123", name: "ANNA"),
            ["DATE = 1015", "TIME = 2038", "NMBR = 5550123", "NAME = ANNA"]
        ),
        (1, .number("5550123"), ["DATE = 1015", "TIME = 2038", "NMBR = 5550123"]),
        (1, .withheld, ["DATE = 1015", "TIME = 2038", "NMBR = P", "NAME = P"]),
        (1, .unavailable, ["DATE = 1015", "TIME = 2038", "NMBR = O", "NAME = O"]),
        (1, .unidentified, []),
        (0, .number("5550123"), []),
        (2, .number("5550123"), ["801301083130313532303338020735353530313233" + "62"]),
    ])
    func showsTheCallerAfterTheFirstRing(mode: Int, caller: SimulatedCaller, lines: [String]) {
        var modem = SimulatedModemBench(.analog)
        _ = modem.command("AT+VCID=\(mode)")
        modem.perform(.ring(caller, times: 2))
        #expect(modem.lines() == ["RING"])
        modem.wait(.seconds(3))
        #expect(modem.lines() == lines)
        modem.wait(.seconds(3))
        #expect(modem.lines() == ["RING"])
        modem.wait(.seconds(6))
        #expect(modem.call == nil)
    }

    @Test func hexadecimalCallerIDAddsUpToNothing() throws {
        var modem = SimulatedModemBench(.analog)
        _ = modem.command("AT#CID=2")
        modem.perform(.ring(callerID: "5550123"))
        modem.wait(.seconds(3))
        let text = Array(try #require(modem.lines().last))
        let bytes = stride(from: 0, to: text.count, by: 2).compactMap { UInt8(String(text[$0..<$0 + 2]), radix: 16) }
        #expect(bytes.count * 2 == text.count)
        #expect(bytes.reduce(0, &+) == 0)
    }

    @Test func answersIntoACarrierThatNeverComes() {
        var modem = SimulatedModemBench(.analog)
        modem.perform(.ring(callerID: "5550123"))
        modem.type("ATA\r")
        modem.wait(.seconds(60))
        #expect(modem.lines() == ["RING", "NO CARRIER"])
        #expect(modem.call == nil)
    }

    @Test func answersByVoiceInClass8AndOffHook() {
        var modem = SimulatedModemBench(.analog)
        #expect(modem.command("AT+FCLASS=?") == ["0,1,8", "OK"])
        _ = modem.command("AT+FCLASS=8")
        modem.perform(.ring(callerID: "5550123"))
        #expect(modem.command("ATA") == ["OK"])
        #expect(modem.call?.state == .active)
        _ = modem.command("ATH")
        _ = modem.command("AT+FCLASS=0")
        modem.perform(.ring(callerID: "5550123"))
        #expect(modem.command("ATH1") == ["OK"])
        #expect(modem.call?.state == .active)
    }

    @Test func answersByItselfAfterS0Rings() {
        var modem = SimulatedModemBench(.analog)
        _ = modem.command("AT+FCLASS=8S0=2")
        _ = modem.command("ATS0=2")
        _ = modem.command("AT+FCLASS=8")
        modem.perform(.ring(callerID: "5550123"))
        modem.wait(.seconds(5))
        #expect(modem.call?.state == .incoming)
        modem.wait(.seconds(2))
        #expect(modem.call?.state == .active)
    }
}
