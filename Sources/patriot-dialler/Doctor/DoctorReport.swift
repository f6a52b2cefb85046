import Dialler
import PatriotCore

/// What `doctor` shows, for a person and for a program.
struct DoctorReport {
    private let facts: LineFacts
    let findings: [Finding]

    init(facts: LineFacts) {
        self.facts = facts
        findings = facts.findings
    }

    var isWorking: Bool { !findings.contains { $0.severity == .error } }

    var subject: String { facts.line ?? facts.configurationFile ?? "the line" }

    /// The first line is ``firstHeading``.
    var text: String {
        let headings = [firstHeading] + findings.dropFirst().map { "\(Self.word($0)): \($0.cause)" }
        let consequences = findings.map { "\n  What to do: \($0.remedy)\n  (\($0.id.rawValue))" }
        let blocks = zip(headings, consequences + [""]).map { $0 + $1 }
        return (blocks + [checks]).joined(separator: "\n\n")
    }

    /// Names the root cause, if there is one.
    var firstHeading: String {
        guard let first = findings.first else { return "Nothing is wrong: \(subject) can work." }
        let errors = findings.count { $0.severity == .error }
        switch (errors, findings.count) {
        case (0, 1) where facts.isPartlyUnchecked:
            return "\(subject) is working, as far as this user may see: \(first.cause)"
        case (0, 1): return "\(subject) is working. 1 warning: \(first.cause)"
        case (0, let count):
            return "\(subject) is working. \(count) warnings, the first: \(first.cause)"
        case (1, _): return "\(subject) is not working: \(first.cause)"
        default: return "\(subject) is not working, \(errors) problems, the first: \(first.cause)"
        }
    }

    private static func word(_ finding: Finding) -> String {
        switch finding.severity {
        case .error: "Also"
        case .warning: "Warning"
        }
    }

    private var checks: String {
        facts.checks.map { check in
            let mark =
                switch check.outcome {
                case .fine: "ok"
                case .wrong: "!!"
                case .notLookedAt: "--"
                }
            let name = check.area.rawValue
            return "  \(mark)  \(name)" + String(repeating: " ", count: 15 - name.count) + check.text
        }.joined(separator: "\n")
    }

    /// An array; the names of its members are a promise.
    var json: JSONText {
        .array(
            findings.map { finding in
                .object([
                    ("id", .string(finding.id.rawValue)),
                    ("severity", .string(finding.severity.rawValue)),
                    ("cause", .string(finding.cause)),
                    ("remedy", .string(finding.remedy)),
                ])
            }
        )
    }
}

/// What `doctor` shows of several lines, the worst first.
struct DoctorOverview {
    private let reports: [DoctorReport]

    init(_ reports: [DoctorReport]) {
        let broken = reports.filter { !$0.isWorking }
        let doubtful = reports.filter { $0.isWorking && !$0.findings.isEmpty }
        self.reports = broken + doubtful + reports.filter(\.findings.isEmpty)
    }

    /// The checks of a line on which nothing is wrong are not shown.
    var text: String {
        let broken = reports.count { !$0.isWorking }
        let state = broken == 0 ? "all working" : "\(broken) not working, \(reports.count - broken) working"
        let blocks = reports.map { $0.findings.isEmpty ? $0.firstHeading : $0.text }
        return (["\(reports.count) lines: \(state)"] + blocks).joined(separator: "\n\n")
    }

    /// An array, an object a line; the names of its members are a promise.
    var json: JSONText {
        .array(reports.map { .object([("line", .string($0.subject)), ("findings", $0.json)]) })
    }
}
