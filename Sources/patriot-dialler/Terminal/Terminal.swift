import Glibc

/// Reads answers of a person at standard input, one at a time; what is typed ahead waits.
enum Terminal {
    /// Shows the question and reads the answer, without the white space around it; `nil` at end of file.
    static func answer(_ question: String) -> String? {
        StandardOutput.write(question)
        return line().map(trimmed)
    }

    /// As `answer`, but what is typed is not shown: for secrets, whose spaces count. Ctrl-C and Ctrl-D end it like the end
    /// of the file.
    static func secret(_ question: String) -> String? {
        defer { StandardOutput.write("\n") }
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            StandardOutput.write(question)
            return line()
        }
        var silent = before
        // Byte by byte and without signals: a Ctrl-C must not leave the terminal silent for whatever comes after us.
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        // Silent before the question is there: it may be answered at once.
        tcsetattr(STDIN_FILENO, TCSADRAIN, &silent)
        defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
        StandardOutput.write(question)
        return hiddenLine()
    }

    /// Everything until end of file, or one byte more than the limit.
    static func everything(limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit, let byte = byte() { bytes.append(byte) }
        return bytes
    }

    private static func line() -> String? {
        var bytes: [UInt8] = []
        while let byte = byte() {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func hiddenLine() -> String? {
        var bytes: [UInt8] = []
        while let byte = byte() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return String(decoding: bytes, as: UTF8.self)
            case 0x03, 0x04: return nil
            case 0x08, 0x7F:
                // A character of several bytes goes as a whole.
                while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
            case 0x15: bytes = []
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private static func byte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
