/// The text with everything that a terminal or a log reader would interpret made visible.
///
/// Control and format characters (escape sequences, line ends, direction overrides, zero-width characters) become `\n`, `\t`
/// or `\u{1B}`; text from a peer, a modem or a file can then neither forge a log line nor move the cursor.
package func visible(_ text: String) -> String {
    visible(text, keeping: nil)
}

/// As ``visible(_:)`` for a text of several lines: its line feeds stay.
package func visibleLines(_ text: String) -> String {
    visible(text, keeping: "\n")
}

private func visible(_ text: String, keeping kept: Unicode.Scalar?) -> String {
    guard text.unicodeScalars.contains(where: { $0 != kept && isInvisible($0) }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        if scalar == kept {
            result.unicodeScalars.append(scalar)
        } else {
            appendVisible(scalar, to: &result)
        }
    }
    return result
}

/// The text in quotes for a message, made visible and cut after 60 scalars: a single letter may have thousands of accents.
package func quoted(_ text: String) -> String {
    "\"" + visible(cut(text, to: 60)) + "\""
}

/// At most that many scalars of the text; an ellipsis behind them shows that it was longer.
package func cut(_ text: String, to limit: Int) -> String {
    let scalars = text.unicodeScalars
    return scalars.dropFirst(limit).isEmpty ? text : String(scalars.prefix(limit)) + "…"
}

/// Appends the scalar, or its visible form.
package func appendVisible(_ scalar: Unicode.Scalar, to text: inout String) {
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

/// Whether the scalar is a control or format character, a line or paragraph separator, one that is drawn as nothing (Unicode's
/// Default_Ignorable_Code_Point), or no character at all.
package func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: return true
    default: return properties.isDefaultIgnorableCodePoint
    }
}

/// The JSON (RFC 8259) with each invisible character behind ASCII's printable ones as `\u` escape (section 7), so that a terminal
/// shows it unharmed. A parser reads the same values.
///
/// - Parameter json: valid JSON; its encoder has escaped the characters below U+0020 already.
package func escapingInvisible(inJSON json: [UInt8]) -> [UInt8] {
    guard json.contains(where: { $0 >= 0x7F }) else { return json }
    var result: [UInt8] = []
    result.reserveCapacity(json.count + 32)
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
        // Below U+007F are the document's own line feeds, which are not to be touched.
        if scalar.value >= 0x7F, isInvisible(scalar) {
            for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
                let digits = String(unit, radix: 16)
                result += "\\u".utf8
                result += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
                result += digits.utf8
            }
        } else {
            result += UTF8.encode(scalar).map(Array.init) ?? []
        }
    }
    return result
}
