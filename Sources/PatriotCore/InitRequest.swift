import Basics

/// The first message of a Patriot that connects to us ("Patriot as Client", 6.13): who it is.
///
/// The vendor's page names the messages InitRequest and InitResponse, but not their `type` text. So every type that begins
/// with `init`, in any case, is taken, and answered in the same spelling. The payload is the JSON of the site's
/// `WebSocketClientDiallerConfig` setting.
package struct InitRequest: Equatable, Sendable {
    /// What the payload offers as the line's key: `apiKey`, else `password`.
    package enum OfferedKey: Equatable, Sendable {
        case text(APIKey)
        /// A member of that name that is a number, an object or the like.
        case notText(member: String)
        /// Neither member.
        case missing
    }

    /// The `requestId` and where it stood, so that the answer has it in the same place.
    package enum RequestID: Equatable, Sendable {
        case message(String)
        case payload(String)
    }

    /// As it was spelled; at most ``maximumTypeSize`` bytes.
    package let type: String
    /// What the answer repeats; nil without one, or where it is too long to be repeated.
    package let requestID: RequestID?
    /// What is compared with the line's key.
    package let key: OfferedKey

    /// A longer type is none that is known here, and is not echoed.
    package static let maximumTypeSize = 64
    /// A longer `requestId` is not echoed.
    package static let maximumRequestIDSize = 200

    package init(type: String, requestID: RequestID?, key: OfferedKey) {
        self.type = type
        self.requestID = requestID
        self.key = key
    }

    /// Whether a message of this type opens a session.
    package static func isType(_ type: String) -> Bool {
        type.utf8.count <= maximumTypeSize && type.prefix(4).lowercased() == "init"
    }

    /// The `type` of the answer: `init-request` becomes `init-response`, `InitRequest` becomes `InitResponse`.
    package var responseType: String {
        let word = "request"
        var rest = type[...]
        while !rest.isEmpty {
            let candidate = rest.prefix(word.count)
            if candidate.lowercased() == word {
                return type[..<candidate.startIndex] + Self.response(spelledLike: candidate)
                    + type[candidate.endIndex...]
            }
            rest = rest.dropFirst()
        }
        return type + "-response"
    }

    private static func response(spelledLike word: Substring) -> String {
        if word == word.uppercased() { return "RESPONSE" }
        return word.first?.isUppercase == true ? "Response" : "response"
    }

    /// The answer as JSON text: `{"type": …, "payload": {"success": …, "error": …}}`.
    ///
    /// - Parameter error: why not; nil for success.
    package func response(error: String?) -> [UInt8] {
        var members: [(name: String, value: JSONText)] = [("type", .string(responseType))]
        var payload: [(name: String, value: JSONText)] = []
        switch requestID {
        case .message(let id): members.append(("requestId", .string(id)))
        case .payload(let id): payload.append(("requestId", .string(id)))
        case nil: break
        }
        payload.append(("success", .bool(error == nil)))
        if let error { payload.append(("error", .string(error))) }
        members.append(("payload", .object(payload)))
        return JSONText.object(members).utf8
    }
}

/// Why a first message does not open a session.
package enum AdmissionRefusal: Error, Equatable, Sendable {
    case unreadable(PatriotMessageError)
    /// A message of another type.
    case notInit(type: String)
    case keyMissing
    case keyNotText(member: String)
    case wrongKey

    /// What Patriot is told: neither what was sent nor what is expected.
    package var answer: String {
        switch self {
        case .unreadable: "the message cannot be read"
        case .notInit: "the first message must be an InitRequest"
        case .keyMissing: "WebSocketClientDiallerConfig has no apiKey"
        case .keyNotText: "the apiKey in WebSocketClientDiallerConfig is not a text in quotes"
        case .wrongKey: "the apiKey is wrong"
        }
    }
}

extension AdmissionRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let error): "its first message cannot be read: \(error)"
        case .notInit(let type): "its first message is \"\(ForeignText(type))\", not an InitRequest"
        case .keyMissing:
            "no key: WebSocketClientDiallerConfig in Patriot's .config file must be {\"apiKey\": \"the line's key\"}"
        case .keyNotText(let member):
            "the member \(member) of WebSocketClientDiallerConfig is not a text: put the key in quotes"
        case .wrongKey:
            "wrong key: compare WebSocketClientDiallerConfig in Patriot's .config file with the line's key"
        }
    }
}

extension InitRequest {
    /// Reads a first message and compares its key.
    package static func check(
        _ bytes: some Collection<UInt8>,
        against key: APIKey
    ) -> (request: InitRequest?, refusal: AdmissionRefusal?) {
        let request: InitRequest
        do throws(AdmissionRefusal) {
            request = try InitRequest(decoding: bytes)
        } catch {
            return (nil, error)
        }
        switch request.key {
        case .missing: return (request, .keyMissing)
        case .notText(let member): return (request, .keyNotText(member: member))
        case .text(let offered): return (request, key.isMatched(by: offered) ? nil : .wrongKey)
        }
    }
}
