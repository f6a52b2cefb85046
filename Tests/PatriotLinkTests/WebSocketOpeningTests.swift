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

    /// RFC 6455 4.1: the checks after the status code, each broken alone.
    @Test(arguments: [
        ("Connection: upgrade\r\n", ""), ("Connection: upgrade", "Connection: keep-alive"),
        ("Connection: upgrade", "Connection: close, upgraded"), ("Upgrade: websocket\r\n", ""),
        ("Upgrade: websocket", "Upgrade: websocket, h2c"), ("Upgrade: websocket", "Upgrade: websocket\r\nUpgrade: h2c"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        ("\r\n\r\n", "\r\nsec-websocket-extensions: x\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Extensions:\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
        ("Sec-WebSocket-Accept:", "X-Accept:"), ("\r\n\r\n", "\r\nSec-WebSocket-Accept: AAAA\r\n\r\n"),
    ])
    func anUpgradeThatWasNotAskedForIsRefused(_ part: String, _ replacement: String) throws {
        let peer = try OpeningPeer()
        let answer = String(decoding: try peer.acceptance(), as: UTF8.self)
        #expect(answer.contains(part), "\(answer)")
        try? peer.answer(answer.replacing(part, with: replacement).utf8)
        #expect(peer.outcomes.count == 1)
        #expect(peer.outcomes.first?.contains("something else than the WebSocket") == true, "\(peer.outcomes)")
        #expect(!peer.channel.isActive)
    }

    @Test(arguments: ["Connection: keep-alive, Upgrade", "connection: UPGRADE", "Connection: Upgrade, close"])
    func anUpgradeMayBeWrittenOtherwise(_ line: String) throws {
        let peer = try OpeningPeer()
        let answer = String(decoding: try peer.acceptance(), as: UTF8.self)
        try peer.answer(answer.replacing("Connection: upgrade", with: line).utf8)
        #expect(peer.outcomes == ["opened"])
    }

    @Test(arguments: ["100 Continue", "102 Processing", "103 Early Hints\r\nLink: </x>", "199 Later"])
    func interimAnswersAreLimited(_ status: String) throws {
        let peer = try OpeningPeer()
        let answer = "HTTP/1.1 \(status)\r\n\r\n"
        var sent = 0
        while peer.outcomes.isEmpty, sent < 1 << 20 {
            try? peer.answer(answer.utf8)
            sent += answer.utf8.count
        }
        #expect(sent < AnswerLimit.bytes + 1000)
        #expect(peer.outcomes.count == 1)
        #expect(peer.outcomes.first?.contains("no final HTTP answer") == true, "\(peer.outcomes)")
        #expect(!peer.channel.isActive)
    }

    @Test
    func aFewInterimAnswersDoNoHarm() throws {
        let peer = try OpeningPeer()
        for _ in 0..<5 { try peer.answer("HTTP/1.1 100 Continue\r\n\r\n".utf8) }
        try peer.answer(try peer.acceptance())
        #expect(peer.outcomes == ["opened"])
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
