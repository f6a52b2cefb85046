import Dialler

/// A status report in Prometheus' text format (version 0.0.4).
struct StatusMetrics {
    private let report: StatusReport

    init(_ report: StatusReport) {
        self.report = report
    }

    var text: String {
        var text = ""
        func metric(
            _ name: String,
            _ kind: String,
            _ help: String,
            _ samples: [(labels: [(String, String)], value: Int)]
        ) {
            text += "# HELP patriot_dialler_\(name) \(help)\n# TYPE patriot_dialler_\(name) \(kind)\n"
            for sample in samples {
                let labels = ([("line", report.line)] + sample.labels).map { "\($0)=\"\(Self.escaped($1))\"" }
                text += "patriot_dialler_\(name){\(labels.joined(separator: ","))} \(sample.value)\n"
            }
        }
        func gauge(_ name: String, _ help: String, _ value: Int?) {
            if let value { metric(name, "gauge", help, [([], value)]) }
        }
        gauge("ready", "Whether a click in Patriot can become a call now.", report.isReady ? 1 : 0)
        gauge("modem_ready", "Whether the modem can dial.", report.modem.isReady ? 1 : 0)
        gauge("patriot_connected", "Whether Patriot has accepted the key.", report.patriot.isAuthenticated ? 1 : 0)
        gauge("patriot_link_seconds", "For how long the link to Patriot has been as it is.", report.patriot.seconds)
        gauge("signal", "Reception, 0 to 31 (27.007 8.5).", report.modem.signal)
        gauge("call_active", "Whether the line is in a call.", report.call == nil ? 0 : 1)
        gauge("complaints", "What is not as it should be although calls go on.", report.complaints.count)
        gauge("up_seconds", "Since the daemon started.", report.upSeconds)
        gauge("private_bytes", "Memory that the daemon has written to.", report.privateKilobytes.map { $0 * 1024 })
        let counters = report.counters
        let results = counters.results.sorted { $0.key < $1.key }.map {
            (labels: [("result", $0.key)], value: $0.value)
        }
        metric("calls_total", "counter", "Calls that began.", [([], counters.calls)])
        if !results.isEmpty { metric("calls_ended_total", "counter", "Calls that ended, by their result.", results) }
        metric("refused_dials_total", "counter", "Dial requests that came to nothing.", [([], counters.refusedDials)])
        metric("patriot_connections_total", "counter", "Connections to Patriot.", [([], counters.patriotConnections)])
        metric("modem_openings_total", "counter", "How often the modem was set up.", [([], counters.modemOpenings)])
        return text
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
