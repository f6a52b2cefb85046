import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import Testing

@testable import PatriotLink

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

    @Test(arguments: [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP 404 instead of opening a WebSocket"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "PATRIOT_PATH"),
        ("HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nno!", "PATRIOT_HOST must be the documented name"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "a web server listens on this port"),
        ("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "redirects"),
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy or firewall"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "whose Patriot Client does not run"),
        ("HTTP/1.1 500 Oops\r\n\r\n", "HTTP 500"),
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: AAAA\r\n\r\n", "something else than the WebSocket"
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            "something else than the WebSocket"
        ),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "something else than the WebSocket"),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "does not speak HTTP"),
        ("220 mail.example ESMTP\r\n", "does not speak HTTP"),
    ])
    func anyOtherAnswerIsNamed(_ answer: String, _ hint: String) throws {
        let peer = try OpeningPeer()
        // NIO's decoder throws out of the write as well as into the pipeline.
        try? peer.answer(answer.utf8)
        #expect(peer.outcomes.count == 1)
        #expect(peer.outcomes.first?.contains(hint) == true, "\(peer.outcomes)")
        #expect(!peer.channel.isActive)
    }

    @Test
    func noAnswerIsGivenUp() throws {
        let peer = try OpeningPeer()
        peer.channel.embeddedEventLoop.advanceTime(by: WebSocketOpening.timeout)
        #expect(peer.outcomes.count == 1)
        #expect(peer.outcomes.first?.contains("no answer within 15 s") == true)
        #expect(!peer.channel.isActive)
    }

    @Test(arguments: ["", "HTTP/1.1 101 Swi"])
    func endOfConnectionIsNamed(_ start: String) throws {
        let peer = try OpeningPeer()
        try peer.answer(start.utf8)
        try? peer.channel.close().wait()
        #expect(peer.outcomes.count == 1)
        #expect(peer.outcomes.first?.hasPrefix("the other end ") == true, "\(peer.outcomes)")
    }

    @Test
    func peerThatOnlyStopsSendingIsNamed() throws {
        let peer = try OpeningPeer()
        peer.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(peer.outcomes.count == 1)
        #expect(peer.outcomes.first?.contains("without an answer") == true)
        #expect(!peer.channel.isActive)
    }

    @Test
    func upgradeMayComeByteForByte() throws {
        let peer = try OpeningPeer()
        for byte in try peer.acceptance() + WireFrame.text("hi").bytes { try peer.answer([byte]) }
        #expect(peer.outcomes == ["opened", "frame", "hi"])
        peer.channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(peer.outcomes.count == 3)
    }
}

/// The server's side of one opening, byte for byte.
final class OpeningPeer {
    let channel = EmbeddedChannel()
    private(set) var outcomes: [String] = []

    init() throws {
        let webSocket = WebSocketHandler(role: .client) { [weak self] event in self?.outcomes.append(event.name) }
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

    func acceptance() throws -> [UInt8] {
        var request: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { request += part.readableBytesView }
        return try serverAcceptance(of: request)
    }

    func answer(_ bytes: some Sequence<UInt8>) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        // NIO takes the HTTP decoder out in the tick after.
        channel.embeddedEventLoop.run()
    }
}

/// What NIO's own server answers to an upgrade request.
func serverAcceptance(of request: [UInt8]) throws -> [UInt8] {
    let server = EmbeddedChannel()
    let upgrader = NIOWebSocketServerUpgrader(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
    )
    try server.pipeline.syncOperations.configureHTTPServerPipeline(
        withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in })
    )
    try server.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9009)).wait()
    try server.writeInbound(ByteBuffer(bytes: request))
    server.embeddedEventLoop.run()
    var answer: [UInt8] = []
    while let part = try server.readOutbound(as: ByteBuffer.self) { answer += part.readableBytesView }
    return answer
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
