import NIOCore

/// One timer on the event loop that can be moved cheaply: a later deadline only takes note, the timer that goes off
/// early arms itself again. Belongs to the loop; every method is called on it.
final class DeadlineTimer {
    private let clock: LoopClock
    private let onDeadline: () -> Void
    private var deadline: ContinuousClock.Instant?
    private var scheduled: (at: ContinuousClock.Instant, task: Scheduled<Void>)?

    /// - Parameter onDeadline: held until ``set(_:)`` is given nil.
    init(clock: LoopClock, onDeadline: @escaping () -> Void) {
        self.clock = clock
        self.onDeadline = onDeadline
    }

    /// Goes off at `deadline`; nil disarms.
    func set(_ deadline: ContinuousClock.Instant?) {
        self.deadline = deadline
        if let scheduled {
            if let deadline, scheduled.at <= deadline { return }
            scheduled.task.cancel()
            self.scheduled = nil
        }
        if let deadline { schedule(at: deadline) }
    }

    private func schedule(at deadline: ContinuousClock.Instant) {
        let loop = clock.eventLoop.assumeIsolated()
        let task = loop.scheduleTask(deadline: clock.deadline(deadline)) { self.timerFired() }
        scheduled = (deadline, task)
    }

    private func timerFired() {
        scheduled = nil
        guard let deadline else { return }
        guard clock.now >= deadline else { return schedule(at: deadline) }
        self.deadline = nil
        onDeadline()
    }
}
