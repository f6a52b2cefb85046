import Basics
import Testing

@Suite struct RateLimiterTests {
    private let now = ContinuousClock.now

    @Test func aFewLinesAMinuteAreLoggedAndTheRestAreCounted() {
        var limiter = RateLimiter()
        let verdicts = (0..<100).map { limiter.admit(now: now + .milliseconds(100 * $0)) }
        #expect(verdicts.count { $0.isAdmitted } == RateLimiter.limit)
        #expect(verdicts.allSatisfy { $0.suppressed == 0 })
        let later = limiter.admit(now: now + RateLimiter.window)
        #expect(later.isAdmitted)
        #expect(later.suppressed == 100 - RateLimiter.limit)
        let next = limiter.admit(now: now + RateLimiter.window)
        #expect(next == (true, 0))
    }

    @Test func aModemThatSeldomSpeaksIsAlwaysHeard() {
        var limiter = RateLimiter()
        for minute in 0..<100 { #expect(limiter.admit(now: now + .seconds(60 * minute)) == (true, 0)) }
    }
}
