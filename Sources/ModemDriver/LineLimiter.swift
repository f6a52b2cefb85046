/// Keeps a modem that talks rubbish, at a wrong bit rate for one, from filling the log: so many lines a minute, then a count.
struct LineLimiter {
    static let linesPerWindow = 10
    static let window = Duration.seconds(60)

    private var windowEnd: ContinuousClock.Instant?
    private var admitted = 0
    private var suppressed = 0

    /// Takes the next line.
    ///
    /// - Returns: whether to log it, and how many of a window that is over were not.
    mutating func admit(now: ContinuousClock.Instant) -> (isAdmitted: Bool, suppressed: Int) {
        var told = 0
        if windowEnd.map({ now >= $0 }) ?? true {
            told = suppressed
            windowEnd = now + Self.window
            (admitted, suppressed) = (0, 0)
        }
        guard admitted < Self.linesPerWindow else {
            suppressed += 1
            return (false, told)
        }
        admitted += 1
        return (true, told)
    }
}
