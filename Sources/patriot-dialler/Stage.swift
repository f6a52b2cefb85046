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
    let patriot: SimulatedPatriot
    let line: LineService
    /// All that happens on the line, in order. To be iterated once.
    let events: AsyncStream<Moment>
    let logger: Logger
    private let continuation: AsyncStream<Moment>.Continuation

    init(profile: SimulatedProfile) async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let key = "demonstration"
        var options = SimulatedModemOptions()
        options.reaction = .answerAfter(.seconds(5))
        options.reactions = [Self.busyNumber: .busyAfter(.seconds(3))]
        options.speed = 4
        modem = try await SimulatedModem.start(profile, options: options, on: eventLoop)
        patriot = try await SimulatedPatriot.start(.init(apiKey: APIKey(key)), group: eventLoop)
        self.profile = profile
        logger = Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        let (events, continuation) = AsyncStream.makeStream(of: Moment.self, bufferingPolicy: .bufferingNewest(4096))
        self.events = events
        self.continuation = continuation
        var configuration = Configuration(patriot: .init(apiKey: APIKey(key)))
        configuration.patriot.address = "127.0.0.1"
        configuration.patriot.port = patriot.port
        configuration.patriot.trust = .pins([patriot.identity.certificate.pin])
        configuration.modem.device = .path(modem.devicePath)
        configuration.modem.profile = .named(profile.rawValue)
        line = LineService(configuration: configuration, eventLoop: eventLoop, logger: logger) { event in
            continuation.yield((event, .now))
        }
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
