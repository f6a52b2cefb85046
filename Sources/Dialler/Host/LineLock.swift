import Basics
import Glibc

/// That this process alone runs its line: locks that end with the process, whatever ends it.
///
/// Taken before anything else: a second process would tell Patriot what it does not know, and write to the same records.
package enum LineLock {
    /// Takes the line, until the process ends.
    ///
    /// A person who starts a line by hand has no runtime directory of systemd's, so the configuration file is locked too, and
    /// the lock is looked for where systemd's line of that name has it.
    /// - Parameters:
    ///   - line: its name.
    ///   - runtimeDirectory: where the lock file is made; nil where there is none.
    ///   - configurationFile: nil where the configuration comes from the environment alone.
    /// - Returns: why not, as one sentence; nil when the line is ours. What cannot be locked at all is no reason not to run.
    package static func take(
        line: String,
        runtimeDirectory: String?,
        configurationFile: String?
    ) -> String? {
        let own = runtimeDirectory.map { $0 + "/lock" }
        let usual = "\(Configuration.allRuntimeDirectories)/\(line)/lock"
        let locks: [(path: String?, flags: CInt)] = [
            (own, O_RDWR | O_CREAT), (usual == own ? nil : usual, O_RDONLY), (configurationFile, O_RDONLY),
        ]
        for lock in locks {
            guard let path = lock.path, let holder = lockOrHolder(path, lock.flags) else { continue }
            return "\(line) is already run by \(holder): a line has one process; stop that one first."
        }
        return nil
    }

    /// Locks a file, which is made if it is not there, until the process ends.
    /// - Returns: who has it locked; nil when it is ours or cannot be locked.
    package static func take(file: String) -> String? {
        lockOrHolder(file, O_RDWR | O_CREAT)
    }

    /// Locks the file for as long as the process lives.
    /// - Returns: who has it locked; nil when it is ours or cannot be locked.
    private static func lockOrHolder(_ path: String, _ flags: CInt) -> String? {
        // Of the configuration file, a link is as good as the file.
        let follow = flags & O_CREAT == 0 ? 0 : O_NOFOLLOW
        let descriptor = open(path, flags | follow | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        var result: CInt
        repeat { result = flock(descriptor, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
        // Kept open on purpose: the lock lasts as long as the process.
        if result == 0 { return nil }
        let isHeld = errno == EWOULDBLOCK
        close(descriptor)
        return isHeld ? holder(ofInode: UInt64(status.st_ino)) : nil
    }

    /// As /proc/locks tells it: `1: FLOCK  ADVISORY  WRITE 4711 fe:01:131 0 EOF` (proc(5)).
    private static func holder(ofInode inode: UInt64) -> String {
        guard let file = fopen("/proc/locks", "re") else { return "another process" }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, CInt(buffer.count), file) != nil {
            let fields = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                .split { $0 == " " || $0 == "\n" }
            guard fields.count >= 6, fields[1] == "FLOCK", let process = pid_t(fields[4]), process > 0,
                fields[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode
            else { continue }
            return "\(name(of: process)) (process \(process))"
        }
        return "another process"
    }

    private static func name(of process: pid_t) -> String {
        guard let file = fopen("/proc/\(process)/comm", "re") else { return "a process" }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 64)
        guard fgets(&buffer, CInt(buffer.count), file) != nil else { return "a process" }
        let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
        return visible(String(decoding: bytes, as: UTF8.self))
    }
}
