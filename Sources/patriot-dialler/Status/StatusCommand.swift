import ArgumentParser
import Dialler
import Glibc

/// Shows the status of a running line, or of all.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the status of a running line, or of all lines.",
        discussion: """
            Where this machine has several lines and none is named, it shows a table of them, the worst first, also those that \
            do not run.

            Exit code 0: a click in Patriot can become a call, or is one, on every line shown. 1: it cannot, and the first \
            line says why. 65: the line did not answer in time. 67: no line is running.

            Examples:
              patriot-dialler status
              patriot-dialler status --watch
              patriot-dialler status --line line2 --json
              patriot-dialler status --prometheus >/tmp/line1.prom
            """
    )

    @Flag(help: "Keep watching: full screen on a terminal (q quits), otherwise one line per change.")
    var watch = false

    @Flag(help: "One JSON object, of several lines an array of them; with --watch one object a line, at each change.")
    var json = false

    @Flag(help: "With --watch on a terminal: ring when a line is not ready any more, and at a call that comes in.")
    var bell = false

    @Flag(help: "Metrics in the text format of Prometheus, for node_exporter's textfile collector.")
    var prometheus = false

    @OptionGroup var place: ControlPlace

    func validate() throws {
        if json && prometheus { throw ValidationError("--json and --prometheus cannot be had at once: choose one.") }
        if bell && !watch { throw ValidationError("--bell goes with --watch.") }
        if watch && prometheus { throw ValidationError("--prometheus is for one look: leave out --watch.") }
    }

    func run() throws {
        let lines = try place.severalLines()
        guard lines.isEmpty else { return try show(lines) }
        if watch { return StatusWatch(try place.follow(), showsJSON: json, hasBell: bell).run() }
        let reply = try place.connect().order(.status)
        guard let report = reply.status else {
            StandardError.write(line: "Failed: \(reply.error ?? "the line reported no status").")
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

    /// How long lines may take to answer, all together.
    private static let deadline: Duration = .milliseconds(800)

    private func show(_ lines: [LocatedLine]) throws {
        let followers = lines.map { LineFollower($0, isWatching: watch) }
        followers.settle(within: Self.deadline)
        if watch { return OverviewWatch(followers, showsJSON: json, hasBell: bell).run { try place.severalLines() } }
        let views = followers.map { LineView($0) }
        if json {
            print("[\(views.worstFirst.map(\.json).joined(separator: ",\n "))]")
        } else if prometheus {
            print(StatusMetrics(views).text, terminator: "")
        } else {
            let isColoured = StandardOutput.isColoured
            let width = isatty(STDOUT_FILENO) == 1 ? TerminalScreen.size.columns : nil
            let lines = StatusOverview(views, width: width).lines
            print(lines.map { $0.text(isColoured: isColoured) }.joined(separator: "\n"))
        }
        if !views.allSatisfy(\.isFine) { throw ExitCode(1) }
    }
}
