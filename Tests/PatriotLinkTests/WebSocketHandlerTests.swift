import NIOCore
import NIOEmbedded
import PatriotCore
import Testing

@testable import PatriotLink

/// RFC 6455 as the client must keep to it; Autobahn's cases in Tests/Acceptance go deeper.
struct WebSocketHandlerTests {
    @Test(arguments: [1, 2, 3, 7, .max])
    func messagesArriveWhole(_ pieceSize: Int) throws {
        let peer = try WebSocketPeer()
        let frames: [WireFrame] = [
            .text("hällo"), .ping("x"), .text("a", fin: false), .pong(), .continuation([], fin: false),
            .continuation(Array("b".utf8), fin: true), .text(""), .text(String(repeating: "y", count: 70)),
            .text(String(repeating: "z", count: 300)),
        ]
        try peer.send(frames.flatMap(\.bytes), inPiecesOf: pieceSize)
        let long = [70, 300].map { String(repeating: $0 == 70 ? "y" : "z", count: $0) }
        #expect(peer.outcomes == ["hällo", "ab", ""] + long)
        #expect(try peer.received() == [.pong("x").masked])
    }

    @Test
    func everyFrameWeSendIsMaskedWithAnotherKey() throws {
        let peer = try WebSocketPeer()
        for _ in 0..<8 {
            peer.webSocket?.send(WebSocketMessage(kind: .text, payload: ByteBuffer(string: "hello hello")))
        }
        let bytes = try peer.receivedBytes()
        #expect(WireFrame.parse(bytes) == Array(repeating: WireFrame.text("hello hello").masked, count: 8))
        let size = bytes.count / 8
        let keys = Set((0..<8).map { Array(bytes[$0 * size + 2..<$0 * size + 6]) })
        #expect(keys.count > 6)
    }

    @Test
    func characterCutBetweenFragmentsIsText() throws {
        let peer = try WebSocketPeer()
        let bytes = Array("€😀".utf8)
        for cut in 1..<bytes.count {
            try peer.send(
                WireFrame(first: 0x01, payload: Array(bytes[..<cut])),
                .continuation(Array(bytes[cut...]), fin: true)
            )
        }
        #expect(peer.outcomes == Array(repeating: "€😀", count: bytes.count - 1))
    }

    static let violations: [(String, [WireFrame], CloseCode)] = [
        ("not UTF-8", [WireFrame(first: 0x81, payload: [0xFF])], .invalidPayload),
        ("surrogate", [WireFrame(first: 0x81, payload: [0xED, 0xA0, 0x80])], .invalidPayload),
        ("cut character", [WireFrame(first: 0x81, payload: [0xE2, 0x82])], .invalidPayload),
        ("bad byte in a fragment", [WireFrame(first: 0x01, payload: [0xE2, 0x28])], .invalidPayload),
        (
            "bad byte after a cut", [WireFrame(first: 0x01, payload: [0xE2]), .continuation([0x28], fin: true)],
            .invalidPayload
        ),
        ("reserved bit", [WireFrame(first: 0xC1, payload: [])], .protocolError),
        ("reserved data opcode", [WireFrame(first: 0x83, payload: [])], .protocolError),
        ("reserved control opcode", [WireFrame(first: 0x8B, payload: [])], .protocolError),
        ("lone continuation", [.continuation([], fin: true)], .protocolError),
        ("message within a message", [.text("a", fin: false), .text("b")], .protocolError),
        ("fragmented ping", [WireFrame(first: 0x09, payload: [])], .protocolError),
        ("long ping", [WireFrame(first: 0x89, payload: Array(repeating: 0, count: 126))], .protocolError),
        ("close with half a code", [WireFrame(first: 0x88, payload: [3])], .protocolError),
        ("close code 1005", [.close(1005)], .protocolError),
        ("close code 999", [.close(999)], .protocolError),
        ("close code 2999", [.close(2999)], .protocolError),
        ("close reason not UTF-8", [WireFrame(first: 0x88, payload: [3, 0xE8, 0xFF])], .invalidPayload),
        (
            "one frame too big", [WireFrame(first: 0x82, payload: Array(repeating: 0, count: 65_537))], .messageTooBig
        ),
        (
            "fragments too big",
            [
                WireFrame(first: 0x02, payload: Array(repeating: 0, count: 65_536)),
                .continuation([0], fin: true),
            ], .messageTooBig
        ),
    ]

    @Test(arguments: violations)
    func violationIsClosedWithItsCode(_ name: String, _ frames: [WireFrame], _ code: CloseCode) throws {
        let peer = try WebSocketPeer()
        // NIO's decoder throws out of the write as well as into the pipeline.
        try? peer.send(frames.flatMap(\.bytes))
        #expect(try peer.received() == [WireFrame.close(code.rawValue).masked])
        #expect(peer.outcomes.isEmpty, "not closed before the peer's half or the deadline")
        peer.advance(WebSocketHandler.closeTime)
        #expect(peer.outcomes.count == 1)
        #expect(peer.outcomes.first?.hasPrefix("closed: closed by us because the other end sent a ") == true)
        #expect(!peer.isOpen)
    }

    @Test
    func maskedFrameFromAServerIsAViolation() throws {
        let peer = try WebSocketPeer()
        try peer.send([0x81, 0x81, 1, 2, 3, 4, 0x60])
        #expect(try peer.received() == [WireFrame.close(1002).masked])
    }

    @Test
    func lengthBeyondAllBoundsIsTooBig() throws {
        let peer = try WebSocketPeer()
        try? peer.send([0x82, 127] + Array(repeating: 0xFF, count: 8))
        #expect(try peer.received() == [WireFrame.close(1009).masked])
    }

