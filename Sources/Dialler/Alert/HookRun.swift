import Glibc

/// One run of a site's hook, in processes of its own that outlive the alert process.
///
/// A shell starts the hook below timeout(1), which kills its process group when it takes too long, and then writes its exit code to a
/// file. While the shell lives it holds a lock on another one: an alert process that comes later finds out how the run ended, also
/// when the one that started it was killed.
package final class HookRun {
    /// How it went.
    package enum Outcome: Equatable, Sendable {
        case succeeded
        /// Why not, as a sentence part.
        case failed(String)
        /// It never ran: the alert process ended before it was started.
        case neverStarted
    }

    private let files: Files
    /// nil for one that another process has started.
    private let process: pid_t?
    private let limit: Int

    /// Its files, by a name that belongs to one attempt.
    private struct Files {
        let prefix: String
        var lock: String { prefix + ".lock" }
        var started: String { prefix + ".started" }
        var result: String { prefix + ".result" }

        func remove() {
            for path in [lock, started, result, result + ".new"] { unlink(path) }
        }
    }

    /// Descriptor 9 is the lock, which the hook does not inherit: what it leaves running does not hold it.
    private static let script = """
        true >"$1.started"
        timeout --kill-after=2 "$2" "$3" 9>&-
        code=$?
        echo "$code" >"$1.result.new" && mv "$1.result.new" "$1.result"
        exit "$code"
        """

    private init(_ files: Files, process: pid_t?, limit: Int) {
        self.files = files
        self.process = process
        self.limit = limit
    }

    /// Starts the hook, without arguments and standard input; what it prints goes to standard error.
    /// - Parameters:
    ///   - hook: its absolute path.
    ///   - prefix: how the names of its files begin, absolute.
    ///   - environment: all of it.
    ///   - limit: how long it may take, in seconds.
    /// - Returns: nil when the system has no place for another process or file; `errno` says why.
    package static func start(
        _ hook: String,
        prefix: String,
        environment: [String: String],
        limit: Int
    ) -> HookRun? {
        let files = Files(prefix: prefix)
        files.remove()
        let lock = open(files.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { return nil }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { return nil }
        let words = ["sh", "-c", script, "sh", prefix, "\(limit)", hook]
        guard let process = spawn(words, environment, lock: lock) else { return nil }
        return HookRun(files, process: process, limit: limit)
    }

    /// Takes over one that another alert process has begun, perhaps.
    package static func adopt(prefix: String, limit: Int) -> HookRun {
        HookRun(Files(prefix: prefix), process: nil, limit: limit)
    }

    /// How it ended; nil while it runs. To be asked for no more once it is known.
    package func outcome() -> Outcome? {
        if let process { return Self.exitCode(of: process).map(meaning) }
        return adoptedOutcome()
    }

    /// Removes what told how it ended: once that is kept elsewhere, so that an alert process that comes later never takes it
    /// for one that was not started.
    package func forget() {
        files.remove()
    }

    private func adoptedOutcome() -> Outcome? {
        let lock = open(files.lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        if lock >= 0 {
            defer { close(lock) }
            // The shell lives.
            if flock(lock, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
        }
        if let file = try? SmallFile.read(files.result, limit: 64) {
            let text = String(decoding: file.bytes, as: UTF8.self).prefix { !$0.isNewline }
            return Int(text).map(meaning) ?? .failed("its exit code is not known")
        }
        return access(files.started, F_OK) == 0 ? .failed("it was killed") : .neverStarted
    }

    private func meaning(of exitCode: Int) -> Outcome {
        switch exitCode {
        case 0: .succeeded
        // timeout's own code, and that of SIGKILL.
        case 124, 137: .failed("it took longer than \(limit) s and was killed")
        case 126: .failed("it cannot be executed")
        case 127: .failed("it is not there, or it names a program that is not")
        default: .failed("exit code \(exitCode)")
        }
    }

    /// As a shell has it: 128 and the signal's number when one ended it; nil while it runs.
    private static func exitCode(of process: pid_t) -> Int? {
        var status: CInt = 0
        let result = waitpid(process, &status, WNOHANG)
        if result == 0 || result < 0 && errno == EINTR { return nil }
        // It cannot be asked any more.
        guard result > 0 else { return 125 }
        let signal = status & 0x7F
        return signal == 0 ? Int(status >> 8 & 0xFF) : 128 + Int(signal)
    }

    private static func spawn(_ words: [String], _ environment: [String: String], lock: CInt) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, lock, 9)
        ProgramOutput.resetSignals(&attributes)
        // Ctrl-C at a terminal is for the alert process, not for what it started.
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, &variables)
        guard failure == 0 else {
            errno = failure
            return nil
        }
        return process
    }
}
