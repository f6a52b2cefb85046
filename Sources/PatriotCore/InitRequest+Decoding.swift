import FoundationEssentials

extension InitRequest {
    /// Reads a first message, liberally: what is known of it is little.
    package init(decoding bytes: some Collection<UInt8>) throws(AdmissionRefusal) {
        let bytes = Array(bytes)
        do throws(PatriotMessageError) {
            try PatriotMessage.checkJSON(bytes)
        } catch {
            throw .unreadable(error)
        }
        guard let wire = try? JSONDecoder().decode(WireInit.self, from: Data(bytes)) else {
            throw .unreadable(.notJSONObject)
        }
        guard let type = wire.type else { throw .unreadable(.missing(member: "type", type: nil)) }
        guard Self.isType(type) else { throw .notInit(type: type) }
        self.init(type: type, requestID: wire.requestID, key: wire.key)
    }
}

private struct WireInit: Decodable {
    var type: String?
    var requestID: InitRequest.RequestID?
    var key = InitRequest.OfferedKey.missing

    private enum Member: String, CodingKey {
        case type, requestId, payload, apiKey, password
    }

    init(from decoder: any Decoder) throws {
        let message = try decoder.container(keyedBy: Member.self)
        type = try? message.decode(String.self, forKey: .type)
        if let id = Self.requestID(message) { requestID = .message(id) }
        guard let payload = try Self.payload(message) else { return }
        if let id = Self.requestID(payload) { requestID = .payload(id) }
        key = Self.key(payload)
    }

    /// An object, or a text that holds one: the setting is "a JSON string".
    private static func payload(
        _ message: KeyedDecodingContainer<Member>
    ) throws -> KeyedDecodingContainer<Member>? {
        if let object = try? message.nestedContainer(keyedBy: Member.self, forKey: .payload) { return object }
        guard let text = try? message.decode(String.self, forKey: .payload) else { return nil }
        let bytes = Array(text.utf8)
        guard (try? PatriotMessage.checkJSON(bytes)) != nil else { return nil }
        return try? JSONDecoder().decode(Inner.self, from: Data(bytes)).members
    }

    private struct Inner: Decodable {
        let members: KeyedDecodingContainer<Member>

        init(from decoder: any Decoder) throws {
            members = try decoder.container(keyedBy: Member.self)
        }
    }

    private static func requestID(_ members: KeyedDecodingContainer<Member>) -> String? {
        guard let id = try? members.decode(String.self, forKey: .requestId),
            id.utf8.count <= InitRequest.maximumRequestIDSize
        else { return nil }
        return id
    }

    private static func key(_ payload: KeyedDecodingContainer<Member>) -> InitRequest.OfferedKey {
        for member in [Member.apiKey, .password] {
            guard payload.contains(member), (try? payload.decodeNil(forKey: member)) == false else { continue }
            guard let text = try? payload.decode(String.self, forKey: member) else {
                return .notText(member: member.rawValue)
            }
            return .text(APIKey(text))
        }
        return .missing
    }
}
