import Dialler
import PatriotCore

/// What one look at a line found.
struct LineView {
    /// What came of asking it.
    enum Answer {
        case report(StatusReport)
        /// Nobody serves its control socket.
        case notRunning
        /// It has not answered in time, or not sensibly.
        case noAnswer
        /// This user may not ask it.
        case notAllowed
    }

    /// How bad it is: what comes first is what a person has to look at first.
    enum Rank: Int, Comparable {
        case noAnswer, notRunning, notAllowed, noModem, noPatriot, warning, fine

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    let name: String
    let answer: Answer
    /// Whole seconds since the report.
    let age: Int

    init(_ follower: LineFollower) {
        name = follower.line.name
        age = max(0, Int(follower.age.components.seconds))
        answer =
            switch (follower.obstacle, follower.report) {
            case (.noDaemon, _): .notRunning
            case (.notAllowed, _): .notAllowed
            case (.lost, _), (.timedOut, _), (nil, nil): .noAnswer
            case (nil, let report?): .report(report)
            }
    }

    var report: StatusReport? {
        if case .report(let report) = answer { report } else { nil }
    }

    /// Whether a click in Patriot can become a call, or is one.
    var isFine: Bool { report.map { $0.isReady || $0.call != nil } ?? false }

    var rank: Rank {
        switch answer {
        case .noAnswer: .noAnswer
        case .notRunning: .notRunning
        case .notAllowed: .notAllowed
        case .report(let report):
            if !report.modem.isReady && report.call == nil {
                .noModem
            } else if !report.patriot.isAuthenticated {
                .noPatriot
            } else {
                report.complaints.isEmpty ? .fine : .warning
            }
        }
    }

    /// Whether it is ready, or why not, in a few words; ``sentence`` has the rest.
    var state: String {
        switch answer {
        case .noAnswer: return "does not answer"
        case .notRunning: return "not running"
        case .notAllowed: return "permission denied"
        case .report(let report):
            let faults = [report.modem.fault, report.patriot.fault].compactMap { $0 }
            guard faults.isEmpty else { return faults.joined(separator: ", ") }
            return report.complaints.isEmpty ? "ready" : "ready, warning"
        }
    }

    /// The whole of it, with what to do.
    var sentence: String {
        switch answer {
        case .noAnswer: "Does not answer: run sudo patriot-dialler doctor --line \(name)"
        case .notRunning: "Not running: start it with sudo systemctl start patriot-dialler@\(name)"
        case .notAllowed: "Permission denied: use sudo, or add this user to the group patriot-dialler and log in again"
        case .report(let report): ([report.sentence] + report.complaints).joined(separator: " ")
        }
    }

    /// One object: the line's report, or, of a line without one, `line`, `isReady`, `sentence` and `answer`.
    var json: String {
        let word: String
        switch answer {
        case .report(let report): return report.jsonLine
        case .noAnswer: word = "no-answer"
        case .notRunning: word = "not-running"
        case .notAllowed: word = "not-allowed"
        }
        let members: [(String, JSONText)] = [
            ("answer", .string(word)), ("isReady", .bool(false)), ("line", .string(name)),
            ("sentence", .string(sentence)),
        ]
        return "\(JSONText.object(members))"
    }
}

extension [LineView] {
    /// The worst first; among equals by name, line2 before line10.
    var worstFirst: [LineView] {
        sorted { left, right in
            left.rank == right.rank ? left.name.isNaturallyBefore(right.name) : left.rank < right.rank
        }
    }
}

extension String {
    /// By their letters, and by their numbers as numbers.
    fileprivate func isNaturallyBefore(_ other: String) -> Bool {
        var (left, right) = (self[...], other[...])
        while let first = left.first, let second = right.first {
            let (leftDigits, rightDigits) = (left.prefix(while: \.isNumber), right.prefix(while: \.isNumber))
            if let leftNumber = Int(leftDigits), let rightNumber = Int(rightDigits) {
                if leftNumber != rightNumber { return leftNumber < rightNumber }
                (left, right) = (left.dropFirst(leftDigits.count), right.dropFirst(rightDigits.count))
            } else {
                if first != second { return first < second }
                (left, right) = (left.dropFirst(), right.dropFirst())
            }
        }
        return left.isEmpty && !right.isEmpty
    }
}

extension StatusReport.Modem {
    /// What is wrong, in a few words; nil when nothing is.
    var fault: String? {
        guard !isReady else { return nil }
        switch state {
        case "not-plugged-in": return "modem not found"
        case "held": return "modem in use"
        case "cannot-open": return "modem cannot be opened"
        case "opening": return "opening modem"
        case "setting-up": return "setting up modem"
        case "sim": return "SIM not ready"
        case "no-network": return "no network"
        case "no-voice": return "no voice calls"
        case "restarting": return "modem keeps restarting"
        case "not-responding": return "modem not responding"
        case "garbage": return "modem sends garbage"
        case "hung": return "modem port hangs"
        default: return "modem not ready"
        }
    }
}

extension StatusReport.Patriot {
    /// What is wrong, in a few words; nil when nothing is.
    var fault: String? {
        guard !isAuthenticated else { return nil }
        switch state {
        case "connecting", "connected": return "connecting to Patriot"
        case "refused": return "API key refused"
        case "listening": return "waiting for Patriot"
        default: return "no Patriot"
        }
    }
}
