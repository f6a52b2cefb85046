import ArgumentParser
import Dialler

/// The configuration file and a flag for each of its keys; the flags beat the environment, which beats the file.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: ArgumentHelp("The configuration file.", valueName: "file"))
    var file: String?

    @OptionGroup(title: "A flag for each key; it beats the file")
    var flags: ConfigurationFlags

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
