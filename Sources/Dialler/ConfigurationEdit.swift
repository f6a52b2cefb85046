import Glibc

/// Why a configuration file could not be changed; it is as it was. The description fits behind the file's name.
package enum ConfigurationEditError: Error, Equatable, CustomStringConvertible {
    case unreadable(String)
    /// The value would not be read back as it was meant.
    case unclear(line: Int)
    /// The failed system call and its `errno`.
    case system(call: String, errno: Int32)

    package var description: String {
        switch self {
        case .unreadable(let reason): "the configuration file \(reason)"
        case .unclear(let line):
            "line \(line) cannot be changed without changing others: write the value by hand"
        case .system(let call, let code):
            "cannot be written (\(call): \(String(cString: strerror(code)))): is there space, and may this user write it? "
                + "Run the command with sudo"
        }
    }
}

/// Changes one value in a configuration file and leaves all else as it is, comments too.
package enum ConfigurationEdit {
    /// Sets the key: on its line if it has one, else at the end.
    ///
    /// Written to a new file that then takes the old one's place, with its mode and owner: after a power cut either the
    /// old file is there or the new one, whole. A link stays a link.
    package static func set(
        _ key: ConfigurationKey,
        to value: String,
        in path: String
    ) throws(ConfigurationEditError) {
        let target = resolve(path)
        let old: SmallFile
        do throws(FileReadingError) {
            old = try SmallFile.read(target, limit: 65_536)
        } catch {
            throw .unreadable("\(error)")
        }
        try replace(target, with: bytes(old.bytes, setting: key, to: value))
    }

    /// The file's bytes with the key set.
    /// - Parameter value: one that needs no quotes.
    static func bytes(
        _ old: [UInt8],
        setting key: ConfigurationKey,
        to value: String
    ) throws(ConfigurationEditError) -> [UInt8] {
        let parsed = ConfigurationFile(parsing: old)
        var lines = split(old)
        let end = lines.first?.suffix(2) == Array("\r\n".utf8)[...] ? "\r\n" : "\n"
        let assignment = Array("\(key.rawValue)=\(value)\(end)".utf8)
        var wanted = parsed.entries.map { ($0.key, $0.value) }
        if let index = parsed.entries.lastIndex(where: { $0.key == key.rawValue }) {
            let first = parsed.entries[index].line - 1
            var last = first
            while last + 1 < lines.count, isContinued(lines[last]) { last += 1 }
            lines.replaceSubrange(first...last, with: [assignment])
            wanted[index].1 = value
        } else {
            if let line = lines.last, line.last != UInt8(ascii: "\n") { lines[lines.count - 1] += Array(end.utf8) }
            lines.append(assignment)
            wanted.append((key.rawValue, value))
        }
        let new = lines.flatMap { $0 }
        let check = ConfigurationFile(parsing: new)
        let isRight =
            check.entries.elementsEqual(wanted) { ($0.key, $0.value) == $1 }
            && check.faults.count == parsed.faults.count
        guard isRight else { throw .unclear(line: lines.count) }
        return new
    }

    /// The lines with their ends.
    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
            lines.append(Array(bytes[start...index]))
            start = index + 1
        }
        if start < bytes.endIndex { lines.append(Array(bytes[start...])) }
        return lines
    }

    /// Whether a backslash that nothing takes the meaning from joins the next line to this one.
    private static func isContinued(_ line: [UInt8]) -> Bool {
        let text = line.reversed().drop { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        return text.prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 1
    }

    private static func resolve(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func replace(_ path: String, with bytes: [UInt8]) throws(ConfigurationEditError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system(call: "stat", errno: errno) }
        var name = Array((path + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw .system(call: "mkstemp", errno: errno) }
        let failure = fill(descriptor, with: bytes, like: status)
        close(descriptor)
        if let failure {
            unlink(name)
            throw failure
        }
        guard rename(name, path) == 0 else {
            let code = errno
            unlink(name)
            throw .system(call: "rename", errno: code)
        }
        syncFolder(of: path)
    }

    private static func fill(_ descriptor: CInt, with bytes: [UInt8], like status: stat) -> ConfigurationEditError? {
        // The owner first: a change of owner may take permission bits away.
        guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
            return .system(call: "fchown", errno: errno)
        }
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else { return .system(call: "fchmod", errno: errno) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return .system(call: "write", errno: errno) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { return .system(call: "fsync", errno: errno) }
        return nil
    }

    /// Makes the new name outlive a power cut; a file system that cannot do it has still taken the file.
    private static func syncFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let descriptor = open(
            slash == path.startIndex ? "/" : String(path[..<slash]),
            O_RDONLY | O_DIRECTORY | O_CLOEXEC
        )
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
