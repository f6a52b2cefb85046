import ModemCore

/// How much of a phone number the log shows.
package enum NumberVisibility: String, CaseIterable, Sendable {
    /// The whole number.
    case full
    /// The last three digits: `…156`.
    case masked
}

/// Takes out of a text what a log must not show: secrets always, phone numbers unless the log shows them in full.
///
/// A phone number is a run of at least five phone characters (digits of any script, `+`, `*`, `#`), of which the last
/// three stay. It errs towards masking: a serial number in an AT answer is masked too.
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
            let hidden = Self.hidingServiceCodes(in: text)
            return visibility == .full ? hidden : Self.maskRuns(hidden, joiners: Self.writtenJoiners)
        case .atLine:
            let hidden = Self.hidingServiceCodes(in: Self.hidingSecret(inATLine: text))
            if visibility == .full { return hidden }
            let joiners = Self.isDialling(text) ? Self.dialJoiners : []
            return Self.maskRuns(hidden, joiners: joiners)
        case .logLine:
            return maskedMetadata(in: text)
        }
    }

    /// The keys whose values may hold phone numbers or secrets, and what they are.
    static let metadataKinds: [String: Kind] = ["number": .number, "at.line": .atLine]

    /// Each value by its kind, everything else as a line of the modem's.
    private func maskedMetadata(in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let sign = rest.firstIndex(of: "=") {
            let start = rest[..<sign].lastIndex(of: " ").map { rest.index(after: $0) } ?? rest.startIndex
            let kind = Self.metadataKinds[String(rest[start..<sign])]
            let value = rest.index(after: sign)
            let end = Self.endOfWord(rest[value...])
            result += masked(String(rest[..<start]), as: .atLine) + rest[start..<value]
            result += masked(String(rest[value..<end]), as: kind ?? .atLine)
            rest = rest[end...]
        }
        return result + masked(String(rest), as: .atLine)
    }

    /// Behind the closing quote, or before the next space.
    private static func endOfWord(_ text: Substring) -> Substring.Index {
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

    /// What people write between the digits of one number.
    private static let writtenJoiners: Set<Unicode.Scalar> = [" ", "-", "(", ")", ".", "/", "\u{A0}"]
    /// What a dial command has between the digits of one number (V.250 6.3.1).
    private static let dialJoiners: Set<Unicode.Scalar> = [",", "W", "w", "T", "t", "P", "p", "@", "!", " ", "-"]
    /// Shorter runs stay: extensions, emergency numbers, result codes, signal strengths.
    private static let shortestMaskedRun = 5
    private static let shownDigits = 3

    /// Replaces each number by an ellipsis and its last digits. A joiner belongs to a number if digits follow it.
    private static func maskRuns(_ text: String, joiners: Set<Unicode.Scalar>) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var position = 0
        while position < scalars.count {
            guard isPhoneCharacter(scalars[position]) else {
                result.append(scalars[position])
                position += 1
                continue
            }
            var run: [Unicode.Scalar] = []
            let start = position
            var end = position
            while position < scalars.count {
                if isPhoneCharacter(scalars[position]) {
                    run.append(scalars[position])
                    end = position + 1
                } else if !joiners.contains(scalars[position]) {
                    break
                }
                position += 1
            }
            position = end
            if run.count < shortestMaskedRun {
                result.append(contentsOf: scalars[start..<end])
            } else {
                result.append("…")
                result.append(contentsOf: run.suffix(shownDigits))
            }
        }
        return String(result)
    }

    private static func isPhoneCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "+", "*", "#": true
        default: !scalar.isASCII && scalar.properties.numericType == .decimal
        }
    }

    private static func isDialling(_ line: String) -> Bool {
        line.uppercased().hasPrefix("ATD")
    }

    /// The line up to the value of the first command that takes a PIN, PUK or password.
    private static func hidingSecret(inATLine line: String) -> String {
        guard let start = ATSecret.start(inLine: Array(line.unicodeScalars)) else { return line }
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(start))) + hiddenText
    }

    /// The text without the PINs, PUKs and passwords of its service codes.
    private static func hidingServiceCodes(in text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        let secrets = ATSecret.inServiceCodes(of: scalars)
        guard !secrets.isEmpty else { return text }
        var shown = ""
        var end = 0
        for secret in secrets {
            shown += String(String.UnicodeScalarView(scalars[end..<secret.lowerBound])) + hiddenText
            end = secret.upperBound
        }
        return shown + String(String.UnicodeScalarView(scalars[end...]))
    }

    private static let hiddenText = "(hidden)"
}
