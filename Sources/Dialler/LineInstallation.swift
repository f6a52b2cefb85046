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
    /// Where the line notes that its PIN was tried, which is forgotten with a new PIN; `nil` for a line that runs elsewhere.
    package var runtimeDirectory: String?

    package init(directory: LineDirectory, line: String, setup: LineSetup) {
        self.directory = directory
        self.line = line
        self.setup = setup
    }

    /// The configuration file as it will be.
    package func configuration() throws(LineInstallationError) -> [UInt8] {
        try configuration(replacing: old(directory.configurationFile(of: line))?.bytes)
    }

    /// Writes each file beside its place, checks the configuration with them, and only then puts them there, the
    /// configuration last. What they replace is kept as `….bak`.
    package func write() throws(LineInstallationError) -> Outcome {
        // A half-done change would outlive an impatient person's Ctrl-C; it takes milliseconds.
        let signals = [SIGINT, SIGTERM, SIGHUP].map { (number: $0, handler: signal($0, SIG_IGN)) }
        defer { for (number, handler) in signals { signal(number, handler) } }
        var staged: [StagedFile] = []
        defer { for file in staged { file.discard() } }
        for file in try files() {
            let before = try old(file.path)
            if before?.bytes == file.bytes, before?.mode == file.mode { continue }
            do throws(FileWritingError) {
                staged.append(
                    try StagedFile(for: file.path, bytes: file.bytes, mode: file.mode, owner: before?.owner)
                )
            } catch {
                throw .unwritable(file: file.path, error.description)
            }
        }
        var outcome = Outcome(warnings: try check(staged))
        outcome.kept = try commit(staged)
        outcome.written = staged.map(\.target)
        // A restart alone keeps the note.
        if outcome.written.contains(directory.simPINFile(of: line)) {
            LineMemory.forgetPINs(in: runtimeDirectory)
        }
        return outcome
    }

    private struct File {
        var path: String
        var bytes: [UInt8]
        var mode: mode_t
    }

    private func files() throws(LineInstallationError) -> [File] {
        var files: [File] = []
        if let apiKey {
            files.append(
                File(path: directory.apiKeyFile(of: line), bytes: Array("\(apiKey.text)\n".utf8), mode: 0o600)
            )
        }
        if let simPIN {
            files.append(
                File(path: directory.simPINFile(of: line), bytes: Array("\(simPIN.text)\n".utf8), mode: 0o600)
            )
        }
        if let certificate {
            files.append(File(path: directory.certificateFile(of: line), bytes: certificate, mode: 0o644))
        }
        let path = directory.configurationFile(of: line)
        let before = try old(path)
        files.append(
            File(path: path, bytes: try configuration(replacing: before?.bytes), mode: before?.mode ?? 0o644)
        )
        return files
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

    private struct OldFile {
        var bytes: [UInt8]
        var mode: mode_t
        var owner: StagedFile.Owner
    }

    /// The file that is there; `nil` for none.
    private func old(_ path: String) throws(LineInstallationError) -> OldFile? {
        do throws(FileReadingError) {
            let file = try SmallFile.read(path, limit: 1 << 20)
            var status = stat()
            guard stat(path, &status) == 0 else { throw FileReadingError(errno: errno) }
            let owner = StagedFile.Owner(user: status.st_uid, group: status.st_gid)
            return OldFile(bytes: file.bytes, mode: file.mode, owner: owner)
        } catch .notFound {
            return nil
        } catch {
            throw .unreadable(file: path, error.description)
        }
    }

    /// Reads the finished configuration as the line will, with the new files in place of those they will replace.
    /// - Returns: what is doubtful in it.
    private func check(_ staged: [StagedFile]) throws(LineInstallationError) -> [ConfigurationProblem] {
        let path = directory.configurationFile(of: line)
        func place(of target: String) -> String? { staged.first { $0.target == target }?.path }
        var flags: [ConfigurationKey: String] = [:]
        flags[.patriotAPIKeyFile] = place(of: directory.apiKeyFile(of: line))
        flags[.simPINFile] = place(of: directory.simPINFile(of: line))
        flags[.patriotCAFile] = place(of: directory.certificateFile(of: line))
        let file = place(of: path) ?? path
        let loaded = Configuration.load(ConfigurationSources(file: file, flags: flags))
        let problems = loaded.problems.map { problem in
            var problem = problem
            if case .file(file, let line) = problem.place { problem.place = .file(path, line: line) }
            return problem
        }
        guard loaded.configuration != nil else { throw .invalid(problems) }
        return problems
    }

    /// Puts the files into their places; on a failure those that are there already are taken out again.
    /// - Returns: where the old ones are kept.
    private func commit(_ staged: [StagedFile]) throws(LineInstallationError) -> [String] {
        var done: [(file: StagedFile, backup: String?)] = []
        for file in staged {
            do throws(FileWritingError) {
                let backup = try Self.keep(file)
                try file.commit()
                done.append((file, backup))
            } catch {
                for (file, backup) in done.reversed() {
                    if let backup { rename(backup, file.target) } else { unlink(file.target) }
                }
                throw .unwritable(file: file.target, error.description)
            }
        }
        return done.compactMap(\.backup)
    }

    /// Gives the file that is there a second name, which it keeps when the new one takes the first; a secret that was open
    /// to others is so no longer.
    private static func keep(_ file: StagedFile) throws(FileWritingError) -> String? {
        let backup = file.target + ".bak"
        unlink(backup)
        guard link(file.target, backup) == 0 else {
            guard errno == ENOENT else { throw FileWritingError(call: "link", errno: errno) }
            return nil
        }
        chmod(backup, file.mode)
        return backup
    }
}
