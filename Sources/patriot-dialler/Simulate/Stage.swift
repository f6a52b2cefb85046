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

/// A whole world in one process: a simulated Patriot, the line as `run` serves it, and a simulated modem.
struct Stage: Sendable {
    typealias Moment = (event: LineService.Event, instant: ContinuousClock.Instant)

    /// A number of the simulated world that is always engaged (555-01xx is reserved for fiction).
    static let busyNumber = "5550177"

    let profile: SimulatedProfile
    let modem: SimulatedModem
    let patriot: any SimulatedPatriotSide
    let line: LineService
    /// All that happens on the line, in order. To be iterated once.
    let events: AsyncStream<Moment>
    let logger: Logger
    /// A Patriot that connects to the line knows that it was admitted. Ended where the line connects.
    private let admissions: AsyncStream<Void>
    private let continuation: AsyncStream<Moment>.Continuation

    /// - Parameter listens: whether Patriot connects to the line, instead of the other way round.
    init(profile: SimulatedProfile, listens: Bool) async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let key = "demonstration"
        var options = SimulatedModemOptions()
        options.reaction = .answerAfter(.seconds(5))
        options.reactions = [Self.busyNumber: .busyAfter(.seconds(3))]
        options.speed = 4
        modem = try await SimulatedModem.start(profile, options: options, on: eventLoop)
        self.profile = profile
        logger = Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        let (events, continuation) = AsyncStream.makeStream(of: Moment.self, bufferingPolicy: .bufferingNewest(4096))
        self.events = events
        self.continuation = continuation
        let (admissions, admitted) = AsyncStream.makeStream(of: Void.self)
        self.admissions = admissions
        if !listens { admitted.finish() }
        var configuration = Configuration(patriot: .init(apiKey: APIKey(key)))
        patriot =
            listens
            ? try await Self.callingPatriot(&configuration.patriot, on: eventLoop) { admitted.yield() }
            : try await Self.listeningPatriot(&configuration.patriot, on: eventLoop)
        configuration.modem.device = .path(modem.devicePath)
        configuration.modem.profile = .named(profile.rawValue)
        line = LineService(configuration: configuration, eventLoop: eventLoop, logger: logger) { event in
            continuation.yield((event, .now))
        }
    }

    private static func listeningPatriot(
        _ settings: inout Configuration.Patriot,
        on eventLoop: any EventLoop
    ) async throws -> any SimulatedPatriotSide {
        let patriot = try await SimulatedPatriot.start(.init(apiKey: settings.apiKey), group: eventLoop)
        settings.address = "127.0.0.1"
        settings.port = patriot.port
        settings.trust = .pins([patriot.identity.certificate.pin])
        return patriot
    }

    private static func callingPatriot(
        _ settings: inout Configuration.Patriot,
        on eventLoop: any EventLoop,
        onAdmission: @escaping @Sendable () -> Void
    ) async throws -> any SimulatedPatriotSide {
        let identity = try TLSIdentity.selfSigned(names: ["localhost"])
        let port = try await freePort(on: eventLoop)
        settings.path = Configuration.Listening.defaultPath
        settings.listening = .init(address: "127.0.0.1", port: port, identity: identity)
        let options = SimulatedPatriotCaller.Options(
            url: .init(host: "127.0.0.1", port: port, path: settings.path),
            trust: .pins([identity.certificate.pin]),
            payload: SimulatedPatriotCaller.payload(key: settings.apiKey)
        )
        return try SimulatedPatriotCaller(options, group: eventLoop) { event in
            if case .authenticated = event { onAdmission() }
        }
    }

    private static func freePort(on eventLoop: any EventLoop) async throws -> Int {
        let channel = try await ServerBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: 0).get()
        defer { channel.close(promise: nil) }
        return channel.localAddress?.port ?? 0
    }

    /// Until Patriot's commands reach the line: one that connected reads its admission later than the line sends it.
    func untilPatriotIsAdmitted() async {
        for await _ in admissions { return }
    }

    /// Nothing more is shown.
    func endEvents() {
        continuation.finish()
    }

    /// Ends the simulations; the line is ended by its service group.
    func clear() async {
        await patriot.stop()
        await modem.stop()
    }
}
