import Dialler

/// A line's state as a screen that fits any window.
struct StatusScreen {
    /// What is shown.
    struct Scene {
        var report: StatusReport
        /// Whole seconds since the report; its durations are so much longer by now.
        var age: Int
        /// Why the line is waited for; nil while it is there.
        var obstacle: String?
        /// The time of day.
        var clock: String
        /// What stands at the bottom: the keys, a question, or what came of an order.
        var footer = StatusScreen.keys
        /// The help instead of the line.
        var showsHelp = false
    }

    static let keys = "q quits, h help"
    private static let nameWidth = 11
    /// Of the labels and the margin.
    private static let indent = 1 + nameWidth

    private let scene: Scene
    private let size: TerminalScreen.Size
    /// Whether the terminal shows more than ASCII.
    private let isUTF8: Bool

    init(_ scene: Scene, size: TerminalScreen.Size, isUTF8: Bool) {
        self.scene = scene
        self.size = size
        self.isUTF8 = isUTF8
    }

    private var report: StatusReport { scene.report }
    /// A terminal's last column stays free: not every terminal agrees on where the cursor is after it.
    private var width: Int { max(1, size.columns - 1) }

    /// At most as many as there are rows, each shorter than a row. What does not fit goes from the end of the last calls
    /// first, then from the bottom.
    var lines: [ScreenLine] {
        let top = [title, ScreenLine()] + headline + [ScreenLine()]
        let isShown = scene.obstacle == nil && !scene.showsHelp
        let middle = scene.showsHelp ? Self.help : isShown ? facts + health : []
        let calls = isShown ? lastCalls : []
        let footer = ScreenLine(" " + scene.footer, scene.footer == Self.keys ? .dim : .bold)
        let room = size.rows - top.count - middle.count
        var lines = top + middle
        // A heading without a call under it says nothing.
        if room >= 5 { lines += calls.prefix(room - 2) }
        if lines.count + 2 <= size.rows {
            lines += Array(repeating: ScreenLine(), count: size.rows - lines.count - 1)
            lines.append(footer)
        } else if lines.count > size.rows {
            lines.removeAll { $0.count == 0 }
        }
        return lines.prefix(size.rows).map { $0.cut(to: width) }
    }

    private static let help = [
        ScreenLine(" H   hang up the call, or reset a stuck line; asks first"),
        ScreenLine(" a   answer the incoming call; asks first"),
        ScreenLine(" h ? this help; any key closes it"),
        ScreenLine(" q   quit; Ctrl-C too"),
        ScreenLine(),
        ScreenLine(" --bell rings when the line is not ready any more, and at a call that comes in."),
    ]

    // MARK: Top

    private var title: ScreenLine {
        var line = ScreenLine(" patriot-dialler ", .dim)
        line.append(report.line, .bold)
        line.pad(to: width - scene.clock.count - 1)
        line.append(" " + scene.clock)
        return line
    }

    /// The one sentence that counts.
    private var headline: [ScreenLine] {
        guard let obstacle = scene.obstacle else {
            return ScreenLine.wrapped(report.sentence, to: width - 1)
                .map { ScreenLine(" " + $0, report.isReady || report.call != nil ? .good : .bad) }
        }
        let seen = "Last seen \(StatusPage.duration(scene.age)) ago: \(report.sentence)"
        return ScreenLine.wrapped("Waiting for the line: \(obstacle)", to: width - 1).map { ScreenLine(" " + $0, .bad) }
            + [ScreenLine()] + ScreenLine.wrapped(seen, to: width - 1).map { ScreenLine(" " + $0) }
    }

    // MARK: Facts

    private var facts: [ScreenLine] {
        var lines = rows("Patriot", patriot)
        if let detail = report.patriot.detail { lines += rows("", detail) }
        lines += rows("Modem", modem)
        if let sim = report.modem.sim { lines += rows("SIM", sim) }
        if let network = report.modem.network { lines += rows("Network", network) }
        if let signal { lines.append(row("Signal", signal)) }
        lines.append(row("Call", call, report.call == nil ? .plain : .bold))
        if let lock = report.redialLock {
            let left = StatusPage.duration(lock.secondsLeft - scene.age)
            lines.append(row("Redial", "the modem dials \(lock.number) again in \(left)"))
        }
        if let lease = report.lease { lines.append(row("Console", "\(lease) is using the modem")) }
        lines.append(row("Calls", StatusPage.calls(report.counters)))
        return lines
    }

