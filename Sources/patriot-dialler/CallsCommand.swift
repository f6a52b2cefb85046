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
              patriot-dialler calls --since 2h
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

    @Flag(help: "Comma-separated values (RFC 4180) with a heading.")
    var csv = false

    @Flag(help: "How many calls there were, by hour and by result.")
    var summary = false

    func validate() throws {
        if [json, csv, summary, reasons].filter({ $0 }).count > 1 {
            throw ValidationError("--json, --csv, --summary and --reasons cannot be had at once: choose one.")
        }
    }

    func run() async throws {
        let since = filter.since?.time(before: .now())
        var history = CallHistory()
        let directories = try place.directories()
        guard !directories.isEmpty || json || csv else {
            StandardOutput.write(
                line: "No call is recorded on this machine: there is nothing in \(Configuration.allStateDirectories)."
            )
            throw ExitCode(1)
        }
        for directory in directories {
            try read(directory, since: since, into: &history)
        }
        if history.unreadableLines > 0 {
            let lines = history.unreadableLines == 1 ? "1 line" : "\(history.unreadableLines) lines"
            StandardError.write(line: "Skipped \(lines): truncated or invalid.")
        }
        let calls = history.calls.filter { filter.admits($0, since: since) }.sorted { $0.time < $1.time }
        show(calls)
        if calls.isEmpty { throw ExitCode(1) }
    }

    private func read(_ directory: CallRecordDirectory, since: WallClockTime?, into history: inout CallHistory) throws {
        do throws(CallRecordError) {
            try history.read(directory, since: since)
        } catch {
            StandardError.write(line: "The call records in \(visible(directory.path)) \(error)")
            throw ExitCode(1)
        }
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
