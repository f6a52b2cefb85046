import Configuration

/// Where a configuration comes from: the command line beats the environment, which beats the file, which beats the file of
/// what all lines share (``sharedFile``).
package struct ConfigurationSources: Sendable {
    /// The path of the configuration file; `nil` for none.
    package var file: String?
    /// The process's environment.
    package var environment: [String: String]
    /// What the command line sets.
    package var flags: [ConfigurationKey: String]
    /// The files of systemd's credentials by their names (`api-key`, `sim-pin`, `tls-key`); `nil` where systemd gives none.
    package var credentials: [String: String]?
    /// The configuration is only looked at: a secret that this user may not read is a warning, and stays empty.
    package var isExamined = false

    /// What all lines share: `defaults.conf` beside the configuration file; `nil` where there is none.
    package var sharedFile: String? {
        guard let file else { return nil }
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let path = folder + LineDirectory.sharedName + ".conf"
        return path != file && SmallFile.exists(path) ? path : nil
    }

    package init(
        file: String? = nil,
        environment: [String: String] = [:],
        flags: [ConfigurationKey: String] = [:]
    ) {
        self.file = file
        self.environment = environment
        self.flags = flags
        credentials = environment["CREDENTIALS_DIRECTORY"].map { directory in
            Dictionary(uniqueKeysWithValues: ["api-key", "sim-pin", "tls-key"].map { ($0, directory + "/" + $0) })
        }
    }
}

/// The texts of all keys, looked up by precedence; each remembers its place.
struct ConfigurationTexts {
    /// A key's text and where it was set.
    struct Text: Equatable {
        var value: String
        var place: ConfigurationProblem.Place
    }

    private let reader: ConfigReader
    private let flags: [ConfigurationKey: String]
    private let environment: [String: String]
    private let path: String?
    private let sharedPath: String?
    /// The line of each key in the file; of its last one, if it stands there twice.
    private let lines: [String: Int]
    /// The same of the file of what all lines share.
    private let sharedLines: [String: Int]

    init(sources: ConfigurationSources, entries: [ConfigurationFile.Entry], shared: [ConfigurationFile.Entry]) {
        flags = sources.flags
        environment = sources.environment
        path = sources.file
        sharedPath = sources.sharedFile
        lines = Self.last(of: entries, \.line)
        sharedLines = Self.last(of: shared, \.line)
        let flagValues = Dictionary(uniqueKeysWithValues: sources.flags.map { ($0.key.rawValue, $0.value) })
        reader = ConfigReader(
            providers: [
                flagValues, sources.environment, Self.last(of: entries, \.value), Self.last(of: shared, \.value),
            ].map { values in
                EnvironmentVariablesProvider(environmentVariables: values, secretsSpecifier: .all)
            }
        )
    }

    private static func last<Value>(
        of entries: [ConfigurationFile.Entry],
        _ value: (ConfigurationFile.Entry) -> Value
    ) -> [String: Value] {
        Dictionary(entries.map { ($0.key, value($0)) }, uniquingKeysWith: { _, last in last })
    }

    /// The key's text from the source that wins; `nil` when no source has it or the winner's is empty, which both
    /// mean the default.
    subscript(_ key: ConfigurationKey) -> Text? {
        let value = reader.string(forKey: ConfigKey([key.rawValue]), isSecret: true)
        guard let value, !value.isEmpty else { return nil }
        return Text(value: value, place: place(of: key))
    }

    /// Where the key is set, or where it should be when it is not.
    func place(of key: ConfigurationKey) -> ConfigurationProblem.Place {
        if flags[key] != nil { return .flag }
        if environment[key.rawValue] != nil { return .environment }
        guard let path else { return .nowhere }
        if lines[key.rawValue] == nil, let sharedPath, let line = sharedLines[key.rawValue] {
            return .file(sharedPath, line: line)
        }
        return .file(path, line: lines[key.rawValue])
    }
}
