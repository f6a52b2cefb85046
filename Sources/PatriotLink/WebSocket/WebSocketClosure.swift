package import Basics
package import PatriotCore

/// Why a WebSocket ended.
package enum WebSocketClosure: Sendable {
    /// We closed it.
    case local(CloseCode, reason: String)
    /// The peer closed it (RFC 6455 7.1.5); the code is nil when its close frame is empty.
    case remote(code: UInt16?, reason: ForeignText)
    /// The peer broke the rules and we closed it.
    case violation(WebSocketViolation)
    /// Nothing came in for too long.
    case silence
    /// It ended without a close handshake.
    case connectionLost((any Error)?)
}

extension WebSocketClosure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .local(let code, let reason):
            "closed by us: \(code.rawValue) \(ForeignText(reason))"
        case .remote(let code, let reason):
            "closed by the other end: \(code.map { String($0) } ?? "no code") \(reason)".trimmed
        case .violation(let violation):
            "closed by us because the other end sent a \(violation)"
        case .silence:
            "the other end did not answer a ping within \(LivenessMachine.answerTime.components.seconds) s"
        case .connectionLost(nil):
            "the connection ended without a close handshake"
        case .connectionLost(let error?):
            "the connection was lost: \(connectionFailureReason(error))"
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        last == " " ? String(dropLast()) : self
    }
}
