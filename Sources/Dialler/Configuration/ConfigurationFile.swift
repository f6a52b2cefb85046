/// The lines of a configuration file, in the form of systemd's `EnvironmentFile=` (systemd.exec(5)).
///
/// - A line is `KEY=value`; blank lines and lines that begin with `#` or `;` say nothing. A `#` further on is part of
///   the value.
/// - White space around the key and around an unquoted value is dropped.
/// - `'…'` keeps everything as it is. In `"…"` a backslash stands before `"`, `\`, `` ` `` and `$`, and before a line
///   end it joins the lines. Quoted and bare pieces of one value are glued together.
/// - Outside quotes a backslash keeps the next character, and joins the lines when it ends one.
///
/// Unlike systemd nothing is passed over in silence: a line that has no meaning is a problem with its number, and so is
/// a quote that does not close on its line (no value of ours holds a line end).
struct ConfigurationFile: Equatable, Sendable {
    /// One `KEY=value`.
    struct Entry: Equatable, Sendable {
        /// On which it begins.
        var line: Int
        /// On which it ends: a backslash at the end of a line joins the next one.
        var lastLine: Int
        var key: String
        var value: String

        init(line: Int, lastLine: Int? = nil, key: String, value: String) {
            self.line = line
            self.lastLine = lastLine ?? line
            self.key = key
            self.value = value
        }

        /// Whether it is rather a secret that ends in `=`, as base64 does, than a slip in a key of ours.
        var isPerhapsSecret: Bool {
            ConfigurationKey(rawValue: key) == nil && ConfigurationKey.nearest(to: key) == nil
                && value.allSatisfy { $0 == "=" }
        }
    }

    /// A line that means nothing. Nothing of it is quoted: it may be a secret that was put where its file's name should be.
    struct Fault: Equatable, Sendable {
        var line: Int
        var key: String?
        var message: String
        var severity: ConfigurationProblem.Severity = .error
    }

    /// The assignments in the order of the file, duplicates included.
    private(set) var entries: [Entry] = []
    private(set) var faults: [Fault] = []

    init(parsing bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var scanner = Scanner(bytes: bytes, position: bytes.starts(with: mark) ? mark.count : 0)
        while let assignment = scanner.next() {
            add(assignment)
        }
    }

    private mutating func add(_ raw: RawLine) {
        guard let key = String(validating: raw.key, as: UTF8.self),
            let value = String(validating: raw.value, as: UTF8.self)
        else {
            let message = "is not UTF-8 text: save the file as UTF-8 (plain ASCII is best)"
            faults.append(Fault(line: raw.line, key: nil, message: "the line " + message))
            return
        }
        switch raw.end {
        case .comment:
            let message =
                "the comment ends in a backslash, and systemd before version 254 then takes the next line "
                + "for a comment too: remove the backslash"
            faults.append(Fault(line: raw.line, key: nil, message: message, severity: .warning))
            return
        case .noEqualsSign:
            let message = "expected KEY=value or a # comment (line not shown)"
            faults.append(Fault(line: raw.line, key: nil, message: message))
            return
        case .openQuote:
            let message = "the value begins with a quote that is never closed: close it on this line"
            faults.append(Fault(line: raw.line, key: Self.isName(key) ? key : nil, message: message))
            return
        case .complete:
            break
        }
        guard Self.isName(key) else {
            let isExport = key.hasPrefix("export ")
            let remedy = isExport ? "leave out \"export\"" : "letters, digits and _ only"
            let message = "what stands before the = (not shown) is no name for a key: \(remedy)"
            faults.append(Fault(line: raw.line, key: nil, message: message))
            return
        }
        entries.append(Entry(line: raw.line, lastLine: raw.lastLine, key: key, value: value))
    }

    private static func isName(_ key: String) -> Bool {
        guard let first = key.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

/// What the scanner found, still bytes.
private struct RawLine {
    enum End { case complete, noEqualsSign, openQuote, comment }

    var line: Int
    var lastLine = 0
    var key: [UInt8]
    var value: [UInt8]
    var end: End
}

/// Walks the bytes once, an assignment at a time.
private struct Scanner {
    let bytes: [UInt8]
    var position: Int
    var line = 1

    /// The next assignment, meaningless line or doubtful comment; `nil` at the end.
    mutating func next() -> RawLine? {
        while let byte = peek() {
            if Self.isSpace(byte) {
                advance()
            } else if byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
                let start = line
                let comment = restOfLine()
                if comment.last == UInt8(ascii: "\\") {
                    return RawLine(line: start, key: [], value: [], end: .comment)
                }
            } else {
                return assignment()
            }
        }
        return nil
    }

    private mutating func assignment() -> RawLine {
        let start = line
        var key: [UInt8] = []
        while let byte = peek(), !isLineEnd(byte), byte != UInt8(ascii: "=") {
            key.append(byte)
            advance()
        }
        while let last = key.last, Self.isSpace(last) { key.removeLast() }
        guard peek() == UInt8(ascii: "=") else {
            return RawLine(line: start, key: key, value: [], end: .noEqualsSign)
        }
        advance()
        let (value, isClosed) = readValue()
        return RawLine(line: start, lastLine: line, key: key, value: value, end: isClosed ? .complete : .openQuote)
    }

    private mutating func readValue() -> (bytes: [UInt8], isClosed: Bool) {
        var value: [UInt8] = []
        // Up to here nothing may be trimmed off the end: it was quoted, escaped or not white space.
        var kept = 0
        var isAtStartOfPiece = true
        while let byte = peek(), !isLineEnd(byte) {
            if isAtStartOfPiece, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                guard quotedPiece(into: &value) else { return (value, false) }
                kept = value.count
                continue
            }
            advance()
            if byte == UInt8(ascii: "\\") {
                isAtStartOfPiece = false
                if let escaped = takeEscaped() { value.append(escaped) }
                kept = value.count
            } else if Self.isSpace(byte) {
                if !isAtStartOfPiece { value.append(byte) }
            } else {
                isAtStartOfPiece = false
                value.append(byte)
                kept = value.count
            }
        }
        value.removeLast(value.count - kept)
        return (value, true)
    }

    /// Reads `'…'` or `"…"`; false when the line ends first, so that one lost quote does not swallow the lines below.
    private mutating func quotedPiece(into value: inout [UInt8]) -> Bool {
        guard let quote = peek() else { return false }
        advance()
        while let byte = peek(), !isLineEnd(byte) {
            advance()
            if byte == quote { return true }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
                value.append(byte)
                continue
            }
            switch takeEscaped() {
            case nil: break
            case let next? where Self.escapable.contains(next): value.append(next)
            case let next?: value += [byte, next]
            }
        }
        return false
    }

    /// The character after a backslash; `nil` for a line end, which is swallowed.
    private mutating func takeEscaped() -> UInt8? {
        guard let byte = peek() else { return nil }
        advance()
        guard isLineEnd(byte) else { return byte }
        if byte == UInt8(ascii: "\r"), peek() == UInt8(ascii: "\n") { advance() }
        return nil
    }

    private mutating func restOfLine() -> [UInt8] {
        var rest: [UInt8] = []
        while let byte = peek(), !isLineEnd(byte) {
            rest.append(byte)
            advance()
        }
        return rest
    }

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    /// What a backslash in double quotes takes the meaning from; before anything else it stands for itself.
    private static let escapable: [UInt8] = Array("\"\\`$".utf8)

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || isLineEnd(byte)
    }
}

/// Whether the byte ends a line, alone or with the other.
func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
}
