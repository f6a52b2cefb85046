/// How long to wait before the next connection, forever.
///
/// A lost or failed connection: the first retry at once, then decorrelated jitter between 0.5 s and 30 s, so that a
/// Patriot that comes up is found within seconds and sixty lines do not knock in step. A refused key: 30 s doubling to
/// 5 min, since only a person can fix it. Both begin again after 60 s of health.
package struct ReconnectSchedule: Equatable, Sendable {
    /// The least wait after the first retry.
    package static let shortest: Duration = .milliseconds(500)
    /// The most.
    package static let longest: Duration = .seconds(30)
    /// The first wait after a refused key.
    package static let refusedShortest: Duration = .seconds(30)
    /// The most after refused keys.
    package static let refusedLongest: Duration = .seconds(300)
    /// How long a connection must have been authenticated to count as healthy.
    package static let health: Duration = .seconds(60)

    private var authenticatedAt: ContinuousClock.Instant?
    private var wasRefused = false
    private var previous: Duration?
    private var previousRefused: Duration?

    package init() {}

    /// Patriot accepted the key.
    package mutating func authenticated(now: ContinuousClock.Instant) {
        authenticatedAt = now
        previousRefused = nil
    }

    /// Patriot refused the key: the next wait is of the slow kind.
    package mutating func refused() {
        wasRefused = true
    }

    /// The connection is gone, or could not be made.
    ///
    /// - Parameter jitter: a random number, 0 ..< 1.
    /// - Returns: how long to wait before the next one.
    package mutating func next(jitter: Double, now: ContinuousClock.Instant) -> Duration {
        if let authenticatedAt, authenticatedAt.duration(to: now) >= Self.health { previous = nil }
        authenticatedAt = nil
        return wasRefused ? nextAfterRefusal() : nextAfterLoss(jitter: jitter)
    }

    private mutating func nextAfterRefusal() -> Duration {
        wasRefused = false
        let wait = previousRefused.map { min($0 * 2, Self.refusedLongest) } ?? Self.refusedShortest
        previousRefused = wait
        return wait
    }

    private mutating func nextAfterLoss(jitter: Double) -> Duration {
        guard let last = previous else {
            previous = Self.shortest
            return .zero
        }
        let widest = min(last * 3, Self.longest)
        let wait = Self.shortest + (widest - Self.shortest) * min(max(jitter, 0), 1)
        previous = wait
        return wait
    }
}
