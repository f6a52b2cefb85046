import TestSupport
import Testing

@testable import PatriotCore

private let t0 = ContinuousClock.now

struct ReconnectScheduleTests {
    @Test
    func row14_firstRetryIsAtOnceThenJitterGrowsToThirtySeconds() {
        var schedule = ReconnectSchedule()
        let waits = (0..<7).map { _ in schedule.next(jitter: 1, now: t0) }
        let expected: [Duration] = [
            .zero, .seconds(1.5), .seconds(4.5), .seconds(13.5), .seconds(30), .seconds(30), .seconds(30),
        ]
        #expect(waits == expected)
    }

    @Test
    func row14_jitterSpreadsTheWaits() {
        var schedule = ReconnectSchedule()
        _ = schedule.next(jitter: 0.5, now: t0)
        #expect(schedule.next(jitter: 0.5, now: t0) == .seconds(1))
        #expect(schedule.next(jitter: 0, now: t0) == .milliseconds(500))
    }

    @Test
    func row14_waitsStayInBoundsForEver() {
        var schedule = ReconnectSchedule()
        var generator = SeededGenerator(seed: 14)
        #expect(schedule.next(jitter: 0.3, now: t0) == .zero)
        for _ in 0..<10_000 {
            let wait = schedule.next(jitter: .random(in: 0..<1, using: &generator), now: t0)
            #expect(ReconnectSchedule.shortest...ReconnectSchedule.longest ~= wait)
        }
    }

    @Test(arguments: [(Duration.seconds(59), Duration.seconds(1.5)), (.seconds(60), .zero)])
    func row14_sixtySecondsOfHealthBeginAnew(_ health: Duration, _ wait: Duration) {
        var schedule = ReconnectSchedule()
        _ = schedule.next(jitter: 1, now: t0)
        schedule.authenticated(now: t0)
        #expect(schedule.next(jitter: 1, now: t0 + health) == wait)
    }

    @Test
    func row14_timeBetweenConnectionsIsNoHealth() {
        var schedule = ReconnectSchedule()
        schedule.authenticated(now: t0)
        _ = schedule.next(jitter: 1, now: t0 + .seconds(1))
        #expect(schedule.next(jitter: 1, now: t0 + .seconds(100)) == .seconds(1.5))
    }

    @Test
    func row13_refusalsWaitFromThirtySecondsToFiveMinutes() {
        var schedule = ReconnectSchedule()
        let waits = (0..<6).map { _ in
            schedule.refused()
            return schedule.next(jitter: 0.9, now: t0)
        }
        #expect(waits == [30, 60, 120, 240, 300, 300].map { .seconds($0) })
    }

    @Test
    func row13_acceptedKeyForgetsTheRefusals() {
        var schedule = ReconnectSchedule()
        for _ in 0..<4 {
            schedule.refused()
            _ = schedule.next(jitter: 0, now: t0)
        }
        schedule.authenticated(now: t0)
        #expect(schedule.next(jitter: 0, now: t0 + .seconds(60)) == .zero)
        schedule.refused()
        #expect(schedule.next(jitter: 0, now: t0 + .seconds(61)) == .seconds(30))
    }

    @Test
    func row13_lossBetweenRefusalsKeepsTheSlowStep() {
        var schedule = ReconnectSchedule()
        schedule.refused()
        #expect(schedule.next(jitter: 0, now: t0) == .seconds(30))
        #expect(schedule.next(jitter: 0, now: t0) == .zero)
        schedule.refused()
        #expect(schedule.next(jitter: 0, now: t0) == .seconds(60))
    }
}

struct LivenessMachineTests {
    @Test
    func row15_pingAfterTwentySecondsAndDeathTenLater() {
        var liveness = LivenessMachine(now: t0)
        #expect(liveness.nextDeadline == t0 + .seconds(20))
        #expect(liveness.deadlineReached(now: t0 + .seconds(19.9)) == nil)
        #expect(liveness.deadlineReached(now: t0 + .seconds(20)) == .ping)
        #expect(liveness.nextDeadline == t0 + .seconds(30))
        #expect(liveness.deadlineReached(now: t0 + .seconds(29.9)) == nil)
        #expect(liveness.deadlineReached(now: t0 + .seconds(30)) == .dead)
        #expect(liveness.nextDeadline == nil)
        #expect(liveness.deadlineReached(now: t0 + .seconds(99)) == nil)
    }

    @Test
    func row15_anyFrameProvesLife() {
        var liveness = LivenessMachine(now: t0)
        liveness.frameReceived(now: t0 + .seconds(15))
        #expect(liveness.deadlineReached(now: t0 + .seconds(20)) == nil)
        #expect(liveness.deadlineReached(now: t0 + .seconds(35)) == .ping)
        liveness.frameReceived(now: t0 + .seconds(44))
        #expect(liveness.deadlineReached(now: t0 + .seconds(45)) == nil)
        #expect(liveness.nextDeadline == t0 + .seconds(64))
    }

    @Test
    func row15_theDeadStayDead() {
        var liveness = LivenessMachine(now: t0)
        _ = liveness.deadlineReached(now: t0 + .seconds(20))
        _ = liveness.deadlineReached(now: t0 + .seconds(30))
        liveness.frameReceived(now: t0 + .seconds(31))
        #expect(liveness.nextDeadline == nil)
    }

    /// A timer that comes late, after a suspend perhaps, still pings before it gives up.
    @Test
    func row15_lateTimerPingsFirst() {
        var liveness = LivenessMachine(now: t0)
        #expect(liveness.deadlineReached(now: t0 + .seconds(3600)) == .ping)
        #expect(liveness.nextDeadline == t0 + .seconds(3610))
    }
}
