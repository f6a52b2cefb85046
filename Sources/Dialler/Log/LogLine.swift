import Basics
import Logging

/// One log event as the bytes of one line: masked, visible, bounded, with its line end.
struct LogLine {
    /// A line is at most this long, line end included: a pipe takes that much in one piece (PIPE_BUF), so that lines of
    /// several writers never mix.
    static let byteLimit = 4096

    private var text = ""
    private let mask: NumberMask

    /// - Parameter metadata: already merged; shown in the order of the keys.
    init(
        level: Logger.Level,
        message: String,
        metadata: Logger.Metadata,
        time: WallClockTime,
        style: LogStyle,
        mask: NumberMask
    ) {
        self.mask = mask
        switch style {
        case .journal:
            text = "<\(level.journalPriority)>\(level.rawValue): "
        case .text(let isColored):
            let name = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
            text = time.text + " " + (isColored ? level.color + name + "\u{1B}[0m" : name) + " "
        }
        text += visible(message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            text += " " + Self.word(key) + "=" + Self.word(Self.plain(value, key: key, mask: mask))
        }
    }

    /// The line in UTF-8. A longer one is cut between two characters and says how many bytes are missing.
    var bytes: [UInt8] {
        let line = Array(text.utf8)
        guard line.count >= Self.byteLimit else { return line + [UInt8(ascii: "\n")] }
        // Room for the longest note: an ellipsis, the number and the line end.
        var end = Self.byteLimit - 40
        while end > 0, line[end] & 0xC0 == 0x80 { end -= 1 }
        return line[..<end] + Array("… (\(line.count - end) bytes more)\n".utf8)
    }

    /// The value as text, masked but not yet quoted.
    private static func plain(_ value: Logger.MetadataValue, key: String, mask: NumberMask) -> String {
        let text =
            switch value {
            case .string(let string): string
            case .stringConvertible(let convertible): convertible.description
            case .array(let values):
                "[" + values.map { plain($0, key: key, mask: mask) }.joined(separator: ", ") + "]"
            case .dictionary(let members):
                "{"
                    + members.sorted { $0.key < $1.key }
                    .map { $0.key + ": " + plain($0.value, key: $0.key, mask: mask) }.joined(separator: ", ") + "}"
            }
        guard let kind = NumberMask.metadataKinds[key] else { return text }
        return mask.masked(text, as: kind)
    }

    /// The text as one word: in quotes when it is empty or holds a space, a quote, an equals sign or anything
    /// invisible.
    private static func word(_ text: String) -> String {
        let needsQuotes =
            text.isEmpty
            || text.unicodeScalars.contains { scalar in
                scalar == " " || scalar == "\"" || scalar == "=" || isInvisible(scalar)
                    || !scalar.isASCII && scalar.properties.isWhitespace
            }
        guard needsQuotes else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            appendVisible(scalar, to: &quoted)
        }
        return quoted + "\""
    }
}

extension Logger.Level {
    /// syslog(3)'s number for the level.
    fileprivate var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// The escape sequence that colours the level's name (ECMA-48 8.3.117).
    fileprivate var color: String {
        switch self {
        case .trace, .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error: "\u{1B}[31m"
        case .critical: "\u{1B}[1;31m"
        }
    }
}
