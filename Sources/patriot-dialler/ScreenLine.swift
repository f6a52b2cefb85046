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

    /// The words on lines of that width; a word that is longer, such as a fingerprint, goes over several.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        let width = max(1, width)
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
                continue
            }
            var rest = word
            repeat {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
            } while !rest.isEmpty
        }
        return lines
    }
}
