import Dialler
import Glibc
import ModemCore

/// Why a file of the console's cannot be written: one sentence.
struct ConsoleFileError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ path: String, errno: CInt) {
        let reason =
            switch errno {
            case EEXIST: "it is there already: name another file"
            case ELOOP, ENXIO: "it is no plain file: name another"
            default: String(cString: strerror(errno))
            }
        self.init(path, because: reason)
    }

    init(_ path: String, because reason: String) {
        description = "\(path) cannot be written: \(reason)"
    }
}

/// A file that is written line by line. A failure is reported once.
final class ConsoleFile {
    private let path: String
    private let descriptor: CInt
    private(set) var hasFailed = false

    /// - Parameter mustBeNew: true to refuse a file that is there, false to write behind what it holds.
    /// - Throws: why not.
    init(_ path: String, mustBeNew: Bool) throws(ConsoleFileError) {
        self.path = path
        // Root may write into a directory of another user's, who may have laid a link or a pipe there.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        descriptor = open(path, flags | (mustBeNew ? O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { throw ConsoleFileError(path, errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ConsoleFileError(path, because: "it is no plain file: name another")
        }
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: what to tell a person, the first time that it fails.
    func write(line: String) -> ConsoleEvent? {
        let bytes = Array((line + "\n").utf8)
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count == bytes.count || hasFailed { return nil }
        hasFailed = true
        return ConsoleEvent(.warning("\(ConsoleFileError(path, errno: count < 0 ? errno : ENOSPC))"))
    }
}

/// Everything that the console shows, a line each, with the date.
final class ConsoleLog {
    /// As it was given.
    let path: String
    private let file: ConsoleFile
    private var view = ConsoleView()

    init(_ path: String) throws(ConsoleFileError) {
        self.path = path
        file = try ConsoleFile(path, mustBeNew: false)
    }

    func write(_ event: ConsoleEvent, profile: ModemProfile?, as shown: ConsoleView) -> ConsoleEvent? {
        view.isHex = shown.isHex
        view.isExplaining = shown.isExplaining
        let date = WallClockTime(seconds: event.time / 1_000_000, milliseconds: 0).local.date
        let rows = view.rows(for: event, profile: profile, width: 10_000)
        return rows.compactMap { file.write(line: "\(date) \($0.text(isColoured: false))") }.first
    }
}

/// A conversation as the simulated modem plays it.
final class ConsoleRecording {
    /// Shorter ones say nothing.
    private static let shortestPause = 50_000

    private let file: ConsoleFile
    private var lastTime: Int?
    /// What came without a line end, so far.
    private var begun = ""

    init(_ path: String, title: String) throws(ConsoleFileError) {
        file = try ConsoleFile(path, mustBeNew: true)
        _ = file.write(line: ModemTranscript.Entry.comment(title).text)
    }

    func write(_ event: ConsoleEvent) -> ConsoleEvent? {
        switch event.content {
        case .sent(let line):
            begun = ""
            lastTime = event.time
            return file.write(line: ModemTranscript.Entry.sent(ConsoleView.shown(line)).text)
        case .received(let line, _):
            let whole = (begun + line).trimmed
            begun = ""
            if whole.isEmpty { return nil }
            let pause = lastTime.map { event.time - $0 } ?? 0
            lastTime = event.time
            let waited = pause < Self.shortestPause ? nil : ModemTranscript.Entry.pause(.microseconds(pause)).text
            let entry = ModemTranscript.Entry.received(ConsoleView.shown(whole)).text
            return file.write(line: waited.map { "\($0)\n\(entry)" } ?? entry)
        case .fragment(let text):
            begun += text
            return nil
        case .note, .warning: return nil
        }
    }
}
