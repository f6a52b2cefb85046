import NIOCore
import NIOHTTP1
import NIOOpenSSL
import NIOPosix
import NIOWebSocket
import PatriotCore
import Simulation

/// A bare WebSocket client that says what a test tells it to.
struct SimulatedPatriotDialler {
    enum Happening: Equatable, Sendable {
        case open
        case message(PatriotMessage)
        case frame(WebSocketOpcode, [UInt8])
        case refused(HTTPResponseStatus)
        case failed(TLSError)
        case closed
    }

    let channel: any Channel
    private let happenings: AsyncStream<Happening>

    static func connect(to patriot: SimulatedPatriot, path: String = "/ws/dialler/v1") async throws
        -> SimulatedPatriotDialler
    {
        let (stream, continuation) = AsyncStream.makeStream(of: Happening.self, bufferingPolicy: .bufferingOldest(1000))
        let context = try TLSContext.client(trust: .pins([patriot.identity.certificate.pin]))
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandlers(
                        TLSHandler(client: context, serverName: "localhost"),
                        Reporter(continuation: continuation)
                    )
                    _ = try pipeline.configureUpgradableHTTPClientPipeline(
                        configuration: .init(upgradeConfiguration: upgrade(path, continuation))
                    )
                }
            }
            .connect(host: "127.0.0.1", port: patriot.port)
            .get()
        return SimulatedPatriotDialler(channel: channel, happenings: stream)
    }

    private static func upgrade(
        _ path: String,
        _ continuation: AsyncStream<Happening>.Continuation
    ) -> NIOTypedHTTPClientUpgradeConfiguration<Void> {
        NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: HTTPRequestHead(
                version: .http1_1,
                method: .GET,
                uri: path,
                headers: ["Host": "localhost"]
            ),
            upgraders: [
                NIOTypedWebSocketClientUpgrader<Void> { channel, _ in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(FrameReporter(continuation: continuation))
                        continuation.yield(.open)
                    }
                }
            ],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RefusalReporter(continuation: continuation))
                }
            }
        )
    }

    /// The next thing that happens; `.closed` once nothing more can.
    func next() async -> Happening {
        for await happening in happenings { return happening }
        return .closed
    }

    func send(_ message: PatriotMessage) {
        send(.text, message.encoded())
    }

    func send(_ opcode: WebSocketOpcode, _ bytes: [UInt8], isLast: Bool = true, isMasked: Bool = true) {
        let frame = WebSocketFrame(
            fin: isLast,
            opcode: opcode,
            maskKey: isMasked ? [1, 2, 3, 4] : nil,
            data: ByteBuffer(bytes: bytes)
        )
        channel.writeAndFlush(frame, promise: nil)
    }
}

/// Tells of TLS failures and of the end.
private final class Reporter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<SimulatedPatriotDialler.Happening>.Continuation

    init(continuation: AsyncStream<SimulatedPatriotDialler.Happening>.Continuation) {
        self.continuation = continuation
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { continuation.yield(.failed(error)) }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        context.fireChannelInactive()
        continuation.finish()
    }
}

private final class FrameReporter: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let continuation: AsyncStream<SimulatedPatriotDialler.Happening>.Continuation

    init(continuation: AsyncStream<SimulatedPatriotDialler.Happening>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        let bytes = Array(frame.unmaskedData.readableBytesView)
        if frame.opcode == .text, let message = try? PatriotMessage(decoding: bytes) {
            continuation.yield(.message(message))
        } else {
            continuation.yield(.frame(frame.opcode, bytes))
        }
    }
}

private final class RefusalReporter: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let continuation: AsyncStream<SimulatedPatriotDialler.Happening>.Continuation

    init(continuation: AsyncStream<SimulatedPatriotDialler.Happening>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { continuation.yield(.refused(head.status)) }
    }
}
