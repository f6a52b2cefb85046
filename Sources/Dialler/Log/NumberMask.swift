import Basics
import ModemCore

/// How much of a phone number the log shows.
package enum NumberVisibility: String, CaseIterable, Sendable {
    /// The whole number.
    case full
    /// The last three digits: `…156`.
    case masked
}

/// Takes out of a text what a log must not show: secrets always, phone numbers (``NumberText``) unless the log shows them in full.
package struct NumberMask: Equatable, Sendable {
    /// What a text is, which decides where numbers and secrets may hide in it.
    package enum Kind: Equatable, Sendable {
        /// A phone number, perhaps as a person wrote it: `+61 491 570 156`.
        case number
        /// A line to or from a modem: `ATD…;`, `+CLIP: "…"`.
        case atLine
        /// A line of the log, with its `key=value` metadata.
        case logLine
    }

    /// Of phone numbers; secrets are never shown.
    package var visibility: NumberVisibility

    package init(_ visibility: NumberVisibility) {
        self.visibility = visibility
    }

    /// The same text with what must not be seen taken out.
    package func masked(_ text: String, as kind: Kind) -> String {
        switch kind {
        case .number:
            return visibility == .full ? NumberText.hidingSecrets(text) : NumberText.masked(text, joiners: .written)
        case .atLine:
            let hidden = Self.hidingSecret(inATLine: text)
            if visibility == .full { return NumberText.hidingSecrets(hidden) }
            return NumberText.masked(hidden, joiners: Self.isDialling(text) ? .dialled : .none)
        case .logLine:
            return maskedMetadata(in: text)
        }
    }

    /// The keys whose values may hold phone numbers or secrets, and what they are.
    static let metadataKinds: [String: Kind] = ["number": .number, "at.line": .atLine]

    /// Each value by its kind, everything else as a line of the modem's. Scalar by scalar: a combining mark would hide a quote.
    private func maskedMetadata(in text: String) -> String {
        var result = ""
        var rest = text.unicodeScalars[...]
        while let sign = rest.firstIndex(of: "=") {
            let start = rest[..<sign].lastIndex(of: " ").map { rest.index(after: $0) } ?? rest.startIndex
            let kind = Self.metadataKinds[String(rest[start..<sign])]
            let value = rest.index(after: sign)
            let end = Self.endOfWord(rest[value...])
            result += masked(String(rest[..<start]), as: .atLine) + String(rest[start..<value])
            result += masked(String(rest[value..<end]), as: kind ?? .atLine)
            rest = rest[end...]
        }
        return result + masked(String(rest), as: .atLine)
    }

    /// Behind the closing quote, or before the next space.
    private static func endOfWord(_ text: Substring.UnicodeScalarView) -> String.Index {
        guard text.first == "\"" else { return text.firstIndex(of: " ") ?? text.endIndex }
        var isEscaped = false
        for index in text.indices.dropFirst() {
            if isEscaped {
                isEscaped = false
            } else if text[index] == "\\" {
                isEscaped = true
            } else if text[index] == "\"" {
                return text.index(after: index)
            }
        }
        return text.endIndex
    }

    private static func isDialling(_ line: String) -> Bool {
        line.uppercased().hasPrefix("ATD")
    }

    /// The line up to the value of the first command that takes a PIN, PUK or password.
    private static func hidingSecret(inATLine line: String) -> String {
        guard let start = ATSecret.start(inLine: Array(line.unicodeScalars)) else { return line }
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(start))) + NumberText.hiddenText
    }
}
