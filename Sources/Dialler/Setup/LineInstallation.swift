import Basics
import Glibc
import ModemDriver

/// Why a line's files were not written; all is as it was.
package enum LineInstallationError: Error, Equatable, CustomStringConvertible {
    /// The finished configuration has errors; in the words of `check-config`.
    case invalid([ConfigurationProblem])
    case unreadable(file: String, String)
    case unwritable(file: String, String)

    package var description: String {
        switch self {
        case .invalid(let problems): problems.map(\.description).joined(separator: "\n")
        case .unreadable(let file, let reason), .unwritable(let file, let reason): "\(visible(file)) \(reason)"
        }
    }
}

/// Writes the files of a line: all of them or none.
package struct LineInstallation: Sendable {
    /// What came of it.
    package struct Outcome: Equatable, Sendable {
        /// The files that are new or other than before.
        package var written: [String] = []
        /// Where what they took the place of is kept.
        package var kept: [String] = []
        /// What may not be meant so in the new configuration.
        package var warnings: [ConfigurationProblem] = []
    }

    /// Where the files of all lines are.
    package var directory: LineDirectory
    /// The name of the line.
    package var line: String
    /// What was answered.
    package var setup: LineSetup
    /// `nil` to leave the file that is there.
    package var apiKey: Secret?
    /// `nil` to leave the file that is there.
    package var simPIN: Secret?
    /// Patriot's certificate or its authority, as PEM or DER; `nil` for none that is new.
    package var certificate: [UInt8]?
    /// Certificate and key for a Patriot that connects to the line; `nil` to leave the files that are there.
    package var identity: LineCertificate.Pair?
    /// Where the line notes that its PIN was tried, which is forgotten with a new PIN; `nil` for a line that runs elsewhere.
    package var runtimeDirectory: String?

    package init(directory: LineDirectory, line: String, setup: LineSetup) {
        self.directory = directory
        self.line = line
        self.setup = setup
    }

    /// The configuration file as it will be.
    package func configuration() throws(LineInstallationError) -> [UInt8] {
        try configuration(replacing: StagedFiles.old(directory.configurationFile(of: line))?.bytes)
    }

    /// Writes each file beside its place, checks the configuration with them, and only then puts them there, the
    /// configuration last. What they replace is kept as `….bak`.
    package func write() throws(LineInstallationError) -> Outcome {
        // A half-done change would outlive an impatient person's Ctrl-C; it takes milliseconds.
        let signals = [SIGINT, SIGTERM, SIGHUP].map { (number: $0, handler: signal($0, SIG_IGN)) }
        defer { for (number, handler) in signals { signal(number, handler) } }
        let staged = try StagedFiles(try files())
        defer { staged.discard() }
        var outcome = Outcome(warnings: try check(staged))
        outcome.kept = try staged.commit()
        outcome.written = staged.targets
        // A restart alone keeps the note.
        if outcome.written.contains(directory.simPINFile(of: line)) {
            LineMemory.forgetPINs(in: runtimeDirectory)
        }
        return outcome
    }

    /// What ``write()`` would do, checked as it does; the files that are there stay.
    package func rehearse() throws(LineInstallationError) -> Outcome {
        let staged = try StagedFiles(try files())
        defer { staged.discard() }
        return Outcome(written: staged.targets, warnings: try check(staged))
    }

    private func files() throws(LineInstallationError) -> [StagedFiles.File] {
        var files: [StagedFiles.File] = []
        if let apiKey, !Self.holds(directory.apiKeyFile(of: line), apiKey) {
            files.append(
                .init(path: directory.apiKeyFile(of: line), bytes: Array("\(apiKey.text)\n".utf8), mode: 0o600)
            )
        }
        if let simPIN, !Self.holds(directory.simPINFile(of: line), simPIN) {
            files.append(
                .init(path: directory.simPINFile(of: line), bytes: Array("\(simPIN.text)\n".utf8), mode: 0o600)
            )
        }
        if let certificate {
            files.append(.init(path: directory.certificateFile(of: line), bytes: certificate, mode: 0o644))
        }
        if let identity { files += try LineCertificate(directory: directory, line: line).files(identity) }
        let path = directory.configurationFile(of: line)
        let before = try StagedFiles.old(path)
        files.append(
            .init(
                path: path,
                bytes: try configuration(replacing: before?.bytes),
                mode: before?.mode ?? 0o640,
                owner: Self.readers
            )
        )
        return files
    }

    /// Whether the file has that secret, however its line ends, for its owner only.
    private static func holds(_ path: String, _ secret: Secret) -> Bool {
        guard let file = try? SmallFile.read(path, limit: 1 << 20), !file.isOpenToOthers else { return false }
        return (try? SecretFile.copy(of: path)) == secret
    }

    /// Root and the group of the lines' user; nil where that group is not there, or cannot be given a file.
    private static var readers: StagedFile.Owner? {
        guard geteuid() == 0, let group = getgrnam("patriot-dialler") else { return nil }
        return StagedFile.Owner(user: 0, group: group.pointee.gr_gid)
    }

    private func configuration(replacing old: [UInt8]?) throws(LineInstallationError) -> [UInt8] {
        var setup = setup
        if apiKey != nil { setup[.patriotAPIKeyFile] = directory.apiKeyFile(of: line) }
        if simPIN != nil { setup[.simPINFile] = directory.simPINFile(of: line) }
        if certificate != nil {
            setup[.patriotCAFile] = directory.certificateFile(of: line)
            setup[.patriotPins] = ""
        }
        do throws(ConfigurationEditError) {
            return try setup.configuration(of: line, replacing: old)
        } catch {
            throw .unwritable(file: directory.configurationFile(of: line), error.description)
        }
    }

    /// Reads the finished configuration as the line will, with the new files in place of those they will replace.
    /// - Returns: what is doubtful in it.
    private func check(_ staged: StagedFiles) throws(LineInstallationError) -> [ConfigurationProblem] {
        let path = directory.configurationFile(of: line)
        var flags: [ConfigurationKey: String] = [:]
        flags[.patriotAPIKeyFile] = staged.place(of: directory.apiKeyFile(of: line))
        flags[.simPINFile] = staged.place(of: directory.simPINFile(of: line))
        flags[.patriotCAFile] = staged.place(of: directory.certificateFile(of: line))
        if setup.listens {
            let own = Set(ConfigurationFile(parsing: try configuration()).entries.map(\.key))
            let files: [ConfigurationKey: String] = [
                .patriotTLSCertificateFile: directory.tlsCertificateFile(of: line),
                .patriotTLSKeyFile: directory.tlsKeyFile(of: line),
            ]
            for (key, file) in files where !own.contains(key.rawValue) { flags[key] = staged.place(of: file) ?? file }
        }
        let file = staged.place(of: path) ?? path
        let loaded = Configuration.load(ConfigurationSources(file: file, flags: flags))
        let problems = loaded.problems.map { problem in
            var problem = problem
            if case .file(file, let line) = problem.place { problem.place = .file(path, line: line) }
            return problem
        }
        guard loaded.configuration != nil else { throw .invalid(problems) }
        return problems
    }
}
