import Logging

@testable import Dialler

/// What a log shows: no number, no PIN, and one line that nothing in the text can break.
enum MaskFuzzing {
    /// The first byte chooses what the text is.
    static func check(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        let kinds: [NumberMask.Kind] = [.number, .atLine]
        try checkNumbers(in: text, as: kinds[Int(first) % kinds.count])
        try checkSecrets(beside: text)
        try checkLogLine(of: text)
    }

    private static func checkNumbers(in text: String, as kind: NumberMask.Kind) throws {
        let masked = NumberMask(.masked).masked(text, as: kind)
        let joiners = kind == .atLine ? "" : " -()./\u{A0}"
        var run = 0
        for scalar in masked.unicodeScalars where !joiners.unicodeScalars.contains(scalar) {
            let isPhoneCharacter =
                "0123456789+*#".unicodeScalars.contains(scalar)
                || !scalar.isASCII && scalar.properties.numericType == .decimal
            run = isPhoneCharacter ? run + 1 : 0
            try hold(run < 5, "\(kind): \(text.debugDescription) is shown as \(masked.debugDescription)")
        }
    }

    private static func checkSecrets(beside text: String) throws {
        let pin = "8274"
        guard !text.contains(pin) else { return }
        for visibility in NumberVisibility.allCases {
            let shown = NumberMask(visibility).masked(text + "+CPIN=\"\(pin)\"", as: .atLine)
            try hold(!shown.contains(pin), "the PIN is shown: \(shown.debugDescription)")
        }
    }

    private static func checkLogLine(of text: String) throws {
        let line = LogLine(
            level: .info,
            message: text,
            metadata: ["at.line": .string(text), "x": .array([.string(text)]), "x.\(text)": .string(text)],
            time: WallClockTime(seconds: 0, milliseconds: 0),
            style: .journal,
            mask: NumberMask(.masked)
        ).bytes
        try hold(line.count <= LogLine.byteLimit && line.last == UInt8(ascii: "\n"), "\(line.count) bytes")
        let shown = String(validating: line.dropLast(), as: UTF8.self)
        try hold(shown != nil, "not UTF-8: \(line)")
        try isFitForLog(shown ?? "", limit: LogLine.byteLimit)
    }
}
