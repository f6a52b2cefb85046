import TestSupport
import Testing

@testable import Simulation

@Suite("Simulated modem: the command line")
struct SimulatedModemLineTests {
    @Test func echoesUntilToldNotTo() {
        var modem = SimulatedModemBench(.genericGSM) { $0.echo = true }
        modem.type("ATE0\r")
        modem.wait(.seconds(1))
        #expect(modem.read() == "ATE0\r|OK|")
        modem.type("AT\r")
        modem.wait(.seconds(1))
        #expect(modem.read() == "|OK|")
    }

    @Test func answersInNumbersOnV0() {
        var modem = SimulatedModemBench(.analog)
        modem.type("ATV0\r")
        modem.wait(.seconds(1))
        #expect(modem.read() == "0\r")
        modem.type("AT+FCLASS?\rAT+NONSENSE\r")
        modem.wait(.seconds(1))
        #expect(modem.read() == "0|0\r4\r")
    }

    @Test func saysNothingOnQ1() {
        var modem = SimulatedModemBench(.analog)
        #expect(modem.command("ATQ1") == [])
        #expect(modem.command("ATS7?") == ["050"])
        #expect(modem.command("ATQ0") == ["OK"])
    }

    @Test(arguments: [
        ("AT", ["OK"]), ("at", ["OK"]), ("ATE0V1Q0", ["OK"]), ("  AT", ["OK"]), ("AT E0 V1", ["OK"]),
        ("ATS7=30S7?", ["030", "OK"]), ("ATS300=1", ["ERROR"]), ("ATS7", ["ERROR"]), ("AT&D0&C1", ["OK"]),
        ("ATX4M1L2", ["OK"]), ("ATX9", ["ERROR"]), ("AT!", ["ERROR"]), ("AT+CSQ", ["+CSQ: 20,99", "OK"]),
        ("AT+CSQ;+CREG?", ["+CSQ: 20,99", "+CREG: 0,1", "OK"]), ("AT^CURC=1", ["ERROR"]), ("AT+", ["ERROR"]),
        ("AT+CMEE=1;+FOO", ["ERROR"]), ("HELLO", []), ("", []), ("AT\u{e9}", ["ERROR"]),
        ("ATD", ["ERROR"]), ("AT+CLIP=?", ["OK"]),
    ])
    func understandsCommandLines(line: String, reply: [String]) {
        var whole = SimulatedModemBench(.genericGSM)
        #expect(whole.command(line) == reply)
        var bytewise = SimulatedModemBench(.genericGSM)
        for character in line + "\r" {
            bytewise.type(String(character))
            bytewise.wait(.milliseconds(1))
        }
        bytewise.wait(.seconds(1))
        #expect(bytewise.lines() == reply)
    }

    @Test func takesTheLastCharacterBackOnBackspace() {
        var modem = SimulatedModemBench(.genericGSM)
        #expect(modem.command("AT+CSX\u{8}Q") == ["+CSQ: 20,99", "OK"])
    }

    @Test func repeatsTheLastLineOnASlash() {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("AT+CSQ")
        #expect(modem.command("A/") == ["+CSQ: 20,99", "OK"])
    }

    @Test func survivesAnEndlessLine() {
        var modem = SimulatedModemBench(.genericGSM)
        #expect(modem.command("AT" + String(repeating: "A", count: 5000)) == ["ERROR"])
        #expect(modem.command("AT") == ["OK"])
    }

    @Test func forgetsSettingsOnReset() {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("ATS7=30")
        _ = modem.command("AT+CREG=2")
        #expect(modem.command("ATZ") == ["OK"])
        #expect(modem.command("ATS7?") == ["050", "OK"])
        #expect(modem.command("AT+CREG?") == ["+CREG: 0,1", "OK"])
    }

    @Test(arguments: [1, 2, 3, 7])
    func sendsInPiecesWithoutChangingThem(size: Int) {
        var whole = SimulatedModemBench(.genericGSM)
        var pieces = SimulatedModemBench(.genericGSM) {
            $0.chunkSize = size
            $0.seed = 42
        }
        for line in ["ATI", "AT+CREG?", "AT+CLCC"] { #expect(whole.command(line) == pieces.command(line)) }
        let largest = pieces.actions.compactMap { action -> Int? in
            if case .write(let bytes) = action { bytes.count } else { nil }
        }.max()
        #expect(largest == size)
    }

    @Test func isFasterBySpeed() {
        var modem = SimulatedModemBench(.genericGSM) {
            $0.speed = 10
            $0.replyDelay = .seconds(1)
        }
        modem.type("AT\r")
        modem.wait(.milliseconds(99))
        #expect(modem.lines() == [])
        modem.wait(.milliseconds(1))
        #expect(modem.lines() == ["OK"])
    }
}

@Suite("Simulated modem: faults")
struct SimulatedModemFaultTests {
    @Test func isSilentWhileTold() {
        var modem = SimulatedModemBench(.genericGSM)
        modem.perform(.silence(true))
        #expect(modem.command("AT") == [])
        modem.perform(.silence(false))
        #expect(modem.command("AT") == ["OK"])
    }

