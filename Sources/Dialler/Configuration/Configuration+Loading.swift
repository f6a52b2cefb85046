/// What came of reading a configuration: the configuration, if it can be used, and everything worth a word.
package struct LoadedConfiguration: Equatable, Sendable {
    /// `nil` if there is at least one error.
    package var configuration: Configuration?
    /// Errors and warnings in the order of the file's lines, then environment, then command line.
    package var problems: [ConfigurationProblem]

    package init(configuration: Configuration?, problems: [ConfigurationProblem]) {
        self.configuration = configuration
        self.problems = problems
    }

    /// What keeps the line from starting; empty when there is a configuration.
    package var errors: [ConfigurationProblem] { problems.filter { $0.severity == .error } }
    /// What may not be meant so.
    package var warnings: [ConfigurationProblem] { problems.filter { $0.severity == .warning } }
}

extension Configuration {
    /// Reads, checks and types the configuration, and finds all its problems at once.
    ///
    /// Reads the configuration file and the files it names, blocking: call it at the start, not on an event loop.
    package static func load(_ sources: ConfigurationSources) -> LoadedConfiguration {
        var problems: [ConfigurationProblem] = []
        let texts = readTexts(sources, problems: &problems)
        problems += nearMisses(in: sources.environment)

        var loader = ConfigurationLoader(
            texts: texts,
            credentials: sources.credentials,
            isFileUnread: problems.contains { $0.isAboutWholeFile },
            isExamined: sources.isExamined,
            filePrefix: sources.file.map { $0.hasSuffix(".conf") ? String($0.dropLast(5)) : $0 }
        )
        var configuration = loader.configuration()
        if let path = sources.file { configuration.line = lineName(of: path) }
        problems += loader.problems
        let sorted = problems.enumerated().sorted { first, second in
            let (left, right) = (first.element.place.order, second.element.place.order)
            return left == right ? first.offset < second.offset : left < right
        }.map(\.element)
        let isUsable = !sorted.contains { $0.severity == .error }
        return LoadedConfiguration(configuration: isUsable ? configuration : nil, problems: sorted)
    }

    /// Where the line keeps its call records, whatever else is wrong with the configuration and no matter who asks.
    ///
    /// - Returns: as configured, else what systemd makes of the line's name.
    /// - Throws: what is wrong with the file or with the directory's name.
    package static func stateDirectory(_ sources: ConfigurationSources) throws(ConfigurationProblem) -> String {
        try directory(.stateDirectory, below: allStateDirectories, sources)
    }

    /// Where the line's control socket is; like ``stateDirectory(_:)``.
    package static func runtimeDirectory(_ sources: ConfigurationSources) throws(ConfigurationProblem) -> String {
        try directory(.runtimeDirectory, below: allRuntimeDirectories, sources)
    }

    /// How the line's log shows numbers, whatever else is wrong with the configuration.
    ///
    /// - Throws: what is wrong with the file or with the value.
    package static func logNumbers(_ sources: ConfigurationSources) throws(ConfigurationProblem) -> NumberVisibility {
        try value(of: .logNumbers, sources) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, of: NumberVisibility.self)
        } ?? .masked
    }

    private static func directory(
        _ key: ConfigurationKey,
        below all: String,
        _ sources: ConfigurationSources
    ) throws(ConfigurationProblem) -> String {
        try value(of: key, sources, ConfigurationValues.directory)
            ?? all + (sources.file.map { "/" + lineName(of: $0) } ?? "")
    }

    /// - Returns: nil where the key is not set.
    private static func value<Value>(
        of key: ConfigurationKey,
        _ sources: ConfigurationSources,
        _ read: (String) throws(InvalidValue) -> Value
    ) throws(ConfigurationProblem) -> Value? {
        var problems: [ConfigurationProblem] = []
        let texts = readTexts(sources, problems: &problems)
        if let unreadable = problems.first(where: { $0.isAboutWholeFile }) { throw unreadable }
        guard let text = texts[key] else { return nil }
        do throws(InvalidValue) {
            return try read(text.value)
        } catch {
            throw ConfigurationProblem(.error, text.place, key: key.rawValue, error.message)
        }
    }

    /// Reads the files, the shared one first.
    static func readTexts(_ sources: ConfigurationSources, problems: inout [ConfigurationProblem]) -> ConfigurationTexts
    {
        let shared = sources.sharedFile.map { readFile($0, problems: &problems) } ?? []
        let entries = sources.file.map { readFile($0, problems: &problems) } ?? []
        return ConfigurationTexts(sources: sources, entries: entries, shared: shared)
    }

    /// Below it systemd makes the state directory of each line.
    package static let allStateDirectories = "/var/lib/patriot-dialler"
    /// Below it systemd makes the runtime directory of each line.
    package static let allRuntimeDirectories = "/run/patriot-dialler"

    /// `line1` of `/etc/patriot-dialler/line1.conf`.
    private static func lineName(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return String((name.hasSuffix(".conf") ? name.dropLast(5) : name).prefix(64))
    }

    /// The file's assignments to known keys; everything else in it is a problem.
    private static func readFile(
        _ path: String,
        problems: inout [ConfigurationProblem]
    ) -> [ConfigurationFile.Entry] {
        let contents: SmallFile
        do throws(FileReadingError) {
            contents = try SmallFile.read(path, limit: 65_536)
        } catch {
            problems.append(
                ConfigurationProblem(.error, .file(path, line: nil), key: nil, "the configuration file \(error)")
            )
            return []
        }
        let file = ConfigurationFile(parsing: contents.bytes)
        problems += file.faults.map { fault in
            ConfigurationProblem(fault.severity, .file(path, line: fault.line), key: fault.key, fault.message)
        }
        var firstLines: [String: Int] = [:]
        for entry in file.entries {
            let place = ConfigurationProblem.Place.file(path, line: entry.line)
            guard !entry.isPerhapsSecret else {
                let message = "unrecognised line (not shown): it sets no known key; README.md lists the keys"
                problems.append(ConfigurationProblem(.error, place, key: nil, message))
                continue
            }
            if ConfigurationKey(rawValue: entry.key) == nil {
                let message = unknownKeyMessage(entry.key)
                problems.append(ConfigurationProblem(.error, place, key: entry.key, message))
            }
            if let first = firstLines[entry.key] {
                let message = "is set twice, on line \(first) and on line \(entry.line): keep one of them"
                problems.append(ConfigurationProblem(.error, place, key: entry.key, message))
            } else {
                firstLines[entry.key] = entry.line
            }
        }
        return file.entries.filter { ConfigurationKey(rawValue: $0.key) != nil }
    }

    private static func unknownKeyMessage(_ key: String) -> String {
        guard let nearest = ConfigurationKey.nearest(to: key) else {
            return "unknown key: remove the line; man patriot-dialler.conf lists the keys"
        }
        return "unknown key; did you mean \(nearest.rawValue)?"
    }

    /// Variables of the environment that are probably misspelt keys of ours. Others are none of our business.
    private static func nearMisses(in environment: [String: String]) -> [ConfigurationProblem] {
        environment.keys.sorted().compactMap { name in
            guard ConfigurationKey(rawValue: name) == nil, let nearest = ConfigurationKey.nearest(to: name),
                editDistance(name, nearest.rawValue) <= 2
            else { return nil }
            let message = "unknown key, ignored; did you mean \(nearest.rawValue)?"
            return ConfigurationProblem(.warning, .environment, key: name, message)
        }
    }
}
