/// Finds out that a connection died without a word: a pulled cable, a crashed PC, a firewall that forgot us.
///
/// Any inbound frame proves life; after ``silence`` without one a ping is sent (RFC 6455 5.5.2 obliges the peer to
/// answer it), ``answerTime`` later the connection counts as dead.
package struct LivenessMachine: Equatable, Sendable {
    /// Without a frame for so long, the peer is asked.
    package static let silence: Duration = .seconds(20)
    /// For so long an answer is waited for.
    package static let answerTime: Duration = .seconds(10)

    /// What the machine's owner has to do.
    package enum Action: Equatable, Sendable {
        case ping
        /// Give the connection up, without waiting for the peer.
        case dead
    }

    private enum State: Equatable {
        case heard(at: ContinuousClock.Instant)
        case pinged(at: ContinuousClock.Instant)
        case dead
    }

    private var state: State

    /// Begins when the connection is up.
    package init(now: ContinuousClock.Instant) {
        state = .heard(at: now)
    }

    /// When ``deadlineReached(now:)`` wants to be called; nil once dead.
    package var nextDeadline: ContinuousClock.Instant? {
        switch state {
        case .heard(let instant): instant + Self.silence
        case .pinged(let instant): instant + Self.answerTime
        case .dead: nil
        }
    }

    /// A frame of any kind came in. What comes after the verdict does not revive a connection.
    package mutating func frameReceived(now: ContinuousClock.Instant) {
        switch state {
        case .heard, .pinged: state = .heard(at: now)
        case .dead: break
        }
    }

    /// A timer went off, perhaps a stale one.
    package mutating func deadlineReached(now: ContinuousClock.Instant) -> Action? {
        guard let nextDeadline, now >= nextDeadline else { return nil }
        switch state {
        case .heard:
            state = .pinged(at: now)
            return .ping
        case .pinged:
            state = .dead
            return .dead
        case .dead:
            return nil
        }
    }
}
