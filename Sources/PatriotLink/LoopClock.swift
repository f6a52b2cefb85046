import NIOCore

/// The event loop's time as the pure machines want it. Timers and machines so share one clock, in tests a virtual one.
struct LoopClock {
    let eventLoop: any EventLoop
    private let epoch = ContinuousClock.now
    private let loopEpoch: NIODeadline

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        loopEpoch = eventLoop.now
    }

    var now: ContinuousClock.Instant {
        epoch + .nanoseconds((eventLoop.now - loopEpoch).nanoseconds)
    }

    func deadline(_ instant: ContinuousClock.Instant) -> NIODeadline {
        loopEpoch + TimeAmount(epoch.duration(to: instant))
    }
}
