import Glibc

/// Where call records are until they are on the disk: a file in the memory that outlives the process.
///
/// The runtime directory is a file system in memory, so writing to it waits for no disk. It is what makes a record safe from the
/// moment at which it is made: a daemon that is killed then leaves it to the next one.
///
/// Not for two threads at once.
struct CallRecordJournal: ~Copyable {
    private let descriptor: CInt
    /// The last line has no end, so that the next one must not be put behind it.
    private var isTorn = false

    /// - Returns: nil when there can be none; records are then safe when they are on the disk, and no sooner.
    init?(directory: String, line: String) {
        let path = directory + "/call-records-" + line + ".jsonl"
        descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    /// What the last daemon left.
    mutating func read() -> [CallRecord] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        isTorn = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { CallRecord(line: $0) }
    }

    mutating func append(_ line: [UInt8]) {
        let end = [UInt8(ascii: "\n")]
        let bytes = isTorn ? end + line + end : line + end
        let written = write(descriptor, bytes, bytes.count)
        if written > 0 { isTorn = written < bytes.count }
    }

    /// Everything is on the disk.
    mutating func clear() {
        isTorn = false
        ftruncate(descriptor, 0)
    }
}
