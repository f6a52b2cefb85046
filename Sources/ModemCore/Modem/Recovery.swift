/// How often the port is opened again for a modem that does not answer: the first time at once, then slower and slower.
struct Recovery: Equatable, Sendable {
    /// How often in a row it was tried.
    private(set) var count = 0
    private var nextTry: Instant?
    private var lastTry: Instant?

    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(60)

    init() {}

    /// When ``deadlineReached(now:)`` wants to be called.
    var nextDeadline: Instant? { nextTry }

    /// True when opening the port twice did not help: the modem is told to start again, in case it hears without answering.
    var wantsReset: Bool { count >= Self.firstReset }
    static let firstReset = 3

    /// - Returns: true when the port may be opened again now; otherwise the deadline says when.
    mutating func failed(now: Instant) -> Bool {
        let pause = min(Self.longestPause, Self.firstPause * (1 << min(count, 4)))
        if let lastTry, now < lastTry + pause {
            nextTry = lastTry + pause
            return false
        }
        return beginTry(now: now)
    }

    /// - Returns: true when the port is to be opened again now.
    mutating func deadlineReached(now: Instant) -> Bool {
        guard let deadline = nextTry, now >= deadline else { return false }
        return beginTry(now: now)
    }

    /// The port was opened or closed: what was planned is overtaken.
    mutating func portChanged() {
        nextTry = nil
    }

    /// The modem works again.
    mutating func succeeded() {
        count = 0
    }

    private mutating func beginTry(now: Instant) -> Bool {
        nextTry = nil
        lastTry = now
        count += 1
        return true
    }
}
