import Glibc

/// A system call that failed on a file, and its `errno`. The description fits behind the file's name.
package struct FileWritingError: Error, Equatable, CustomStringConvertible {
    /// The system call: `open`, `write`, `fsync`.
    package let call: String
    /// What it said (errno(3)).
    package let errno: Int32

    package var description: String {
        "cannot be written (\(call): \(String(cString: strerror(errno)))): is there space, and may this user write it? "
            + "Run the command with sudo"
    }
}

/// A file written whole beside the one whose place it then takes: after a power cut either the old one is there or the
/// new one.
struct StagedFile: Equatable {
    /// Who owns the new file; `nil` for who runs the program.
    struct Owner: Equatable {
        var user: uid_t
        var group: gid_t
    }

    let target: String
    /// Where it is until it is committed; in the same folder.
    let path: String
    let mode: mode_t

    /// Writes the new file; the target is not touched. What fails leaves nothing behind.
    init(for target: String, bytes: [UInt8], mode: mode_t, owner: Owner? = nil) throws(FileWritingError) {
        var name = Array((target + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw FileWritingError(call: "mkstemp", errno: errno) }
        let failure = Self.fill(descriptor, with: bytes, mode: mode, owner: owner)
        close(descriptor)
        if let failure {
            unlink(name)
            throw failure
        }
        self.target = target
        self.mode = mode
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Gives the new file the target's name. When that fails it is still there.
    func commit() throws(FileWritingError) {
        guard rename(path, target) == 0 else { throw FileWritingError(call: "rename", errno: errno) }
        Self.syncFolder(of: target)
    }

    func discard() {
        unlink(path)
    }

    private static func fill(
        _ descriptor: CInt,
        with bytes: [UInt8],
        mode: mode_t,
        owner: Owner?
    ) -> FileWritingError? {
        // The owner first: a change of owner may take permission bits away.
        if let owner, fchown(descriptor, owner.user, owner.group) != 0 {
            return FileWritingError(call: "fchown", errno: errno)
        }
        guard fchmod(descriptor, mode) == 0 else { return FileWritingError(call: "fchmod", errno: errno) }
        guard writeAll(bytes, to: descriptor) else { return FileWritingError(call: "write", errno: errno) }
        guard fsync(descriptor) == 0 else { return FileWritingError(call: "fsync", errno: errno) }
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

/// Writes to the file, pipe or terminal until it has taken everything. Waits for one that does not.
/// - Returns: false, with `errno` set, when it takes no more.
package func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}
