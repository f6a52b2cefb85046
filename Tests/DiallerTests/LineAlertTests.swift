import FoundationEssentials
import TestSupport
import Testing

@testable import Dialler

/// One line under the eyes of an alert process, in seconds of a clock of the test's own.
private struct Watched {
    var alert = LineAlert()
    var rules = AlertRules(after: 60, hasCalls: false, attempts: 3, retryDelay: 10)
    private var lastReady: Int?

    static func time(_ seconds: Int) -> AlertTime {
        AlertTime(wall: WallClockTime(seconds: 1_000_000 + seconds, milliseconds: 0), uptime: seconds * 1000)
    }

    mutating func see(ready isReady: Bool, at seconds: Int, notReadyFor: Int? = nil, up: Int? = 100_000) {
        var seen = LineObservation(isReady: isReady, reason: "no-network", sentence: isReady ? "Ready." : "Not ready.")
        (seen.secondsNotReady, seen.upSeconds) = (notReadyFor, up)
        see(seen, at: seconds)
    }

    mutating func see(_ seen: LineObservation, at seconds: Int) {
        alert.observe(seen, at: Self.time(seconds), lastReady: lastReady, rules)
        if seen.isReady { lastReady = seconds * 1000 }
    }

    /// As after a restart of the alert process.
    mutating func restart() throws {
        alert = try JSONDecoder().decode(LineAlert.self, from: JSONEncoder().encode(alert))
        lastReady = nil
    }

    var told: [AlertEvent.State] { alert.events.map(\.state) }
    func variables(_ index: Int) -> [String: String] { alert.events[index].environment(line: "line1") }
}

struct LineAlertTests {
    @Test func aShortOutageIsNotTold() {
        var line = Watched()
        line.see(ready: true, at: 0)
        line.see(ready: false, at: 10, notReadyFor: 0)
        line.see(ready: false, at: 69, notReadyFor: 59)
        line.see(ready: true, at: 70)
        line.see(ready: false, at: 80, notReadyFor: 0)
        line.see(ready: false, at: 139, notReadyFor: 59)
        #expect(line.told.isEmpty)
    }

    @Test func anOutageIsToldOnceAndSoIsItsEnd() {
        var line = Watched()
        line.see(ready: true, at: 0)
        for second in 10...200 { line.see(ready: false, at: second, notReadyFor: second - 10) }
        #expect(line.told == [.notReady])
        #expect(line.variables(0)["SINCE"] == Watched.time(10).wall.text)
        #expect(line.variables(0)["REASON"] == "no-network")
        for second in 201...300 { line.see(ready: true, at: second) }
        #expect(line.told == [.notReady, .ready])
        #expect(line.variables(1)["OUTAGE_SECONDS"] == "191")
        #expect(line.variables(1)["REASON"] == nil)
    }

    /// The process of the line is gone, comes back without its modem, hangs, and is gone again.
    @Test func anOutageThatChangesItsReasonIsOneOutage() {
        var line = Watched()
        line.see(ready: true, at: 0)
        line.see(ready: false, at: 10, up: nil)
        line.see(ready: false, at: 75, up: nil)
        line.see(ready: false, at: 80, notReadyFor: 1, up: 1)
        line.see(ready: false, at: 90, notReadyFor: 11, up: 11)
        line.see(ready: false, at: 100, up: nil)
        line.see(ready: false, at: 120, notReadyFor: 2, up: 2)
        #expect(line.told == [.notReady])
        line.see(ready: true, at: 130)
        #expect(line.told == [.notReady, .ready])
    }

    @Test func theLineSaysSinceWhenAndTheTimeSeenReadyLimitsIt() {
        var line = Watched()
        line.see(ready: false, at: 1000, notReadyFor: 500)
        #expect(line.told == [.notReady])
        #expect(line.variables(0)["SINCE"] == Watched.time(500).wall.text)
        // A call counts as ready, though the line may say otherwise.
        var busy = Watched()
        busy.see(ready: true, at: 990)
        busy.see(ready: false, at: 1000, notReadyFor: 500)
        #expect(busy.told.isEmpty)
        busy.see(ready: false, at: 1050, notReadyFor: 550)
        #expect(busy.variables(0)["SINCE"] == Watched.time(990).wall.text)
    }

