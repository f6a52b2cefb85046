package import NIOCore

/// A whole message, however many frames it came in.
package struct WebSocketMessage: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// UTF-8, checked.
        case text
        case binary
    }

    package var kind: Kind
    package var payload: ByteBuffer

    package init(kind: Kind, payload: ByteBuffer) {
        self.kind = kind
        self.payload = payload
    }
}
