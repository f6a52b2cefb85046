import Glibc

/// systemctl(1), for the unit of one line.
struct Systemctl {
    let unit: String

    init(line: String) {
        unit = "patriot-dialler@\(line).service"
    }

    /// Whether systemd runs this machine (sd_booted(3)).
    static var isThere: Bool { access("/run/systemd/system", F_OK) == 0 }

    /// Runs it to its end; what it has to say of a failure is on standard error.
    /// - Returns: whether it was done.
    func run(_ verb: String) -> Bool {
        exitCode(["systemctl", verb, unit], output: nil) == 0
    }

    /// The sentence by which the line says how it fares; empty until it has said one.
    func statusText() -> String {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return "" }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A sentence is shorter than what a pipe holds: it ends before it is read.
        _ = exitCode(["systemctl", "show", "--property=StatusText", "--value", unit], output: ends[1])
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(ends[0], &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// - Returns: nil when it could not be run or was ended by a signal.
    private func exitCode(_ words: [String], output: CInt?) -> CInt? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // SIGPIPE is ignored here, and a child would keep it so.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, CShort(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        guard posix_spawnp(&child, words[0], &actions, &attributes, &arguments, environ) == 0 else { return nil }
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return nil }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
    }
}
