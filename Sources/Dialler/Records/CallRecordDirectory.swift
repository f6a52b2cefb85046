import Glibc

/// The directory with the files of call records, one a month.
///
/// Every call of it may wait for the disk.
package struct CallRecordDirectory: Equatable, Sendable {
    /// It may not exist yet.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Whether a directory of that name can be had at all.
    package var exists: Bool { access(path, F_OK) == 0 }

    private func path(of month: CallMonth) -> String {
        path + "/" + month.fileName
    }

    // MARK: Writing

    /// Appends the line to the month's file and has it on the disk when it returns.
    ///
    /// What power loss left of an earlier line stays a line by itself. A line that does not fit whole is taken back.
    /// - Throws: `.notWritten`, or `.notSynchronized` when the line is in the file and the disk did not confirm it.
    func append(_ line: [UInt8], to month: CallMonth) throws(CallRecordError) {
        let descriptor = open(path(of: month), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else { throw .notWritten(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .notWritten(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notWritten(EINVAL) }
        // The group may read it, whatever the process's mask.
        if status.st_size == 0 { fchmod(descriptor, 0o640) }
        var bytes = line + [UInt8(ascii: "\n")]
        if status.st_size > 0, try lastByte(of: descriptor, size: status.st_size) != UInt8(ascii: "\n") {
            bytes.insert(UInt8(ascii: "\n"), at: 0)
        }
        try write(bytes, to: descriptor, size: status.st_size)
        guard fsync(descriptor) == 0 else { throw .notSynchronized(errno) }
        if status.st_size == 0 { try synchronizeNames() }
    }

    private func lastByte(of descriptor: CInt, size: off_t) throws(CallRecordError) -> UInt8 {
        var byte: UInt8 = 0
        guard pread(descriptor, &byte, 1, size - 1) == 1 else { throw .notWritten(errno) }
        return byte
    }

    private func write(_ bytes: [UInt8], to descriptor: CInt, size: off_t) throws(CallRecordError) {
        var written = -1
        repeat { written = Glibc.write(descriptor, bytes, bytes.count) } while written < 0 && errno == EINTR
        guard written != bytes.count else { return }
        let reason = written < 0 ? errno : ENOSPC
        var status = stat()
        // Only what this call has appended, and only if nobody has appended since.
        if written > 0, fstat(descriptor, &status) == 0, status.st_size == size + off_t(written) {
            ftruncate(descriptor, size)
        }
        throw .notWritten(reason)
    }

    /// The name of a new file has to be on the disk too.
    private func synchronizeNames() throws(CallRecordError) {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .notSynchronized(errno) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .notSynchronized(errno) }
    }

    /// Deletes the month's file.
    func delete(_ month: CallMonth) throws(CallRecordError) {
        guard unlink(path(of: month)) == 0 || errno == ENOENT else { throw .notDeleted(errno) }
    }

    /// Notes that a file is deleted now, over restarts.
    /// - Returns: false when one was deleted in the last 24 hours, or that cannot be noted.
    func claimDeletion(now: WallClockTime = .now()) -> Bool {
        let descriptor = open(path + "/.deleted", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        // A file that is new says nothing; the noted time is the file's own, and its size says that it is one.
        let age = now.seconds - status.st_mtim.tv_sec
        if status.st_size > 0, (0..<86_400).contains(age) { return false }
        return pwrite(descriptor, "\n", 1, 0) == 1 && futimens(descriptor, nil) == 0
    }

    // MARK: Reading

    /// The months that have a file, oldest first.
    package func months() throws(CallRecordError) -> [CallMonth] {
        guard let directory = opendir(path) else { throw .notRead(errno) }
        defer { closedir(directory) }
        var months: [CallMonth] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let month = CallMonth(fileName: name) { months.append(month) }
        }
        return months.sorted()
    }

    /// Hands over the month's lines in order, each without its line end. A last line without one is handed over too.
    ///
    /// Of a line longer than a record can be, only so much is handed over that it is seen to be too long.
    package func forEachLine(of month: CallMonth, _ body: (ArraySlice<UInt8>) -> Void) throws(CallRecordError) {
        let descriptor = open(path(of: month), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
        guard descriptor >= 0 else { throw .notRead(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .notRead(errno) }
        // Root reads here, and the directory is another user's.
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRead(EINVAL) }
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .notRead(errno) }
            if count == 0 { break }
            var rest = chunk[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                Self.append(rest[..<end], to: &line)
                body(line[...])
                line.removeAll(keepingCapacity: true)
                rest = rest[(end + 1)...]
            }
            Self.append(rest, to: &line)
        }
        if !line.isEmpty { body(line[...]) }
    }

    private static func append(_ bytes: ArraySlice<UInt8>, to line: inout [UInt8]) {
        line += bytes.prefix(max(0, CallRecord.lineLimit + 1 - line.count))
    }
}

/// Why call records could not be written or read, with the `errno`.
package enum CallRecordError: Error, Equatable, Sendable {
    /// The line is not in the file.
    case notWritten(Int32)
    /// The line is in the file; whether it is on the disk is not known.
    case notSynchronized(Int32)
    case notDeleted(Int32)
    case notRead(Int32)
}

extension CallRecordError: CustomStringConvertible {
    /// Fits behind "the call records in DIRECTORY".
    package var description: String {
        switch self {
        case .notWritten(let code): "cannot be written: \(Self.text(code))\(Self.adviceToWriter(code))"
        case .notSynchronized(let code): "may not be on the disk: \(Self.text(code))\(Self.adviceToWriter(code))"
        case .notDeleted(let code): "that are old cannot be deleted: \(Self.text(code))\(Self.adviceToWriter(code))"
        case .notRead(let code): "cannot be read: \(Self.text(code))\(Self.adviceToReader(code))"
        }
    }

    private static func text(_ code: Int32) -> String {
        String(cString: strerror(code))
    }

    private static func adviceToWriter(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: ": free space there"
        case EROFS: ": mount it so that it can be written to"
        case EACCES, EPERM: ": make the daemon's user (uid \(geteuid())) the owner of the directory and its files"
        case ENOENT, ENOTDIR: ": make the directory"
        default: ""
        }
    }

    private static func adviceToReader(_ code: Int32) -> String {
        switch code {
        case EACCES, EPERM: ": do it as root or as a member of the files' group"
        case ENOENT, ENOTDIR: ": correct the path"
        default: ""
        }
    }
}
