import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import Testing

@testable import PatriotClient

/// The upgrade on a channel in memory: what is asked, and what is made of every kind of answer.
struct WebSocketOpeningTests {
    @Test
    func requestIsAsDocumented() throws {
        let peer = try OpeningPeer()
        let head = try peer.requestLines()
        #expect(head.first == "GET /ws/dialler/v1 HTTP/1.1")
        #expect(head.contains("Host: patriot.example:9009"))
        #expect(head.contains("Upgrade: websocket"))
        #expect(head.contains("Sec-WebSocket-Version: 13"))
    }

    @Test
    func upgradeOpensBeforeAnyFrame() throws {
        let peer = try OpeningPeer()
        try peer.answer(try peer.acceptance())
        #expect(peer.outcomes == ["opened"])
    }

    @Test
    func frameBehindTheUpgradeIsNotLost() throws {
        let peer = try OpeningPeer()
        try peer.answer(try peer.acceptance() + [0x81, 0x02, 0x68, 0x69])
        #expect(peer.outcomes == ["opened", "frame", "hi"])
    }
}

/// The server's side of one opening, byte for byte.
final class OpeningPeer {
    let channel = EmbeddedChannel()
    private(set) var outcomes: [String] = []

    init() throws {
        let webSocket = WebSocketHandler { [weak self] event in self?.outcomes.append(event.name) }
        let request = WebSocketOpening.Request(host: "patriot.example", port: 9009, path: "/ws/dialler/v1")
        try WebSocketOpening.addHandlers(to: channel, request: request, webSocket: webSocket) { [weak self] error in
            self?.outcomes.append("\(error)")
        }
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9009)).wait()
    }

    func requestLines() throws -> [String] {
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text.split(separator: "\r\n").map(String.init)
    }

    /// What NIO's own server answers to the request that is under way.
    func acceptance() throws -> [UInt8] {
        let server = EmbeddedChannel()
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        )
        try server.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in })
        )
        try server.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9009)).wait()
        while let part = try channel.readOutbound(as: ByteBuffer.self) { try server.writeInbound(part) }
        server.embeddedEventLoop.run()
        var answer: [UInt8] = []
        while let part = try server.readOutbound(as: ByteBuffer.self) { answer += part.readableBytesView }
        return answer
    }

    func answer(_ bytes: some Sequence<UInt8>) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        // NIO takes the HTTP decoder out in the tick after.
        channel.embeddedEventLoop.run()
    }
}

extension WebSocketHandler.Event {
    var name: String {
        switch self {
        case .opened: "opened"
        case .frameReceived: "frame"
        case .messageReceived(let message): String(buffer: message.payload)
        case .closed(let closure): "closed: \(closure)"
        }
    }
}
