/// Why a WebSocket message is none of Patriot's. Never more than a log line: the connection goes on.
package enum PatriotMessageError: Error, Equatable, Sendable {
    /// More bytes than ``PatriotMessage/maximumSize``.
    case tooLarge(Int)
    /// Nested deeper than ``PatriotMessage/maximumDepth``.
    case tooDeep
    case notUTF8
    /// No JSON, or JSON that is no object.
    case notJSONObject
    /// A member the message cannot do without. `type` is nil when the type itself is missing.
    case missing(member: String, type: String?)
    /// A member of another JSON type than the documented one.
    case wrongType(member: String, type: String?)

    /// The message's type, where that much could be read.
    package var messageType: String? {
        switch self {
        case .tooLarge, .tooDeep, .notUTF8, .notJSONObject: nil
        case .missing(_, let type), .wrongType(_, let type): type
        }
    }
}

extension PatriotMessageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let size): "message of \(size) bytes, more than \(PatriotMessage.maximumSize)"
        case .tooDeep: "message nested deeper than \(PatriotMessage.maximumDepth) levels"
        case .notUTF8: "message is not UTF-8"
        case .notJSONObject: "message is no JSON object"
        case .missing(let member, let type): "\(type ?? "message") has no \"\(member)\""
        case .wrongType(let member, let type): "\(type ?? "message") has a \"\(member)\" of the wrong JSON type"
        }
    }
}
