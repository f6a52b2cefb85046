package import Logging
package import ModemDriver
package import NIOCore
import NIOOpenSSL
package import PatriotCore
package import PatriotLink
import ServiceLifecycle

/// One line: one Patriot, one modem, one event loop for both.
///
/// Runs until it is told to shut down. A call that is up then goes on, and the next start finds it again.
package struct LineService: Service {
    /// What happens on the line, for anyone who watches it.
    package enum Event: Equatable, Sendable {
        case patriot(MessageDirection, PatriotMessage)
        case link(PatriotLink)
        case modem(ModemEvent)
        /// A dial-request was not carried out, for this reason.
        case dialRefused(String)
        /// The dial that waited for the line to become free was dropped, for this reason.
        case queuedDialDropped(String)
    }

    /// How a line at work gets another configuration.
    package struct Reloading: Sendable {
        /// What came of reading the configuration again, each time that somebody asked for it.
        package var configurations: AsyncStream<LoadedConfiguration>
        /// The log as a configuration wants it.
        package var logger: @Sendable (Configuration) -> Logger

        package init(
            configurations: AsyncStream<LoadedConfiguration>,
            logger: @escaping @Sendable (Configuration) -> Logger
        ) {
            self.configurations = configurations
            self.logger = logger
        }
    }

    private let configuration: Configuration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let reloading: Reloading?
    private let environment: [String: String]
    private let watch: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - reloading: where other configurations come from, if they do.
    ///   - environment: the process's, if a supervisor named in it is to be told the state of the line.
    ///   - watch: called on the event loop with everything that happens, in order; must not block.
    package init(
        configuration: Configuration,
        eventLoop: any EventLoop,
        logger: Logger,
        reloading: Reloading? = nil,
        environment: [String: String] = [:],
        watch: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        self.reloading = reloading
        self.environment = environment
        self.watch = watch
    }

    /// - Throws: `TLSError` when the trust settings cannot be used (an unreadable certificate file).
    package func run() async throws {
        let line = try await eventLoop.submit { NIOLoopBound(try start(), eventLoop: eventLoop) }.get()
        // Ends with this scope.
        async let _ = follow(line)
        try? await gracefulShutdown()
        try await eventLoop.flatSubmit { line.value.stop() }.get()
    }

    /// Hands new configurations to the line, until the task is cancelled.
    private func follow(_ line: NIOLoopBound<Line>) async {
        guard let reloading else { return }
        for await loaded in reloading.configurations {
            eventLoop.execute { line.value.reload(loaded) }
        }
    }

    private func start() throws -> Line {
        let steadyLogger: @Sendable (Configuration) -> Logger = { [logger] _ in logger }
        return try Line(
            eventLoop: eventLoop,
            logger: reloading?.logger ?? steadyLogger,
            configuration: configuration,
            notifier: ServiceNotifier(environment: environment, eventLoop: eventLoop),
            watch: watch
        )
    }
}

extension Configuration {
    /// Which modem, and how it is handled.
    var modemDriver: ModemDriver.Configuration {
        ModemDriver.Configuration(
            selector: modem.device,
            lineSettings: modem.lineSettings,
            profile: modem.profile,
            options: modemOptions
        )
    }

    /// The connection to Patriot in the direction that is configured; not yet started.
    func patriotConnection(eventLoop: any EventLoop, logger: Logger) throws(TLSError) -> any PatriotConnection {
        guard let listening = patriot.listening else {
            return try PatriotDialer(configuration: patriotClient, eventLoop: eventLoop, logger: logger)
        }
        return try PatriotListener(
            configuration: PatriotListener.Configuration(
                address: listening.address,
                port: listening.port,
                path: patriot.path,
                apiKey: patriot.apiKey,
                identity: listening.identity,
                dialDuringCall: dialling.duringCall
            ),
            eventLoop: eventLoop,
            logger: logger
        )
    }

    /// How Patriot is reached and known.
    package var patriotClient: PatriotDialer.Configuration {
        PatriotDialer.Configuration(
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