    @Test(arguments: [5, 30, 100]) func aRestartNeitherForgetsNorRepeats(_ interval: Int) throws {
        var line = Watched()
        line.see(ready: true, at: 0)
        try line.restart()
        for second in 10...300 {
            if second.isMultiple(of: interval) { try line.restart() }
            line.see(ready: false, at: second, up: nil)
        }
        try line.restart()
        line.see(ready: true, at: 301)
        #expect(line.told == [.notReady, .ready])
        #expect(line.variables(1)["OUTAGE_SECONDS"] == "291")
    }

    @Test func anotherOutageBehindARestartIsAnotherOne() throws {
        var line = Watched()
        line.see(ready: true, at: 0)
        line.see(ready: false, at: 10, notReadyFor: 0)
        line.see(ready: false, at: 70, notReadyFor: 60)
        try line.restart()
        // Ready at some time between, and not ready for 40 s again.
        line.see(ready: false, at: 200, notReadyFor: 40)
        #expect(line.told == [.notReady, .ready])
        line.see(ready: false, at: 220, notReadyFor: 60)
        #expect(line.told == [.notReady, .ready, .notReady])
        #expect(line.variables(2)["SINCE"] == Watched.time(160).wall.text)
        #expect(line.variables(1)["OUTAGE_SECONDS"] == "150")
        // The same one, although whole seconds are not exact.
        try line.restart()
        line.see(ready: false, at: 230, notReadyFor: 68)
        #expect(line.told.count == 3)
    }

    @Test func afterARebootTheClockBeginsAgain() throws {
        var line = Watched()
        line.see(ready: true, at: 5000)
        line.see(ready: false, at: 5010, up: nil)
        try line.restart()
        line.alert.restartClock()
        line.see(ready: false, at: 20, up: nil)
        #expect(line.told.isEmpty)
        line.see(ready: false, at: 60, up: nil)
        #expect(line.told == [.notReady])
        try line.restart()
        line.alert.restartClock()
        line.see(ready: false, at: 15, notReadyFor: 5, up: 6)
        line.see(ready: true, at: 30)
        #expect(line.told == [.notReady, .ready])
    }

    // MARK: Deliveries

    @Test func aFailureIsTriedAgainLaterAndThenGivenUp() {
        var line = Watched()
        line.see(ready: false, at: 100, notReadyFor: 90)
        line.see(ready: true, at: 110)
        #expect(line.alert.dueEvent(at: Watched.time(110))?.state == .notReady)
        for (attempt, (start, next)) in [(200, 210), (210, 230), (230, 230)].enumerated() {
            line.alert.begin()
            #expect(line.alert.dueEvent(at: Watched.time(start)) == nil)
            #expect(line.alert.events[0].attempts == attempt + 1)
            let outcome = line.alert.fail(at: Watched.time(start), line.rules)
            #expect(outcome == (attempt < 2 ? .again : .givenUp))
            #expect(line.alert.dueEvent(at: Watched.time(next - 1)) == nil || attempt == 2)
            #expect(line.alert.dueEvent(at: Watched.time(next)) != nil)
        }
        // What comes next is told anyway.
        #expect(line.told == [.ready])
        line.alert.begin()
        line.alert.succeed()
        #expect(line.alert.events.isEmpty)
    }

    @Test func idsGrowOverRestarts() throws {
        var line = Watched()
        line.rules.after = 1
        var ids: [Int] = []
        for second in stride(from: 0, to: 40, by: 4) {
            line.see(ready: true, at: second)
            line.see(ready: false, at: second + 2, notReadyFor: 2)
            ids += line.alert.events.map(\.id)
            while !line.alert.events.isEmpty { line.alert.succeed() }
            try line.restart()
        }
        #expect(ids.count == 19)
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
    }

    @Test func theEnvironmentHoldsNothingInvisible() {
        var line = Watched()
        var seen = LineObservation(
            isReady: false,
            reason: "held",
            sentence: "a\u{0}b\nc\u{1B}[2J\u{202E}" + String(repeating: "x", count: 5000)
        )
        seen.secondsNotReady = 60
        line.see(seen, at: 100)
        let variables = line.variables(0)
        #expect(variables["SENTENCE"]?.hasPrefix(#"a\u{0}b\nc\u{1B}[2J\u{202E}xxx"#) == true)
        #expect(variables["SENTENCE"]?.utf8.count ?? 0 < 1100)
        #expect(Set(variables.keys).isSubset(of: AlertEvent.variables))
    }

