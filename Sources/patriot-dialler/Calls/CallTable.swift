import Basics
import Dialler

/// Calls as rows of a table that fits 80 columns.
struct CallTable {
    private let rows: [[String]]
    private let reasons: [String?]

    /// - Parameter showsReasons: each call's reason stands on a line of its own under it.
    init(_ calls: [RecordedCall], showsReasons: Bool) {
        let showsLines = Set(calls.map(\.subject.line)).count > 1
        rows = [Self.headings(showsLines)] + calls.map { Self.cells(of: $0, showsLines) }
        reasons = [nil] + calls.map { showsReasons ? $0.ending?.reason : nil }
    }

    private static func headings(_ showsLines: Bool) -> [String] {
        ["time"] + (showsLines ? ["line"] : []) + ["", "number", "result", "length", "talked"]
    }

    private static func cells(of call: RecordedCall, _ showsLines: Bool) -> [String] {
        let listing = CallListing(call)
        let line = showsLines ? [cut(visible(call.subject.line), to: 8)] : []
        let result = cut(visible(listing.result), to: 18)
        let number = cut(listing.number, to: showsLines ? 12 : 17)
        return [listing.time] + line + [listing.direction, number, result, listing.duration, listing.talked]
    }

    // MARK: A table that grows

    /// Of rows that come one by one, whose widths cannot be known.
    static func heading(showsLines: Bool) -> String {
        text(of: headings(showsLines), reason: nil, widths: widths(showsLines))
    }

    static func row(_ call: RecordedCall, showsLines: Bool, showsReasons: Bool) -> String {
        let reason = showsReasons ? call.ending?.reason : nil
        return text(of: cells(of: call, showsLines), reason: reason, widths: widths(showsLines))
    }

    private static func widths(_ showsLines: Bool) -> [Int] {
        [19] + (showsLines ? [8] : []) + [3, showsLines ? 12 : 17, 18, 7, 7]
    }

    // MARK: Text

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return zip(rows, reasons).map { Self.text(of: $0, reason: $1, widths: widths) }.joined(separator: "\n")
    }

    private static func text(of row: [String], reason: String?, widths: [Int]) -> String {
        let cells = row.indices.map { column in
            // Durations stand under each other by their last digit.
            let padding = String(repeating: " ", count: max(0, widths[column] - row[column].count))
            return column >= row.count - 2 ? padding + row[column] : row[column] + padding
        }
        let line = cells.joined(separator: "  ")
        let trimmed = String(line.reversed().drop { $0 == " " }.reversed())
        guard let reason, !reason.isEmpty else { return trimmed }
        return trimmed + "\n    " + visible(reason)
    }

    /// The end of a number tells more than its beginning.
    private static func cut(_ text: String, to count: Int) -> String {
        text.count > count ? "…" + text.suffix(count - 1) : text
    }
}
