import FoundationEssentials

extension PatriotMessage {
    /// The most bytes of one message; the largest one documented has some 200.
    package static let maximumSize = 64 * 1024
    /// The most levels of objects and arrays; the documented messages have two.
    package static let maximumDepth = 32

    /// Reads one message.
    ///
    /// Unknown types and members are tolerated, and so is a missing, null or odd payload where none is documented. Of
    /// a member given twice, one counts.
    ///
    /// - Throws: what is wrong with it. Nothing that can arrive is a trap.
    package init(decoding bytes: some Collection<UInt8>) throws(PatriotMessageError) {
        guard bytes.count <= Self.maximumSize else { throw .tooLarge(bytes.count) }
        // Known by its type from here on: a loop over bytes of any kind takes as long as all the rest of a dial-request.
        let bytes = Array(bytes)
        try Self.checkJSON(bytes)
        do {
            self = try JSONDecoder().decode(WireMessage.self, from: Data(bytes)).message
        } catch let error as PatriotMessageError {
            throw error
        } catch {
            throw .notJSONObject
        }
    }

    /// What has to be right before the decoder may look at foreign bytes.
    static func checkJSON(_ bytes: [UInt8]) throws(PatriotMessageError) {
        guard bytes.count <= maximumSize else { throw .tooLarge(bytes.count) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        guard jsonDepth(bytes) <= maximumDepth else { throw .tooDeep }
        // A NUL never occurs in JSON text, but makes the decoder guess UTF-16.
        guard !bytes.contains(0) else { throw .notJSONObject }
    }
}

/// How deep objects and arrays nest. Brackets within strings do not count; what is no JSON gives some number.
private func jsonDepth(_ bytes: [UInt8]) -> Int {
    var depth = 0
    var deepest = 0
    var isInString = false
    var isEscaped = false
    for byte in bytes {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            continue
        }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            deepest = max(deepest, depth)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
        default:
            break
        }
    }
    return deepest
}

/// The envelope: `{"type": …, "payload": …}`.
private struct WireMessage: Decodable {
    let message: PatriotMessage

    init(from decoder: any Decoder) throws {
        let envelope = Members(try decoder.container(keyedBy: MemberName.self), type: nil)
        let type = try envelope.required("type", as: String.self)
        guard let kind = PatriotMessage.Kind(rawValue: type) else {
            message = .unknown(type: type)
            return
        }
        switch kind {
        case .hangupRequest:
            message = .hangupRequest
        case .callStatusRequest:
            message = .callStatusRequest
        case .authenticationRequest:
            let payload = try envelope.payload(of: kind)
            message = .authenticationRequest(
                requestID: payload.optional("requestId", as: String.self),
                apiKey: APIKey(try payload.required("apiKey", as: String.self))
            )
        case .authenticationResponse:
            let payload = try envelope.payload(of: kind)
            message = .authenticationResponse(
                requestID: payload.optional("requestId", as: String.self),
                success: try payload.required("success", as: Bool.self),
                error: payload.optional("error", as: String.self)
            )
        case .dialRequest:
            let payload = try envelope.payload(of: kind)
            // Nothing is done with the raw number, so nothing that is wrong with it may cost the operator a call.
            message = .dialRequest(
                phoneNo: try payload.required("phoneNo", as: String.self),
                rawPhoneNo: payload.optional("rawPhoneNo", as: String.self)
            )
        case .callStatusUpdate:
            let payload = try envelope.payload(of: kind)
            message = .callStatusUpdate(
                CallStatus(
                    callActive: try payload.required("callActive", as: Bool.self),
                    outbound: payload.optional("outbound", as: Bool.self),
                    callerID: payload.optional("callerId", as: String.self)
                )
            )
        }
    }
}

/// The members of one object. One that is null counts as missing, and so does one of the wrong type where it may be missing.
private struct Members {
    private let container: KeyedDecodingContainer<MemberName>
    private let type: String?

    init(_ container: KeyedDecodingContainer<MemberName>, type: String?) {
        self.container = container
        self.type = type
    }

    func optional<Value: Decodable>(_ name: String, as: Value.Type) -> Value? {
        try? read(name, as: Value.self)
    }

    private func read<Value: Decodable>(_ name: String, as: Value.Type) throws(PatriotMessageError) -> Value? {
        do {
            return try container.decodeIfPresent(Value.self, forKey: MemberName(stringValue: name))
        } catch {
            throw .wrongType(member: name, type: type)
        }
    }

    func required<Value: Decodable>(_ name: String, as: Value.Type) throws(PatriotMessageError) -> Value {
        guard let value = try read(name, as: Value.self) else { throw .missing(member: name, type: type) }
        return value
    }

    func payload(of kind: PatriotMessage.Kind) throws(PatriotMessageError) -> Members {
        let name = MemberName(stringValue: "payload")
        guard let isNull = try? container.decodeNil(forKey: name), !isNull else {
            throw .missing(member: "payload", type: kind.rawValue)
        }
        do {
            return Members(try container.nestedContainer(keyedBy: MemberName.self, forKey: name), type: kind.rawValue)
        } catch {
            throw .wrongType(member: "payload", type: kind.rawValue)
        }
    }
}

private struct MemberName: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        return nil
    }
}
