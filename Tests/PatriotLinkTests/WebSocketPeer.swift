import NIOCore
import NIOEmbedded
import NIOWebSocket

@testable import PatriotLink

/// The server's side of an open WebSocket, in memory and on virtual time.
final class WebSocketPeer {
    let channel = EmbeddedChannel()
    private(set) var outcomes: [String] = []
    private(set) var webSocket: WebSocketHandler?

    init() throws {
        let webSocket = WebSocketHandler(role: .client) { [weak self] event in
            if case .frameReceived = event { return }
            self?.outcomes.append(event.name)
        }
        self.webSocket = webSocket
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            WebSocketFrameEncoder(),
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketHandler.maximumMessageSize)),
            webSocket,
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9009)).wait()
        outcomes.removeAll()
    }

    var isOpen: Bool { channel.isActive }

    func send(_ frames: WireFrame...) throws {
        try send(frames.flatMap(\.bytes))
    }

    /// The bytes in pieces of `size`.
    func send(_ bytes: [UInt8], inPiecesOf size: Int = .max) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
    }

    /// What the client sent since the last time.
    func received() throws -> [WireFrame] {
        WireFrame.parse(try receivedBytes())
    }

    func receivedBytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { bytes += part.readableBytesView }
        return bytes
    }

    func advance(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }
}
