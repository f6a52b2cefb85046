import Logging
import ServiceLifecycle
import UnixSignals

extension ServiceGroup {
    /// The process shape of every command that runs a line: SIGTERM and SIGINT end it in order, within five seconds.
    static func line(_ services: [any Service], logger: Logger) -> ServiceGroup {
        // At debug it would print whole services.
        var logger = logger
        logger.logLevel = max(logger.logLevel, .info)
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        // Below systemd's TimeoutStopSec: the peer's close handshake is not worth more than this.
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        configuration.maximumCancellationDuration = .seconds(2)
        return ServiceGroup(configuration: configuration)
    }
}
