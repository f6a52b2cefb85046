import Basics
import Dialler
import ModemCore

/// How many calls there were: in all, by the hour of the day and by result, with bars, in 80 columns.
struct CallSummary {
    private static let barWidth = 50

    private let calls: [RecordedCall]

    init(_ calls: [RecordedCall]) {
        self.calls = calls
    }

    /// - Parameter isUTF8: whether the terminal shows more than ASCII.
    func text(isUTF8: Bool) -> String {
        let bar: Character = isUTF8 ? "█" : "#"
        return [
            total,
            "\nby hour",
            Self.chart(byHour, bar: bar),
            "\nby result",
            Self.chart(byResult, bar: bar),
        ].joined(separator: "\n")
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

    /// From the first hour that has calls to the last, by the local clock.
    private var byHour: [(name: String, count: Int)] {
        var counts = [Int](repeating: 0, count: 24)
        for call in calls { counts[call.time.local.hour] += 1 }
        let busy = counts.indices.filter { counts[$0] > 0 }
        guard let first = busy.first, let last = busy.last else { return [] }
        return (first...last).map { ($0 < 10 ? "0\($0)" : "\($0)", counts[$0]) }
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
