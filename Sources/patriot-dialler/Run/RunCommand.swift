import ArgumentParser
import Dialler
import Glibc
import Logging
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Serves one line until it is told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serve one line: connect to Patriot and to the modem, until told to stop.",
        discussion: """
            SIGTERM or SIGINT ends it. A call that is up then goes on, and the next start finds it again. SIGHUP has the \
            configuration read again; changes apply when no call is up. One with errors changes nothing.

            Example:
              sudo patriot-dialler run --config /etc/patriot-dialler/line1.conf
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let environment = ProcessEnvironment.variables
        let sources = options.sources(environment: environment)
        let loaded = Configuration.load(sources)
        for problem in loaded.problems {
            StandardError.write(line: "\(problem)")
        }
        guard let configuration = loaded.configuration else { throw ExitCode.failure }
        let obstacle = LineLock.take(
            line: configuration.line,
            runtimeDirectory: configuration.runtimeDirectory,
            configurationFile: options.file
        )
        if let obstacle {
            StandardError.write(line: obstacle)
            throw ExitCode.failure
        }
        let logger = Self.logger(configuration)
        logger.notice("patriot-dialler \(PatriotDialler.version) starting")
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        EarlySignals.raiseAgain(SIGHUP)
        let line = LineService(
            configuration: configuration,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: logger,
            reloading: .init(
                configurations: AsyncStream { continuation in
                    let reading = Task {
                        for await _ in hangUps {
                            // Files are read.
                            let loaded = try? await NIOThreadPool.singleton.runIfActive { Configuration.load(sources) }
                            if let loaded { continuation.yield(loaded) }
                        }
                        continuation.finish()
                    }
                    continuation.onTermination = { _ in reading.cancel() }
                },
                logger: Self.logger
            ),
            environment: environment
        )
        try await ServiceGroup.line([line, EarlySignals.Raiser()], logger: logger).run()
        logger.notice("stopped")
    }

    @Sendable private static func logger(_ configuration: Configuration) -> Logger {
        Logger(label: "patriot-dialler") { _ in
            DiallerLogHandler(
                level: configuration.logging.level,
                numbers: configuration.logging.numbers,
                style: .forStandardError(environment: ProcessEnvironment.variables)
            )
        }
    }
}
