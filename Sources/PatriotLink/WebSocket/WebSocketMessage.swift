package import NIOCore

/// A whole message, however many frames it came in.
package struct WebSocketMessage: Equatable, Sendable {
    /// RFC 6455 5.6.
    package enum Kind: Equatable, Sendable {
        /// UTF-8, checked.
        case text
        case binary
    }

    /// Text or not.
    package var kind: Kind
    /// At most ``WebSocketHandler/maximumMessageSize`` bytes.
    package var payload: ByteBuffer

    package init(kind: Kind, payload: ByteBuffer) {
        self.kind = kind
        self.payload = payload
    }
}
