import Basics
import Dialler

/// What is known of lines in Prometheus' text format (version 0.0.4): one family a metric, with a sample a line.
struct StatusMetrics {
    private typealias Sample = (labels: [(String, String)], value: Int)

    private static let links = ["connecting", "connected", "authenticated", "refused", "disconnected"]
    /// Those of the ladder, so that each is there before it is needed for the first time.
    private static let rungs = ["resynchronize", "set-up", "reopen", "reset"]

    /// In the order in which they are shown.
    private var families: [(header: String, samples: String)] = []
    /// Of each family, by its name.
    private var places: [String: Int] = [:]
    private var line = ""

    init(_ report: StatusReport) {
        add(report)
    }

    init(_ views: [LineView]) {
        for view in views {
            line = view.name
            gauge("answering", "Whether the line's process answers.", view.report == nil ? 0 : 1)
            if let report = view.report {
                add(report)
            } else {
                gauge("ready", Self.readyHelp, 0)
            }
        }
    }

    /// All of it, line ends included.
    var text: String { families.map { $0.header + $0.samples }.joined() }

    private static let readyHelp = "Whether a click in Patriot can become a call now."

    private mutating func add(_ report: StatusReport) {
        line = report.line
        add(modem: report.modem)
        add(patriot: report.patriot)
        gauge("ready", Self.readyHelp, report.isReady ? 1 : 0)
        gauge("call_active", "Whether the line is in a call.", report.call == nil ? 0 : 1)
        gauge("call_seconds", "For how long the line has been in its call.", report.call?.seconds)
        gauge("complaints", "What is not as it should be although calls go on.", report.complaints.count)
        gauge("up_seconds", "Since the daemon started.", report.upSeconds)
        gauge("private_bytes", "Memory that the daemon has written to.", report.privateKilobytes.map { $0 * 1024 })
        add(counters: report.counters)
        add(latencies: report.latencies)
    }

    private mutating func add(modem: StatusReport.Modem) {
        gauge("modem_ready", "Whether the modem can dial.", modem.isReady ? 1 : 0)
        gauge("registered", "Whether the network lets the modem call.", modem.isRegistered.map { $0 ? 1 : 0 })
        gauge("signal", "Reception, 0 to 31 (27.007 8.5).", modem.signal)
        gauge("signal_dbm", "Reception in dBm.", modem.signalDBm)
    }

    private mutating func add(patriot: StatusReport.Patriot) {
        gauge("patriot_connected", "Whether Patriot has accepted the key.", patriot.isAuthenticated ? 1 : 0)
        let states = Self.links.map { (labels: [("state", $0)], value: $0 == patriot.state ? 1 : 0) }
        metric("patriot_link", "gauge", "How the line stands with Patriot: 1 for the state it is in.", states)
        gauge("patriot_link_seconds", "For how long the link to Patriot has been as it is.", patriot.seconds)
        let age = patriot.secondsSinceLastFrame
        gauge("patriot_last_frame_age_seconds", "Since anything came from Patriot, pongs included.", age)
    }

    private mutating func add(counters: StatusReport.Counters) {
        func samples(_ counts: [String: Int], label: String) -> [Sample] {
            counts.sorted { $0.key < $1.key }.map { ([(label, $0.key)], $0.value) }
        }
        counter("calls_total", "Calls that began.", [([], counters.calls)])
        let results = samples(counters.results, label: "result")
        counter("calls_ended_total", "Calls that ended, by their result.", results)
        counter("refused_dials_total", "Dial requests that came to nothing.", [([], counters.refusedDials)])
        counter("patriot_connections_total", "Connections to Patriot.", [([], counters.patriotConnections)])
        counter("modem_openings_total", "How often the modem was set up.", [([], counters.modemOpenings)])
        let none = Dictionary(uniqueKeysWithValues: Self.rungs.map { ($0, 0) })
        let recoveries = samples(counters.recoveries.merging(none) { known, _ in known }, label: "rung")
        counter("recoveries_total", "What was done to get the modem back, by the rung of the ladder.", recoveries)
    }

    private mutating func add(latencies: StatusReport.Latencies) {
        summary("dial", "From Patriot's dial request to the dial command for the modem.", latencies.dial)
        summary("report", "From a change of the call to the message that tells Patriot.", latencies.report)
        summary("hang_up", "From Patriot's hang-up request to the confirmed end of the call.", latencies.hangUp)
    }

    // MARK: The format

    private mutating func gauge(_ name: String, _ help: String, _ value: Int?) {
        if let value { metric(name, "gauge", help, [([], value)]) }
    }

    private mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
        if !samples.isEmpty { metric(name, "counter", help, samples) }
    }

    private mutating func summary(_ name: String, _ help: String, _ latency: StatusReport.Latency) {
        let summary = family(name + "_seconds", "summary", help)
        add(name + "_seconds_sum", [], Self.seconds(latency.totalMicroseconds), to: summary)
        add(name + "_seconds_count", [], "\(latency.count)", to: summary)
        let longest = family(name + "_longest_seconds", "gauge", help + " The longest.")
        add(name + "_longest_seconds", [], Self.seconds(latency.longestMicroseconds), to: longest)
    }

    private mutating func metric(_ name: String, _ kind: String, _ help: String, _ samples: [Sample]) {
        let family = family(name, kind, help)
        for sample in samples { add(name, sample.labels, "\(sample.value)", to: family) }
    }

    /// Its place; made where it is not there yet.
    private mutating func family(_ name: String, _ kind: String, _ help: String) -> Int {
        if let place = places[name] { return place }
        places[name] = families.count
        families.append(("# HELP patriot_dialler_\(name) \(help)\n# TYPE patriot_dialler_\(name) \(kind)\n", ""))
        return families.count - 1
    }

    private mutating func add(_ name: String, _ labels: [(String, String)], _ value: String, to family: Int) {
        let labels = ([("line", line)] + labels).map { "\($0)=\"\(prometheusLabel($1))\"" }
        families[family].samples += "patriot_dialler_\(name){\(labels.joined(separator: ","))} \(value)\n"
    }

    private static func seconds(_ microseconds: Int) -> String { "\(Double(microseconds) / 1_000_000)" }
}
