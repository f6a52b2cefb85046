/// The text with everything that a terminal or a log reader would interpret made visible.
///
/// Control and format characters (escape sequences, line ends, direction overrides) become `\n`, `\t` or `\u{1B}`;
/// text from a peer, a modem or a file can then neither forge a log line nor move the cursor.
package func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isInvisible) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        appendVisible(scalar, to: &result)
    }
    return result
}

/// The text in quotes for a message, made visible and cut after 60 scalars: a single letter may have thousands of accents.
func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let cut = scalars.dropFirst(60).isEmpty ? text : String(scalars.prefix(60)) + "…"
    return "\"" + visible(cut) + "\""
}

/// Appends the scalar, or its visible form.
func appendVisible(_ scalar: Unicode.Scalar, to text: inout String) {
    guard isInvisible(scalar) else {
        text.unicodeScalars.append(scalar)
        return
    }
    switch scalar {
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    default: text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }
}

/// Whether the scalar is a control, format, line or paragraph separator, or no character at all.
func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: return true
    default: return false
    }
}
