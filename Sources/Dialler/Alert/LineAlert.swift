/// When a site wants alerts.
package struct AlertRules: Equatable, Sendable {
    /// How long a line must not be ready, in seconds.
    package var after: Int
    /// Whether there is an alert at the start, the answer and the end of each call.
    package var hasCalls: Bool
    /// How often the hook is run for one event at most.
    package var attempts: Int
    /// Seconds until the second attempt; each further one waits twice as long, but no longer than ten minutes.
    package var retryDelay: Int

    package init(after: Int, hasCalls: Bool, attempts: Int, retryDelay: Int) {
        self.after = after
        self.hasCalls = hasCalls
        self.attempts = attempts
        self.retryDelay = retryDelay
    }
}

/// What was told of one line, and what is still to be told: a value without I/O, kept over restarts of the alert process.
package struct LineAlert: Codable, Equatable, Sendable {
    private enum Phase: Codable, Equatable {
        case ready
        /// Not ready, but not for long enough.
        case failing(Outage)
        case told(Outage)
    }

    private struct Outage: Codable, Equatable {
        /// ``AlertTime/uptime`` when it began.
        var since: Int
        /// The same for people.
        var wallClock: String
        /// Whether the line itself said since when.
        var isReported: Bool
    }

    private struct KnownCall: Codable, Equatable {
        var direction: String
        var number: String?
        /// ``AlertTime/uptime`` when it began.
        var begin: Int
        var wasAnswered: Bool
    }

    private var phase = Phase.ready
    private var call: KnownCall?
    private var lastID = 0
    /// What the hook has not been run for successfully, the oldest first.
    package private(set) var events: [AlertEvent] = []

    /// More than this is not kept: then events about calls are dropped.
    package static let eventLimit = 1000
    /// What the line reports is in whole seconds, and so is its age.
    private static let precision = 2500

    package init() {}

    // MARK: What is seen

    /// Takes what one look at the line found.
    /// - Parameter lastReady: ``AlertTime/uptime`` when the line was last seen ready; nil when that was not seen.
    package mutating func observe(
        _ observation: LineObservation,
        at time: AlertTime,
        lastReady: Int?,
        _ rules: AlertRules
    ) {
        if rules.hasCalls, observation.upSeconds != nil { observeCall(observation, time) }
        switch phase {
        case .ready:
            if !observation.isReady {
                fail(observation, time, rules, notBefore: lastReady)
            }
        case .failing(let outage):
            if observation.isReady {
                phase = .ready
            } else if let begin = laterOutage(observation, than: outage, time) {
                fail(observation, time, rules, notBefore: begin)
            } else {
                tellIfDue(outage, observation, time, rules)
            }
        case .told(let outage):
            if observation.isReady {
                phase = .ready
                tellReady(observation.sentence, after: outage, at: time.uptime, time)
            } else if let begin = laterOutage(observation, than: outage, time) {
                tellReady("It was ready for a moment, while nobody was watching.", after: outage, at: begin, time)
                fail(observation, time, rules, notBefore: begin)
            }
        }
    }

    private mutating func fail(
        _ observation: LineObservation,
        _ time: AlertTime,
        _ rules: AlertRules,
        notBefore earliest: Int?
    ) {
        let reported = observation.secondsNotReady.map { time.uptime - $0 * 1000 }
        let since = min(time.uptime, max(reported ?? time.uptime, earliest ?? Int.min))
        let outage = Outage(since: since, wallClock: time.wall(at: since).text, isReported: reported != nil)
        phase = .failing(outage)
        tellIfDue(outage, observation, time, rules)
    }

    private mutating func tellIfDue(
        _ outage: Outage,
        _ observation: LineObservation,
        _ time: AlertTime,
        _ rules: AlertRules
    ) {
        guard time.uptime - outage.since >= rules.after * 1000 else { return }
        phase = .told(outage)
        var event = event(.notReady, observation.sentence, time)
        event.since = outage.wallClock
        event.reason = observation.reason
        events.append(event)
    }

    private mutating func tellReady(_ sentence: String, after outage: Outage, at end: Int, _ time: AlertTime) {
        var event = event(.ready, sentence, time)
        event.since = time.wall(at: end).text
        event.outageSeconds = max(0, end - outage.since) / 1000
        events.append(event)
    }

    /// When the line became not ready once more, after a time of being ready that was not seen; nil when there was none.
    ///
    /// A line that has never been ready since its process started proves nothing: the process may have been restarted.
    private func laterOutage(_ observation: LineObservation, than outage: Outage, _ time: AlertTime) -> Int? {
        guard outage.isReported, let seconds = observation.secondsNotReady, let up = observation.upSeconds,
            seconds * 1000 + Self.precision < up * 1000
        else { return nil }
        let begin = time.uptime - seconds * 1000
        return begin > outage.since + Self.precision ? begin : nil
    }

    // MARK: Calls

    private mutating func observeCall(_ observation: LineObservation, _ time: AlertTime) {
        let present = observation.call
        if let known = call, !isSame(known, present, time) {
            endCall(known, observation.lastCall, time)
        }
        guard let present else { return }
        if call == nil {
            let begin = time.uptime - present.seconds * 1000
            call = KnownCall(direction: present.direction, number: present.number, begin: begin, wasAnswered: false)
            tellCall(.callStarted, "The call began.", present, at: begin, time)
        }
        if let number = present.number { call?.number = number }
        if present.isActive, call?.wasAnswered == false {
            call?.wasAnswered = true
            tellCall(.callAnswered, "The call was answered.", present, at: time.uptime, time)
        }
    }

    private func isSame(_ known: KnownCall, _ present: StatusReport.Call?, _ time: AlertTime) -> Bool {
        guard let present, present.direction == known.direction else { return false }
        if let number = known.number, let other = present.number, number != other { return false }
        return time.uptime - present.seconds * 1000 <= known.begin + Self.precision
    }

    private mutating func endCall(_ known: KnownCall, _ last: StatusReport.LastCall?, _ time: AlertTime) {
        call = nil
        // A line that was restarted no longer knows it.
        let last = last.flatMap { last in
            let end = time.uptime - last.endedSecondsAgo * 1000
            return last.direction == known.direction && end >= known.begin - Self.precision ? last : nil
        }
        let end = last.map { time.uptime - $0.endedSecondsAgo * 1000 } ?? time.uptime
        let seconds = last?.seconds ?? max(0, end - known.begin) / 1000
        var event = event(.callEnded, last?.reason ?? "How the call ended is not known.", time)
        event.since = time.wall(at: end).text
        event.call = .init(
            direction: known.direction,
            number: last?.number ?? known.number,
            result: last?.result ?? "unknown-end",
            seconds: seconds
        )
        appendCall(event)
    }

    private mutating func tellCall(
        _ state: AlertEvent.State,
        _ sentence: String,
        _ present: StatusReport.Call,
        at moment: Int,
        _ time: AlertTime
    ) {
        var event = event(state, sentence, time)
        event.since = time.wall(at: moment).text
        event.call = .init(
            direction: present.direction,
            number: present.number,
            result: nil,
            seconds: present.seconds
        )
        appendCall(event)
    }

    private mutating func appendCall(_ event: AlertEvent) {
        if events.count < Self.eventLimit { events.append(event) }
    }

    private mutating func event(_ state: AlertEvent.State, _ sentence: String, _ time: AlertTime) -> AlertEvent {
        lastID = max(lastID + 1, time.wall.seconds * 1000 + time.wall.milliseconds)
        return AlertEvent(id: lastID, state: state, sentence: sentence, since: time.wall)
    }
}

