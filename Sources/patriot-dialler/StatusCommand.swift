import ArgumentParser
import Dialler

/// Shows how a running line fares.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the status of a running line.",
        discussion: """
            Exit code 0: a click in Patriot can become a call, or is one. 1: it cannot, and the first line says why. 65: it did \
            not answer in time. 67: no line is running.

            Examples:
              patriot-dialler status
              patriot-dialler status --watch
              patriot-dialler status --line line2 --json
              patriot-dialler status --prometheus >/tmp/line1.prom
            """
    )

    @Flag(help: "Keep watching: full screen on a terminal (q quits), otherwise one line per change.")
    var watch = false

    @Flag(help: "One JSON object; with --watch one a line, each time that the line tells of itself.")
    var json = false

    @Flag(help: "Metrics in the text format of Prometheus, for node_exporter's textfile collector.")
    var prometheus = false

    @OptionGroup var place: ControlPlace

    func validate() throws {
        if json && prometheus { throw ValidationError("--json and --prometheus cannot be had at once: choose one.") }
        if watch && prometheus { throw ValidationError("--prometheus is for one look: leave out --watch.") }
    }

    func run() throws {
        if watch { return StatusWatch(try place.follow(), showsJSON: json).run() }
        let reply = try place.connect().order(.status)
        guard let report = reply.status else {
            StandardError.write(line: "Failed: \(reply.error ?? "the line did not tell").")
            throw ExitCode(1)
        }
        if json {
            StandardOutput.write(row: report.jsonLine)
        } else if prometheus {
            StandardOutput.write(StatusMetrics(report).text)
        } else {
            for line in StatusPage(report).lines { StandardOutput.write(row: line) }
        }
        if !report.isReady && report.call == nil { throw ExitCode(1) }
    }
}
