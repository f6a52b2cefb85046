import Basics
package import NIOCore
package import NIOHTTP1
import NIOWebSocket

/// Opens a WebSocket on a channel: the HTTP/1.1 upgrade (RFC 6455 4.1), then ``WebSocketHandler`` takes over.
///
/// Belongs to the channel's event loop. Either the WebSocket's `.opened` follows, or one failure.
package final class WebSocketOpening: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPClientResponsePart
    package typealias OutboundOut = HTTPClientRequestPart

    /// How long TLS and the upgrade together may take once TCP is connected.
    package static let timeout: TimeAmount = .seconds(15)

    /// What is asked for.
    package struct Request: Equatable, Sendable {
        /// The documented name; it goes into `Host`, wherever TCP leads.
        package var host: String
        /// 1...65535; it goes into `Host`, too.
        package var port: Int
        /// Begins with a slash.
        package var path: String

        package init(host: String, port: Int, path: String) {
            self.host = host
            self.port = port
            self.path = path
        }

        /// `Host` as a browser writes it: an IPv6 address is bracketed (RFC 9110 7.2).
        var hostHeader: String {
            hostAndPort(host, port)
        }
    }

    private enum State {
        case idle
        case waiting(deadline: Scheduled<Void>)
        case done
    }

    private let request: Request
    private let onFailure: (WebSocketOpeningError) -> Void
    private var state = State.idle
    private var firstError: (any Error)?

    private init(request: Request, onFailure: @escaping (WebSocketOpeningError) -> Void) {
        self.request = request
        self.onFailure = onFailure
    }

    /// Adds all that is needed at the end of `channel`'s pipeline, before the channel is active. On its event loop.
    package static func addHandlers(
        to channel: any Channel,
        request: Request,
        webSocket: WebSocketHandler,
        onFailure: @escaping (WebSocketOpeningError) -> Void
    ) throws {
        let opening = WebSocketOpening(request: request, onFailure: onFailure)
        // The upgrader's closure is called on the channel's loop, which all of them belong to.
        let limit = AnswerLimit()
        let bound = NIOLoopBound((opening, webSocket, limit), eventLoop: channel.eventLoop)
        let upgrader = NIOWebSocketClientUpgrader(
            maxFrameSize: WebSocketHandler.maximumMessageSize,
            automaticErrorHandling: false
        ) { channel, _ in
            let (opening, webSocket, limit) = bound.value
            opening.finish()
            limit.finish()
            return channel.eventLoop.makeCompletedFuture {
                _ = channel.pipeline.syncOperations.removeHandler(opening)
                _ = channel.pipeline.syncOperations.removeHandler(limit)
                try channel.pipeline.syncOperations.addHandler(webSocket)
            }
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(limit)
        try pipeline.addHTTPClientHandlers(
            leftOverBytesStrategy: .forwardBytes,
            withClientUpgrade: (upgraders: [StrictUpgrader(upgrader: upgrader)], completionHandler: { _ in })
        )
        try pipeline.addHandler(opening)
    }
}

// MARK: - Channel events

extension WebSocketOpening {
    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context: context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        begin(context: context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        fail(firstError.map(WebSocketOpeningError.channel) ?? .closedWithoutAnswer, context: context)
        context.fireChannelInactive()
    }

    /// Also where the channel was closed before this handler came, and nothing else ever happens.
    package func handlerRemoved(context: ChannelHandlerContext) {
        fail(firstError.map(WebSocketOpeningError.channel) ?? .closedWithoutAnswer, context: context)
    }

    /// On a channel that allows half closure: a peer that stops sending has no answer any more.
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            // A 101 comes here only with an upgrade that is none to a WebSocket, or to somebody else's.
            let isUpgrade = head.status == .switchingProtocols
            fail(isUpgrade ? .wrongUpgrade : .refused(status: Int(head.status.code)), context: context)
        case .body, .end:
            break
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOHTTPClientUpgradeError:
            fail(.wrongUpgrade, context: context)
        case is HTTPParserError:
            fail(.notHTTP, context: context)
        case is AnswerLimit.Exceeded:
            fail(.endlessAnswer, context: context)
        default:
            // TLS closes the channel after its error; anything else ends the attempt here.
            firstError = firstError ?? error
            context.close(promise: nil)
        }
    }

    private func begin(context: ChannelHandlerContext) {
        guard case .idle = state else { return }
        let deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.timeout) {
            self.fail(.timeout, context: context)
        }
        state = .waiting(deadline: deadline)
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: request.path)
        head.headers.add(name: "Host", value: request.hostHeader)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func fail(_ error: WebSocketOpeningError, context: ChannelHandlerContext) {
        guard finish() else { return }
        onFailure(error)
        context.close(promise: nil)
    }

    /// - Returns: false when the outcome was known already.
    @discardableResult
    private func finish() -> Bool {
        switch state {
        case .idle: break
        case .waiting(let deadline): deadline.cancel()
        case .done: return false
        }
        state = .done
        return true
    }
}
