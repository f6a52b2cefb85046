import NIOCore
import NIOWebSocket

/// Whole messages from data frames: fragments put together, capped in size, text checked to be UTF-8 (RFC 6455 5.4, 8.1).
struct MessageAssembler {
    private struct Begun {
        var message: WebSocketMessage
        var validator: UTF8Validator
    }

    private let maximumSize: Int
    private var begun: Begun?

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// - Returns: the message that this text, binary or continuation frame completes.
    mutating func append(_ frame: WebSocketFrame) throws(WebSocketViolation) -> WebSocketMessage? {
        var current: Begun
        switch frame.opcode {
        case .continuation:
            guard let begun else { throw .framing("a continuation of no message") }
            current = begun
        default:
            guard begun == nil else { throw .framing("a new message within a fragmented one") }
            let kind: WebSocketMessage.Kind = frame.opcode == .text ? .text : .binary
            current = Begun(message: WebSocketMessage(kind: kind, payload: ByteBuffer()), validator: UTF8Validator())
        }
        // Let go of the buffer, or appending to it would copy it.
        begun = nil
        try add(frame.data, to: &current)
        guard frame.fin else {
            begun = current
            return nil
        }
        guard current.validator.isComplete else { throw .notUTF8 }
        return current.message
    }

    private func add(_ data: ByteBuffer, to current: inout Begun) throws(WebSocketViolation) {
        guard current.message.payload.readableBytes + data.readableBytes <= maximumSize else { throw .messageTooBig }
        if current.message.kind == .text {
            guard current.validator.consume(data.readableBytesView) else { throw .notUTF8 }
        }
        if current.message.payload.readableBytes == 0 {
            current.message.payload = data
        } else {
            current.message.payload.writeImmutableBuffer(data)
        }
    }
}
