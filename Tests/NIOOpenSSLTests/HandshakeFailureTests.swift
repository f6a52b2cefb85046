import NIOCore
import NIOEmbedded
import NIOOpenSSL
import TestSupport
import Testing

@Suite struct HandshakeFailureTests {
    private static func client() throws -> TLSEnd {
        let identity = try TLSIdentity.selfSigned(names: [TLSPair.name])
        let context = try TLSContext.client(trust: .pins([identity.certificate.pin]))
        return try TLSEnd(TLSHandler(client: context, serverName: TLSPair.name))
    }

    private static func server() throws -> TLSEnd {
        try TLSEnd(TLSHandler(server: .server(identity: .selfSigned(names: [TLSPair.name]))))
    }

    @Test(arguments: [
        ("HTTP/1.1 400 Bad Request\r\nServer: x\r\n", "HTTP/1.1 400 Bad Request??Server: x??"),
        ("220 mail.example ready", "220 mail.example ready"),
        ("\0\u{1}\u{7F}", "???"),
    ])
    func aServerThatDoesNotSpeakTLSIsNamedAsSuch(_ answer: String, _ shown: String) throws {
        let client = try Self.client()
        let write = client.write("the API key".utf8)
        try client.connect()
        client.receive(answer.utf8)
        let expected = TLSError.notTLS(peer: TLSPair.name, start: shown)
        #expect(client.recorder.errors == [expected])
        #expect(write.error as? TLSError == expected)
        #expect(!client.channel.isActive)
        #expect(expected.description.contains(shown) && expected.description.contains("does not speak TLS"))
    }

    /// A wire that breaks when the second flight is sent: NIO then closes the channel from within the write.
    private final class BreakingWire: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        private var flushes = 0

