/// The state of the line, for a person and for programs. Numbers are masked as in the log.
///
/// The names of the members in JSON are a promise.
package struct StatusReport: Codable, Equatable, Sendable {
    /// The modem and its network.
    package struct Modem: Codable, Equatable, Sendable {
        /// The device node; absent while there is none.
        package var port: String?
        /// As MODEM_PROFILE names it.
        package var profile: String
        /// Whether it can dial now.
        package var isReady: Bool
        /// One word of a closed list: `not-plugged-in`, `held`, `cannot-open`, `opening`, `setting-up`, `sim`, `no-network`,
        /// `no-voice`, `ready`, `ready-in-doubt`, `restarting`, `not-responding`, `garbage`, `hung`.
        package var state: String
        /// For how many seconds nothing sensible has come from the modem; absent while it answers.
        package var stateSeconds: Int?
        /// The same as a sentence part.
        package var readiness: String
        /// What is wrong, a sentence part; absent while it is ready.
        package var problem: String?
        /// What to do about it, a sentence part; absent where nothing can be done.
        package var remedy: String?
        /// `ready`, or a sentence part; absent when not known, and on an analog modem.
        package var sim: String?
        /// Whether the network lets it call; absent like `registration`, which says it as a sentence part.
        package var isRegistered: Bool?
        /// A sentence part.
        package var registration: String?
        /// The network's name.
        package var operatorName: String?
        /// Of the reception, 0...31 (27.007 8.5); absent when not known.
        package var signal: Int?
        /// The same in dBm (27.007 8.5); absent when not known.
        package var signalDBm: Int?
        /// `signal` each time that the modem was asked, about each half minute, the newest last; at most 120.
        package var signalHistory: [Int] = []
    }

    /// The link to Patriot.
    package struct Patriot: Codable, Equatable, Sendable {
        /// Whether Patriot has accepted the key.
        package var isAuthenticated: Bool
        /// `connecting`, `connected`, `authenticated`, `refused`, `disconnected`, or `listening` where Patriot connects to us.
        package var state: String
        /// A sentence part.
        package var link: String
        /// What there is to say beyond that, such as the pins of a certificate that is not trusted; absent when nothing.
        package var detail: String?
        /// For how many seconds it has been so.
        package var seconds: Int
        /// Since anything came from Patriot; absent when nothing has yet.
        package var secondsSinceLastFrame: Int?
    }

    /// The call that is up.
    package struct Call: Codable, Equatable, Sendable {
        /// `outbound` or `inbound`.
        package var direction: String
        /// Absent when not known.
        package var number: String?
        /// As the transcript says it: `dialing`, `active`.
        package var state: String
        /// Since it began.
        package var seconds: Int
    }

    /// A call that is over.
    package struct LastCall: Codable, Equatable, Sendable {
        /// `outbound` or `inbound`.
        package var direction: String
        /// Absent when not known.
        package var number: String?
        /// One word, as in the call records.
        package var result: String
        /// One sentence part.
        package var reason: String
        /// From its start to its end.
        package var seconds: Int
        /// From its answer to its end; absent when no answer was seen, and from daemons older than this member.
        package var answeredSeconds: Int?
        /// Seconds.
        package var endedSecondsAgo: Int
    }

    /// Since the daemon started.
    package struct Counters: Codable, Equatable, Sendable {
        /// That began, in either direction.
        package var calls = 0
        /// By the word of the call records.
        package var results: [String: Int] = [:]
        /// Dial requests that came to nothing.
        package var refusedDials = 0
        /// How often there was one.
        package var patriotConnections = 0
        /// How often the modem was set up.
        package var modemOpenings = 0
        /// What was done to get the modem back: `resynchronize`, `set-up`, `reopen`, `reset`.
        package var recoveries: [String: Int] = [:]
    }

    /// How long something took, since the daemon started.
    package struct Latency: Codable, Equatable, Sendable {
        /// How often.
        package var count = 0
        /// Together.
        package var totalMicroseconds = 0
        /// The longest one.
        package var longestMicroseconds = 0

        mutating func add(_ duration: Duration) {
            let microseconds = Int(duration / .microseconds(1))
            count += 1
            totalMicroseconds += microseconds
            longestMicroseconds = max(longestMicroseconds, microseconds)
        }
    }

    /// Where an operator would notice.
    package struct Latencies: Codable, Equatable, Sendable {
        /// From Patriot's dial request to the dial command on its way to the modem.
        package var dial = Latency()
        /// From a change of the call to its being on its way to Patriot.
        package var report = Latency()
        /// From Patriot's hang-up request to the end of the call as the modem confirms it.
        package var hangUp = Latency()
    }

    /// The modem dials this number again only later.
    package struct RedialLock: Codable, Equatable, Sendable {
        /// As it was dialled.
        package var number: String
        /// Until then.
        package var secondsLeft: Int
    }

    /// Its name.
    package var line: String
    /// The one sentence that systemd shows too.
    package var sentence: String
    /// Whether a click in Patriot can become a call now.
    package var isReady: Bool
    /// For how many seconds `isReady` has had its value; absent from daemons older than this member.
    package var isReadySeconds: Int?
    /// The modem and its network.
    package var modem: Modem
    /// The link to Patriot.
    package var patriot: Patriot
    /// Absent while the line is free.
    package var call: Call?
    /// Absent until there was one.
    package var lastCall: LastCall?
    /// Since the daemon started, the newest first; at most 10. Dials that were refused are among them, `result` is `refused`.
    package var lastCalls: [LastCall]
    /// Absent when no number is locked.
    package var redialLock: RedialLock?
    /// Who has the modem to himself.
    package var lease: String?
    /// What is not as it should be although calls go on, each a sentence.
    package var complaints: [String]
    /// Of what happened.
    package var counters: Counters
    /// Of what an operator waits for.
    package var latencies: Latencies
    /// Since the daemon started.
    package var upSeconds: Int
    /// Memory of the process's own, which is in no file, in KiB.
    package var privateKilobytes: Int?
}

extension StatusReport {
    /// With less of its numbers.
    package func masked(by mask: NumberMask) -> StatusReport {
        func shown(_ number: String?) -> String? { number.map { mask.masked($0, as: .number) } }
        var report = self
        report.call?.number = shown(call?.number)
        report.lastCall?.number = shown(lastCall?.number)
        for index in lastCalls.indices { report.lastCalls[index].number = shown(lastCalls[index].number) }
        if let lock = redialLock { report.redialLock?.number = mask.masked(lock.number, as: .number) }
        return report
    }
}