    @Test func putsNoiseBeforeReplies() {
        var modem = SimulatedModemBench(.genericGSM) { $0.noise = ["^RSSI:19", "^MODE:5,4"] }
        #expect(modem.command("AT") == ["^RSSI:19", "OK"])
        #expect(modem.command("AT") == ["^MODE:5,4", "OK"])
        modem.perform(.noise("+CUSD: 2"))
        #expect(modem.lines() == ["+CUSD: 2"])
    }

    @Test func losesAndDoublesALine() {
        var modem = SimulatedModemBench(.genericGSM)
        modem.perform(.dropNextLine)
        #expect(modem.command("AT") == [])
        modem.perform(.duplicateNextLine)
        #expect(modem.command("AT") == ["OK", "OK"])
        #expect(modem.command("AT") == ["OK"])
    }

    @Test func answersLateButInOrder() {
        var modem = SimulatedModemBench(.genericGSM)
        modem.perform(.replyDelay(.seconds(5)))
        #expect(modem.command("AT+CSQ") == [])
        modem.perform(.ring(.unidentified, times: 1))
        #expect(modem.lines() == ["RING"])
        #expect(modem.command("AT+CREG?") == [])
        modem.wait(.seconds(5))
        #expect(modem.lines() == ["+CSQ: 20,99", "OK", "+CREG: 0,1", "OK"])
    }

    @Test func startsAgainWithABanner() {
        var modem = SimulatedModemBench(.genericGSM)
        _ = modem.command("AT+CREG=1")
        modem.perform(.reset)
        #expect(modem.command("AT") == [])
        modem.wait(.seconds(2))
        #expect(modem.lines() == ["RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready"])
        #expect(modem.command("AT+CREG?") == ["+CREG: 0,1", "OK"])
    }

    @Test func switchesEchoBackOn() {
        var modem = SimulatedModemBench(.genericGSM)
        modem.perform(.echo(true))
        modem.type("AT\r")
        modem.wait(.seconds(1))
        #expect(modem.read() == "AT\r|OK|")
    }

    @Test(arguments: SimulatedProfile.allCases)
    func losesEverythingWhenUnplugged(profile: SimulatedProfile) {
        var modem = SimulatedModemBench(profile)
        modem.perform(.ring(callerID: "5550123"))
        modem.perform(.unplug)
        #expect(modem.call == nil)
        #expect(modem.machine.nextDeadline == nil)
        _ = modem.read()
        #expect(modem.command("AT") == [])
        #expect(modem.actions.contains(.unplug))
        modem.perform(.unplug)
        #expect(modem.events.last == .ignored("The modem is unplugged already."))
        modem.perform(.replug)
        #expect(modem.actions.contains(.replug))
        modem.wait(.seconds(3))
        #expect(modem.command("AT").last == "OK")
    }

    /// Whatever comes in whatever order: no trap, output in step, and a way back to a free line.
    @Test(arguments: SimulatedProfile.allCases, [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func staysSaneUnderRandomTreatment(profile: SimulatedProfile, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lines = [
            "AT", "ATD5550123;", "ATDT5550123", "ATH", "ATA", "AT+CHUP", "AT+CLCC", "ATZ", "+++", "ATO", "AT+CLIP=1",
            "AT+VCID=1", "AT+VCID=2", "ATS0=1", "ATS0=0", "ATV0", "ATV1", "AT+CFUN=1,1", "\u{0}\u{ff}", "AT&F",
        ]
        let actions: [RemoteAction] = [
            .answer, .busy, .noAnswer, .reject, .hangUp, .ring(callerID: "5550123", times: 2), .ring(callerID: nil),
            .stopRinging, .handset(lifted: true), .handset(lifted: false), .lineCord(plugged: false),
            .lineCord(plugged: true), .registration(2), .registration(1), .unplug, .replug, .silence(true),
            .silence(false), .reset, .dropNextLine, .duplicateNextLine, .reaction(.modemAnswersAfter(.seconds(1))),
            .reaction(.busyAfter(.seconds(2))), .reaction(.noAnswer),
        ]
        var modem = SimulatedModemBench(profile) { $0.chunkSize = 5 }
        for _ in 0..<2000 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: modem.type(lines[Int.random(in: lines.indices, using: &random)] + "\r")
            case 1: modem.perform(actions[Int.random(in: actions.indices, using: &random)])
            default: modem.wait(.milliseconds(Int.random(in: 0..<4000, using: &random)))
            }
        }
        for action in [RemoteAction.replug, .silence(false), .handset(lifted: false), .lyingHangUp(false)] {
            modem.perform(action)
        }
        modem.wait(.seconds(120))
        modem.type("\r")
        modem.wait(.seconds(2))
        modem.type("+++")
        modem.wait(.seconds(2))
        _ = modem.command("\rATZ")
        _ = modem.command("AT+CHUP")
        modem.perform(.hangUp)
        _ = modem.command("ATH")
        #expect(modem.call == nil)
        #expect(modem.command("AT").last?.hasSuffix("OK") == true)
    }
}
