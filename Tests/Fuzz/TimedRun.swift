/// A run of a machine that is told the time.
protocol TimedRun: ~Copyable {
    var now: ContinuousClock.Instant { get set }
    /// The machine's.
    var nextDeadline: ContinuousClock.Instant? { get }
    mutating func deadlineReached() throws
}

extension TimedRun where Self: ~Copyable {
    /// Lets time pass as the machine's shell would, from one deadline to the next.
    mutating func wait(_ duration: Duration) throws {
        let end = now + duration
        var wakeUps = 0
        while let deadline = nextDeadline, deadline <= end {
            wakeUps = deadline > now ? 0 : wakeUps + 1
            try hold(wakeUps < 100, "the timer spins")
            now = max(now, deadline)
            try deadlineReached()
        }
        now = end
    }
}
