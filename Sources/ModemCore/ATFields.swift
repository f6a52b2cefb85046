/// The comma-separated fields after the colon of an information line, taken as they come: blanks around a field, missing
/// quotes, a quote that never closes, too few or too many fields are all met in the field.
package struct ATFields: Equatable, Sendable {
    private let fields: [String]

    /// - Parameter line: the whole line; without a colon it has no fields.
    package init(_ line: String) {
        guard let colon = line.firstIndex(of: ":") else {
            fields = []
            return
        }
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        for character in line[line.index(after: colon)...] {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                fields.append(field.trimmed)
                field = ""
            default: field.append(character)
            }
        }
        fields.append(field.trimmed)
        self.fields = fields
    }

    /// How many fields there are, the empty ones too.
    package var count: Int { fields.count }

    /// The field, nil when it is not there or empty.
    package subscript(index: Int) -> String? {
        guard fields.indices.contains(index), !fields[index].isEmpty else { return nil }
        return fields[index]
    }

    /// The field as a decimal number, nil when it is none.
    package func integer(_ index: Int) -> Int? {
        self[index].flatMap { Int($0) }
    }
}

extension StringProtocol {
    /// Without the blanks at both ends.
    package var trimmed: String {
        let head = drop { $0 == " " || $0 == "\t" }
        var tail = head[...]
        while let last = tail.last, last == " " || last == "\t" { tail.removeLast() }
        return String(tail)
    }
}
