/// The caller ID of analog modems, formatted (`NMBR = 5550101`) in all the spellings met, or as the raw hexadecimal message
/// of the exchange (`+VCID=2`).
package enum AnalogCallerID {
    /// - Returns: nil when the line has nothing to do with caller ID.
    static func reports(from line: String, hex: inout HexCallerID) -> [CallReport]? {
        if let callerID = hex.take(line) { return callerID.map { [.callerID($0)] } ?? [] }
        guard let (tag, value) = tagAndValue(line) else { return nil }
        switch tag {
        case "NMBR", "DDN_NMBR", "NBR", "CALLERNUMBER", "CALLERID", "FM":
            // A disturbed line gives tags without a value, with nobody calling.
            return value.isEmpty ? [] : [.callerID(callerID(value))]
        case "MESG":
            return messageNumber(value).map { [.callerID(.number($0))] } ?? []
        case "DATE", "TIME", "NAME", "DRON", "DROF":
            return []
        default:
            return nil
        }
    }

    private static func tagAndValue(_ line: String) -> (tag: String, value: String)? {
        guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        let tag = line[..<separator].uppercased().filter { $0 != " " }
        return (tag, line[line.index(after: separator)...].trimmed)
    }

    /// `P` stands for private, `O` for out of area.
    static func callerID(_ value: String) -> CallerID {
        let text = value.filter { !" \"-()".contains($0) }
        if let number = CallerID.number(text, type: nil) { return .number(number) }
        switch text.uppercased() {
        case "P", "PRIVATE", "ANONYMOUS": return .withheld
        default: return .unavailable
        }
    }

    /// Some exchanges send the number where the modem expects none: `MESG = 030735353531323132` is tag 03, seven bytes, "5551212".
    private static func messageNumber(_ value: String) -> String? {
        guard let bytes = HexCallerID.bytes(value), bytes.count > 2, [0x02, 0x03].contains(bytes[0]),
            bytes.count >= 2 + Int(bytes[1])
        else { return nil }
        return CallerID.number(String(decoding: bytes[2..<(2 + Int(bytes[1]))], as: UTF8.self), type: nil)
    }
}

/// Puts together the raw caller-ID message: SDMF (type 04) or MDMF (type 80), in hexadecimal, on one line or wrapped over two
/// (Bellcore TR-NWT-000030).
struct HexCallerID: Equatable, Sendable {
    /// The longest message there is: type, length, 255 bytes, checksum, two digits each.
    private static let maximumDigits = 2 * 258
    private var digits = ""

    /// - Returns: nil when the line is no part of a message; `.some(nil)` when it is and the number is not known yet.
    mutating func take(_ line: String) -> CallerID?? {
        let isStart = digits.isEmpty && line.utf8.count >= 8 && (line.hasPrefix("04") || line.hasPrefix("80"))
        guard isStart || !digits.isEmpty, line.utf8.allSatisfy(Self.isHex),
            digits.utf8.count + line.utf8.count <= Self.maximumDigits
        else {
            digits = ""
            return nil
        }
        digits += line
        guard let bytes = Self.bytes(digits), bytes.count >= 2, bytes.count >= 2 + Int(bytes[1]) else {
            return .some(nil)
        }
        digits = ""
        return .some(Self.callerID(type: bytes[0], body: bytes[2..<(2 + Int(bytes[1]))]))
    }

    static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2), digits.allSatisfy(isHex) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "f"):
            true
        default: false
        }
    }

    private static func callerID(type: UInt8, body: ArraySlice<UInt8>) -> CallerID? {
        guard type == 0x80 else {
            // SDMF: eight digits of date and time, then the number.
            return AnalogCallerID.callerID(String(decoding: body.dropFirst(8), as: UTF8.self))
        }
        var rest = body
        while let tag = rest.popFirst(), let length = rest.popFirst() {
            let value = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            if tag == 0x02 || tag == 0x04 { return AnalogCallerID.callerID(value) }
            rest = rest.dropFirst(Int(length))
        }
        return nil
    }
}