    private func row(_ name: String, _ text: String, _ style: TextStyle = .plain) -> ScreenLine {
        var line = ScreenLine(" " + name, .dim)
        line.pad(to: Self.indent)
        line.append(text, style)
        return line
    }

    /// As many as the text needs.
    private func rows(_ name: String, _ text: String, _ style: TextStyle = .plain) -> [ScreenLine] {
        ScreenLine.wrapped(text, to: max(1, width - Self.indent)).enumerated().map { index, part in
            row(index == 0 ? name : "", part, style)
        }
    }

    private func duration(_ seconds: Int) -> String { StatusPage.duration(seconds + scene.age) }

    private var patriot: String {
        let heard = report.patriot.secondsSinceLastFrame.map { ", heard \(duration($0)) ago" } ?? ""
        // The first line has the sentence.
        let link = report.patriot.fault ?? report.patriot.link
        return "\(link), for \(duration(report.patriot.seconds))\(heard)"
    }

    private var modem: String {
        let modem = report.modem
        return modem.fault.map { "\($0) (\(modem.profile)\(modem.port.map { " at \($0)" } ?? ""))" } ?? modem.text
    }

    /// The newest to the right.
    private var signal: String? {
        guard let signal = report.modem.signal, let dBm = report.modem.signalDBm else { return nil }
        let text = "\(dBm) dBm, \(signal) of 31"
        let room = min(60, max(0, width - Self.indent - text.count - 2))
        let line = Self.sparkline(report.modem.signalHistory.suffix(room), isUTF8: isUTF8)
        return line.isEmpty ? text : line + "  " + text
    }

    /// A column for each value of 0...31.
    static func sparkline(_ values: some Collection<Int>, isUTF8: Bool) -> String {
        let steps = Array(isUTF8 ? "▁▂▃▄▅▆▇█" : "_.:-=+*#")
        return String(values.map { steps[min(steps.count - 1, max(0, $0) * steps.count / 32)] })
    }

    private var call: String {
        report.call.map { $0.text(for: Self.clock($0.seconds + scene.age)) } ?? "none"
    }

    /// `1:05`, `2:00:00`
    private static func clock(_ seconds: Int) -> String { CallListing.clock(.seconds(seconds)) }

    // MARK: Health

    /// What the first line does not say.
    private var health: [ScreenLine] {
        guard report.complaints.isEmpty else {
            return report.complaints.enumerated().flatMap { rows($0 == 0 ? "Health" : "", $1, .bad) }
        }
        return report.isReady ? [row("Health", "no problems", .good)] : []
    }

    // MARK: Calls

    private var lastCalls: [ScreenLine] {
        guard !report.lastCalls.isEmpty else { return [] }
        let numberWidth = min(17, report.lastCalls.map { $0.number?.count ?? 0 }.max() ?? 0)
        return [ScreenLine(), ScreenLine(" Last calls", .dim)]
            + report.lastCalls.flatMap { rows(of: $0, numberWidth: numberWidth) }
    }

    /// The reason goes over as many lines as it needs.
    private func rows(of call: StatusReport.LastCall, numberWidth: Int) -> [ScreenLine] {
        var line = ScreenLine(" \(duration(call.endedSecondsAgo)) ago")
        line.pad(to: 18)
        line.append(call.direction == "outbound" ? "out" : "in")
        line.pad(to: 23)
        line.append(String((call.number ?? "").suffix(numberWidth)))
        line.pad(to: 25 + numberWidth)
        let isRefused = call.result == CallRecord.refusedResult
        if !isRefused { line.append(Self.clock(call.answeredSeconds ?? call.seconds)) }
        line.pad(to: 33 + numberWidth)
        let indent = line.count
        let outcome = isRefused ? "refused: " : call.answeredSeconds == nil ? "unanswered: " : "answered: "
        let style: TextStyle = isRefused ? .bad : call.answeredSeconds == nil ? .yellow : .plain
        let parts = ScreenLine.wrapped(outcome + call.reason, to: max(12, width - indent))
        return parts.enumerated().map { index, part in
            var row = index == 0 ? line : ScreenLine(String(repeating: " ", count: indent))
            row.append(part, style)
            return row
        }
    }
}
