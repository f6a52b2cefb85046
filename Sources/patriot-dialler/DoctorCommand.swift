import ArgumentParser
import Dialler
import Glibc
import NIOPosix

/// Says why a line does not work.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say why a line does not work, the root cause first, and what to do.",
        discussion: """
            Looks at the clock, the configuration, the disk, the service, the USB, the modem and Patriot; it takes up to a \
            minute. A modem that no line holds is set up and asked, as the line would; nothing is dialled and no PIN is \
            entered. Run it with sudo: other users do not see everything.

            Exit code 0: nothing keeps the line from working, perhaps with warnings. 1: something does. 2: the command line \
            is wrong.

            Examples:
              sudo patriot-dialler doctor                 the only line there is
              sudo patriot-dialler doctor --line line1
              patriot-dialler doctor --config FILE --json
            """
    )

    @Option(help: ArgumentHelp("The line; needed where there is more than one.", valueName: "name"))
    var line: String?

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("A configuration file instead of a line.", valueName: "file")
    )
    var file: String?

    @Flag(help: "One JSON array of what is wrong: id, severity, cause, remedy.")
    var json = false

    @Option(help: ArgumentHelp("Put before the system's paths.", visibility: .hidden))
    var root = ""

    func validate() throws {
        if line != nil, file != nil { throw ValidationError("Give --line or --config, not both.") }
        if let fault = line.flatMap(LineDirectory.fault(inName:)) { throw ValidationError("\(fault).") }
    }

    func run() async throws {
        if StandardError.isTerminal, !json { StandardError.write(line: "Looking; this takes up to a minute.") }
        let facts = try await examine()
        let report = DoctorReport(facts: facts)
        StandardOutput.write(line: json ? "\(report.json)" : report.text)
        if facts.findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    private func examine() async throws -> LineFacts {
        guard let examiner = try examiner() else { return LineExaminer.factsWithoutLine }
        return try await examiner.facts(on: MultiThreadedEventLoopGroup.singleton.next())
    }

    /// nil when there is no line.
    private func examiner() throws -> LineExaminer? {
        if let file { return LineExaminer(file: file, environment: ProcessEnvironment.variables, root: root) }
        if let line { return LineExaminer(line: line, root: root) }
        guard let lines = LineExaminer.lines(root: root) else {
            StandardError.write(
                line: "This user may not look into \(LineDirectory.standardPath): sudo patriot-dialler doctor"
            )
            throw ExitCode(1)
        }
        guard lines.count < 2 else {
            let names = lines.map { "--line \($0)" }.joined(separator: ", ")
            throw ValidationError("There is more than one line. Name one: \(names)")
        }
        return lines.first.map { LineExaminer(line: $0, root: root) }
    }
}
