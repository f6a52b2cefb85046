import Basics

/// Why there is no secret. A path is the whole one, as a message may show it shortened.
package enum SecretFault: Equatable, Sendable {
    /// No file was named, and systemd has no credential.
    case notNamed
    case missing(path: String)
    /// This user may not read it; another may.
    case unreadable(path: String)
    /// Users other than its owner may read it.
    case openToOthers(path: String)
    /// It holds no secret, or more than that, or could not be read for another reason.
    case unusable(path: String)
}

/// Reads a secret from a credential of systemd or from a file that only its owner may read.
package enum SecretFile {
    /// Where a secret's file was named.
    enum Origin: Equatable {
        /// `$CREDENTIALS_DIRECTORY/NAME`: systemd made the file and guards it.
        case credential(path: String)
        /// A path from the configuration.
        case file(path: String)
        /// A file whose secret is copied and which is not looked at again: who may read it is not our business.
        case source(path: String)

        var path: String {
            switch self {
            case .credential(let path), .file(let path), .source(let path): path
            }
        }
    }

    /// Whether systemd has that credential. Where it found no file it gives what the unit has in its place: an empty line.
    static func isGiven(credential path: String) -> Bool {
        guard SmallFile.exists(path) else { return false }
        // One that cannot be read was meant to be: the reading says why.
        guard let file = try? SmallFile.read(path, limit: 4096) else { return true }
        return file.bytes.contains { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    }

    /// The secret in a file that a person named to have it copied.
    /// - Throws: a sentence for a person, which never holds the file's content.
    package static func copy(of path: String) throws(InvalidValue) -> Secret {
        try read(.source(path: path))
    }

    /// The secret if it is the PIN of a SIM.
    package static func simPIN(_ secret: Secret) throws(InvalidValue) -> Secret {
        try ConfigurationValues.simPIN(secret)
    }

    /// The secret without the line ends around it.
    ///
    /// A file of the configuration must have mode 0600 or 0400; a credential is not checked for its mode.
    /// - Throws: a sentence for a person, which never holds the file's content.
    static func read(_ origin: Origin) throws(InvalidValue) -> Secret {
        let path = origin.path
        let file: SmallFile
        do throws(FileReadingError) {
            file = try SmallFile.read(path, limit: 4096)
        } catch {
            throw InvalidValue("the file \(quoted(path)) \(error)", secretFault: .init(error, path: path))
        }
        if case .file = origin, file.isOpenToOthers {
            throw InvalidValue(
                "the file \(quoted(path)) holds a secret and is open to other users (mode \(file.modeText), "
                    + "wanted 0600 or 0400): run chmod 600 \(shellQuoted(path))",
                secretFault: .openToOthers(path: path)
            )
        }
        do throws(InvalidValue) {
            return try secret(in: file.bytes, of: "the file \(quoted(path))")
        } catch {
            throw InvalidValue(error.message, secretFault: .unusable(path: path))
        }
    }

    /// The secret without the line ends around it.
    /// - Parameter name: what the bytes are called in the sentence that is thrown.
    package static func secret(in bytes: [UInt8], of name: String) throws(InvalidValue) -> Secret {
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw InvalidValue("\(name) is not UTF-8 text: save it as plain text")
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let trimmed = text.trimmingLineEnds()
        guard !trimmed.isEmpty else {
            throw InvalidValue("\(name) is empty: write the secret into it, on one line")
        }
        guard !trimmed.unicodeScalars.contains(where: isInvisible) else {
            throw InvalidValue(
                "\(name) has more than one line, or control characters: "
                    + "it must hold the secret alone, on one line, as plain text"
            )
        }
        return Secret(trimmed)
    }
}

extension SecretFault {
    init(_ error: FileReadingError, path: String) {
        self =
            switch error {
            case .notFound: .missing(path: path)
            case .permissionDenied: .unreadable(path: path)
            default: .unusable(path: path)
            }
    }
}

extension String {
    /// The text without the carriage returns and line feeds at its two ends.
    fileprivate func trimmingLineEnds() -> String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first == "\n" || first == "\r" { scalars.removeFirst() }
        while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
        return String(scalars)
    }
}
