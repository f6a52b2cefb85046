import ArgumentParser
import Dialler
import NIOPosix
import PatriotCore

/// Says why a line does not work.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say why a line does not work, the root cause first, and what to do.",
        discussion: """
            Looks at the clock, the configuration, the disk, the service, the USB, the modem and Patriot; it takes up to a \
            minute. A modem that no line holds is set up and asked, as the line would; nothing is dialled and no PIN is \
            entered. Run it with sudo: what another user may not see is named and not checked. Patriot is left alone while \
            the line may be connected to it.

            Exit code 0: the line is working, perhaps with warnings. 1: it is not. 2: the command line \
            is wrong.

            Examples:
              sudo patriot-dialler doctor
              sudo patriot-dialler doctor --line line1
              sudo patriot-dialler doctor --config /etc/patriot-dialler/line1.conf --json
            """
    )

    @OptionGroup var subject: ExaminedLine

    @Flag(help: "One JSON array of what is wrong: id, severity, cause, remedy.")
    var json = false

    func run() async throws {
        if StandardError.isTerminal, !json { StandardError.write(line: "Checking (up to a minute)…") }
        let facts = try await examine()
        let report = DoctorReport(facts: facts)
        StandardOutput.write(line: json ? "\(report.json)" : report.text)
        if facts.findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    private func examine() async throws -> LineFacts {
        guard let examiner = try subject.examiner() else {
            guard !subject.isHidden else {
                StandardError.write(line: "\(ExaminedLine.notAllowed): sudo patriot-dialler doctor")
                throw ExitCode(1)
            }
            return LineExaminer.factsWithoutLine
        }
        return try await examiner.facts(on: MultiThreadedEventLoopGroup.singleton.next())
    }
}
