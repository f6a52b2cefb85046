package import NIOCore
package import NIOOpenSSL
import NIOPosix
package import PatriotCore

/// A stand-in for the Patriot Desktop Client: the secure WebSocket server of the vendor's Desktop API Dialler page.
///
/// For drills and tests without a Patriot. Any number of diallers may be connected; commands go to all that have
/// authenticated. Every method may be called from any thread.
package final class SimulatedPatriot: SimulatedPatriotSide {
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

    /// The connected diallers.
    package let clients: SimulatedPatriotClients
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

    /// Stops listening and sends a close frame to all diallers; returns when the connections are closed.
    package func stop() async {
        try? await server.close().get()
        await closeAll()
    }
}
