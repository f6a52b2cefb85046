extension PatriotMessage {
    /// The message as JSON text: members in the documented order, `type` first, as servers that choose a class by the
    /// first member need it.
    package func encoded() -> [UInt8] {
        var members: [(String, JSONValue)] = [("type", .string(type))]
        if let payload { members.append(("payload", .object(payload))) }
        var bytes: [UInt8] = []
        JSONValue.object(members).write(to: &bytes)
        return bytes
    }

    /// nil for the types that have none.
    private var payload: [(String, JSONValue)]? {
        switch self {
        case .authenticationRequest(let requestID, let apiKey):
            members(("requestId", requestID.map(JSONValue.string)), ("apiKey", .string(apiKey.text)))
        case .authenticationResponse(let requestID, let success, let error):
            members(
                ("requestId", requestID.map(JSONValue.string)),
                ("success", .bool(success)),
                ("error", error.map(JSONValue.string))
            )
        case .dialRequest(let phoneNo, let rawPhoneNo):
            members(("phoneNo", .string(phoneNo)), ("rawPhoneNo", rawPhoneNo.map(JSONValue.string)))
        case .callStatusUpdate(let status):
            members(
                ("callActive", .bool(status.callActive)),
                ("outbound", status.outbound.map(JSONValue.bool)),
                ("callerId", status.callerID.map(JSONValue.string))
            )
        case .hangupRequest, .callStatusRequest, .unknown:
            nil
        }
    }

    /// Members that are nil are left out.
    private func members(_ members: (String, JSONValue?)...) -> [(String, JSONValue)] {
        members.compactMap { name, value in value.map { (name, $0) } }
    }
}

/// As much of JSON as the messages need. `JSONEncoder` would not keep the members' order.
private indirect enum JSONValue {
    case bool(Bool)
    case string(String)
    case object([(String, JSONValue)])

    func write(to bytes: inout [UInt8]) {
        switch self {
        case .bool(let value):
            bytes += (value ? "true" : "false").utf8
        case .string(let text):
            Self.write(text, to: &bytes)
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, (name, value)) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Quotes, backslashes and control characters are escaped (RFC 8259 7), the rest goes out as UTF-8.
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
