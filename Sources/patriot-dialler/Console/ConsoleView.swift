import Basics
import Dialler
import ModemCore

/// How the console's events look: time, direction, text and, if wanted, what it means.
///
/// Nothing that a modem sends reaches the terminal but as visible characters.
struct ConsoleView {
    enum Clock: String, CaseIterable {
        /// The time of day, to the microsecond.
        case absolute
        /// Since the line before.
        case sinceLast = "since-last"
    }

    var clock = Clock.absolute
    var isHex = false
    var isExplaining = false
    var isUTF8 = true
    private var explanation = LineExplanation()
    private var profile: ModemProfile?
    private var lastTime: Int?

    /// The event in rows of at most so many characters.
    mutating func rows(for event: ConsoleEvent, profile: ModemProfile?, width: Int) -> [ScreenLine] {
        let stamp = stamp(event.time)
        lastTime = event.time
        let (mark, style, text, end) = parts(of: event.content)
        let meaning = meaning(of: event.content, profile: profile)
        let indent = stamp.count + 3
        // On a terminal that is too narrow for anything, rows are long rather than many.
        let room = max(width - indent, 20)
        let rows = textRows(text, end: end, room: room)
        let explained = isExplaining ? explanations(meaning, rows: rows, room: room) : (beside: nil, below: [])
        return rows.enumerated().map { index, row in
            var line = ScreenLine()
            if index == 0 {
                line.append("\(stamp) ", .dim)
                line.append(mark, style)
            }
            line.pad(to: indent)
            line.append(row, style)
            if index == 0, let beside = explained.beside {
                line.pad(to: indent + beside.column)
                line.append(beside.text, .dim)
            }
            return line
        }
            + explained.below.map { row in
                var line = ScreenLine(String(repeating: " ", count: indent + 2))
                line.append(row, .dim)
                return line
            }
    }

    private func textRows(_ text: String, end: String?, room: Int) -> [String] {
        if isHex, let end { return HexDump.rows(of: RawText.bytes(of: text + end), room: room) }
        let shown = isUTF8 ? Self.shown(text) : Self.shown(text).replacing("…", with: "...")
        return end == nil ? Self.wrapped(shown, room: room) : ScreenLine.cut(shown, to: room)
    }

    /// In a column of their own, where there is room for one, else in rows of their own.
    private typealias Explanations = (beside: (column: Int, text: String)?, below: [String])

    private func explanations(_ meaning: String?, rows: [String], room: Int) -> Explanations {
        guard let meaning = meaning.map(visible) else { return (nil, []) }
        guard rows.count == 1, rows[0].count + 2 + meaning.count <= room else {
            return (nil, Self.wrapped(meaning, room: room - 2))
        }
        let column = max(rows[0].count + 2, min(32, room - meaning.count))
        return ((column, meaning), [])
    }

    // MARK: Words

    private func parts(of content: ConsoleEvent.Content) -> (String, TextStyle, String, end: String?) {
        switch content {
        case .sent(let line): (isUTF8 ? "→" : ">", .blue, line, "\r")
        case .received(let line, let end): (isUTF8 ? "←" : "<", .green, line, end)
        case .fragment(let text): (isUTF8 ? "←" : "<", .green, text, "")
        case .note(let text): (isUTF8 ? "·" : "-", .plain, text, nil)
        case .warning(let text): ("!", .yellow, text, nil)
        }
    }

    /// Each line is read, wanted or not: some are understood only by those before them.
    private mutating func meaning(of content: ConsoleEvent.Content, profile: ModemProfile?) -> String? {
        if profile != self.profile {
            self.profile = profile
            explanation = LineExplanation(profile: profile)
        }
        switch content {
        case .sent(let line): return explanation.ofSent(line)
        case .received(let line, _): return explanation.ofReceived(line)
        case .fragment, .note, .warning: return nil
        }
    }

    private func stamp(_ time: Int) -> String {
        switch clock {
        case .absolute:
            let clock = WallClockTime(seconds: time / 1_000_000, milliseconds: 0).local.clock
            return clock + "." + Self.digits(time % 1_000_000)
        case .sinceLast:
            let elapsed = max(0, time - (lastTime ?? time))
            let text = "+\(elapsed / 1_000_000).\(Self.digits(elapsed % 1_000_000))"
            return String(repeating: " ", count: max(0, 12 - text.count)) + text
        }
    }

    private static func digits(_ microseconds: Int) -> String { String(String(1_000_000 + microseconds).dropFirst()) }

    // MARK: Layout

    /// The text with control characters, and bytes that are no text, made visible.
    static func shown(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let byte = RawText.byte(scalar) {
                result += "\\x" + String(byte, radix: 16, uppercase: true)
            } else {
                result += visible(String(scalar))
            }
        }
        return result
    }

    /// At blanks, of which those inside a row stay as they are.
    private static func wrapped(_ text: String, room: Int) -> [String] {
        if text.count <= room { return [text] }
        var rows = [""]
        for word in text.split(separator: " ") {
            let isFirst = rows[rows.count - 1].isEmpty
            if !isFirst, rows[rows.count - 1].count + 1 + word.count > room { rows.append("") }
            rows[rows.count - 1] += (rows[rows.count - 1].isEmpty ? "" : " ") + word
        }
        return rows.flatMap { ScreenLine.cut($0, to: room) }
    }
}

/// Bytes as people read them: `0d 0a 4f 4b  ..OK`.
enum HexDump {
    static func rows(of bytes: [UInt8], room: Int) -> [String] {
        let count = [16, 12, 8].first { $0 * 4 + 1 <= room } ?? 4
        let starts = Array(stride(from: 0, to: max(bytes.count, 1), by: count))
        return starts.map { start in
            let row = bytes.dropFirst(start).prefix(count)
            let digits = row.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            let text = row.map { (0x20..<0x7F).contains($0) ? String(Unicode.Scalar($0)) : "." }.joined()
            return digits + String(repeating: " ", count: count * 3 - digits.count + 1) + text
        }
    }
}
