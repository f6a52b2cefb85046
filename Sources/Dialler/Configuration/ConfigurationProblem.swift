import Basics

/// One thing wrong, or doubtful, in the configuration: where it is, and a sentence that says what to do.
///
/// Problems are found all at once, so that one look fixes them all.
package struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    /// Whether the daemon can start anyway.
    package enum Severity: Equatable, Sendable {
        /// The configuration cannot be used.
        case error
        /// It can be used, but probably does not mean what was wanted.
        case warning
    }

    /// Where a value stands.
    package enum Place: Equatable, Sendable {
        /// In the file; the line counts from 1, `nil` when no single line is to blame.
        case file(String, line: Int?)
        /// In the process's environment.
        case environment
        /// On the command line.
        case flag
        /// Nowhere: a value that is missing, and no file was given.
        case nowhere
    }

    /// Whether the daemon can start anyway.
    package var severity: Severity
    /// Where the value stands.
    package var place: Place
    /// The key as it was written; `nil` when the line has none.
    package var key: String?
    /// What is wrong, and what to do. Never holds a secret.
    package var message: String
    /// What is wrong with the file of a secret, when that is the problem.
    package var secretFault: SecretFault?
    /// The file that this user may not read, when that is the problem. Another user may.
    package var unreadableFile: String? { if case .unreadable(let path) = secretFault { path } else { nil } }

    package init(_ severity: Severity, _ place: Place, key: String?, _ message: String) {
        self.severity = severity
        self.place = place
        self.key = key
        self.message = message
    }

    /// `FILE:LINE: KEY: message`, `environment: KEY: message` or `--key: message`; a warning says that it is one.
    package var description: String {
        var parts: [String] = []
        switch place {
        case .file(let path, let line):
            parts.append(visible(path) + (line.map { ":\($0)" } ?? ""))
            if let key { parts.append(visible(key)) }
        case .environment:
            parts.append("environment")
            if let key { parts.append(visible(key)) }
        case .flag:
            let name = key.map { written in ConfigurationKey(rawValue: written)?.flag ?? visible(written) }
            parts.append(name ?? "command line")
        case .nowhere:
            if let key { parts.append(visible(key)) }
        }
        if severity == .warning { parts.append("warning") }
        parts.append(message)
        return parts.joined(separator: ": ")
    }
}

extension ConfigurationProblem: Error {
    /// Whether the file could not be read at all.
    var isAboutWholeFile: Bool {
        if case .file(_, line: nil) = place { key == nil } else { false }
    }
}

extension ConfigurationProblem.Place {
    /// The order in which problems are shown: the file's lines, the file as a whole, environment, command line.
    var order: (Int, Int) {
        switch self {
        case .file(_, let line?): (0, line)
        case .file(_, nil): (1, 0)
        case .environment: (2, 0)
        case .flag: (3, 0)
        case .nowhere: (4, 0)
        }
    }
}
