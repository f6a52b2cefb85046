import Glibc

/// Runs a program of the system for what it prints.
package enum ProgramOutput {
    /// More than this of an output is not kept.
    private static let maximumBytes = 4 << 20

    /// What the program printed on standard output; nil when it is not there, fails, or takes longer than that.
    ///
    /// Blocks: never call it on an event loop. The program is found by PATH, has no standard input, and its complaints are
    /// not shown.
    package static func of(_ words: [String], within limit: Duration = .seconds(5)) -> String? {
        guard let (process, output) = start(words) else { return nil }
        defer { close(output) }
        let text = read(output, until: .now + limit)
        if text == nil { kill(process, SIGKILL) }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        // WIFEXITED and WEXITSTATUS are macros.
        return status == 0 ? text : nil
    }

    private static func start(_ words: [String]) -> (process: pid_t, output: CInt)? {
        var pipes: [CInt] = [-1, -1]
        guard pipe(&pipes) == 0 else { return nil }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipes[1]) }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        resetSignals(&attributes)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process: pid_t = 0
        guard posix_spawnp(&process, words[0], &actions, &attributes, &arguments, environ) == 0 else {
            close(pipes[0])
            return nil
        }
        return (process, pipes[0])
    }

    /// The program starts with no signal blocked or ignored; this takes the flags for the mask and the defaults.
    static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var ignored = sigset_t()
        sigemptyset(&none)
        sigemptyset(&ignored)
        sigaddset(&ignored, SIGPIPE)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &ignored)
    }

    /// All of it up to the end; nil when that does not come in time.
    private static func read(_ descriptor: CInt, until deadline: ContinuousClock.Instant) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return nil }
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, CInt(clamping: left.roundedMilliseconds)) > 0 else { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            if count > 0, bytes.count < maximumBytes { bytes += buffer.prefix(count) }
        }
    }
}
