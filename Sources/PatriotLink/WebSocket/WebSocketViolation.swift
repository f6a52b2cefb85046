package import PatriotCore

/// What a peer may not do on a WebSocket (RFC 6455); it ends the connection with ``closeCode``.
package enum WebSocketViolation: Error, Equatable, Sendable {
    /// Against the framing rules; the text says which.
    case framing(String)
    /// A text message, or the reason in a close frame, that is no UTF-8 (RFC 6455 8.1).
    case notUTF8
    /// A message, in one frame or in fragments, of more than ``WebSocketHandler/maximumMessageSize`` bytes.
    case messageTooBig

    /// What the peer is told (RFC 6455 7.4.1).
    package var closeCode: CloseCode {
        switch self {
        case .framing: .protocolError
        case .notUTF8: .invalidPayload
        case .messageTooBig: .messageTooBig
        }
    }
}

extension WebSocketViolation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .framing(let rule): "WebSocket protocol error: \(rule)"
        case .notUTF8: "text that is not UTF-8"
        case .messageTooBig: "message of more than \(WebSocketHandler.maximumMessageSize) bytes"
        }
    }
}
