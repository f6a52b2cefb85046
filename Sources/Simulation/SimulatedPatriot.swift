package import NIOCore
package import NIOOpenSSL
import NIOPosix
package import NIOWebSocket
package import PatriotCore

/// A stand-in for the Patriot Desktop Client: the secure WebSocket server of the vendor's Desktop API Dialler page.
///
/// For drills and tests without a Patriot. Any number of diallers may be connected; commands go to all that have
/// authenticated. Every method may be called from any thread.
package final class SimulatedPatriot: Sendable {
    /// Where it listens and whom it lets in.
    package struct Options: Sendable {
        /// The address to listen on.
        package var host = "127.0.0.1"
        /// 0 takes a free port.
        package var port = 0
        /// Another path is answered with 404.
        package var path = "/ws/dialler/v1"
        /// The key that diallers must show.
        package var apiKey: APIKey
        /// Nil makes a new self-signed certificate, as Patriot does.
        package var identity: TLSIdentity?
        /// What it accepts.
        package var tlsVersions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3

        package init(apiKey: APIKey) {
            self.apiKey = apiKey
        }
    }

    /// The names a self-made certificate is for.
    package static let certificateNames = ["desktop-client-api.patriotsystems.com", "localhost", "127.0.0.1", "::1"]

    /// Certificate and key; its `certificate.pin` and `certificate.pem` are what a dialler may trust.
    package let identity: TLSIdentity
    /// The port that is listened on.
    package let port: Int

    private let clients: SimulatedPatriotClients
    private let server: any Channel

    private init(identity: TLSIdentity, port: Int, clients: SimulatedPatriotClients, server: any Channel) {
        self.identity = identity
        self.port = port
        self.clients = clients
        self.server = server
    }

    /// Starts to listen.
    ///
    /// - Parameter onEvent: called with everything that happens, in order for each connection, on an event loop or on the
    ///   thread of a command; it must not block.
    /// - Throws: `TLSError` for an identity that cannot be used, `IOError` when the port cannot be listened on.
    package static func start(
        _ options: Options,
        group: any EventLoopGroup,
        onEvent: @escaping @Sendable (SimulatedPatriotEvent) -> Void = { _ in }
    ) async throws -> SimulatedPatriot {
        let identity = try options.identity ?? TLSIdentity.selfSigned(names: certificateNames)
        let context = try TLSContext.server(identity: identity, versions: options.tlsVersions)
        let clients = SimulatedPatriotClients(onEvent: onEvent)
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try SimulatedPatriotPipeline(options: options, context: context, clients: clients).install(
                        in: channel
                    )
                }
            }
            .bind(host: options.host, port: options.port)
            .get()
        return SimulatedPatriot(
            identity: identity,
            port: server.localAddress?.port ?? options.port,
            clients: clients,
            server: server
        )
    }

    /// Diallers that have authenticated.
    package var authenticatedCount: Int { clients.authenticated.count }

    /// Sends a message to all authenticated diallers.
    ///
    /// - Returns: how many those are.
    @discardableResult
    package func send(_ message: PatriotMessage) -> Int {
        let clients = clients.authenticated
        for client in clients {
            self.clients.onEvent(.sent(client: client.id, message))
            client.write(.text, message.encoded())
        }
        return clients.count
    }

    /// Asks for a call, with the number sanitised as Patriot does it, beside what was typed.
    @discardableResult
    package func dial(_ typed: String) -> Int {
        send(.dialRequest(typed: typed))
    }

    /// Sends a text that need not be a message to all connected diallers, authenticated or not.
    @discardableResult
    package func sendText(_ text: String) -> Int {
        sendFrame(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
    }

    /// Sends a frame of any kind, also a forbidden one, to all connected diallers.
    @discardableResult
    package func sendFrame(_ frame: WebSocketFrame) -> Int {
        let clients = clients.all
        for client in clients { client.channel.writeAndFlush(frame, promise: nil) }
        return clients.count
    }

    /// Says goodbye to all connected diallers.
    @discardableResult
    package func disconnectClients(code: WebSocketErrorCode = .goingAway) -> Int {
        let clients = clients.all
        for client in clients { client.disconnect(code) }
        return clients.count
    }

    /// Cuts all connections without a word, as a crashed Patriot does.
    @discardableResult
    package func killClients() -> Int {
        let clients = clients.all
        for client in clients { client.kill() }
        return clients.count
    }

    /// While silent, nothing that comes is answered, not even a ping: as a Patriot that hangs.
    package func setSilent(_ isSilent: Bool) {
        clients.setSilent(isSilent)
    }

    /// Stops listening and says goodbye to all diallers; returns when the connections are closed.
    package func stop() async {
        try? await server.close().get()
        let clients = clients.all
        for client in clients { client.disconnect(.goingAway) }
        for client in clients { try? await client.channel.closeFuture.get() }
    }
}

extension PatriotMessage {
    /// A dial-request for what an operator typed: `phoneNo` keeps only `0-9`, `+`, `*` and `#`.
    package static func dialRequest(typed: String) -> PatriotMessage {
        let kept = typed.unicodeScalars.filter { scalar in
            switch scalar {
            case "0"..."9", "+", "*", "#": true
            default: false
            }
        }
        return .dialRequest(phoneNo: String(String.UnicodeScalarView(kept)), rawPhoneNo: typed)
    }
}
