/// Keeps what a peer or a modem can cause in any number, log lines and records above all, within bounds: so many a minute, then
/// a count.
package struct RateLimiter: Equatable, Sendable {
    /// How many are admitted in a window.
    package static let limit = 10
    /// Begins with the first one after the last window.
    package static let window = Duration.seconds(60)

    private var windowEnd: ContinuousClock.Instant?
    private var admitted = 0
    private var suppressed = 0

    package init() {}

    /// When the count of what was not admitted is due; nil when everything was.
    package var countDue: ContinuousClock.Instant? { suppressed > 0 ? windowEnd : nil }

    /// Takes the next one.
    ///
    /// - Returns: whether it is admitted, and how many of a window that is over were not.
    package mutating func admit(now: ContinuousClock.Instant) -> (isAdmitted: Bool, suppressed: Int) {
        var told = 0
        if windowEnd.map({ now >= $0 }) ?? true {
            told = flush()
            windowEnd = now + Self.window
        }
        guard admitted < Self.limit else {
            suppressed += 1
            return (false, told)
        }
        admitted += 1
        return (true, told)
    }

    /// A new beginning.
    ///
    /// - Returns: how many were not admitted.
    package mutating func flush() -> Int {
        defer { self = RateLimiter() }
        return suppressed
    }
}
