/// A value of JSON (RFC 8259), for what is written for other programs. Members stay in the order given.
package indirect enum JSONText: CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Int64)
    /// Seconds to the millisecond, `12.345`.
    case seconds(Duration)
    case string(String)
    case array([JSONText])
    case object([(name: String, value: JSONText)])

    /// The string, or null.
    package init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    /// On one line.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let value): String(value)
        case .seconds(let duration): String(Double(duration.milliseconds) / 1000)
        case .string(let text): Self.quoted(text)
        case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)):\($0.value)" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
