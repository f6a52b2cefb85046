import Basics
import CEditLine
import Glibc

/// The line that a person types, by libedit: editing, history and completion, while other lines appear above it.
///
/// On one thread: `readLine` calls `waitForKey`, which may call `show` as often as there is something to show.
final class ConsoleEditor {
    /// Waits for a key; nil when there will be no more.
    var waitForKey: () -> UInt8? = { nil }
    /// What the line up to the cursor may become.
    var completions: (String) -> [String] = { _ in [] }
    var prompt: () -> String = { "> " }

    private static let historyLength: CInt = 500

    private let editor: OpaquePointer
    private let history: OpaquePointer
    private let output: UnsafeMutablePointer<FILE>
    private let input: UnsafeMutablePointer<FILE>
    private var promptText: UnsafeMutablePointer<CChar>?
    private var promptWidth = 0
    private var isReading = false

    /// - Returns: nil where standard input and output are no terminal that can move its cursor.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, let name = getenv("TERM"),
            strcmp(name, "dumb") != 0, let input = fdopen(dup(STDIN_FILENO), "r"),
            let output = fdopen(dup(STDOUT_FILENO), "w"), let history = history_init()
        else { return nil }
        // What is drawn again goes out in one piece, so that nothing flickers.
        setvbuf(output, nil, CInt(_IOFBF), 65_536)
        guard
            let editor = el_init_fd(
                "patriot-dialler",
                input,
                output,
                output,
                STDIN_FILENO,
                STDOUT_FILENO,
                STDERR_FILENO
            )
        else { return nil }
        self.editor = editor
        self.history = history
        self.input = input
        self.output = output
        CEditLine_setClient(editor, Unmanaged.passUnretained(self).toOpaque())
        CEditLine_setPrompt(editor) { ConsoleEditor.of($0)?.nextPrompt() }
        CEditLine_setKeys(editor)
        CEditLine_useHistory(editor, history, Self.historyLength)
        CEditLine_bind(editor, "^I", "complete-command") { editor, _ in
            ConsoleEditor.of(editor)?.complete() ?? UInt8(CC_ERROR)
        }
        CEditLine_bind(editor, "^C", "drop-line") { editor, _ in
            ConsoleEditor.of(editor)?.dropLine() ?? UInt8(CC_ERROR)
        }
        CEditLine_setReader(editor) { editor, character in
            guard let editor = ConsoleEditor.of(editor) else { return -1 }
            return editor.nextKey(into: character)
        }
    }

    deinit {
        el_end(editor)
        history_end(history)
        fclose(input)
        fclose(output)
        free(promptText)
    }

    private static func of(_ editor: OpaquePointer?) -> ConsoleEditor? {
        guard let editor, let client = CEditLine_client(editor) else { return nil }
        return Unmanaged<ConsoleEditor>.fromOpaque(client).takeUnretainedValue()
    }

    // MARK: The line

    /// The line that was typed, taken off the screen again; nil at the end.
    func readLine() -> String? {
        CEditLine_takeTerminal(editor)
        var count: CInt = 0
        let line = el_gets(editor, &count)
        isReading = false
        guard let line, count > 0 else {
            put("\r\n")
            fflush(output)
            return nil
        }
        let text = String(cString: line).filter { !$0.isNewline }
        // What was sent is shown as an event, masked and with its time.
        put("\u{1B}[\((promptWidth + text.utf8.count) / columns + 1)A\r\u{1B}[J")
        return text
    }

    /// What has been typed so far.
    var text: String {
        guard isReading, let line = el_line(editor)?.pointee else { return "" }
        let bytes = UnsafeBufferPointer(start: line.buffer, count: line.lastchar - line.buffer)
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remember(_ line: String) {
        CEditLine_remember(history, line)
    }

    // MARK: The screen

    /// The rows, above the line that is being typed.
    func show(_ rows: [ScreenLine]) {
        let rows = rows.map { $0.text(isColoured: StandardOutput.isColoured) }
        guard isReading else {
            // It goes out with the next prompt.
            for row in rows { put(row + "\r\n") }
            return
        }
        let above = (promptWidth + cursor) / columns
        // Terminals that know how (mode 2026) show nothing of it before it is whole.
        put("\u{1B}[?2026h\r" + (above > 0 ? "\u{1B}[\(above)A" : ""))
        // Over the old prompt instead of clearing first: nothing is ever missing from the screen.
        for row in rows { put(row + "\u{1B}[K\r\n") }
        put("\u{1B}[J")
        CEditLine_redraw(editor)
        put("\u{1B}[?2026l")
        fflush(output)
    }

    /// Clears the terminal's screen, not what has scrolled away. Between two lines only.
    func clear() {
        put("\u{1B}[H\u{1B}[2J")
    }

    /// The terminal has another size.
    func resize() {
        el_resize(editor)
        show([])
    }

    /// Of the terminal.
    var columns: Int { StandardOutput.width ?? 80 }

    private func put(_ text: String) {
        fputs(text, output)
    }

    // MARK: What libedit asks

    private func nextPrompt() -> UnsafeMutablePointer<CChar>? {
        let text = visible(prompt())
        free(promptText)
        promptText = strdup(text)
        promptWidth = text.utf8.count
        return promptText
    }

    private func nextKey(into character: UnsafeMutablePointer<wchar_t>?) -> CInt {
        isReading = true
        while let key = waitForKey() {
            // AT lines are ASCII.
            guard key < 0x80 else { continue }
            character?.pointee = wchar_t(key)
            return 1
        }
        return 0
    }

    private var cursor: Int {
        guard let line = el_line(editor)?.pointee else { return 0 }
        return line.cursor - line.buffer
    }

    private func complete() -> UInt8 {
        let typed = String(text.prefix(cursor))
        let found = completions(typed)
        guard let first = found.first else { return UInt8(CC_REFRESH_BEEP) }
        let common = found.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        if common.count > typed.count {
            el_deletestr(editor, CInt(typed.utf8.count))
            el_insertstr(editor, common)
        } else if found.count > 1 {
            show(Self.columns(of: found, width: columns - 1).map { ScreenLine($0) })
        }
        return UInt8(CC_REFRESH)
    }

    private static func columns(of words: [String], width: Int) -> [String] {
        let cell = (words.map(\.count).max() ?? 0) + 2
        let perRow = max(1, width / cell)
        return stride(from: 0, to: words.count, by: perRow).map { start in
            words[start..<min(start + perRow, words.count)]
                .map { $0 + String(repeating: " ", count: cell - $0.count) }.joined()
        }
    }

    private func dropLine() -> UInt8 {
        if text.isEmpty { return UInt8(CC_EOF) }
        el_cursor(editor, CInt(text.utf8.count))
        el_deletestr(editor, CInt(text.utf8.count))
        return UInt8(CC_REFRESH)
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
