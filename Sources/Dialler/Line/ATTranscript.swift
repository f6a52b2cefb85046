import Basics

/// The last AT lines of a line, for anyone who looks after something has happened.
struct ATTranscript {
    private struct Entry {
        var time: WallClockTime
        var isSent: Bool
        var text: String
    }

    /// Some minutes of a call that is polled.
    static let lineLimit = 1000
    /// What is told fits one line of the control protocol.
    private static let byteLimit = ControlMessage.maximumLine * 5 / 8

    /// A ring, once it is full.
    private var entries: [Entry] = []
    private var oldest = 0

    mutating func append(_ text: String, isSent: Bool, at time: WallClockTime) {
        let entry = Entry(time: time, isSent: isSent, text: text)
        if entries.count < Self.lineLimit {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.lineLimit
        }
    }

    /// `2026-11-22T09:05:07.042Z → ATD…156;`, the oldest first; the newest of them where not all can be told.
    func lines(masked: (String) -> String) -> [String] {
        var newestFirst: [String] = []
        var bytes = 0
        for entry in (entries[oldest...] + entries[..<oldest]).reversed() {
            let line = "\(entry.time.text) \(entry.isSent ? "→" : "←") \(visible(masked(entry.text)))"
            // With what JSON adds.
            bytes += line.utf8.count + 3 + line.utf8.count { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
            guard bytes <= Self.byteLimit else { break }
            newestFirst.append(line)
        }
        return newestFirst.reversed()
    }
}
