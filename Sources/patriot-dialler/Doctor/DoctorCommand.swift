import ArgumentParser
import Dialler
import NIOPosix
import PatriotCore

/// Says why a line does not work.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say why a line, or each of all lines, does not work: the root cause first, and what to do.",
        discussion: """
            Looks at the clock, the configuration, the disk, the service, the USB, the modem and Patriot; it takes up to a \
            minute. A modem that no line holds is set up and asked, as the line would; nothing is dialled and no PIN is \
            entered. Run it with sudo: what another user may not see is named and not checked. Patriot is left alone while \
            the line may be connected to it.

            Where this machine has several lines and none is named, it looks at one after another and shows the worst first.

            Exit code 0: every line is working, perhaps with warnings. 1: one is not. 2: the command line is wrong.

            Examples:
              sudo patriot-dialler doctor
              sudo patriot-dialler doctor --line line1
              sudo patriot-dialler doctor --config /etc/patriot-dialler/line1.conf --json
            """
    )

    @OptionGroup var subject: ExaminedLine

    @Flag(help: "One JSON array of what is wrong: id, severity, cause, remedy; of several lines: line, findings.")
    var json = false

    func run() async throws {
        let examiners = subject.examiners
        var reports: [DoctorReport] = []
        for examiner in examiners {
            announce(examiners.count > 1 ? examiner.line : nil)
            let facts = try await examiner.facts(on: MultiThreadedEventLoopGroup.singleton.next())
            reports.append(DoctorReport(facts: facts))
        }
        if reports.isEmpty { reports = [DoctorReport(facts: try factsWithoutLine())] }
        if reports.count == 1 {
            StandardOutput.write(line: json ? "\(reports[0].json)" : reports[0].text)
        } else {
            let station = DoctorOverview(reports)
            StandardOutput.write(line: json ? "\(station.json)" : station.text)
        }
        if !reports.allSatisfy(\.isWorking) { throw ExitCode(1) }
    }

    private func announce(_ line: String?) {
        guard StandardError.isTerminal, !json else { return }
        StandardError.write(line: "Checking \(line.map { "\($0) " } ?? "")(up to a minute)…")
    }

    private func factsWithoutLine() throws -> LineFacts {
        guard subject.isHidden else { return LineExaminer.factsWithoutLine }
        StandardError.write(line: "\(ExaminedLine.notAllowed): sudo patriot-dialler doctor")
        throw ExitCode(1)
    }
}
