import Basics

/// One thing that the site's hook is run for.
package struct AlertEvent: Codable, Equatable, Sendable {
    /// The words of `STATE`.
    package enum State: String, Codable, CaseIterable, Sendable {
        case notReady = "not-ready"
        case ready
        case callStarted = "call-started"
        case callAnswered = "call-answered"
        case callEnded = "call-ended"
    }

    /// The call of an event about a call.
    package struct Call: Codable, Equatable, Sendable {
        /// `outbound` or `inbound`.
        var direction: String
        /// Masked as in the line's log; absent when not known.
        var number: String?
        /// As in the call records; absent until the end.
        var result: String?
        /// Whole seconds since its start; at the end, its length.
        var seconds: Int
    }

    /// Greater than that of every earlier event of the line, and never used again.
    package var id: Int
    /// What happened.
    package var state: State
    /// For a person; not necessarily visible yet.
    var sentence: String
    /// Since when it is so: UTC, ISO 8601.
    var since: String
    /// With `notReady`: one word for the cause. See ``LineObservation``.
    var reason: String?
    /// With `ready`: whole seconds that the line was not ready.
    var outageSeconds: Int?
    /// With an event about a call.
    var call: Call?
    /// How often the hook was run for it, the present run included.
    package var attempts = 0
    /// When it may be run again, on the clock of ``AlertTime/uptime``, in milliseconds.
    var notBefore = 0
    /// Whether the hook was started and how it ended is not known yet.
    package var isRunning = false

    init(id: Int, state: State, sentence: String, since: WallClockTime) {
        self.id = id
        self.state = state
        self.sentence = sentence
        self.since = since.text
    }

    /// What the hook finds in its environment besides the alert process's own; visible, and bounded.
    package func environment(line: String) -> [String: String] {
        var values = [
            "LINE": line, "STATE": state.rawValue, "SENTENCE": sentence, "SINCE": since, "ALERT_ID": "\(line)-\(id)",
            "ATTEMPT": "\(attempts)",
        ]
        values["REASON"] = reason
        values["OUTAGE_SECONDS"] = outageSeconds.map { "\($0)" }
        if let call {
            values["CALL_DIRECTION"] = call.direction
            values["CALL_NUMBER"] = call.number
            values["CALL_RESULT"] = call.result
            values["CALL_SECONDS"] = "\(call.seconds)"
        }
        return values.mapValues { visible(cut($0, to: Self.textLimit)) }
    }

    /// All names that ``environment(line:)`` may set.
    package static let variables = [
        "LINE", "STATE", "SENTENCE", "SINCE", "REASON", "OUTAGE_SECONDS", "CALL_DIRECTION", "CALL_NUMBER",
        "CALL_RESULT",
        "CALL_SECONDS", "ALERT_ID", "ATTEMPT",
    ]

    /// In scalars.
    private static let textLimit = 1000
}

/// The moment of an observation, on two clocks.
package struct AlertTime: Equatable, Sendable {
    /// For what people are shown.
    package var wall: WallClockTime
    /// Since the computer was started, in milliseconds, time asleep included; nothing is timed by another clock.
    package var uptime: Int

    package init(wall: WallClockTime, uptime: Int) {
        self.wall = wall
        self.uptime = uptime
    }

    /// The wall clock at another moment.
    func wall(at uptime: Int) -> WallClockTime {
        let milliseconds = wall.seconds * 1000 + wall.milliseconds + uptime - self.uptime
        return WallClockTime(seconds: milliseconds / 1000, milliseconds: milliseconds % 1000)
    }
}

/// What one look at a line found, as far as it matters for alerts.
package struct LineObservation: Equatable, Sendable {
    /// Whether a click in Patriot can become a call, or is one.
    package var isReady: Bool
    /// One word of a closed list: `not-running`, `no-answer`, `not-allowed`, `no-patriot`, or a word of
    /// ``StatusReport/Modem/state``.
    package var reason: String
    /// The line's status with what to do.
    package var sentence: String
    /// For how many seconds the line says that it has not been ready; nil when it does not say so.
    package var secondsNotReady: Int?
    /// For how many seconds its process has been running; nil while it does not answer.
    package var upSeconds: Int?
    /// The call that is up.
    package var call: StatusReport.Call?
    /// The last call that is over.
    package var lastCall: StatusReport.LastCall?

    package init(isReady: Bool, reason: String, sentence: String) {
        self.isReady = isReady
        self.reason = reason
        self.sentence = sentence
    }
}
