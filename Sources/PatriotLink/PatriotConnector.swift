import NIOCore
import NIOOpenSSL
import NIOPosix

/// Makes the channels to Patriot. A closure, so that tests may put a channel of theirs in its place.
struct PatriotConnector {
    /// How long TCP may take, all addresses of a name together.
    static let timeout: TimeAmount = .seconds(10)

    /// A connected channel of that loop, ready for the WebSocket's handlers.
    let connect: (any EventLoop) -> EventLoopFuture<any Channel>

    /// TCP and TLS. Names are resolved off the event loop.
    static func tls(to endpoint: PatriotEndpoint, context: TLSContext, serverName: String) -> PatriotConnector {
        PatriotConnector { eventLoop in
            // TLS comes in only now, not in an initializer: of a name with several addresses more than one is tried,
            // and only one may begin to speak.
            ClientBootstrap(group: eventLoop)
                .connectTimeout(timeout)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: endpoint.host, port: endpoint.port)
                .flatMapThrowing { channel in
                    let handler = TLSHandler(client: context, serverName: serverName)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return channel
                }
        }
    }
}
