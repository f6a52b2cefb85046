import Basics
import Dialler

/// Calls as rows of a table that fits 80 columns.
struct CallTable {
    private let rows: [[String]]
    private let reasons: [String?]

    /// - Parameter showsReasons: each call's reason stands on a line of its own under it.
    init(_ calls: [RecordedCall], showsReasons: Bool) {
        let hasSeveralLines = Set(calls.map(\.subject.line)).count > 1
        let heading = ["time"] + (hasSeveralLines ? ["line"] : []) + ["", "number", "result", "length", "talked"]
        rows =
            [heading]
            + calls.map { call in
                let listing = CallListing(call)
                let line = hasSeveralLines ? [Self.cut(visible(call.subject.line), to: 8)] : []
                let result = Self.cut(visible(listing.result), to: 18)
                let number = Self.cut(listing.number, to: hasSeveralLines ? 12 : 17)
                return [listing.time] + line + [listing.direction, number, result, listing.duration, listing.talked]
            }
        reasons = [nil] + calls.map { showsReasons ? $0.ending?.reason : nil }
    }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return zip(rows, reasons).map { row, reason in
            let cells = row.indices.map { column in
                // Durations stand under each other by their last digit.
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column >= row.count - 2 ? padding + row[column] : row[column] + padding
            }
            let line = cells.joined(separator: "  ")
            let trimmed = String(line.reversed().drop { $0 == " " }.reversed())
            guard let reason, !reason.isEmpty else { return trimmed }
            return trimmed + "\n    " + visible(reason)
        }.joined(separator: "\n")
    }

    /// The end of a number tells more than its beginning.
    private static func cut(_ text: String, to count: Int) -> String {
        text.count > count ? "…" + text.suffix(count - 1) : text
    }
}
