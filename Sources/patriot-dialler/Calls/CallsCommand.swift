import ArgumentParser
import Basics
import Dialler
import PatriotCore

/// Shows the call records.
struct CallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls",
        abstract: "Show the calls that were recorded, the newest last.",
        discussion: """
            Without --config, --line or --directory the records of all lines of this machine are shown. They may be read by \
            root and by the group patriot-dialler. A call that has no end yet shows as open; one whose end nobody saw, \
            because the daemon was ended, as unknown-end.

            Exit code 0: there are such calls. 1: there are none. 2: the command line is wrong.

            Examples:
              patriot-dialler calls --today
              patriot-dialler calls -n 20 --direction in --follow
              patriot-dialler calls --line line1 --result no-answer --result busy --reasons
              patriot-dialler calls --since 2026-11-01 --csv > november.csv
              patriot-dialler calls --since 7d --summary
            """
    )

    @OptionGroup var place: CallRecordPlace
    @OptionGroup var filter: CallFilter

    @Flag(help: "Also say in a sentence why each call ended.")
    var reasons = false

    @Flag(help: "One JSON array, one call a line.")
    var json = false

    @Flag(help: "Comma-separated values (RFC 4180) with a heading, for a spreadsheet: local times, numbers as text.")
    var csv = false

    @Flag(help: "How many calls there were, were answered, were not or failed: by day, hour, line and result.")
    var summary = false

    @Flag(help: "Then keep waiting, and show each call when it ends; Ctrl-C quits. With --json one object a line.")
    var follow = false

    func validate() throws {
        if [json, csv, summary, reasons].filter({ $0 }).count > 1 {
            throw ValidationError("--json, --csv, --summary and --reasons cannot be had at once: choose one.")
        }
        if follow, summary { throw ValidationError("--summary is for one look: leave out --follow.") }
    }

    func run() async throws {
        let period = filter.period(now: .now())
        let directories = try place.directories()
        guard !directories.isEmpty || json || csv || follow else {
            StandardOutput.write(
                line: "No call is recorded on this machine: there is nothing in \(Configuration.allStateDirectories)."
            )
            throw ExitCode(1)
        }
        let history = try history(of: directories, since: period.since)
        if history.unreadableLines > 0 {
            let lines = history.unreadableLines == 1 ? "1 line" : "\(history.unreadableLines) lines"
            StandardError.write(line: "Skipped \(lines): truncated or invalid.")
        }
        var calls = chosen(history, in: period)
        if let last = filter.last { calls = calls.suffix(last) }
        if follow {
            let follower = CallFollower(place: place, showsLines: directories.count > 1, format: format)
            return try follower.run(after: calls) { try chosen(self.history(of: $0, since: $1), in: period) }
        }
        show(calls)
        if calls.isEmpty { throw ExitCode(1) }
    }

    private var format: CallFollower.Format {
        if json { .json } else if csv { .csv } else { .table(showsReasons: reasons) }
    }

    private func history(of directories: [CallRecordDirectory], since: WallClockTime?) throws -> CallHistory {
        var history = CallHistory()
        for directory in directories {
            do throws(CallRecordError) {
                try history.read(directory, since: since)
            } catch {
                StandardError.write(line: "The call records in \(visible(directory.path)) \(error)")
                throw ExitCode(1)
            }
        }
        return history
    }

    /// The oldest first.
    private func chosen(_ history: CallHistory, in period: CallFilter.Period) -> [RecordedCall] {
        history.calls.filter { filter.admits($0, in: period) }.sorted { $0.time < $1.time }
    }

    private func show(_ calls: [RecordedCall]) {
        if json {
            StandardOutput.write(line: "[")
            for (index, call) in calls.enumerated() {
                StandardOutput.write(line: CallListing(call).json.description + (index + 1 < calls.count ? "," : ""))
            }
            StandardOutput.write(line: "]")
        } else if csv {
            StandardOutput.write(line: CallListing.csvHeading)
            for call in calls { StandardOutput.write(line: CallListing(call).csv) }
        } else if calls.isEmpty {
            StandardOutput.write(line: "No such call is recorded.")
        } else if summary {
            StandardOutput.write(line: CallSummary(calls).text(isUTF8: StandardOutput.isUTF8))
        } else {
            StandardOutput.write(line: CallTable(calls, showsReasons: reasons).text)
        }
    }
}
