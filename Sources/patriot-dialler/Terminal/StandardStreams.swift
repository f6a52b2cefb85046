import Basics
import Dialler
import Glibc

/// What the commands print for a person to read. Unbuffered: a line is out when the call returns.
///
/// Texts are made visible on their way out; control sequences go through ``write(controls:)`` and a ``ScreenLine``'s styles only.
enum StandardOutput {
    /// Whether colours and cursor movement make sense there (and nobody asked for none, https://no-color.org).
    static var isColoured: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
            && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
    }

    /// Whether the locale says that a reader takes more than ASCII (locale(7)).
    static var isUTF8: Bool {
        let names: [String] = ["LC_ALL", "LC_CTYPE", "LANG"]
        let values = names.compactMap { name in getenv(name).map { String(cString: $0) } }
        let locale = values.first { !$0.isEmpty }?.lowercased() ?? ""
        return locale.hasSuffix("utf-8") || locale.hasSuffix("utf8")
    }

    /// The columns of the terminal; nil for what is none, or does not say.
    static var width: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// One line or, where the text has line feeds, several.
    static func write(line: String) {
        write(line + "\n")
    }

    /// One line, whatever is in the text: line feeds in it become visible.
    static func write(row: String) {
        write(visible(row) + "\n")
    }

    static func write(row: ScreenLine) {
        write(controls: row.text(isColoured: isColoured) + "\n")
    }

    static func write(_ text: String) {
        write(controls: visibleLines(text))
    }

    /// As it is, control sequences included.
    static func write(controls: String) {
        // Nothing can be reported when standard output is closed.
        _ = writeAll(Array(controls.utf8), to: STDOUT_FILENO)
    }
}

enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// One line or, where the text has line feeds, several; made visible.
    static func write(line: String) {
        _ = writeAll(Array((visibleLines(line) + "\n").utf8), to: STDERR_FILENO)
    }
}

/// Lines typed by a person or piped in, until end of file. Reading blocks a thread of its own, not a task.
enum StandardInput {
    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    static func lines() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        var thread = pthread_t()
        let reader = Unmanaged.passRetained(LineReader(continuation: continuation))
        pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                let reader = Unmanaged<LineReader>.fromOpaque(argument).takeRetainedValue()
                while let line = readLine() {
                    reader.continuation.yield(line)
                }
                reader.continuation.finish()
                return nil
            },
            reader.toOpaque()
        )
        pthread_detach(thread)
        return stream
    }

    private final class LineReader: Sendable {
        let continuation: AsyncStream<String>.Continuation

        init(continuation: AsyncStream<String>.Continuation) {
            self.continuation = continuation
        }
    }
}
