package import Logging
package import ModemDriver
package import NIOCore
package import PatriotClient
package import PatriotCore
import ServiceLifecycle

/// One line: one Patriot, one modem, one event loop for both.
///
/// Runs until it is told to shut down. A call that is up then goes on, and the next start finds it again.
package struct LineService: Service {
    /// What happens on the line, for whoever watches it.
    package enum Event: Equatable, Sendable {
        case patriot(MessageDirection, PatriotMessage)
        case link(PatriotLink)
        case modem(ModemEvent)
        /// A dial-request was not carried out, for this reason.
        case dialRefused(String)
    }

    private let configuration: Configuration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let environment: [String: String]
    private let watch: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - environment: the process's, if a supervisor named in it is to be told how the line fares.
    ///   - watch: called on the event loop with everything that happens, in order; must not block.
    package init(
        configuration: Configuration,
        eventLoop: any EventLoop,
        logger: Logger,
        environment: [String: String] = [:],
        watch: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        self.environment = environment
        self.watch = watch
    }

    /// - Throws: `TLSError` when the trust settings cannot be used (an unreadable certificate file).
    package func run() async throws {
        let line = try await eventLoop.submit { NIOLoopBound(try start(), eventLoop: eventLoop) }.get()
        try? await gracefulShutdown()
        try await eventLoop.flatSubmit { line.value.stop() }.get()
    }

    /// The two sides and the gateway between them, which lives as long as their callbacks.
    private struct Line {
        let modem: ModemDriver
        let patriot: PatriotClient
        let notifier: ServiceNotifier?

        /// Stops taking requests first; the modem's port is let go of last, with no word to the modem.
        func stop() -> EventLoopFuture<Void> {
            notifier?.stopping()
            patriot.onRequest = { _ in }
            let closed = patriot.stop()
            modem.onEvent = { _ in }
            modem.stop()
            return closed
        }
    }

    private func start() throws -> Line {
        let modem = ModemDriver(configuration: configuration.modemDriver, eventLoop: eventLoop, logger: logger)
        let patriot = try PatriotClient(
            configuration: configuration.patriotClient,
            eventLoop: eventLoop,
            logger: logger
        )
        let notifier = ServiceNotifier(environment: environment, eventLoop: eventLoop)
        let tell: (Event) -> Void = { [watch] event in
            watch(event)
            notifier?.follow(event)
        }
        let gateway = Gateway(modem: modem, patriot: patriot, configuration: configuration, logger: logger)
        gateway.onDialRefused = { reason in tell(.dialRefused(reason)) }
        patriot.onRequest = { request in gateway.perform(request) }
        patriot.onMessage = { direction, message in tell(.patriot(direction, message)) }
        patriot.onLinkChanged = { link in tell(.link(link)) }
        modem.onEvent = { event in
            tell(.modem(event))
            gateway.modemEvent(event)
        }
        modem.start()
        patriot.start()
        notifier?.ready()
        return Line(modem: modem, patriot: patriot, notifier: notifier)
    }
}

extension Configuration {
    fileprivate var modemDriver: ModemDriver.Configuration {
        ModemDriver.Configuration(
            selector: modem.device,
            lineSettings: modem.lineSettings,
            profile: modem.profile,
            options: modemOptions,
            runtimeDirectory: runtimeDirectory
        )
    }

    /// How Patriot is reached and known.
    package var patriotClient: PatriotClient.Configuration {
        PatriotClient.Configuration(
            host: patriot.host,
            port: patriot.port,
            path: patriot.path,
            address: patriot.address,
            apiKey: patriot.apiKey,
            trust: patriot.trust,
            dialDuringCall: dialling.duringCall
        )
    }
}
