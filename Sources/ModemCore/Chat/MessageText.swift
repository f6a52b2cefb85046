/// Tells the text of a short message, a broadcast or a service code from what the modem itself has to say: people can write
/// `NO CARRIER` (27.005 3.4.1, 4.1 and 4.2; 27.007 7.15).
///
/// A text ends where its length says so, else at an empty line; modems put one before each line of their own.
struct MessageText: Equatable, Sendable {
    private enum Limits {
        /// A text follows its header at once.
        static let time = Duration.seconds(1)
        static let lines = 64
    }

    private struct Text: Equatable {
        enum End: Equatable {
            /// Counted in characters, as far as the header tells it.
            case length(Int?)
            case quote
        }
        var end: End
        /// The first line is text, also behind an empty line.
        var isOwed: Bool
        var lines = 0
        /// Characters, each line break counted as one.
        var count = 0
        var breaks = 0
        var deadline: Instant
    }

    private var text: Text?

    /// Takes the next line of the modem's.
    ///
    /// - Parameter isSeparate: an empty line came before it.
    /// - Returns: true when it is text.
    mutating func take(_ line: String, isSeparate: Bool, now: Instant) -> Bool {
        if var text, now < text.deadline, text.lines < Limits.lines, isPart(line, of: text, isSeparate) {
            text.deadline = now + Limits.time
            if text.lines > 0 {
                text.breaks += isSeparate ? 2 : 1
                text.count += 1
            }
            text.lines += 1
            text.count += line.count
            text.isOwed = false
            self.text = isComplete(text, line) ? nil : text
            return true
        }
        text = Self.header(line, now: now)
        return false
    }

    private func isPart(_ line: String, of text: Text, _ isSeparate: Bool) -> Bool {
        // The next one of a list.
        if text.lines > 0, line.hasPrefix("+CMGL:") { return false }
        switch text.end {
        case .quote: return true
        case .length(nil): return text.isOwed || !isSeparate
        case .length(let length?): return text.isOwed || !isSeparate || text.count + text.breaks < length
        }
    }

    private func isComplete(_ text: Text, _ line: String) -> Bool {
        switch text.end {
        case .length(let length): length.map { text.count >= $0 } ?? false
        case .quote: Self.closesQuote(line)
        }
    }

    private static func header(_ line: String, now: Instant) -> Text? {
        let fields = ATFields(line)
        let deadline = now + Limits.time
        // Of a message as it went over the air the header gives the length alone, or a name before it; it is one line.
        let isOneLine = fields.count <= 2
        switch line.prefix(while: { $0 != ":" }) {
        case "+CMT":
            // The length is the last of ten fields, where it is shown (+CSDH=1).
            let length = isOneLine ? 1 : fields.count > 7 ? fields.integer(fields.count - 1) : nil
            return Text(end: .length(length), isOwed: true, deadline: deadline)
        case "+CBM":
            return Text(end: .length(isOneLine ? 1 : nil), isOwed: true, deadline: deadline)
        case "+CDS":
            return Text(end: .length(isOneLine ? 1 : nil), isOwed: isOneLine, deadline: deadline)
        case "+CMGR", "+CMGL":
            return Text(end: .length(nil), isOwed: false, deadline: deadline)
        case "+CUSD":
            let quotes = line.utf8.count { $0 == UInt8(ascii: "\"") }
            return quotes == 1 ? Text(end: .quote, isOwed: true, deadline: deadline) : nil
        default:
            return nil
        }
    }

    /// `…",15`
    private static func closesQuote(_ line: String) -> Bool {
        guard let quote = line.lastIndex(of: "\"") else { return false }
        return line[quote...].dropFirst().allSatisfy { $0 == "," || $0 == " " || $0.isNumber }
    }
}
