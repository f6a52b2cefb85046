import Glibc
import SerialDevice

/// Why a configuration file could not be changed; it is as it was. The description fits behind the file's name.
package enum ConfigurationEditError: Error, Equatable, CustomStringConvertible {
    case unreadable(String)
    /// The value would not be read back as it was meant.
    case unclear(line: Int)
    case unwritable(FileWritingError)

    package var description: String {
        switch self {
        case .unreadable(let reason): "the configuration file \(reason)"
        case .unclear(let line):
            "line \(line) cannot be changed without changing others: write the value by hand"
        case .unwritable(let failure): failure.description
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
        let target = FileSystem.resolve(path) ?? path
        let old: SmallFile
        do throws(FileReadingError) {
            old = try SmallFile.read(target, limit: 65_536)
        } catch {
            throw .unreadable("\(error)")
        }
        try replace(target, with: bytes(old.bytes, setting: key, to: value))
    }

    /// The file's bytes with the key set: on its line if it has one, else at the end.
    /// - Parameters:
    ///   - value: one that needs no quotes.
    ///   - comment: what stands above it if it comes to the end, without the `#`.
    static func bytes(
        _ old: [UInt8],
        setting key: ConfigurationKey,
        to value: String,
        comment: String? = nil
    ) throws(ConfigurationEditError) -> [UInt8] {
        let parsed = ConfigurationFile(parsing: old)
        var lines = split(old)
        let end = lineEnd(of: lines)
        let assignment = Array("\(key.rawValue)=\(value)\(end)".utf8)
        var wanted = parsed.entries.map { ($0.key, $0.value) }
        var place = lines.count + 1
        if let index = parsed.entries.lastIndex(where: { $0.key == key.rawValue }) {
            lines.replaceSubrange(parsed.entries[index].places, with: [assignment])
            wanted[index].1 = value
            place = parsed.entries[index].line
        } else {
            if let line = lines.last, line.last != UInt8(ascii: "\n") { lines[lines.count - 1] += Array(end.utf8) }
            if let comment { lines.append(Array("# \(comment)\(end)".utf8)) }
            lines.append(assignment)
            wanted.append((key.rawValue, value))
        }
        return try joined(lines, wanted: wanted, faultCount: parsed.faults.count, changed: place)
    }

    /// The file's bytes without the key's line, nor the comment above it if it is that one.
    static func bytes(
        _ old: [UInt8],
        removing key: ConfigurationKey,
        comment: String
    ) throws(ConfigurationEditError) -> [UInt8] {
        let parsed = ConfigurationFile(parsing: old)
        guard let index = parsed.entries.lastIndex(where: { $0.key == key.rawValue }) else { return old }
        var lines = split(old)
        let range = parsed.entries[index].places
        lines.removeSubrange(range)
        let above = range.lowerBound - 1
        let isOurComment = above >= 0 && lines[above].prefix { !isLineEnd($0) } == Array("# \(comment)".utf8)[...]
        if isOurComment { lines.remove(at: above) }
        var wanted = parsed.entries.map { ($0.key, $0.value) }
        wanted.remove(at: index)
        return try joined(lines, wanted: wanted, faultCount: parsed.faults.count, changed: parsed.entries[index].line)
    }

    /// The lines as one, if they say what is wanted and nothing else.
    private static func joined(
        _ lines: [[UInt8]],
        wanted: [(String, String)],
        faultCount: Int,
        changed line: Int
    ) throws(ConfigurationEditError) -> [UInt8] {
        let new = lines.flatMap { $0 }
        let check = ConfigurationFile(parsing: new)
        let isRight =
            check.entries.elementsEqual(wanted) { ($0.key, $0.value) == $1 } && check.faults.count == faultCount
        guard isRight else { throw .unclear(line: line) }
        return new
    }

    private static func lineEnd(of lines: [[UInt8]]) -> String {
        lines.first?.suffix(2) == Array("\r\n".utf8)[...] ? "\r\n" : "\n"
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

    private static func replace(_ path: String, with bytes: [UInt8]) throws(ConfigurationEditError) {
        do throws(FileWritingError) {
            var status = stat()
            guard stat(path, &status) == 0 else { throw FileWritingError(call: "stat", errno: errno) }
            let owner = StagedFile.Owner(user: status.st_uid, group: status.st_gid)
            let file = try StagedFile(for: path, bytes: bytes, mode: status.st_mode & 0o7777, owner: owner)
            do throws(FileWritingError) {
                try file.commit()
            } catch {
                file.discard()
                throw error
            }
        } catch {
            throw .unwritable(error)
        }
    }
}

extension ConfigurationFile.Entry {
    /// Of its lines among all of the file's.
    fileprivate var places: ClosedRange<Int> { line - 1...lastLine - 1 }
}