// MARK: What is told

extension LineAlert {
    /// What came of running the hook.
    package enum Attempt: Equatable, Sendable {
        /// It is run again later.
        case again
        /// It failed too often, and is not run again for this event.
        case givenUp
    }

    /// The event that the hook is to be run for now; nil while there is none, or one is running.
    package func dueEvent(at time: AlertTime) -> AlertEvent? {
        guard let event = events.first, !event.isRunning, event.notBefore <= time.uptime else { return nil }
        return event
    }

    /// The hook is about to be run for the first event.
    package mutating func begin() {
        guard !events.isEmpty else { return }
        events[0].isRunning = true
        events[0].attempts += 1
    }

    /// It was not run after all.
    package mutating func withdraw() {
        guard !events.isEmpty else { return }
        events[0].isRunning = false
        events[0].attempts -= 1
    }

    /// The hook has succeeded for the first event.
    package mutating func succeed() {
        if !events.isEmpty { events.removeFirst() }
    }

    /// The hook has failed for the first event.
    package mutating func fail(at time: AlertTime, _ rules: AlertRules) -> Attempt {
        guard let event = events.first else { return .givenUp }
        guard event.attempts < rules.attempts else {
            events.removeFirst()
            return .givenUp
        }
        let factor = 1 << min(event.attempts - 1, 16)
        events[0].isRunning = false
        events[0].notBefore = time.uptime + min(rules.retryDelay * factor, 600) * 1000
        return .again
    }

    /// The computer was started again: what was timed by the clock of then counts from its start.
    package mutating func restartClock() {
        switch phase {
        case .ready: break
        case .failing(var outage):
            outage.since = 0
            phase = .failing(outage)
        case .told(var outage):
            outage.since = 0
            outage.isReported = false
            phase = .told(outage)
        }
        call?.begin = 0
        for index in events.indices { events[index].notBefore = 0 }
    }
}

extension StatusReport.Call {
    /// Whether somebody talks.
    fileprivate var isActive: Bool { state == "active" || state == "held" }
}
