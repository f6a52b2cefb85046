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
    }

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
        let middle = scene.obstacle == nil ? facts + health : []
        let calls = scene.obstacle == nil ? lastCalls : []
        let footer = ScreenLine(" q quits", .dim)
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
        var lines = [row("Patriot", patriot), row("Modem", report.modem.text)]
        if let sim = report.modem.sim { lines.append(row("SIM", sim)) }
        if let network = report.modem.network { lines.append(row("Network", network)) }
        if let signal { lines.append(row("Signal", signal)) }
        lines.append(row("Call", call, report.call == nil ? .plain : .bold))
        if let lock = report.redialLock {
            let left = StatusPage.duration(lock.secondsLeft - scene.age)
            lines.append(row("Redial", "the modem dials \(lock.number) again in \(left)"))
        }
        if let lease = report.lease { lines.append(row("Lease", "\(lease) has the modem")) }
        lines.append(row("Calls", StatusPage.calls(report.counters)))
        return lines
    }

    private func row(_ name: String, _ text: String, _ style: TextStyle = .plain) -> ScreenLine {
        var line = ScreenLine(" " + name, .dim)
        line.pad(to: Self.indent)
        line.append(text, style)
        return line
    }

    private func duration(_ seconds: Int) -> String { StatusPage.duration(seconds + scene.age) }

    private var patriot: String {
        let heard = report.patriot.secondsSinceLastFrame.map { ", heard \(duration($0)) ago" } ?? ""
        return "\(report.patriot.link), for \(duration(report.patriot.seconds))\(heard)"
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

    private var health: [ScreenLine] {
        let reasons = report.reasons
        guard !reasons.isEmpty else { return [row("Health", "nothing to complain of", .good)] }
        return reasons.enumerated().flatMap { index, reason in
            ScreenLine.wrapped(reason, to: max(1, width - Self.indent)).enumerated().map { part, text in
                row(index == 0 && part == 0 ? "Health" : "", part == 0 ? text : "  " + text, .bad)
            }
        }
    }

    // MARK: Calls

    private var lastCalls: [ScreenLine] {
        guard !report.lastCalls.isEmpty else { return [] }
        let numberWidth = min(17, report.lastCalls.map { $0.number?.count ?? 0 }.max() ?? 0)
        return [ScreenLine(), ScreenLine(" Last calls", .dim)]
            + report.lastCalls.map { call in
                var line = ScreenLine(" \(duration(call.endedSecondsAgo)) ago")
                line.pad(to: 18)
                line.append(call.direction == "outbound" ? "out" : "in")
                line.pad(to: 23)
                line.append(String((call.number ?? "").suffix(numberWidth)))
                line.pad(to: 25 + numberWidth)
                line.append(Self.clock(call.seconds))
                line.pad(to: 33 + numberWidth)
                line.append(call.reason)
                return line
            }
    }
}

extension StatusReport {
    /// What keeps a click in Patriot from becoming a call, and what else is not as it should be; each a sentence part.
    var reasons: [String] {
        var reasons: [String] = []
        if !modem.isReady { reasons.append("modem: \(modem.readiness)") }
        if !patriot.isAuthenticated { reasons.append("Patriot: \(patriot.link)") }
        return reasons + complaints
    }
}
