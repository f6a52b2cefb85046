import Basics
import FoundationEssentials
import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
package import NIOOpenSSL
import NIOPosix
import NIOWebSocket
package import PatriotCore

/// A stand-in for a Patriot 6.13 that connects to the dialler ("Patriot as Client").
///
/// It connects again half a second after a connection was lost or could not be made.
package final class SimulatedPatriotCaller: SimulatedPatriotSide {
    /// Where it connects, and what it says first.
    package struct Options: Sendable {
        /// `WebSocketClientDiallerUrl`.
        package var url: URL
        /// How the dialler's certificate is checked; its name is that of the URL.
        package var trust: TLSTrust
        /// `WebSocketClientDiallerConfig`: JSON.
        package var payload: String
        /// The `type` of the first message.
        package var type = "init-request"

        package init(url: URL, trust: TLSTrust, payload: String) {
            self.url = url
            self.trust = trust
            self.payload = payload
        }

        var introduction: [UInt8] {
            let quotedType = String(decoding: JSONText.string(type).utf8, as: UTF8.self)
            return Array("{\"type\":\(quotedType),\"payload\":\(payload)}".utf8)
        }
    }

    /// The JSON that the dialler finds the key in.
    package static func payload(key: APIKey) -> String {
        String(decoding: JSONText.object([("apiKey", .string(key.text))]).utf8, as: UTF8.self)
    }

    /// Whether the text is one value of JSON.
    package static func isJSON(_ text: String) -> Bool {
        (try? JSONDecoder().decode(AnyJSON.self, from: Data(text.utf8))) != nil
    }

    /// A `wss` URL. Nothing else: the dialler speaks TLS only.
    package struct URL: Equatable, Sendable {
        /// A name or an address, without brackets.
        package var host: String
        /// 1...65535.
        package var port: Int
        /// Begins with a slash.
        package var path: String

        package init(host: String, port: Int, path: String) {
            self.host = host
            self.port = port
            self.path = path
        }

        /// Nil for what is no such URL.
        package init?(_ text: String) {
            let scheme = "wss://"
            guard text.lowercased().hasPrefix(scheme) else { return nil }
            let rest = text.dropFirst(scheme.count)
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            path = slash == rest.endIndex ? "/" : String(rest[slash...])
            let authority = rest[..<slash]
            let end: Substring.Index
            if authority.first == "[" {
                guard let bracket = authority.firstIndex(of: "]") else { return nil }
                host = String(authority[..<bracket].dropFirst())
                end = authority.index(after: bracket)
            } else {
                end = authority.firstIndex(of: ":") ?? authority.endIndex
                host = String(authority[..<end])
            }
            guard !host.isEmpty else { return nil }
            if end == authority.endIndex {
                port = 443
            } else {
                guard authority[end] == ":", let number = UInt16(authority[authority.index(after: end)...]), number > 0
                else { return nil }
                port = Int(number)
            }
        }

        var hostHeader: String { hostAndPort(host, port) }
    }

    /// Between the end of a connection and the next attempt.
    package static let retryTime: Duration = .milliseconds(500)

    /// The dialler, while it is connected.
    package let clients: SimulatedPatriotClients
    private let task = NIOLockedValueBox<Task<Void, Never>?>(nil)

    /// Begins to connect.
    ///
    /// - Parameter onEvent: called with everything that happens, in order, on the event loop or on the thread of a command; it
    ///   must not block.
    /// - Throws: what is wrong with the trust settings.
    package init(
        _ options: Options,
        group: any EventLoopGroup,
        onEvent: @escaping @Sendable (SimulatedPatriotEvent) -> Void = { _ in }
    ) throws(TLSError) {
        clients = SimulatedPatriotClients(onEvent: onEvent)
        let attempt = SimulatedPatriotAttempt(
            options: options,
            context: try TLSContext.client(trust: options.trust),
            clients: clients
        )
        let running = Task {
            while !Task.isCancelled {
                await attempt.run(group)
                try? await Task.sleep(for: Self.retryTime)
            }
        }
        task.withLockedValue { $0 = running }
    }

    /// Sends a close frame and connects no more; returns when the connection is closed.
    package func stop() async {
        let running = task.withLockedValue { task in
            defer { task = nil }
            return task
        }
        running?.cancel()
        await closeAll()
        await running?.value
    }
}

/// Any value: the decoder has read all of it before this is made.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) {}
}

/// One connection of ``SimulatedPatriotCaller``, from TCP to its end.
private struct SimulatedPatriotAttempt: Sendable {
    let options: SimulatedPatriotCaller.Options
    let context: TLSContext
    let clients: SimulatedPatriotClients

    func run(_ group: any EventLoopGroup) async {
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .connectTimeout(.seconds(5))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: options.url.host, port: options.url.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try install(in: channel)
                        return channel
                    }
                }
        } catch {
            return clients.onEvent(.refused(reason: "\(error)"))
        }
        try? await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            // A connection that is open is closed by `stop`, with a close frame.
            channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        }
    }

    private func install(in channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers(
            TLSHandler(client: context, serverName: options.url.host),
            FaultReporter(clients: clients)
        )
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .GET,
            uri: options.url.path,
            headers: ["Host": options.url.hostHeader]
        )
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration<Void>(
            upgradeRequestHead: head,
            upgraders: [
                NIOTypedWebSocketClientUpgrader<Void>(maxFrameSize: PatriotMessage.maximumSize) { channel, _ in
                    channel.eventLoop.makeCompletedFuture {
                        let role = SimulatedPatriotConnection.Role.client(introduction: options.introduction)
                        try channel.pipeline.syncOperations.addHandler(
                            SimulatedPatriotConnection(role: role, clients: clients)
                        )
                    }
                }
            ],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerReporter(clients: clients))
                }
            }
        )
        _ = try pipeline.configureUpgradableHTTPClientPipeline(configuration: .init(upgradeConfiguration: upgrade))
    }
}

/// Reports an answer that opens no WebSocket, and closes.
private final class AnswerReporter: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let clients: SimulatedPatriotClients

    init(clients: SimulatedPatriotClients) {
        self.clients = clients
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        clients.onEvent(.refused(reason: "HTTP \(head.status.code)"))
        context.close(promise: nil)
    }
}
