// Text between the marks of a format. Each works on scalars: a mark with a combining mark behind it is another character to Swift,
// and the same mark to anyone who reads the format.

/// One cell of comma-separated values: in quotes where RFC 4180 wants them, and on one line. What a spreadsheet would take for a
/// formula is made text.
package func csvCell(_ text: String) -> String {
    var text = visible(text)
    let isNumber = text.utf8.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if startsFormula(text), !(text.utf8.first == UInt8(ascii: "+") && isNumber) { text = "'" + text }
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else { return text }
    return "\"" + doubling("\"", in: text) + "\""
}

/// As ``csvCell(_:)``, and always as text: a spreadsheet would take the zeros or the plus from the beginning of a number.
package func csvCell(number: String) -> String {
    let isNumeric = !number.isEmpty && number.utf8.allSatisfy { "+0123456789".utf8.contains($0) }
    return isNumeric ? "'" + number : csvCell(number)
}

/// The value of a label in Prometheus' text format 0.0.4, without its quotes.
package func prometheusLabel(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in visible(text).unicodeScalars {
        if scalar == "\\" || scalar == "\"" { result.append("\\") }
        result.append(scalar)
    }
    return String(result)
}

/// One word of a POSIX shell, in single quotes where it needs them, with everything in it visible.
package func shellQuoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
    if isPlain { return text }
    var result = "'"
    for scalar in visible(text).unicodeScalars {
        if scalar == "'" { result += "'\\'" }
        result.unicodeScalars.append(scalar)
    }
    return result + "'"
}

private func doubling(_ mark: Unicode.Scalar, in text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if scalar == mark { result.append(mark) }
        result.append(scalar)
    }
    return String(result)
}

/// Spreadsheets look for the sign behind white space, and some take the wide and small forms of it. A sign with a combining mark
/// is another character, but the same scalar.
private func startsFormula(_ text: String) -> Bool {
    let first = text.unicodeScalars.first { !$0.properties.isWhitespace }
    return first.map(formulaSigns.contains) ?? false
}

/// `=`, `+`, `-`, `@`, each also as U+FF00 to U+FF5E and U+FE50 to U+FE6F have it, and the minus sign.
private let formulaSigns = Set("=+-@＝＋－＠﹦﹢﹣﹫−".unicodeScalars)
