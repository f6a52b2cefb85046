import Basics
import Glibc
package import SerialDevice

/// The directory in which each line has its files.
package struct LineDirectory: Equatable, Sendable {
    /// Where systemd's unit looks for them.
    package static let standardPath = "/etc/patriot-dialler"

    /// `defaults.conf` in it is no line's: it is read before each line's file.
    package static let sharedName = "defaults"

    /// Without a slash at its end.
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Why no file can be made in it, as a sentence with what to do; `nil` if one can.
    package var fault: String? {
        let name = shellQuoted(path)
        guard path.hasPrefix("/") else { return "\(name) is not an absolute path" }
        var status = stat()
        guard stat(path, &status) == 0 else {
            return "\(name) does not exist: install the package, which makes it, or run sudo mkdir -m 750 \(name)"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "\(name) is not a directory" }
        guard access(path, W_OK | X_OK) == 0 else { return "\(name) may not be changed by this user: run it with sudo" }
        return nil
    }

    /// The names of the lines that have a configuration file, sorted.
    package var lines: [String] {
        let names = FileSystem.names(in: path) ?? []
        return names.filter { $0.hasSuffix(".conf") }.map { String($0.dropLast(".conf".count)) }
            .filter { Self.fault(inName: $0) == nil }.sorted()
    }

    /// The first of line1, line2, … that is not there yet.
    package static func nextName(after lines: [String]) -> String {
        var number = 1
        while lines.contains("line\(number)") { number += 1 }
        return "line\(number)"
    }

    /// Characters: the line's user is named after it, with `pd-` before, and a user's name has at most 31 (utmp(5)).
    package static let longestName = 28

    /// Why the text is no name for a line; `nil` if it is. A name is a part of file names and of a unit's name.
    package static func fault(inName name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if name == sharedName {
            return "\(quoted(name)) is no name for a line: \(name).conf is for what all lines share"
        }
        if isPlain, (1...longestName).contains(name.utf8.count), name.first != "-" { return nil }
        return
            "\(quoted(name)) is no name for a line: at most \(longestName) letters, digits, - and _, for example line1"
    }

    /// Whether it exists or not, as all of these.
    package func configurationFile(of line: String) -> String { "\(path)/\(line).conf" }
    /// Holds the key alone; for its owner only.
    package func apiKeyFile(of line: String) -> String { "\(path)/\(line).key" }
    /// Holds the PIN alone; for its owner only.
    package func simPINFile(of line: String) -> String { "\(path)/\(line).pin" }
    /// Holds the certificate that Patriot is known by.
    package func certificateFile(of line: String) -> String { "\(path)/\(line).pem" }

    /// Where Patriot connects to us: the certificate that it is shown, PEM.
    package func tlsCertificateFile(of line: String) -> String { "\(path)/\(line)\(Self.tlsCertificateSuffix)" }
    /// The private key of that certificate, PEM; for its owner only.
    package func tlsKeyFile(of line: String) -> String { "\(path)/\(line)\(Self.tlsKeySuffix)" }
    /// What follows the line's name in the name of ``tlsCertificateFile(of:)``.
    package static let tlsCertificateSuffix = ".tls.pem"
    /// What follows the line's name in the name of ``tlsKeyFile(of:)``.
    package static let tlsKeySuffix = ".tls.key"

    /// The line whose configuration file that is; `nil` for one that is no line's.
    package func line(ofFile file: String) -> String? {
        let isRelative = !file.hasPrefix("/")
        let whole = isRelative ? FileSystem.resolve(".").map { "\($0)/\(file)" } : file
        return lines.first { configurationFile(of: $0) == whole }
    }

    /// The files that systemd makes the line's credentials of, by their names.
    package func credentials(of line: String) -> [String: String] {
        ["api-key": apiKeyFile(of: line), "sim-pin": simPINFile(of: line), "tls-key": tlsKeyFile(of: line)]
    }

    /// Where the configuration in that file comes from. Of a line's file the key and the PIN beside it belong to it, as they
    /// do where systemd runs the line.
    package func sources(
        file: String?,
        environment: [String: String],
        flags: [ConfigurationKey: String]
    ) -> ConfigurationSources {
        var sources = ConfigurationSources(file: file, environment: environment, flags: flags)
        if sources.credentials == nil { sources.credentials = file.flatMap(line).map(credentials) }
        return sources
    }

    /// What a line's file says already; `nil` for a line without one that can be read.
    package func setup(of line: String) -> LineSetup? {
        (try? SmallFile.read(configurationFile(of: line), limit: 65_536)).map {
            LineSetup(configuration: $0.bytes, shared: sharedSetup)
        }
    }

    /// Of a line without a file of its own: what `defaults.conf` says, if it is there.
    package var sharedSetup: LineSetup {
        let file = try? SmallFile.read("\(path)/\(Self.sharedName).conf", limit: 65_536)
        let answers = LineSetup(configuration: file?.bytes ?? []).answers
        return LineSetup(answers: answers, shared: answers)
    }

    /// Which modem each line but that one uses.
    package func modems(withoutThatOf line: String) -> [(line: String, selector: ModemSelector)] {
        lines.filter { $0 != line }.map { other in
            (other, setup(of: other).flatMap { ModemSelector($0[.modemDevice]) } ?? .automatic)
        }
    }
}