    // MARK: Calls

    private func seen(call: StatusReport.Call?, last: StatusReport.LastCall? = nil) -> LineObservation {
        var seen = LineObservation(isReady: true, reason: "", sentence: "")
        (seen.upSeconds, seen.call, seen.lastCall) = (100, call, last)
        return seen
    }

    @Test func aCallIsToldThreeTimes() throws {
        var line = Watched()
        line.rules.hasCalls = true
        func call(_ state: String, _ seconds: Int) -> StatusReport.Call {
            .init(direction: "outbound", number: "…456", state: state, seconds: seconds)
        }
        line.see(seen(call: nil), at: 0)
        line.see(seen(call: call("dialing", 0)), at: 10)
        line.see(seen(call: call("alerting", 3)), at: 13)
        try line.restart()
        line.see(seen(call: call("active", 10)), at: 20)
        line.see(seen(call: call("hanging up", 40)), at: 50)
        let last = StatusReport.LastCall(
            direction: "outbound",
            number: "…456",
            result: "local-hang-up",
            reason: "hung up here",
            seconds: 41,
            endedSecondsAgo: 1
        )
        line.see(seen(call: nil, last: last), at: 52)
        line.see(seen(call: nil, last: last), at: 60)
        #expect(line.told == [.callStarted, .callAnswered, .callEnded])
        #expect(line.variables(2)["CALL_RESULT"] == "local-hang-up")
        #expect(line.variables(2)["CALL_SECONDS"] == "41")
        #expect(line.variables(0)["CALL_NUMBER"] == "…456")
        #expect(line.variables(2)["SINCE"] == Watched.time(51).wall.text)
    }

    @Test func aCallThatFollowsAtOnceIsAnotherOne() {
        var line = Watched()
        line.rules.hasCalls = true
        line.see(seen(call: .init(direction: "inbound", number: nil, state: "incoming", seconds: 0)), at: 10)
        line.see(seen(call: .init(direction: "inbound", number: "…1", state: "incoming", seconds: 2)), at: 12)
        line.see(seen(call: .init(direction: "inbound", number: "…2", state: "incoming", seconds: 0)), at: 20)
        line.see(seen(call: .init(direction: "inbound", number: "…2", state: "incoming", seconds: 0)), at: 30)
        #expect(line.told == [.callStarted, .callEnded, .callStarted, .callEnded, .callStarted])
        #expect(line.variables(1)["CALL_RESULT"] == "unknown-end")
        #expect(line.variables(0)["CALL_NUMBER"] == nil)
    }
}

struct AlertMemoryTests {
    @Test func linesThatWereRemovedAreForgotten() {
        var memory = AlertMemory()
        memory.update(present: ["line1", "byhand"], configured: ["line1"], at: Watched.time(0))
        memory.update(present: [], configured: [], at: Watched.time(10))
        #expect(Set(memory.lines.keys) == ["byhand"])
        memory.update(present: [], configured: [], at: Watched.time(86_400))
        #expect(Set(memory.lines.keys) == ["byhand"])
        memory.update(present: [], configured: [], at: Watched.time(86_411))
        #expect(memory.lines.isEmpty)
    }

    @Test func whatIsWrittenIsRead() throws {
        let place = try TemporaryDirectory()
        var memory = AlertMemory()
        memory.update(present: ["line1"], configured: ["line1"], at: Watched.time(0))
        var seen = LineObservation(isReady: false, reason: "held", sentence: "\u{202E}\n\"")
        seen.secondsNotReady = 60
        memory.lines["line1"]?.alert.observe(seen, at: Watched.time(100), lastReady: nil, Watched().rules)
        #expect(memory.lines["line1"]?.alert.events.count == 1)
        #expect(try AlertMemory.read(place.path + "/none") == AlertMemory())
        try memory.write(place.path + "/alerts.json")
        #expect(try AlertMemory.read(place.path + "/alerts.json") == memory)
        for text in ["", "{", "[]", #"{"lines":{}}"#] {
            let file = try place.write("bad", text)
            #expect(throws: (any Error).self) { try AlertMemory.read(file) }
        }
    }
}
