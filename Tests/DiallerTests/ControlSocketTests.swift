import Glibc
import Logging
import ModemCore
import ModemDriver
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PatriotCore
import PatriotLink
import SerialDevice
import TestSupport
import Testing

@testable import Dialler

/// What the control socket does while the line changes, and what its clients do when nobody answers.
@Suite(.timeLimit(.minutes(1)))
struct ControlSocketTests {
    /// What was logged.
    private final class Log: Sendable {
        private let text = NIOLockedValueBox("")

        func write(_ line: [UInt8]) -> Bool {
            text.withLockedValue { $0 += String(decoding: line, as: UTF8.self) }
            return true
        }

        var lines: [Substring] { text.withLockedValue { $0.split(separator: "\n") } }
    }

    /// A socket whose backlog takes one client, and whom nobody greets.
    private final class DeafDaemon {
        let directory: TemporaryDirectory
        let descriptor: CInt

        var path: String { ControlSocket.path(in: directory.path) }

        init() throws {
            directory = try TemporaryDirectory()
            descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let path = ControlSocket.path(in: directory.path)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(result == 0 && listen(descriptor, 0) == 0)
        }

        deinit {
            close(descriptor)
        }
    }

    @Test func aNewLogIsTheControlSocketsToo() async throws {
        let log = Log()
        let place = try TemporaryDirectory()
        var bench = try await LineBench { _ in
        } configure: { configuration in
            configuration.runtimeDirectory = place.path
            configuration.logging.numbers = .full
        }
        bench.logger = { configuration in
            Logger(label: "test") { _ in
                DiallerLogHandler(
                    level: configuration.logging.level,
                    numbers: configuration.logging.numbers,
                    style: .journal,
                    sink: log.write
                )
            }
        }
        try await bench.start()
        bench.reload {
            $0.logging.numbers = .masked
            $0.logging.level = .debug
        }
        try await bench.until { $0 == .line(.modem(.readinessChanged(.opening))) }
        try await bench.until { $0 == .line(.modem(.readinessChanged(.ready))) }
        let client = try ControlClient(path: ControlSocket.path(in: place.path))
        #expect(try client.ask(.dial("5550123456")).error == nil)
        try await bench.until(call: .active)
        let lines = log.lines.filter { $0.contains("control:") }
        #expect(lines.contains { $0.contains("dials number=…456") }, "\(lines)")
        #expect(lines.contains { $0.contains("connected") }, "\(lines)")
        #expect(!lines.contains { $0.contains("5550123456") }, "\(lines)")
        try await bench.end()
    }

    @Test func anotherRuntimeDirectoryTakesARestart() async throws {
        let log = Log()
        let (place, other) = (try TemporaryDirectory(), try TemporaryDirectory())
        var bench = try await LineBench { _ in
        } configure: {
            $0.runtimeDirectory = place.path
        }
        bench.logger = { _ in
            Logger(label: "test") { _ in
                DiallerLogHandler(level: .notice, numbers: .masked, style: .journal, sink: log.write)
            }
        }
        try await bench.start()
        bench.reload { $0.runtimeDirectory = other.path }
        try await bench.until { $0 == .line(.modem(.readinessChanged(.opening))) }
        try await bench.until { $0 == .line(.modem(.readinessChanged(.ready))) }
        #expect(log.lines.contains { $0.contains("RUNTIME_DIRECTORY is changed") && $0.contains(place.path) })
        #expect(try other.names() == [])
        #expect(try ControlClient(path: ControlSocket.path(in: place.path)).ask(.status).status?.isReady == true)
        try await bench.end()
    }

    /// Connects as soon as somebody listens there; the test's time limit ends the wait.
    private static func client(at path: String) async throws -> ControlClient {
        while true {
            do throws(ControlClient.Failure) {
                return try ControlClient(path: path)
            } catch {
                guard case .noDaemon = error else { throw error }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test func nothingIsOrderedWhileTheConfigurationChanges() async throws {
        let place = try TemporaryDirectory()
        let path = place.path
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let control = try await eventLoop.submit {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            var configuration = Configuration(patriot: .init(apiKey: APIKey("test")))
            configuration.modem.device = .path("/dev/does-not-exist")
            let modem = ModemDriver(configuration: configuration.modemDriver, eventLoop: eventLoop, logger: logger)
            let patriot = try PatriotDialer(
                configuration: configuration.patriotClient,
                eventLoop: eventLoop,
                logger: logger
            )
            let gateway = Gateway(
                modem: modem,
                patriot: patriot.session,
                configuration: configuration,
                eventLoop: eventLoop,
                logger: logger
            )
            let records = CallRecorder(configuration: configuration, eventLoop: eventLoop, logger: logger)
            let control = LineControl(records: records, eventLoop: eventLoop, logger: logger)
            control.start(line: "test", in: path)
            control.use(
                .init(
                    modem: modem,
                    patriot: patriot.session,
                    gateway: gateway,
                    numbers: .full,
                    allowsServiceCodes: false,
                    line: "test",
                    logger: logger
                )
            )
            control.suspend()
            return NIOLoopBound(control, eventLoop: eventLoop)
        }.get()
        let client = try await Self.client(at: ControlSocket.path(in: place.path))
        for order in [ControlRequest.Order.dial("5550101"), .hangUp, .answer, .command("AT", timeout: .seconds(1))] {
            let words = "the line is going over to another configuration: try again"
            #expect(try client.ask(order).error == words, "\(order)")
        }
        #expect(try client.ask(.status).status != nil)
        try await eventLoop.submit { control.value.stop() }.get()
    }

    @Test func aDaemonThatDoesNotGreetTimesOut() throws {
        let daemon = try DeafDaemon()
        #expect(throws: ControlClient.Failure.timedOut) {
            try ControlClient(path: daemon.path, timeout: .milliseconds(50))
        }
    }

    @Test func aDaemonThatTakesNobodyInHoldsNobodyUp() throws {
        let daemon = try DeafDaemon()
        let first = try #require(ControlSocket.connect(to: daemon.path, within: .zero))
        defer { close(first) }
        #expect(ControlSocket.clear(daemon.path)?.contains("another process serves") == true)
        #expect(throws: ControlClient.Failure.timedOut) {
            try ControlClient(path: daemon.path, timeout: .milliseconds(50))
        }
        #expect(try daemon.directory.names() == ["control"])
    }

    @Test func aUserWithoutANameHasNone() {
        #expect(ControlSocket.userName(0) == "root")
        #expect(ControlSocket.userName(.max - 7) == nil)
    }

    @Test func whatADeadDaemonLeftIsTakenAway() throws {
        let directory: TemporaryDirectory
        do {
            let daemon = try DeafDaemon()
            directory = daemon.directory
        }
        #expect(ControlSocket.clear(ControlSocket.path(in: directory.path)) == nil)
        #expect(try directory.names() == [])
    }
}
