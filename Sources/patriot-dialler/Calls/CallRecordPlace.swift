import ArgumentParser
import Dialler
import Glibc
import SerialDevice

/// Where the call records are: one line's directory, or those of all lines.
struct CallRecordPlace: ParsableArguments {
    @Option(
        help: ArgumentHelp("The line's configuration file, which says where its records are.", valueName: "file"),
        completion: ValueCompletion.configurationFile
    )
    var config: String?

    @Option(help: "The line's name, for one that systemd runs.", completion: ValueCompletion.line)
    var line: String?

    @Option(help: "The directory with the records.", completion: .directory)
    var directory: String?

    func validate() throws {
        if [config, line, directory].compactMap({ $0 }).count > 1 {
            throw ValidationError("--config, --line and --directory all name a place: give one of them.")
        }
        if let fault = line.flatMap(LineDirectory.fault) {
            throw ValidationError("\(fault); a path goes with --directory.")
        }
    }

    /// - Throws: an exit code, when the reason has been told.
    func directories() throws -> [CallRecordDirectory] {
        if let directory { return [CallRecordDirectory(path: directory)] }
        if let line { return [CallRecordDirectory(path: Configuration.allStateDirectories + "/" + line)] }
        let sources = ConfigurationSources(file: config, environment: ProcessEnvironment.variables)
        do throws(ConfigurationProblem) {
            let path = try Configuration.stateDirectory(sources)
            return path == Configuration.allStateDirectories ? try allLines() : [CallRecordDirectory(path: path)]
        } catch {
            StandardError.write(line: "\(error)")
            throw ExitCode(1)
        }
    }

    private func allLines() throws(ConfigurationProblem) -> [CallRecordDirectory] {
        let path = Configuration.allStateDirectories
        guard let names = FileSystem.names(in: path) else {
            let reason = String(cString: strerror(errno))
            let advice = errno == EACCES ? "use sudo" : "name the place with --config, --line or --directory"
            throw ConfigurationProblem(.error, .nowhere, key: nil, "\(path): \(reason): \(advice)")
        }
        return names.sorted().map { CallRecordDirectory(path: path + "/" + $0) }
    }
}
