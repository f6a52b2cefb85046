import Logging
import ModemCore
import ModemDriver
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SerialDevice
import Simulation
import TestSupport

/// A driver on a simulated modem's pseudo-terminal. A wait for what never comes ends with the test's time limit.
struct DriverBench {
    let modem: SimulatedModem
    let log = CapturedLog()
    let directory: TemporaryDirectory
    private(set) var commands: [String] = []

    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private var driver: NIOLoopBound<ModemDriver>?
    private let continuation: AsyncStream<Happening>.Continuation
    private var happenings: AsyncStream<Happening>.Iterator

    enum Happening: Equatable, Sendable {
        case driver(ModemEvent)
        case modem(SimulatedModemEvent)
    }

    init(simulation: (inout SimulatedModemOptions) -> Void = { _ in }) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Happening.self)
        self.continuation = continuation
        happenings = stream.makeAsyncIterator()
        directory = try TemporaryDirectory()
        var options = SimulatedModemOptions()
        options.speed = 10
        options.reaction = .answerAfter(.seconds(1))
        options.linkPath = directory.path + "/modem"
        simulation(&options)
        modem = try await SimulatedModem.start(.genericGSM, options: options, on: eventLoop) { event in
            continuation.yield(.modem(event))
        }
    }

    /// What the next process would find.
    var memory: LineMemory { LineMemory(directory: directory.path, logger: log.logger) }

    /// Starts a driver, on the simulated modem if no other device is named.
    mutating func start(
        device: String? = nil,
        simPIN: String? = nil,
        retryInterval: Duration = .seconds(1)
    ) async throws {
        var configuration = ModemDriver.Configuration(
            selector: .path(device ?? modem.devicePath),
            options: ModemOptions(simPIN: simPIN)
        )
        configuration.retryInterval = retryInterval
        let (eventLoop, continuation, log, path) = (eventLoop, continuation, log, directory.path)
        driver = try await eventLoop.submit { [configuration] in
            let driver = ModemDriver(
                configuration: configuration,
                eventLoop: eventLoop,
                logger: log.logger,
                memory: LineMemory(directory: path, logger: log.logger)
            )
            driver.onEvent = { continuation.yield(.driver($0)) }
            driver.recall()
            driver.start()
            return NIOLoopBound(driver, eventLoop: eventLoop)
        }.get()
    }

    /// Has the driver do something, on its event loop.
    func tell(_ what: @escaping @Sendable (ModemDriver) -> Void) async throws {
        guard let driver else { return }
        try await eventLoop.submit { what(driver.value) }.get()
    }

    mutating func until(_ isAwaited: (Happening) -> Bool) async throws {
        while let happening = await happenings.next(isolation: #isolation) {
            if case .modem(.received(let line)) = happening { commands.append(line) }
            if isAwaited(happening) { return }
        }
        throw CancellationError()
    }

    mutating func until(_ readiness: ModemReadiness) async throws {
        try await until { $0 == .driver(.readinessChanged(readiness)) }
    }

    /// - Parameter word: of the readiness.
    mutating func until(readiness word: String) async throws {
        try await until { happening in
            if case .driver(.readinessChanged(let readiness)) = happening { readiness.word == word } else { false }
        }
    }

    mutating func until(call state: CallState) async throws {
        try await until { happening in
            if case .driver(.callChanged(let call)) = happening { call.state == state } else { false }
        }
    }

    mutating func end() async throws {
        try await tell { $0.stop() }
        await modem.stop()
    }
}

/// What was logged, line by line.
final class CapturedLog: Sendable {
    private let lines = NIOLockedValueBox<[String]>([])

    var all: [String] { lines.withLockedValue { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var logLevel = Logger.Level.notice
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLockedValue { $0.append(event.message.description) }
        }
    }
}
