import NIOCore
import NIOHTTP1
import NIOOpenSSL
import NIOWebSocket
import PatriotCore

/// What stands between a TCP connection and the messages: TLS, HTTP, the path's check, the upgrade.
struct SimulatedPatriotPipeline: Sendable {
    let options: SimulatedPatriot.Options
    let context: TLSContext
    let clients: SimulatedPatriotClients

    /// Call on the channel's event loop.
    func install(in channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers(TLSHandler(server: context), FaultReporter(clients: clients))
        let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
            maxFrameSize: PatriotMessage.maximumSize,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(Self.path(head.uri) == options.path ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let connection = SimulatedPatriotConnection(role: .server(options.apiKey), clients: clients)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        )
        let upgrade = NIOTypedHTTPServerUpgradeConfiguration<Void>(
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    let refusal = RequestRefusal(path: options.path, clients: clients)
                    try channel.pipeline.syncOperations.addHandler(refusal)
                }
            }
        )
        // What fails in an upgrade closes the channel; the reporter has told why.
        _ = try pipeline.configureUpgradableHTTPServerPipeline(configuration: .init(upgradeConfiguration: upgrade))
    }

    /// The path of a request's target, without the query.
    static func path(_ target: String) -> String {
        String(target.prefix { $0 != "?" })
    }
}

/// Tells why a connection failed; it sits just above TLS, where every such error passes.
final class FaultReporter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let clients: SimulatedPatriotClients
    private var isUp = false

    init(clients: SimulatedPatriotClients) {
        self.clients = clients
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted { isUp = true }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Later errors end a connection that is reported as disconnected.
        if !isUp { clients.onEvent(.refused(reason: "\(error)")) }
        context.fireErrorCaught(error)
    }
}

/// Answers a request that is no upgrade to the API's WebSocket, and closes.
private final class RequestRefusal: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let path: String
    private let clients: SimulatedPatriotClients
    /// The head of an upgrade that was refused does not come here, only its end: its path was wrong, or it would not have been.
    private var hasRightPath = false

    init(path: String, clients: SimulatedPatriotClients) {
        self.path = path
        self.clients = clients
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request): hasRightPath = SimulatedPatriotPipeline.path(request.uri) == path
        case .body: break
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let reason = hasRightPath ? "the request is no WebSocket upgrade" : "the path is not \(path)"
        clients.onEvent(.refused(reason: reason))
        let head = HTTPResponseHead(
            version: .http1_1,
            status: hasRightPath ? .upgradeRequired : .notFound,
            headers: ["Content-Length": "0", "Connection": "close"]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}
