import Dialler

/// Several lines as a table, a row a line, the worst first; under it what is wrong with each that is not ready.
struct StatusOverview {
    /// In the order in which they are shown.
    let views: [LineView]
    /// Columns of the terminal; nil where nothing is to be cut.
    private let width: Int?

    init(_ views: [LineView], width: Int?) {
        self.views = views.worstFirst
        self.width = width
    }

    /// All of it.
    var lines: [ScreenLine] { [summary, ScreenLine()] + table + details }

    // MARK: Parts

    /// `10 lines: 2 not ready, 8 ready, 1 in a call`
    var summary: ScreenLine {
        let broken = views.count { !$0.isFine }
        let calls = views.count { $0.report?.call != nil }
        var parts: [String] = []
        if broken > 0 { parts.append("\(broken) not ready") }
        parts.append(broken == 0 ? "all ready" : "\(views.count - broken) ready")
        if calls > 0 { parts.append("\(calls) in a call") }
        let text = "\(views.count) lines: \(parts.joined(separator: ", "))"
        return ScreenLine(text, broken > 0 ? .bad : .good)
    }

    /// With its heading.
    var table: [ScreenLine] {
        let rows = [["LINE", "STATE", "NETWORK", "CALL", "LAST CALL", "SINCE"]] + views.map(cells)
        let widths = fitted(rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 })
        return rows.enumerated().map { index, row in
            let style: (Int) -> TextStyle = { column in
                if index == 0 { return .dim }
                guard column < 2 else { return .plain }
                return views[index - 1].isFine ? (column == 1 ? .good : .plain) : .bad
            }
            var line = ScreenLine()
            var end = 0
            for (column, cell) in row.enumerated() where widths[column] > 0 {
                line.append(ScreenLine(cell).cut(to: widths[column]).text(isColoured: false), style(column))
                end += widths[column] + 2
                if column + 1 < row.count { line.pad(to: end) }
            }
            return line
        }
    }

    /// An empty line, and a sentence of each line that is not ready or has a warning; nothing where there is none.
    var details: [ScreenLine] {
        let troubled = views.filter { $0.rank != .fine }
        guard !troubled.isEmpty else { return [] }
        return [ScreenLine()]
            + troubled.flatMap { view -> [ScreenLine] in
                let text = "\(view.name): \(view.sentence)"
                guard let width else { return [ScreenLine(text)] }
                return ScreenLine.wrapped(text, to: max(10, width - 3)).enumerated().map { index, part in
                    ScreenLine(index == 0 ? part : "  " + part)
                }
            }
    }

    // MARK: Cells

    private func cells(of view: LineView) -> [String] {
        guard let report = view.report else { return [view.name, view.state, "", "", "", ""] }
        return [
            view.name, view.state, network(report.modem), call(report, view.age), last(report, view.age),
            report.isReadySeconds.map { Self.duration($0 + view.age) } ?? "",
        ]
    }

    private func network(_ modem: StatusReport.Modem) -> String {
        let name = modem.operatorName ?? (modem.isRegistered == true ? "registered" : nil)
        return [name, modem.signalDBm.map { "\($0) dBm" }].compactMap { $0 }.joined(separator: " ")
    }

    private func call(_ report: StatusReport, _ age: Int) -> String {
        guard let call = report.call else { return "" }
        let state = call.state.prefix { $0 != "," }
        return Self.party(call.direction, call.number) + " \(state) "
            + CallListing.clock(.seconds(call.seconds + age))
    }

    private func last(_ report: StatusReport, _ age: Int) -> String {
        guard let call = report.lastCall else { return "" }
        return Self.party(call.direction, call.number) + " \(call.result) "
            + Self.duration(call.endedSecondsAgo + age) + " ago"
    }

    private static func party(_ direction: String, _ number: String?) -> String {
        (direction == "outbound" ? "out" : "in") + (number.map { " \($0)" } ?? "")
    }

    /// The largest part of it: `3 h`.
    private static func duration(_ seconds: Int) -> String {
        StatusPage.duration(seconds).split(separator: " ").prefix(2).joined(separator: " ")
    }

    // MARK: Widths

    /// The widths of the columns, made less where the terminal has less: first of what matters least.
    private func fitted(_ widths: [Int]) -> [Int] {
        guard let width else { return widths }
        var widths = widths
        // Last call, network, call, and the state last; the name and the time are never cut.
        for (column, least) in [(4, 14), (2, 10), (3, 12), (4, 0), (2, 0), (1, 15), (3, 0)] {
            let total = widths.filter { $0 > 0 }.reduce(-2) { $0 + $1 + 2 }
            let surplus = total - (width - 1)
            guard surplus > 0 else { break }
            // A column with no least width goes as a whole.
            widths[column] = least == 0 ? 0 : max(min(least, widths[column]), widths[column] - surplus)
        }
        return widths
    }
}
