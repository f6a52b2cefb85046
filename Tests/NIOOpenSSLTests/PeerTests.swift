import Basics
import NIOCore
import NIOOpenSSL
import NIOPosix
import TestSupport
import Testing

/// Against the distribution's `openssl` program, over loopback TCP.
@Suite(.timeLimit(.minutes(1))) struct PeerTests {
    private static func option(_ version: TLSVersion) -> String {
        switch version {
        case .v1_2: "-tls1_2"
        case .v1_3: "-tls1_3"
        }
    }

    private static func serverTool(_ directory: TemporaryDirectory, _ options: [String]) async throws -> OpenSSLTool {
        let identity = try TLSIdentity.selfSigned(names: ["localhost"])
        let pem = try directory.write("server.pem", identity.pem)
        return try await OpenSSLTool(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", pem, "-key", pem, "-naccept", "1"] + options
        )
    }

    private static func connect(_ port: Int, _ trust: TLSTrust) async throws -> (any Channel, Listener) {
        let context = try TLSContext.client(trust: trust)
        let (listener, continuation) = Listener.make()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        TLSHandler(client: context, serverName: "localhost"),
                        Conversation(continuation)
                    )
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        return (channel, listener)
    }

    @Test(arguments: TLSVersion.allCases)
    func aClientTalksToAnotherServer(_ version: TLSVersion) async throws {
        let directory = try TemporaryDirectory()
        let tool = try await Self.serverTool(directory, [Self.option(version)])
        let port = try #require(await tool.port())
        let (channel, listener) = try await Self.connect(port, .certificateFile(directory.path + "/server.pem"))
        try await channel.writeAndFlush(ByteBuffer(string: "to the server\n"))
        #expect(await tool.listener.hear("to the server"))
        tool.type("from the server")
        #expect(await listener.hear("from the server\n"))
        #expect(listener.handshake?.version == version)
        #expect(listener.handshake?.peer?.names == ["localhost"])
        if version == .v1_3 {
            // New keys both ways (RFC 8446 4.6.3), then data under them.
            tool.type("K")
            #expect(await tool.listener.hear("SSL_do_handshake -> 1"))
            tool.type("under new keys")
            #expect(await listener.hear("under new keys\n"))
            try await channel.writeAndFlush(ByteBuffer(string: "mine too\n"))
            #expect(await tool.listener.hear("mine too"))
        }
        // It closes without close_notify.
        tool.type("Q")
        await listener.hearAll()
        #expect(listener.error == .truncated(peer: "localhost"))
    }

    @Test(arguments: TLSVersion.allCases)
    func theServersGoodbyeIsUnderstood(_ version: TLSVersion) async throws {
        let directory = try TemporaryDirectory()
        let tool = try await Self.serverTool(directory, [Self.option(version), "-www"])
        let port = try #require(await tool.port())
        let (channel, listener) = try await Self.connect(port, .certificateFile(directory.path + "/server.pem"))
        try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.0\r\n\r\n"))
        await listener.hearAll()
        #expect(listener.text.hasPrefix("HTTP/1.0 200"))
        #expect(listener.error == nil)
    }

    @Test func theClientsGoodbyeIsHeard() async throws {
        let directory = try TemporaryDirectory()
        let tool = try await Self.serverTool(directory, [])
        let port = try #require(await tool.port())
        let (channel, _) = try await Self.connect(port, .certificateFile(directory.path + "/server.pem"))
        try await channel.writeAndFlush(ByteBuffer(string: "last words\n"))
        try await channel.close()
        #expect(await tool.listener.hear("last words"))
        #expect(await tool.listener.hear("CONNECTION CLOSED"))
    }

    @Test(arguments: ["-tls1_1", "-tls1"])
    func aServerOfAnOldVersionIsNamedAsSuch(_ option: String) async throws {
        let directory = try TemporaryDirectory()
        let tool = try await Self.serverTool(directory, [option, "-cipher", "DEFAULT:@SECLEVEL=0"])
        let port = try #require(await tool.port())
        let (_, listener) = try await Self.connect(port, .certificateFile(directory.path + "/server.pem"))
        await listener.hearAll()
        #expect(listener.error == .protocolVersion(peer: "localhost"))
        #expect(listener.error?.description.contains("only TLS 1.1 or older") == true)
    }

    @Test func anUntrustedServerHearsWhy() async throws {
        let directory = try TemporaryDirectory()
        let tool = try await Self.serverTool(directory, [])
        let port = try #require(await tool.port())
        let (channel, listener) = try await Self.connect(port, .system)
        await listener.hearAll()
        let certificate = try #require(try CertificateFile.load(directory.path + "/server.pem").first)
        let failure = TrustFailure(reason: .selfSigned, serverName: "localhost", certificate: certificate)
        #expect(listener.error == .untrusted(failure))
        #expect(!channel.isActive)
        #expect(await tool.listener.hear("alert unknown ca"))
    }

    @Test(arguments: TLSVersion.allCases)
    func aServerTalksToAnotherClient(_ version: TLSVersion) async throws {
        let directory = try TemporaryDirectory()
        let identity = try TLSIdentity.selfSigned(names: ["localhost"])
        let file = try directory.write("ca.pem", identity.certificate.pem)
        let (listener, server) = try await Self.listen(identity)
        let tool = try await OpenSSLTool(
            [
                "s_client", "-connect", "127.0.0.1:\(server.localAddress?.port ?? 0)", Self.option(version), "-CAfile",
                file,
                "-servername", "localhost", "-verify_hostname", "localhost", "-verify_return_error",
            ]
        )
        #expect(await tool.listener.hear("Verify return code: 0 (ok)"))
        tool.type("to the server")
        #expect(await listener.hear("to the server\n"))
        #expect(listener.handshake == TLSHandshakeCompleted(version: version, peer: nil))
        #expect(await tool.listener.hear("echo: to the server"))
        tool.type("Q")
        await listener.hearAll()
        #expect(listener.error == nil)
        try await server.close()
    }

    @Test func aClientOfAnOldVersionIsNamedAsSuch() async throws {
        let (listener, server) = try await Self.listen(TLSIdentity.selfSigned(names: ["localhost"]))
        let tool = try await OpenSSLTool(
            [
                "s_client", "-connect", "127.0.0.1:\(server.localAddress?.port ?? 0)", "-tls1_1", "-cipher",
                "DEFAULT:@SECLEVEL=0",
            ]
        )
        await listener.hearAll()
        #expect(listener.error == .protocolVersion(peer: "the client"))
        #expect(await tool.listener.hear("alert protocol version"))
        try await server.close()
    }

    /// A server that echoes; the listener hears its one connection.
    private static func listen(_ identity: TLSIdentity) async throws -> (Listener, any Channel) {
        let context = try TLSContext.server(identity: identity)
        let (listener, continuation) = Listener.make()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        TLSHandler(server: context),
                        Echo(),
                        Conversation(continuation)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return (listener, server)
    }
}

private final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var answer = ByteBuffer(string: "echo: ")
        answer.writeImmutableBuffer(unwrapInboundIn(data))
        context.writeAndFlush(NIOAny(answer), promise: nil)
        context.fireChannelRead(data)
    }
}
