import ArgumentParser
import Dialler

/// Which lines a command examines, running or not.
struct ExaminedLine: ParsableArguments {
    @Option(
        help: ArgumentHelp("This line only; without it all lines, one after another.", valueName: "name"),
        completion: ValueCompletion.line
    )
    var line: String?

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("A configuration file instead of a line.", valueName: "file"),
        completion: ValueCompletion.configurationFile
    )
    var file: String?

    @Option(help: ArgumentHelp("Put before the system's paths.", visibility: .hidden))
    var root = ""

    func validate() throws {
        if line != nil, file != nil { throw ValidationError("Give --line or --config, not both.") }
        if let fault = line.flatMap(LineDirectory.fault(inName:)) { throw ValidationError("\(fault).") }
    }

    /// Why this user cannot be told which lines there are.
    static let notAllowed = "Permission denied: cannot read \(LineDirectory.standardPath)"

    /// Of the named line, or of all; none when there is no line, or this user may not look for one.
    var examiners: [LineExaminer] {
        if let file { return [LineExaminer(file: file, environment: ProcessEnvironment.variables, root: root)] }
        return (line.map { [$0] } ?? LineExaminer.lines(root: root) ?? []).map { LineExaminer(line: $0, root: root) }
    }

    /// Whether the lines cannot be looked for.
    var isHidden: Bool { file == nil && line == nil && LineExaminer.lines(root: root) == nil }
}
