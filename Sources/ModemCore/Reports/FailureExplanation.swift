/// The answer to `+CEER` (27.007 6.10): free text, or on Siemens' modules a location and a cause.
enum FailureExplanation {
    /// Longer texts are cut: the standard allows 2041 characters.
    private static let maximumLength = 120
    /// Siemens' location of the causes of 24.008 call control.
    private static let callControl = 8

    /// - Returns: nil when the modem has nothing to say.
    static func text(_ lines: [String]) -> String? {
        let first = ATFields(lines.first ?? "")
        if first.count > 1, first.integer(0) == callControl, let cause = first.integer(1), cause > 0 {
            return ReleaseCause(networkCause: cause, in: .dialing).explanation
        }
        let text = lines.map { line in
            (line.hasPrefix("+CEER:") ? String(line.dropFirst("+CEER:".count)) : line).trimmed
        }
        .filter { !$0.isEmpty }.joined(separator: " ")
        return text.isEmpty ? nil : String(text.prefix(maximumLength))
    }
}
