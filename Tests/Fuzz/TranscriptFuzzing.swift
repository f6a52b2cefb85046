@testable import ModemCore

/// Recorded conversations: each line is written as it was read, and a conversation answers what it expects of itself.
enum TranscriptFuzzing {
    static func check(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        var explanation = LineExplanation()
        for line in lines {
            for words in [explanation.ofSent(line), explanation.ofReceived(line)] {
                try hold(words != "", "explained by nothing: \(line)")
            }
        }
        // A mark that combines with the blank before it is no text that a modem sends.
        for line in lines where line.utf8.allSatisfy({ $0 < 0x80 }) {
            guard let entry = ModemTranscript.Entry(line) else { continue }
            try hold(ModemTranscript.Entry(entry.text) == entry, "\(line.debugDescription) is written as \(entry.text)")
        }
        let transcript: ModemTranscript
        do throws(ModemTranscript.Problem) {
            transcript = try ModemTranscript(text)
        } catch {
            return try hold((1...lines.count).contains(error.number), "\(error), of \(lines.count)")
        }
        for exchange in transcript.exchanges {
            let missing = exchange.missing(in: exchange.replies.map(\.line))
            try hold(missing == nil, "\(exchange) lacks its own \(String(describing: missing?.line))")
            try hold((1...lines.count).contains(exchange.number), "line \(exchange.number) of \(lines.count)")
        }
    }
}
