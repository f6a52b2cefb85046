import Glibc
import Logging
import NIOCore
import PatriotCore

/// The log of a port that peers connect to: changes, and of what strangers do no more than ten lines a minute.
struct ListenerLog {
    private static let limit = 10
    private static let window: Duration = .seconds(60)

    private let logger: Logger
    private var lastFailure: String?
    private var windowEnd: ContinuousClock.Instant?
    private var count = 0

    init(logger: Logger) {
        self.logger = logger
    }

    mutating func listening(_ place: String) {
        lastFailure = nil
        logger.notice("waiting for Patriot on \(place)")
    }

    mutating func cannotListen(_ reason: String) {
        if reason != lastFailure { logger.error("\(reason)") }
        lastFailure = reason
    }

    func certificateChanged() {
        logger.notice("new certificate in use from the next connection of Patriot on")
    }

    func admitted(_ address: String, replacing former: String?, rivals: [String]) {
        if let former {
            logger.notice("Patriot connected from \(address), replacing the one from \(former)")
        } else {
            logger.notice("Patriot connected from \(address)")
        }
        if !rivals.isEmpty {
            let list = rivals.joined(separator: ", ")
            logger.warning(
                "two Patriots with this line's key keep replacing each other: \(list); give each its own line"
            )
        }
    }

    func disconnected(_ reason: String) {
        logger.warning("Patriot disconnected", metadata: ["reason": "\(reason)"])
    }

    mutating func refused(
        _ address: String,
        _ refusal: AdmissionRefusal,
        wait: Duration,
        now: ContinuousClock.Instant
    ) {
        let seconds = wait.components.seconds
        stranger("rejected a connection from \(address): \(refusal); next attempt accepted in \(seconds) s", now: now)
    }

    mutating func turnedAway(_ address: String, now: ContinuousClock.Instant) {
        logger.debug("closed a connection from \(address): still waiting after a wrong key")
    }

    private mutating func stranger(_ message: String, now: ContinuousClock.Instant) {
        if let windowEnd, now < windowEnd {
            count += 1
        } else {
            if count > Self.limit {
                logger.warning("suppressed \(count - Self.limit) rejected connections (log rate limit)")
            }
            windowEnd = now + Self.window
            count = 1
        }
        if count <= Self.limit { logger.warning("\(message)") }
    }
}

/// A sentence part: why a port cannot be opened.
func listenFailureReason(_ error: any Error) -> String {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE: "the port is in use by another program: choose another PATRIOT_LISTEN, or stop that program"
    case EADDRNOTAVAIL: "this computer does not have that address: check PATRIOT_LISTEN and the network"
    case EACCES: "permission denied: ports below 1024 are not available to this service; choose a higher one"
    case EPERM:
        "permission denied by the service's sandbox: run sudo patriot-dialler setup for this line, "
            + "or allow the port in a drop-in (SocketBindAllow=tcp:PORT)"
    default: connectionFailureReason(error)
    }
}
