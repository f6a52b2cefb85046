extension PatriotMessage {
    /// The message as JSON text: members in the documented order, `type` first, as servers that choose a class by the
    /// first member need it.
    package func encoded() -> [UInt8] {
        var members: [(name: String, value: JSONText)] = [("type", .string(type))]
        if let payload { members.append(("payload", .object(payload))) }
        return JSONText.object(members).utf8
    }

    /// nil for the types that have none.
    private var payload: [(name: String, value: JSONText)]? {
        switch self {
        case .authenticationRequest(let requestID, let apiKey):
            members(["requestId": JSONText(requestID), "apiKey": JSONText(apiKey.text)])
        case .authenticationResponse(let requestID, let success, let error):
            members(["requestId": JSONText(requestID), "success": .bool(success), "error": JSONText(error)])
        case .dialRequest(let phoneNo, let rawPhoneNo):
            members(["phoneNo": .string(phoneNo), "rawPhoneNo": JSONText(rawPhoneNo)])
        case .callStatusUpdate(let status):
            members([
                "callActive": .bool(status.callActive),
                "outbound": status.outbound.map { .bool($0) } ?? .null,
                "callerId": JSONText(status.callerID),
            ])
        case .hangupRequest, .callStatusRequest, .unknown:
            nil
        }
    }

    /// Members that are null are left out.
    private func members(_ members: KeyValuePairs<String, JSONText>) -> [(name: String, value: JSONText)] {
        members.compactMap { name, value in if case .null = value { nil } else { (name, value) } }
    }
}
