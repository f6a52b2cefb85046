import Dialler
import ModemCore
import ModemDriver
import NIOOpenSSL
import PatriotCore
import PatriotLink
import Simulation
import Testing

/// A line that is at work goes over to another configuration.
@Suite(.timeLimit(.minutes(1)))
struct ReloadTests {
    private static let mmi = "*21*5550123#"

    @Test func aFreeLineGoesOverAtOnce() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.dial(Self.mmi)
        try await bench.until { if case .line(.dialRefused) = $0 { true } else { false } }
        bench.reload { $0.dialling.allowsMMI = true }
        try await bench.until { $0 == .line(.modem(.readinessChanged(.opening))) }
        try await bench.until { $0 == .line(.modem(.readinessChanged(.ready))) }
        bench.patriot.dial(Self.mmi)
        try await bench.until(command: "ATD\(Self.mmi);")
        try await bench.end()
    }

    @Test func aLineInACallGoesOverWhenTheCallIsOver() async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        bench.reload { $0.dialling.allowsMMI = true }
        bench.patriot.send(.callStatusRequest)
        try await bench.until(status: .outbound("5550101"))
        bench.modem.perform(.hangUp)
        try await bench.until(status: .idle)
        try await bench.until { $0 == .line(.link(.authenticated)) }
        #expect(bench.statuses.count == 4)
        #expect(bench.commands("ATH").isEmpty && bench.commands("AT+CHUP").isEmpty)
        try await bench.end()
    }

    @Test(arguments: [true, false])
    func anUnusableConfigurationChangesNothing(isFoundOnReading: Bool) async throws {
        var bench = try await LineBench()
        try await bench.start()
        bench.reload(isFoundOnReading ? nil : { $0.patriot.trust = .certificateFile("/does/not/exist") })
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        #expect(bench.past.filter { $0 == .line(.link(.authenticated)) }.count == 1)
        try await bench.end()
    }
}
