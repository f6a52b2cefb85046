import ArgumentParser
import Dialler

/// Which line a command examines, running or not.
struct ExaminedLine: ParsableArguments {
    @Option(
        help: ArgumentHelp("The line; needed where there is more than one.", valueName: "name"),
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

    /// nil when there is no line, or this user may not look for one.
    /// - Throws: when one of several has to be named.
    func examiner() throws -> LineExaminer? {
        if let file { return LineExaminer(file: file, environment: ProcessEnvironment.variables, root: root) }
        if let line { return LineExaminer(line: line, root: root) }
        guard let lines = LineExaminer.lines(root: root) else { return nil }
        guard lines.count < 2 else {
            let names = lines.map { "--line \($0)" }.joined(separator: ", ")
            throw ValidationError("There is more than one line. Name one: \(names)")
        }
        return lines.first.map { LineExaminer(line: $0, root: root) }
    }

    /// Whether the lines cannot be looked for.
    var isHidden: Bool { file == nil && line == nil && LineExaminer.lines(root: root) == nil }
}
