import Dialler
import Glibc
import Synchronization

/// The whole terminal as one screen, on which typed keys come at once; what was there before comes back with ``leave()``.
struct TerminalScreen {
    struct Size: Equatable {
        var columns: Int
        var rows: Int
    }

    /// The signals that end a program, of which the last to come is kept, so that the terminal is first put right.
    private static let endings = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    private static let ending = Atomic<CInt>(0)

    private let before: termios?

    /// Whether standard output is a terminal that has screens.
    static var isThere: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessEnvironment.variables["TERM"].map { $0 != "dumb" && !$0.isEmpty } ?? false
    }

    /// Takes the terminal.
    init() {
        // Before a signal can come: a handler must not be the first to touch it.
        Self.ending.store(0, ordering: .relaxed)
        for number in Self.endings { signal(number) { TerminalScreen.ending.store($0, ordering: .relaxed) } }
        // So that poll(2) ends, and the new size is seen.
        signal(SIGWINCH) { _ in }
        var settings = termios()
        if tcgetattr(STDIN_FILENO, &settings) == 0 {
            before = settings
            settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        } else {
            before = nil
        }
        // Another screen, no cursor, no wrapping (xterm's private modes 1049, 25, 7).
        StandardOutput.write(controls: "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J")
    }

    /// Gives the terminal back as it was. A signal that ended the screen then ends the program, as it would have.
    func leave() {
        StandardOutput.write(controls: "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        if var before { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
        for number in Self.endings + [SIGWINCH] { signal(number, SIG_DFL) }
        let ending = Self.ending.load(ordering: .relaxed)
        if ending != 0, ending != SIGINT { raise(ending) }
    }

    /// Whether typed keys can be read at standard input.
    var hasKeys: Bool { before != nil }

    var isEnding: Bool { Self.ending.load(ordering: .relaxed) != 0 }

    /// As it is now; 80 by 24 where the terminal does not know.
    static var size: Size {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return Size(columns: 80, rows: 24)
        }
        return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }

    /// What was typed, without waiting; nil at the end of the terminal.
    func keys() -> [UInt8]? {
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        return count > 0 ? Array(keys.prefix(count)) : nil
    }

    /// Shows the lines in the place of those before: written over, in one piece, so that nothing flickers.
    ///
    /// - Parameter lines: no more than there are rows, each shorter than a row.
    func show(_ lines: [ScreenLine], isColoured: Bool) {
        let texts = lines.map { $0.text(isColoured: isColoured) + "\u{1B}[K" }
        StandardOutput.write(controls: "\u{1B}[H" + texts.joined(separator: "\r\n") + "\u{1B}[J")
    }
}
