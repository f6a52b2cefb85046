/// The comma-separated fields after the colon of an information line, taken as they come: blanks around a field, missing
/// quotes, a quote that never closes, too few or too many fields are all met in the field.
package struct ATFields: Equatable, Sendable {
    private let fields: [String]

    /// - Parameter line: the whole line; without a colon it has no fields.
    package init(_ line: String) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            fields = []
            return
        }
        var fields: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in line.utf8[colon...].dropFirst() {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: fields.append([])
            default: fields[fields.count - 1].append(byte)
            }
        }
        self.fields = fields.map { String(decoding: $0, as: UTF8.self).trimmed }
    }

    /// How many fields there are, the empty ones too.
    package var count: Int { fields.count }

    /// The field, nil when it is not there or empty.
    package subscript(index: Int) -> String? {
        guard fields.indices.contains(index), !fields[index].isEmpty else { return nil }
        return fields[index]
    }

    /// The field as a telephone number, whose type is in the field after it; nil when it is none.
    func number(_ index: Int) -> String? {
        CallerID.number(self[index], type: integer(index + 1))
    }

    /// The field as a decimal number, nil when it is none.
    package func integer(_ index: Int) -> Int? {
        self[index].flatMap { Int($0) }
    }
}

extension StringProtocol {
    /// Without the blanks at both ends.
    package var trimmed: String {
        let text = Substring(self)
        let isText = { (byte: UInt8) in byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t") }
        guard let first = text.utf8.firstIndex(where: isText), let last = text.utf8.lastIndex(where: isText) else {
            return ""
        }
        return String(text[first..<text.utf8.index(after: last)])
    }
}
