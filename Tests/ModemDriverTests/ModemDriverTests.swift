import Glibc
import ModemCore
import ModemDriver
import NIOConcurrencyHelpers
import Simulation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ModemDriverTests {
    @Test func aModemThatIsThereBecomesReady() async throws {
        var bench = try await DriverBench()
        try await bench.start()
        try await bench.until(.ready)
        try await bench.end()
    }

    @Test func aCallGoesOnWhenTheDriverStops() async throws {
        var bench = try await DriverBench()
        try await bench.start()
        try await bench.until(.ready)
        let number = try #require(DialString("5550101"))
        try await bench.tell { $0.dial(number) }
        try await bench.until(call: .active)
        try await bench.tell { $0.stop() }
        // A second driver can have the port, so the first has let go of it; it finds the call.
        try await bench.start()
        try await bench.until(call: .active)
        #expect(bench.modem.call?.state == .active)
        #expect(!bench.commands.contains { $0.hasPrefix("ATH") || $0.hasPrefix("AT+CHUP") })
        try await bench.end()
    }

    @Test func aPersonsCommandIsAnsweredWhenTheDriverStops() async throws {
        var bench = try await DriverBench()
        try await bench.start()
        try await bench.until(.ready)
        let command = try OperatorCommand("ATI9", timeout: .seconds(300))
        let replies = NIOLockedValueBox<[ATReply]>([])
        try await bench.tell { driver in
            try? driver.send(command) { reply in replies.withLockedValue { $0.append(reply) } }
            driver.stop()
        }
        #expect(replies.withLockedValue { $0 } == [ATReply(.portClosed)])
        try await bench.end()
    }

    @Test func anUnpluggedModemIsFoundAgain() async throws {
        var bench = try await DriverBench()
        try await bench.start()
        try await bench.until(.ready)
        bench.modem.perform(.unplug)
        try await bench.until(readiness: "not-plugged-in")
        bench.modem.perform(.replug)
        try await bench.until(.ready)
        try await bench.end()
    }

    @Test func aMissingModemIsToldOnceAndWaitedFor() async throws {
        var bench = try await DriverBench()
        bench.modem.perform(.unplug)
        try await bench.until { $0 == .modem(.unplugged) }
        try await bench.start()
        bench.modem.perform(.replug)
        try await bench.until(.ready)
        #expect(bench.log.all.count { $0.contains("does not exist") } <= 1)
        try await bench.end()
    }

    @Test func aWrongPINIsNotTriedAgainAfterARestart() async throws {
        var bench = try await DriverBench { $0.simPIN = "1234" }
        try await bench.start(simPIN: "9999")
        try await bench.until { $0 == .modem(.received("AT+CPIN=\"9999\"")) }
        try await bench.until(isSIMNotReady)
        #expect(bench.memory.sims(thatRefused: "9999") != [])
        try await bench.tell { $0.stop() }
        try await bench.start(simPIN: "9999")
        try await bench.until(isSIMNotReady)
        #expect(bench.commands.count { $0.hasPrefix("AT+CPIN=") } == 1)
        try await bench.tell { $0.stop() }
        // The corrected one is another.
        try await bench.start(simPIN: "1234")
        try await bench.until(.ready)
        #expect(bench.memory.sims(thatRefused: "9999") == [])
        try await bench.end()
    }

    @Test func aRightPINLeavesNoMark() async throws {
        var bench = try await DriverBench { $0.simPIN = "1234" }
        try await bench.start(simPIN: "1234")
        try await bench.until(.ready)
        #expect(bench.memory.sims(thatRefused: "1234") == [])
        try await bench.end()
    }

    private func isSIMNotReady(_ happening: DriverBench.Happening) -> Bool {
        if case .driver(.readinessChanged(.simNotReady)) = happening { true } else { false }
    }
}
