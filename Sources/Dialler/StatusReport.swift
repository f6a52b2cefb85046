/// How the line fares, for a person and for programs. Numbers are masked as in the log.
///
/// The names of the members in JSON are a promise.
package struct StatusReport: Codable, Equatable, Sendable {
    /// The modem and its network.
    package struct Modem: Codable, Equatable, Sendable {
        /// The device node; absent while there is none.
        package var port: String?
        package var profile: String
        package var isReady: Bool
        /// A sentence part.
        package var readiness: String
        /// Of the reception, 0...31 (27.007 8.5); absent when not known.
        package var signal: Int?
        package var signalDBm: Int?
    }

    package struct Patriot: Codable, Equatable, Sendable {
        package var isAuthenticated: Bool
        /// A sentence part.
        package var link: String
        /// For how many seconds it has been so.
        package var seconds: Int
    }

    package struct Call: Codable, Equatable, Sendable {
        /// `outbound` or `inbound`.
        package var direction: String
        package var number: String?
        package var state: String
        package var seconds: Int
    }

    package struct LastCall: Codable, Equatable, Sendable {
        package var direction: String
        package var number: String?
        /// One word, as in the call records.
        package var result: String
        package var reason: String
        package var endedSecondsAgo: Int
    }

    /// Since the daemon started.
    package struct Counters: Codable, Equatable, Sendable {
        package var calls = 0
        /// By the word of the call records.
        package var results: [String: Int] = [:]
        package var refusedDials = 0
        package var patriotConnections = 0
        package var modemOpenings = 0
    }

    /// The modem dials this number again only later.
    package struct RedialLock: Codable, Equatable, Sendable {
        package var number: String
        package var secondsLeft: Int
    }

    package var line: String
    /// The one sentence that systemd shows too.
    package var sentence: String
    package var isReady: Bool
    package var modem: Modem
    package var patriot: Patriot
    package var call: Call?
    package var lastCall: LastCall?
    package var redialLock: RedialLock?
    /// Who has the modem to himself.
    package var lease: String?
    /// What is not as it should be although calls go on, each a sentence.
    package var complaints: [String]
    package var counters: Counters
    /// Since the daemon started.
    package var upSeconds: Int
    /// Memory that the process has written to, in KiB.
    package var privateKilobytes: Int?
}
