import Testing

@testable import ModemDriver

@Suite struct LineLimiterTests {
    private let now = ContinuousClock.now

    @Test func aFewLinesAMinuteAreLoggedAndTheRestAreCounted() {
        var limiter = LineLimiter()
        let verdicts = (0..<100).map { limiter.admit(now: now + .milliseconds(100 * $0)) }
        #expect(verdicts.count { $0.isAdmitted } == LineLimiter.linesPerWindow)
        #expect(verdicts.allSatisfy { $0.suppressed == 0 })
        let later = limiter.admit(now: now + LineLimiter.window)
        #expect(later.isAdmitted)
        #expect(later.suppressed == 100 - LineLimiter.linesPerWindow)
        let next = limiter.admit(now: now + LineLimiter.window)
        #expect(next == (true, 0))
    }

    @Test func aModemThatSeldomSpeaksIsAlwaysHeard() {
        var limiter = LineLimiter()
        for minute in 0..<100 { #expect(limiter.admit(now: now + .seconds(60 * minute)) == (true, 0)) }
    }
}
