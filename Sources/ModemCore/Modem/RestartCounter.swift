/// Restarts of a modem by itself. One is news; one after the other means that its power supply breaks down, and then it is not
/// told as ready between two of them.
struct RestartCounter: Equatable, Sendable {
    private var times: [Instant] = []
    private var stableAt: Instant?
    /// True with the restart that made it unstable.
    private(set) var isNews = false

    /// As many restarts within ``window`` are no accident.
    private static let limit = 3
    private static let window = Duration.seconds(60)
    /// So long without a restart, and the modem is taken for stable.
    private static let calm = Duration.seconds(20)

    /// When ``deadlineReached(now:)`` wants to be called.
    var nextDeadline: Instant? { stableAt }

    /// True while the modem restarts again and again.
    var isUnstable: Bool { stableAt != nil }

    /// Within the last minute before the last one.
    var count: Int { times.count }

    mutating func restarted(now: Instant) {
        times = times.filter { now - $0 < Self.window } + [now]
        if times.count > 60 { times.removeFirst() }
        guard times.count >= Self.limit else {
            isNews = false
            return
        }
        isNews = stableAt == nil
        stableAt = now + Self.calm
    }

    /// - Returns: true when the modem is taken for stable from now on.
    mutating func deadlineReached(now: Instant) -> Bool {
        guard let deadline = stableAt, now >= deadline else { return false }
        stableAt = nil
        return true
    }
}
