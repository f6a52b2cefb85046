import NIOCore
import PatriotCore

/// What a close frame says (RFC 6455 5.5.1, 7.4).
struct ClosePayload: Equatable {
    /// nil when the frame is empty.
    var code: UInt16?
    var reason: String

    init(code: UInt16?, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Reads and checks what the peer sent.
    init(_ payload: ByteBuffer) throws(WebSocketViolation) {
        var payload = payload
        guard payload.readableBytes > 0 else {
            self.init(code: nil, reason: "")
            return
        }
        guard let code = payload.readInteger(as: UInt16.self) else { throw .framing("a close frame with half a code") }
        guard Self.mayBeSent(code) else { throw .framing("the close code \(code)") }
        guard let reason = String(validating: payload.readableBytesView, as: UTF8.self) else { throw .notUTF8 }
        self.init(code: code, reason: reason)
    }

    /// For the wire; the reason is cut so that the frame stays within 125 bytes (RFC 6455 5.5).
    func encoded() -> ByteBuffer {
        var buffer = ByteBuffer()
        guard let code else { return buffer }
        buffer.writeInteger(code)
        var length = 0
        for scalar in reason.unicodeScalars {
            length += UTF8.width(scalar)
            guard length <= 123 else { break }
            buffer.writeString(String(scalar))
        }
        return buffer
    }

    /// 1004 to 1006 and 1015 never go over the wire, 1016 to 2999 are reserved (RFC 6455 7.4.1, 7.4.2).
    private static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
