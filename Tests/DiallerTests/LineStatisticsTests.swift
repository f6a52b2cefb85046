import Basics
import Logging
import ModemDriver
import NIOCore
import NIOPosix
import PatriotCore
import PatriotLink
import Testing

@testable import Dialler

@Suite("What is known of the line beyond its present state")
struct LineStatisticsTests {
    private typealias Instant = ContinuousClock.Instant

    private func patriot(_ statistics: LineStatistics, now: Instant) async throws -> StatusReport.Patriot {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        return try await eventLoop.submit {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let configuration = Configuration(patriot: .init(apiKey: APIKey("test")))
            let report = statistics.report(
                line: "test",
                modem: ModemDriver(configuration: configuration.modemDriver, eventLoop: eventLoop, logger: logger),
                lastFrame: nil,
                mask: NumberMask(.masked),
                lease: nil,
                complaints: [],
                now: now
            )
            #expect(report.privateKilobytes.map { $0 > 1000 } == true)
            return report.patriot
        }.get()
    }

    @Test("A try to reach Patriot is no change")
    func triesAreNoChanges() async throws {
        var statistics = LineStatistics()
        var now = Instant.now
        let lost = PatriotLink.disconnected(reason: "connection refused", retryIn: .seconds(1))
        var changes: [Bool] = []
        for link in [.connected, .authenticated, lost, .connecting, lost, .connecting, lost, .connecting] {
            changes.append(statistics.follow(.link(link), now: now))
            now += .seconds(10)
        }
        #expect(changes == [true, true, true, false, false, false, false, false])
        let away = try await patriot(statistics, now: now)
        #expect(away.state == "disconnected" && away.link == "connection refused" && away.seconds == 60)
        #expect(!away.isAuthenticated)

        let isNews = statistics.follow(.link(.disconnected(reason: "no route to host", retryIn: .seconds(1))), now: now)
        #expect(isNews)
        let other = try await patriot(statistics, now: now)
        #expect(other.link == "no route to host" && other.seconds == 60)

        _ = statistics.follow(.link(.connected), now: now)
        _ = statistics.follow(.link(.authenticated), now: now)
        let back = try await patriot(statistics, now: now + .seconds(5))
        #expect(back.state == "authenticated" && back.link == "connected" && back.seconds == 5)
        #expect(back.isAuthenticated)
    }

    @Test("What Patriot says is made visible, and stays while the key is tried again")
    func refusedKey() async throws {
        var statistics = LineStatistics()
        let now = Instant.now
        _ = statistics.follow(.link(.refused("wrong\u{1B}[2J key")), now: now)
        for link in [PatriotLink.disconnected(reason: "closed", retryIn: .seconds(30)), .connecting, .connected] {
            let isNews = statistics.follow(.link(link), now: now + .seconds(30))
            #expect(!isNews)
        }
        let report = try await patriot(statistics, now: now + .seconds(40))
        #expect(report.state == "refused" && report.link == "the API key is refused: wrong\\u{1B}[2J key")
        #expect(report.seconds == 40)
    }
}
