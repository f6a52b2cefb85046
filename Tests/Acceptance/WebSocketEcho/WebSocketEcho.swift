import Glibc
import NIOCore
import NIOPosix
import PatriotLink

/// The product's WebSocket layer, over plain TCP, against the Autobahn cases of a fuzzing server: it echoes each
/// message of each case, then asks for the report.
///
///     WebSocketEcho HOST PORT AGENT
///
/// Or the other way round: it waits on a free port of 127.0.0.1, prints it, and echoes to a fuzzing client.
///
///     WebSocketEcho --listen
@main
struct WebSocketEcho {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments == ["--listen"] { return try await listen() }
        guard arguments.count == 3, let port = Int(arguments[2]) else {
            throw UsageError()
        }
        let peer = WebSocketEcho(host: arguments[1], port: port, agent: arguments[3])
        let count = try await peer.caseCount()
        print("\(count) cases")
        for number in 1...max(count, 1) where number <= count {
            _ = try await peer.run("/runCase?case=\(number)&agent=\(peer.agent)", isEcho: true)
        }
        _ = try await peer.run("/updateReports?agent=\(peer.agent)", isEcho: false)
    }

    /// Echoes in the server's role until it is ended.
    private static func listen() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let conversation = Conversation()
                    let webSocket = WebSocketHandler(role: .server) { event in
                        if case .messageReceived(let message) = event { conversation.received(message, isEcho: true) }
                    }
                    conversation.webSocket = webSocket
                    try WebSocketAcceptance.addHandlers(to: channel, path: "/", webSocket: webSocket) { _ in }
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        print("listening on \(server.localAddress?.port ?? 0)")
        fflush(nil)
        try await server.closeFuture.get()
    }

    private let host: String
    private let port: Int
    private let agent: String

    private func caseCount() async throws -> Int {
        let answer = try await run("/getCaseCount", isEcho: false)
        guard let message = answer.first, let count = Int(String(buffer: message.payload)) else {
            throw NoCaseCount()
        }
        return count
    }

    /// One connection, until the other end closes it.
    ///
    /// - Returns: what it sent.
    private func run(_ path: String, isEcho: Bool) async throws -> [WebSocketMessage] {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: false)
            // The fuzzing server may end the connection in the same breath as it opens it.
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: host, port: port)
            .get()
        let request = WebSocketOpening.Request(host: host, port: port, path: path)
        return try await channel.eventLoop.flatSubmit {
            let ended = channel.eventLoop.makePromise(of: [WebSocketMessage].self)
            do {
                try Self.talk(on: channel, request: request, isEcho: isEcho, ended: ended)
            } catch {
                ended.fail(error)
            }
            return ended.futureResult
        }.get()
    }

    private static func talk(
        on channel: any Channel,
        request: WebSocketOpening.Request,
        isEcho: Bool,
        ended: EventLoopPromise<[WebSocketMessage]>
    ) throws {
        let conversation = Conversation()
        let webSocket = WebSocketHandler(role: .client) { event in
            switch event {
            case .opened, .frameReceived:
                break
            case .messageReceived(let message):
                conversation.received(message, isEcho: isEcho)
            case .closed:
                ended.succeed(conversation.messages)
            }
        }
        conversation.webSocket = webSocket
        try channel.pipeline.syncOperations.addHandler(EndOfInputDelay())
        try WebSocketOpening.addHandlers(to: channel, request: request, webSocket: webSocket) { ended.fail($0) }
        try channel.syncOptions?.setOption(.autoRead, value: true)
    }
}

/// Tells the end of input one tick late: NIO takes its HTTP decoder out in the tick after the upgrade, and if that sees
/// the end first, the frames behind the answer are lost.
private final class EndOfInputDelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        context.eventLoop.assumeIsolated().execute { context.fireUserInboundEventTriggered(event) }
    }
}

/// What one connection has said; belongs to its event loop.
private final class Conversation {
    var messages: [WebSocketMessage] = []
    weak var webSocket: WebSocketHandler?

    func received(_ message: WebSocketMessage, isEcho: Bool) {
        if isEcho {
            webSocket?.send(message)
        } else {
            messages.append(message)
        }
    }
}

private struct UsageError: Error, CustomStringConvertible {
    let description = "usage: WebSocketEcho HOST PORT AGENT"
}

private struct NoCaseCount: Error, CustomStringConvertible {
    let description = "the fuzzing server did not say how many cases it has"
}
