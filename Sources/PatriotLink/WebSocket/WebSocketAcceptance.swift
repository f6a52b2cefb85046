package import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The server's side of the HTTP/1.1 upgrade (RFC 6455 4.2), after which ``WebSocketHandler`` takes over.
package enum WebSocketAcceptance {
    /// Adds all that is needed at the end of `channel`'s pipeline, on its event loop.
    ///
    /// - Parameter onRefused: the peer was answered with another status; the channel closes.
    package static func addHandlers(
        to channel: any Channel,
        path: String,
        webSocket: WebSocketHandler,
        onRefused: @escaping (UpgradeRequest.Refusal) -> Void
    ) throws {
        // The closures are called on the channel's loop, which all belong to.
        let bound = NIOLoopBound(webSocket, eventLoop: channel.eventLoop)
        let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
            maxFrameSize: WebSocketHandler.maximumMessageSize,
            enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        )
        let encoder = HTTPResponseEncoder()
        let extras: [any ChannelHandler & RemovableChannelHandler] = [
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
            UpgradeGate(path: path, onRefused: onRefused),
        ]
        let upgrade = NIOTypedHTTPServerUpgradeHandler(
            httpEncoder: encoder,
            extraHTTPHandlers: extras,
            upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in channel.close() }
            )
        )
        try channel.pipeline.syncOperations.addHandler(encoder)
        for handler in extras { try channel.pipeline.syncOperations.addHandler(handler) }
        try channel.pipeline.syncOperations.addHandler(upgrade)
    }
}

/// Lets only a right request through to the upgrade, and answers every other one.
private final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let path: String
    private let onRefused: (UpgradeRequest.Refusal) -> Void
    private var isRefused = false

    init(path: String, onRefused: @escaping (UpgradeRequest.Refusal) -> Void) {
        self.path = path
        self.onRefused = onRefused
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        if case .head(let head) = Self.unwrapInboundIn(data) {
            do throws(UpgradeRequest.Refusal) {
                try UpgradeRequest.check(head, path: path)
            } catch {
                return refuse(error, context)
            }
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        refuse(.malformed("it is not HTTP"), context)
    }

    private func refuse(_ refusal: UpgradeRequest.Refusal, _ context: ChannelHandlerContext) {
        guard !isRefused else { return }
        isRefused = true
        onRefused(refusal)
        let head = HTTPResponseHead(version: .http1_1, status: refusal.status, headers: refusal.headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}
