import Basics

/// A value of JSON (RFC 8259), for what is written for other programs. Members stay in the order given, which `JSONEncoder`
/// would not keep.
package indirect enum JSONText {
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

    /// On one line, without line end; nothing in it is invisible.
    package var utf8: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        write(to: &bytes)
        return escapingInvisible(inJSON: bytes)
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let value): bytes += String(value).utf8
        case .seconds(let duration): bytes += String(Double(duration.milliseconds) / 1000).utf8
        case .string(let text): Self.write(text, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Quotes, backslashes and ASCII control characters are escaped (RFC 8259 7).
    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                bytes += (byte < 0x10 ? "\\u000" : "\\u00").utf8
                bytes += String(byte, radix: 16).utf8
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONText: CustomStringConvertible {
    /// On one line.
    package var description: String { String(decoding: utf8, as: UTF8.self) }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
