/// Phone numbers as they stand in text, and what may be shown of them. Everything that masks a number does it here.
///
/// A phone number is a run of at least five phone characters (digits of any script, `+`, `*`, `#`), of which the last three stay.
/// It errs towards masking: a serial number is masked too. Of a service code that holds a PIN or a password nothing of that is
/// shown, not even in full view.
package enum NumberText {
    /// What may stand between the digits of one number.
    package enum Joiners: Sendable {
        /// Nothing.
        case none
        /// What people write.
        case written
        /// What a dial command has (V.250 6.3.1).
        case dialled

        var scalars: Set<Unicode.Scalar> {
            switch self {
            case .none: []
            case .written: [" ", "-", "(", ")", ".", "/", "\u{A0}"]
            case .dialled: [",", "W", "w", "T", "t", "P", "p", "@", "!", " ", "-"]
            }
        }
    }

    /// Stands where a PIN, a PUK or a password was.
    package static let hiddenText = "(hidden)"
    /// Shorter runs stay: extensions, emergency numbers, result codes, signal strengths.
    private static let shortestMaskedRun = 5
    private static let shownDigits = 3

    /// The text with an ellipsis and the last three digits for each number, and without the secrets of service codes.
    package static func masked(_ text: String, joiners: Joiners) -> String {
        maskingRuns(hidingSecrets(text), joiners.scalars)
    }

    /// The text without the PINs, PUKs and passwords of its service codes.
    package static func hidingSecrets(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        let secrets = secrets(in: scalars)
        guard !secrets.isEmpty else { return text }
        var shown = ""
        var end = 0
        for secret in secrets {
            shown += String(String.UnicodeScalarView(scalars[end..<secret.lowerBound])) + hiddenText
            end = secret.upperBound
        }
        return shown + String(String.UnicodeScalarView(scalars[end...]))
    }

    /// A joiner belongs to a number if digits follow it.
    private static func maskingRuns(_ text: String, _ joiners: Set<Unicode.Scalar>) -> String {
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

    /// The parts of service codes that are a PIN, a PUK or the password of a barring: `*04*…#`, `**05*…#`, `*03*…#`,
    /// `*33*…#` (22.030 6.5.4, 6.6.2, 6.6.3 and annex B).
    ///
    /// - Returns: ranges of scalars, from behind the `*` that follows the code to the closing `#` or the end of the number.
    package static func secrets(in text: [Unicode.Scalar]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        while position < text.count {
            guard text[position] == "*" || text[position] == "#", let start = secretStart(text, after: position) else {
                position += 1
                continue
            }
            var end = start
            while end < text.count, isDialled(text[end]) || isJoiner(text[end]) { end += 1 }
            let closing = text[start..<end].lastIndex(of: "#") ?? end
            if closing > start { found.append(start..<closing) }
            position = max(end, position + 1)
        }
        return found
    }

    /// Behind the `*` that follows the code; nil when no code that takes a secret begins at the position.
    private static func secretStart(_ text: [Unicode.Scalar], after position: Int) -> Int? {
        var code = ""
        for index in (position + 1)..<max(text.count, position + 1) {
            let scalar = text[index]
            switch scalar {
            case "0"..."9": code.unicodeScalars.append(scalar)
            case "*" where secretCodes.contains(code): return index + 1
            // The second character of `**` and `##`.
            case "*", "#": if !code.isEmpty { return nil }
            default: if !isJoiner(scalar) { return nil }
            }
            if code.count > 3 { return nil }
        }
        return nil
    }

    private static let secretCodes: Set<String> = [
        "03", "04", "042", "05", "052", "33", "330", "331", "332", "333", "35", "351", "353",
    ]

    private static func isDialled(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "*", "#", "+": true
        default: false
        }
    }

    /// What people and dial strings have between the digits of one number.
    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        " -()./,WwTtPp@!\u{A0}".unicodeScalars.contains(scalar)
    }
}
