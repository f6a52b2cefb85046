import ArgumentParser
import Dialler

/// The configuration file and a flag for each of its keys; the flags beat the environment, which beats the file.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The configuration file.", valueName: "file"),
        completion: ValueCompletion.configurationFile
    )
    var config: String?

    @Option(
        help: ArgumentHelp("The line, instead of its configuration file.", valueName: "name"),
        completion: ValueCompletion.line
    )
    var line: String?

    @OptionGroup(title: "A flag for each key; it beats the file")
    var flags: ConfigurationFlags

    func validate() throws {
        if line != nil, config != nil { throw ValidationError("Give --line or --config, not both.") }
        if let fault = line.flatMap(LineDirectory.fault(inName:)) { throw ValidationError("\(fault).") }
    }

    /// The configuration file; nil where everything comes from flags and the environment.
    var file: String? {
        config ?? line.map { LineDirectory(LineDirectory.standardPath).configurationFile(of: $0) }
    }

    /// Reads and checks the configuration.
    /// - Parameter environment: the process's.
    func load(environment: [String: String]) -> LoadedConfiguration {
        Configuration.load(sources(environment: environment))
    }

    /// Where the configuration comes from.
    /// - Parameter environment: the process's.
    func sources(environment: [String: String]) -> ConfigurationSources {
        var texts: [ConfigurationKey: String] = [:]
        for key in ConfigurationKey.allCases {
            texts[key] = flags.text(of: key)
        }
        return LineDirectory(LineDirectory.standardPath).sources(file: file, environment: environment, flags: texts)
    }
}