        func flush(context: ChannelHandlerContext) {
            flushes += 1
            if flushes == 1 { context.flush() } else { context.fireChannelInactive() }
        }
    }

    @Test func theCauseIsToldBeforeTheEndOfAWireThatTakesNoAlert() throws {
        let stranger = try TLSIdentity.selfSigned(names: [TLSPair.name])
        let pair = try TLSPair(
            client: .client(trust: .pins([stranger.certificate.pin])),
            server: .server(identity: .selfSigned(names: [TLSPair.name]))
        )
        try pair.client.channel.pipeline.syncOperations.addHandler(BreakingWire(), position: .first)
        try pair.connect()
        let error = try #require(pair.client.recorder.errors.first)
        guard case .untrusted = error else {
            Issue.record("another error: \(error)")
            return
        }
        #expect(pair.client.recorder.errors.count == 1 && pair.client.recorder.errorsBeforeEnd == 1)
    }

    @Test func aPlainRequestToTheServerIsNamedAsSuch() throws {
        let server = try Self.server()
        try server.connect()
        server.receive("GET /ws/dialler/v1 HTTP/1.1\r\n\r\n".utf8)
        #expect(server.recorder.errors == [.notTLS(peer: "the client", start: "GET /ws/dialler/v1 HTTP/1.1????")])
    }

    @Test(arguments: 0..<200)
    func garbageNeverTrapsAndNeverHangs(_ seed: Int) throws {
        var numbers = SeededGenerator(seed: UInt64(seed))
        let end = seed.isMultiple(of: 2) ? try Self.client() : try Self.server()
        try end.connect()
        // Half of it looks like a TLS record from outside.
        let header: [UInt8] = seed % 4 < 2 ? [22, 3, 3, 0, 200] : []
        let garbage = header + (0..<400).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        for byte in garbage { end.receive([byte]) }
        end.endOfInput()
        #expect(end.recorder.errors.count == 1)
        #expect(end.recorder.handshakes.isEmpty && end.recorder.bytes.isEmpty)
        #expect(!end.channel.isActive)
    }

    @Test(arguments: TLSVersion.allCases)
    func aDamagedByteAnywhereInTheHandshakeEndsIt(_ version: TLSVersion) throws {
        var numbers = SeededGenerator(seed: 5)
        for _ in 0..<40 {
            let pair = try TLSPair.trusting(versions: version...version)
            try pair.server.connect()
            try pair.client.connect()
            try pair.server.receive(pair.client.takeOutput())
            var answer = try pair.server.takeOutput()
            answer[Int.random(in: 0..<answer.count, using: &numbers)] ^= UInt8.random(in: 1...255, using: &numbers)
            pair.client.write("the API key".utf8)
            pair.client.receive(answer)
            try pair.pump()
            if pair.client.channel.isActive { pair.client.endOfInput() }
            #expect(pair.client.recorder.errors.count == 1)
            #expect(pair.server.recorder.bytes.isEmpty)
        }
    }

    @Test(arguments: TLSVersion.allCases)
    func theConnectionMayEndAnywhereInTheHandshake(_ version: TLSVersion) throws {
        var cut = 0
        var isCut = true
        while isCut {
            let pair = try TLSPair.trusting(versions: version...version)
            try pair.server.connect()
            try pair.client.connect()
            try pair.server.receive(pair.client.takeOutput())
            let answer = try pair.server.takeOutput()
            isCut = cut < answer.count
            guard isCut else { break }
            pair.client.receive(answer.prefix(cut))
            pair.client.endOfInput()
            #expect(pair.client.recorder.errors == [.closedInHandshake(peer: TLSPair.name)])
            cut += 53
        }
    }

    @Test func aSilentPeerIsGivenUp() throws {
        let client = try Self.client()
        let write = client.write("the API key".utf8)
        try client.connect()
        client.channel.embeddedEventLoop.advanceTime(by: TLSHandler.handshakeTimeout - .milliseconds(1))
        #expect(client.recorder.errors.isEmpty && write.result == nil)
        client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(client.recorder.errors == [.handshakeTimeout(peer: TLSPair.name, seconds: 10)])
        #expect(write.error != nil)
        #expect(!client.channel.isActive)
    }

    @Test func afterTheHandshakeNoTimerIsLeft() throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        for end in [pair.client, pair.server] {
            end.channel.embeddedEventLoop.advanceTime(by: .hours(24))
            #expect(end.recorder.errors.isEmpty)
            #expect(end.channel.isActive)
        }
    }

    @Test func versionsWithoutACommonOneAreNamedAsSuch() throws {
        let identity = try TLSIdentity.selfSigned(names: [TLSPair.name])
        let pair = try TLSPair(
            client: .client(trust: .pins([identity.certificate.pin]), versions: .v1_3 ... .v1_3),
            server: .server(identity: identity, versions: .v1_2 ... .v1_2)
        )
        try pair.connect()
        #expect(pair.client.recorder.errors == [.protocolVersion(peer: TLSPair.name)])
        #expect(pair.server.recorder.errors == [.protocolVersion(peer: "the client")])
    }

    @Test func closingDuringTheHandshakeFailsTheWaitingWrites() throws {
        let client = try Self.client()
        try client.connect()
        let write = client.write("the API key".utf8)
        client.channel.close(promise: nil)
        #expect(write.error as? ChannelError == .ioOnClosedChannel)
        #expect(client.recorder.errors.isEmpty)
        #expect(!client.channel.isActive)
    }

    @Test(arguments: [
        (TLSError.protocolVersion(peer: "patriot.example"), ["patriot.example", "TLS 1.1 or older", "update"]),
        (.notTLS(peer: "patriot.example", start: "SSH-2.0"), ["patriot.example", "\"SSH-2.0\"", "check"]),
        (.closedInHandshake(peer: "patriot.example"), ["patriot.example", "closed", "check that the port"]),
        (.handshakeTimeout(peer: "patriot.example", seconds: 10), ["patriot.example", "10 s", "check that the port"]),
        (.refusedByPeer(peer: "patriot.example", alert: "unknown ca"), ["patriot.example", "\"unknown ca\"", "log"]),
        (.truncated(peer: "patriot.example"), ["patriot.example", "without a TLS close_notify"]),
        (
            .file(path: "/etc/x.pem", reason: .unreadable(errno: 13)),
            ["/etc/x.pem", "Permission denied", "user may read it"]
        ),
        (.file(path: "/etc/x.pem", reason: .empty), ["/etc/x.pem", "empty", "export"]),
        (.invalidIdentity("the list of pins is empty"), ["certificate", "the list of pins is empty"]),
        (.openSSL("out of memory"), ["OpenSSL", "out of memory"]),
    ])
    func eachErrorIsOneSentenceThatHelps(_ error: TLSError, _ parts: [String]) {
        for part in parts { #expect(error.description.contains(part), "\(error)") }
        #expect(!error.description.contains("\n"))
    }
}
