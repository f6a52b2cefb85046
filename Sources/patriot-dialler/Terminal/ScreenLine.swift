import Basics

/// One line of a screen: texts, each in its style, with nothing invisible in them.
struct ScreenLine: Equatable {
    struct Part: Equatable {
        var text: String
        var style: TextStyle
    }

    private(set) var parts: [Part] = []

    init(_ text: String = "", _ style: TextStyle = .plain) {
        append(text, style)
    }

    mutating func append(_ text: String, _ style: TextStyle = .plain) {
        if !text.isEmpty { parts.append(Part(text: visible(text), style: style)) }
    }

    var count: Int { parts.reduce(0) { $0 + $1.text.count } }

    /// Spaces up to that column.
    mutating func pad(to column: Int) {
        append(String(repeating: " ", count: max(0, column - count)))
    }

    /// At most so many characters; what is cut ends in an ellipsis.
    func cut(to width: Int) -> ScreenLine {
        guard count > width else { return self }
        var rest = max(0, width - 1)
        var line = ScreenLine()
        for part in parts {
            line.append(String(part.text.prefix(rest)), part.style)
            rest -= min(rest, part.text.count)
        }
        if width > 0 { line.append("…") }
        return line
    }

    /// For a terminal.
    func text(isColoured: Bool) -> String {
        parts.map { $0.style.paint($0.text, isColoured: isColoured) }.joined()
    }

    /// The words, made visible, on lines of that width; a word that is longer, such as a fingerprint, goes over several.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        let width = max(1, width)
        var lines: [String] = []
        for word in visible(text).split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
                continue
            }
            lines += cut(word, to: width)
        }
        return lines
    }

    /// The visible text on lines of that width. A control character in it, such as `\u{A}`, stays whole and on the line of what follows it:
    /// a peer's text must not look as if it began a line.
    static func cut(_ text: some StringProtocol, to width: Int) -> [String] {
        let width = max(1, width)
        var lines: [String] = []
        var rest = Substring(text)
        while rest.count > width {
            var line = rest.prefix(width)
            while let backslash = line.lastIndex(of: "\\"), isEscape(line[backslash...]) { line = line[..<backslash] }
            if line.isEmpty { line = rest.prefix(width) }
            lines.append(String(line))
            rest = rest[line.endIndex...]
        }
        return lines + [String(rest)]
    }

    /// `\u{A}`, or its beginning.
    private static func isEscape(_ text: Substring) -> Bool {
        if "\\u{".hasPrefix(text) { return true }
        let digits = text.dropFirst(3)
        return text.hasPrefix("\\u{") && (digits.last == "}" ? digits.dropLast() : digits).allSatisfy(\.isHexDigit)
    }
}
