import Dialler
import Logging
import ModemCore
import ModemDriver
import NIOCore
import NIOOpenSSL
import NIOPosix
import PatriotCore
import PatriotLink
import SerialDevice
import Simulation
import TestSupport
import Testing

/// One line between a simulated Patriot and a simulated modem, over real TLS and a real pseudo-terminal.
///
/// Everything that happens on any of the three comes as one sequence, in order; a test waits for what it needs and can look
/// back at what came before. A wait for what never comes ends with the test's time limit.
struct LineBench {
    enum Happening: Equatable, Sendable {
        case line(LineService.Event)
        case modem(SimulatedModemEvent)
        case patriot(SimulatedPatriotEvent)
    }

    let modem: SimulatedModem
    let patriot: SimulatedPatriot
    private(set) var past: [Happening] = []

    let directory: TemporaryDirectory
    private let configuration: Configuration
    private let newConfigurations = AsyncStream.makeStream(of: LoadedConfiguration.self)
    private let eventLoop: any EventLoop
    private let continuation: AsyncStream<Happening>.Continuation
    private var happenings: AsyncStream<Happening>.Iterator
    private var running: Task<Void, any Error>?
    /// As a configuration wants the log.
    var logger: @Sendable (Configuration) -> Logger = { _ in Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }

    /// - Parameters:
    ///   - simulation: what the simulated modem and its network do; times are a tenth of the real ones unless it says otherwise.
    ///   - configure: changes the configuration of the line, which else has only what it needs.
    init(
        _ profile: SimulatedProfile = .genericGSM,
        simulation: (inout SimulatedModemOptions) -> Void = { _ in },
        configure: (inout Configuration) -> Void = { _ in }
    ) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Happening.self)
        self.continuation = continuation
        happenings = stream.makeAsyncIterator()
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        directory = try TemporaryDirectory()
        var options = SimulatedModemOptions()
        options.speed = 10
        options.reaction = .answerAfter(.seconds(1))
        options.linkPath = directory.path + "/modem"
        simulation(&options)
        modem = try await SimulatedModem.start(profile, options: options, on: eventLoop) { event in
            continuation.yield(.modem(event))
        }
        let key = APIKey("bench")
        patriot = try await SimulatedPatriot.start(.init(apiKey: key), group: eventLoop) { event in
            continuation.yield(.patriot(event))
        }
        var configuration = Configuration(patriot: .init(apiKey: key))
        configuration.patriot.address = "127.0.0.1"
        configuration.patriot.port = patriot.port
        configuration.patriot.trust = .pins([patriot.identity.certificate.pin])
        configuration.modem.device = .path(modem.devicePath)
        configuration.modem.profile = .named(profile.rawValue)
        configure(&configuration)
        self.configuration = configuration
    }

    // MARK: The line

    /// Starts the line and waits until Patriot and the modem are both there.
    mutating func start() async throws {
        run()
        var isReady = false
        var isTold = false
        try await until { happening in
            if happening == .line(.modem(.readinessChanged(.ready))) { isReady = true }
            if case .patriot(.received(_, .callStatusUpdate)) = happening { isTold = true }
            return isReady && isTold
        }
    }

    /// Starts the line and waits for nothing.
    mutating func run() {
        let continuation = continuation
        let line = LineService(
            configuration: configuration,
            eventLoop: eventLoop,
            logger: logger(configuration),
            reloading: .init(configurations: newConfigurations.stream, logger: logger)
        ) { event in
            continuation.yield(.line(event))
        }
        running = Task { try await line.run() }
    }

    /// Has the line go over to another configuration; `nil` is one with an error.
    func reload(_ change: ((inout Configuration) -> Void)?) {
        guard let change else {
            let problem = ConfigurationProblem(.error, .environment, key: "LOG_LEVEL", "is wrong")
            newConfigurations.continuation.yield(LoadedConfiguration(configuration: nil, problems: [problem]))
            return
        }
        var changed = configuration
        change(&changed)
        newConfigurations.continuation.yield(LoadedConfiguration(configuration: changed, problems: []))
    }

    /// Ends the line as a stop of the daemon does.
    mutating func stopLine() async throws {
        running?.cancel()
        try await running?.value
        running = nil
    }

    /// Takes the whole bench down.
    mutating func end() async throws {
        try await stopLine()
        await patriot.stop()
        await modem.stop()
    }

    // MARK: Waiting

    /// Goes on until something happens that is what the test waits for.
    mutating func until(_ isAwaited: (Happening) -> Bool) async throws {
        while let happening = await happenings.next(isolation: #isolation) {
            past.append(happening)
            if isAwaited(happening) { return }
        }
        throw CancellationError()
    }

    /// Until Patriot has received this status.
    mutating func until(status: CallStatus) async throws {
        try await until { happening in
            guard case .patriot(.received(_, .callStatusUpdate(let received))) = happening else { return false }
            return received == status
        }
    }

    mutating func until(call state: CallState) async throws {
        try await until { happening in
            guard case .line(.modem(.callChanged(let call))) = happening else { return false }
            return call.state == state
        }
    }

    /// Until the modem has received this command line.
    mutating func until(command: String) async throws {
        try await until { $0 == .modem(.received(command)) }
    }

    // MARK: Looking back

    /// Command lines that reached the modem and begin with this.
    func commands(_ prefix: String) -> [String] {
        past.compactMap { happening in
            guard case .modem(.received(let line)) = happening, line.hasPrefix(prefix) else { return nil }
            return line
        }
    }

    /// All status updates that reached Patriot.
    var statuses: [CallStatus] {
        past.compactMap { happening in
            guard case .patriot(.received(_, .callStatusUpdate(let status))) = happening else { return nil }
            return status
        }
    }
}

extension CallStatus {
    static let idle = CallStatus(callActive: false)

    static func outbound(_ callerID: String) -> CallStatus {
        CallStatus(callActive: true, outbound: true, callerID: callerID)
    }

    static func inbound(_ callerID: String?) -> CallStatus {
        CallStatus(callActive: true, outbound: false, callerID: callerID)
    }
}
