import Dialler

/// A status report as a person reads it, no line longer than 80 columns except for texts from outside.
struct StatusPage {
    private let report: StatusReport

    init(_ report: StatusReport) {
        self.report = report
    }

    var lines: [String] {
        var lines = ["\(report.line): \(report.sentence)", ""]
        lines += wrapped("Patriot", "\(report.patriot.link), for \(Self.duration(report.patriot.seconds))")
        if let detail = report.patriot.detail { lines += wrapped("", detail) }
        lines.append(row("Modem", report.modem.text))
        if let sim = report.modem.sim { lines.append(row("SIM", sim)) }
        if let network = report.modem.network { lines.append(row("Network", network)) }
        if let signal = report.modem.signal, let dBm = report.modem.signalDBm {
            lines.append(row("Signal", "\(Self.bar(signal, of: 31)) \(dBm) dBm"))
        }
        lines.append(row("Call", report.call.map { $0.text(for: Self.duration($0.seconds)) } ?? "none"))
        lines += report.lastCalls.prefix(3).map { row("Last call", last($0)) }
        lines.append(row("Calls", Self.calls(report.counters)))
        if let lock = report.redialLock {
            lines.append(row("Redial", "the modem dials \(lock.number) again in \(Self.duration(lock.secondsLeft))"))
        }
        if let lease = report.lease { lines.append(row("Console", "\(lease) is using the modem")) }
        lines += report.complaints.map { row("Warning", $0) }
        lines.append(row("Uptime", "\(Self.duration(report.upSeconds))\(memory)"))
        return lines
    }

    private func row(_ name: String, _ text: String) -> String {
        "  " + name.padded(to: 11) + text
    }

    /// On lines of 80 columns.
    private func wrapped(_ name: String, _ text: String) -> [String] {
        ScreenLine.wrapped(text, to: 66).enumerated().map { row($0 == 0 ? name : "", $1) }
    }

    private func last(_ last: StatusReport.LastCall) -> String {
        let number = last.number.map { " \($0)" } ?? ""
        return "\(last.direction)\(number), \(Self.duration(last.endedSecondsAgo)) ago: \(last.reason)"
    }

    /// `12 (9 remote-hang-up, 3 no-answer); 1 refused`
    static func calls(_ counters: StatusReport.Counters) -> String {
        let results = counters.results.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let refused = counters.refusedDials == 0 ? "" : "; \(counters.refusedDials) refused"
        return "\(counters.calls)" + (results.isEmpty ? "" : " (\(results))") + refused
    }

    private var memory: String {
        report.privateKilobytes.map { ", \(($0 + 512) / 1024) MiB private memory" } ?? ""
    }

    /// `3 d 4 h`, `5 min 12 s`: the two largest parts.
    static func duration(_ seconds: Int) -> String {
        let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        var parts: [String] = []
        var rest = max(0, seconds)
        for (size, name) in units where rest >= size || (size == 1 && parts.isEmpty) {
            parts.append("\(rest / size) \(name)")
            rest %= size
        }
        return parts.prefix(2).joined(separator: " ")
    }

    /// `[#####.....]`
    private static func bar(_ value: Int, of limit: Int) -> String {
        let count = min(10, max(0, (value * 10 + limit - 1) / limit))
        return "[" + String(repeating: "#", count: count) + String(repeating: ".", count: 10 - count) + "]"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

extension StatusReport.Modem {
    /// `Example Net, registered at home`
    var network: String? {
        let parts = [operatorName, registration].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

extension StatusReport.Modem {
    /// Whether it can dial, and which one it is.
    var text: String { "\(readiness) (\(profile)\(port.map { " at \($0)" } ?? ""))" }
}

extension StatusReport.Call {
    /// What it is, and for how long.
    func text(for duration: String) -> String {
        "\(direction)\(number.map { " \($0)" } ?? ""), \(state), \(duration)"
    }
}
