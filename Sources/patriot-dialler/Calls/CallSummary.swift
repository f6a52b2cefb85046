import Basics
import Dialler
import ModemCore

/// Calls as a supervisor reads them: how many there were, were answered, were not or failed, in all and by day, hour and line,
/// and by result with bars; in 80 columns.
struct CallSummary {
    private static let barWidth = 50

    private let calls: [RecordedCall]

    init(_ calls: [RecordedCall]) {
        self.calls = calls
    }

    /// - Parameter isUTF8: whether the terminal shows more than ASCII.
    func text(isUTF8: Bool) -> String {
        var parts = [total, "", Self.heading, Self.row("all", calls)]
        let days = groups { $0.time.local.date }
        if days.count > 1 { parts += ["by day"] + days.map { Self.row($0, $1) } }
        parts += ["by hour"] + hours.map { Self.row($0, $1) }
        let lines = groups { visible($0.subject.line) }
        if lines.count > 1 { parts += ["by line"] + lines.map { Self.row($0, $1) } }
        parts += ["", "by result", Self.chart(byResult, bar: isUTF8 ? "█" : "#")]
        return parts.joined(separator: "\n")
    }

    private var total: String {
        guard let first = calls.first, let last = calls.last else { return "" }
        let outbound = calls.count { $0.subject.direction == .outbound }
        let answered = calls.count { $0.answer != nil }
        let talked = calls.compactMap { $0.ending?.answered }.reduce(.zero, +)
        return """
            \(calls.count) call\(calls.count == 1 ? "" : "s"), \(first.time.local.date) to \(last.time.local.date): \
            \(outbound) out, \(calls.count - outbound) in
            \(answered) seen to be answered, talked for \(CallListing.clock(talked))
            """
    }

    // MARK: The table

    /// What became of a call.
    private enum Outcome {
        case answered, unanswered, busy, failed, open
    }

    private static func outcome(of call: RecordedCall) -> Outcome {
        if call.answer != nil { return .answered }
        switch call.ending?.result {
        case nil: return .open
        case "busy": return .busy
        // Who gave up first does not matter: nobody was spoken to.
        case "no-answer", "missed", "local-hang-up", "remote-hang-up", "rejected", "unknown-end": return .unanswered
        default: return .failed
        }
    }

    private static let heading = line("", ["calls", "answered", "share", "not answered", "busy", "failed", "avg talk"])

    private static func row(_ name: String, _ calls: [RecordedCall]) -> String {
        let outcomes = calls.map(outcome)
        func count(_ outcome: Outcome) -> Int { outcomes.count { $0 == outcome } }
        let answered = count(.answered)
        let share = calls.isEmpty ? "-" : "\((answered * 100 + calls.count / 2) / calls.count) %"
        let talks = calls.compactMap { $0.ending?.answered }
        let average = talks.isEmpty ? "-" : CallListing.clock(talks.reduce(.zero, +) / talks.count)
        return line(
            name,
            [
                "\(calls.count)", "\(answered)", share, "\(count(.unanswered))", "\(count(.busy))", "\(count(.failed))",
                average,
            ]
        )
    }

    private static func line(_ name: String, _ cells: [String]) -> String {
        let name = String(name.prefix(12))
        return "  " + name + String(repeating: " ", count: 12 - name.count)
            + zip(cells, [6, 9, 6, 13, 5, 7, 9]).map { cell, width in
                String(repeating: " ", count: max(1, width - cell.count)) + cell
            }.joined()
    }

    private func groups(_ key: (RecordedCall) -> String) -> [(String, [RecordedCall])] {
        Dictionary(grouping: calls, by: key).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// From the first hour that has calls to the last, by the local clock.
    private var hours: [(String, [RecordedCall])] {
        let groups = Dictionary(grouping: calls) { $0.time.local.hour }
        guard let first = groups.keys.min(), let last = groups.keys.max() else { return [] }
        return (first...last).map { ($0 < 10 ? "0\($0)" : "\($0)", groups[$0] ?? []) }
    }

    /// The commonest first.
    private var byResult: [(name: String, count: Int)] {
        let counts = Dictionary(calls.map { (visible(CallListing($0).result), 1) }, uniquingKeysWith: +)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private static func chart(_ rows: [(name: String, count: Int)], bar: Character) -> String {
        let most = rows.map(\.count).max() ?? 1
        let nameWidth = min(20, rows.map(\.name.count).max() ?? 0)
        let countWidth = String(most).count
        return rows.map { name, count in
            let name = String(name.prefix(nameWidth))
            // A call that is there is seen.
            let length = count == 0 ? 0 : max(1, count * barWidth / most)
            let line =
                "  " + name
                + String(repeating: " ", count: nameWidth - name.count + 1 + countWidth - String(count).count)
                + "\(count) " + String(repeating: bar, count: length)
            return length == 0 ? String(line.dropLast()) : line
        }.joined(separator: "\n")
    }
}