    @Test
    func largestMessageIsTakenIn() throws {
        let peer = try WebSocketPeer()
        let text = String(repeating: "x", count: WebSocketHandler.maximumMessageSize)
        try peer.send(.text(text))
        #expect(peer.outcomes == [text])
    }

    @Test
    func peersCloseIsAnsweredAndDone() throws {
        let peer = try WebSocketPeer()
        try peer.send(.close(1001, "going"), .text("late"))
        #expect(try peer.received() == [WireFrame.close(1001).masked])
        #expect(peer.outcomes == ["closed: closed by the other end: 1001 going"])
        #expect(!peer.isOpen)
    }

    @Test
    func emptyCloseIsAnsweredEmpty() throws {
        let peer = try WebSocketPeer()
        try peer.send(WireFrame(first: 0x88, payload: []))
        #expect(try peer.received() == [WireFrame(first: 0x88, payload: [], isMasked: true)])
        #expect(peer.outcomes == ["closed: closed by the other end: no code"])
    }

    @Test
    func ourCloseEndsWithThePeersHalf() throws {
        let peer = try WebSocketPeer()
        peer.webSocket?.close(.goingAway, reason: "the dialler stops")
        #expect(try peer.received() == [WireFrame.close(1001, "the dialler stops").masked])
        try peer.send(.text("not heard"))
        #expect(peer.isOpen)
        try peer.send(.close(1001))
        #expect(peer.outcomes == ["closed: closed by us: 1001 the dialler stops"])
        #expect(!peer.isOpen)
    }

    @Test
    func ourCloseNeverWaitsLongerThanItsDeadline() throws {
        let peer = try WebSocketPeer()
        peer.webSocket?.close(.normalClosure, reason: "")
        peer.advance(WebSocketHandler.closeTime - .milliseconds(1))
        #expect(peer.isOpen)
        peer.advance(.milliseconds(1))
        #expect(!peer.isOpen)
        #expect(peer.outcomes.count == 1)
    }

    @Test
    func nothingIsSentAfterClosing() throws {
        let peer = try WebSocketPeer()
        peer.webSocket?.close(.normalClosure, reason: "")
        _ = try peer.received()
        peer.webSocket?.send(WebSocketMessage(kind: .text, payload: ByteBuffer(string: "late")))
        peer.webSocket?.sendPing()
        peer.webSocket?.close(.normalClosure, reason: "again")
        #expect(try peer.received().isEmpty)
        peer.advance(.seconds(5))
        peer.webSocket?.abort(.silence)
        #expect(peer.outcomes.count == 1)
    }

    @Test
    func longReasonIsCutBetweenCharacters() throws {
        let peer = try WebSocketPeer()
        peer.webSocket?.close(.normalClosure, reason: String(repeating: "€", count: 100))
        let frame = try #require(try peer.received().first)
        #expect(frame.payload.count == 125)
        #expect(String(decoding: frame.payload.dropFirst(2), as: UTF8.self) == String(repeating: "€", count: 41))
    }

    /// Else a peer that asks and never reads makes us hold all the answers.
    @Test
    func nothingIsReadWhileThePeerDoesNotRead() throws {
        let peer = try WebSocketPeer()
        for isWritable in [false, true] {
            peer.channel.isWritable = isWritable
            peer.channel.pipeline.fireChannelWritabilityChanged()
            #expect(peer.channel.options.last?.value as? Bool == isWritable)
        }
    }

    @Test
    func peerThatOnlyStopsSendingIsGone() throws {
        let peer = try WebSocketPeer()
        peer.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(peer.outcomes == ["closed: the connection ended without a close handshake"])
        #expect(!peer.isOpen)
    }

    @Test
    func lossWithoutCloseIsTold() throws {
        let peer = try WebSocketPeer()
        peer.channel.close(promise: nil)
        #expect(peer.outcomes == ["closed: the connection ended without a close handshake"])
    }
}

struct UTF8ValidatorTests {
    /// Every sequence of one and two bytes, and the edges of three and four, judged as the standard library does.
    @Test
    func agreesWithTheStandardLibrary() {
        let edges: [UInt8] = [
            0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
        ]
        var misjudged: [[UInt8]] = []
        func check(_ bytes: [UInt8]) {
            var validator = UTF8Validator()
            let isValid = validator.consume(bytes) && validator.isComplete
            if isValid != (String(validating: bytes, as: UTF8.self) != nil) { misjudged.append(bytes) }
        }
        for first in UInt8.min...UInt8.max {
            check([first])
            for second in UInt8.min...UInt8.max { check([first, second]) }
        }
        for first in edges {
            for second in edges {
                for third in edges {
                    check([first, second, third])
                    for fourth in edges { check([first, second, third, fourth]) }
                }
            }
        }
        #expect(misjudged.isEmpty)
    }
}

struct PatriotEndpointTests {
    @Test(
        arguments: [
            (nil, "desk.example", 9009), ("", "desk.example", 9009), ("192.0.2.7", "192.0.2.7", 9009),
            ("192.0.2.7:19009", "192.0.2.7", 19009), ("desk7:1", "desk7", 1), ("::1", "::1", 9009),
            ("[::1]", "::1", 9009),
            ("[::1]:19009", "::1", 19009), ("fe80::1", "fe80::1", 9009),
        ] as [(String?, String, Int)]
    )
    func row26_addressOnlyChangesWhereTCPGoes(_ address: String?, _ host: String, _ port: Int) {
        let endpoint = PatriotEndpoint(host: "desk.example", port: 9009, address: address)
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
    }
}
