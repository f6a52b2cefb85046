import InMemoryLogging
import Logging
import NIOCore
import NIOEmbedded
import NIOOpenSSL
import PatriotCore
import Testing

@testable import PatriotLink

/// A client on virtual time, and the Patriot it talks to over channels in memory, without TLS.
final class EmbeddedPatriot {
    let loop = EmbeddedEventLoop()
    let log = InMemoryLogHandler()
    /// Whether somebody listens.
    var isListening = true
    private(set) var channels: [EmbeddedChannel] = []
    /// When each connection was tried, in seconds since the beginning.
    private(set) var attempts: [Double] = []
    private(set) var links: [PatriotLink] = []
    private(set) var requests: [LineRequest] = []
    private(set) var transcript: [String] = []
    var onRequest: (LineRequest) -> Void = { _ in }
    private(set) lazy var client = makeClient()

    private func makeClient() -> PatriotDialer {
        var logger = Logger(label: "test") { _ in log }
        logger.logLevel = .trace
        let client = PatriotDialer(
            configuration: PatriotDialer.Configuration(
                host: "patriot.example",
                port: 9009,
                path: "/ws/dialler/v1",
                address: nil,
                apiKey: APIKey("ABC123DEF456"),
                trust: .system,
                dialDuringCall: .keep
            ),
            connector: PatriotConnector { [unowned self] _ in connect() },
            eventLoop: loop,
            logger: logger
        )
        client.onLinkChanged = { [unowned self] in links.append($0) }
        client.session.onMessage = { [unowned self] in transcript.append("\($0) \($1)") }
        client.session.onRequest = { [unowned self] in
            requests.append($0)
            onRequest($0)
        }
        return client
    }

    private func connect() -> EventLoopFuture<any Channel> {
        attempts.append(Double((loop.now - .uptimeNanoseconds(0)).nanoseconds) / 1e9)
        guard isListening else { return loop.makeFailedFuture(IOError(errnoCode: 111, reason: "connect")) }
        let channel = EmbeddedChannel(loop: loop)
        channels.append(channel)
        return loop.makeCompletedFuture {
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 9009), promise: nil)
            return channel
        }
    }

    /// What the log was told from `notice` up.
    var loggedLines: [String] {
        log.entries.filter { $0.level >= .notice }.map { "\($0.level) \($0.message)" }
    }

    // MARK: Patriot's side

    /// The newest connection.
    var channel: EmbeddedChannel {
        get throws { try #require(channels.last) }
    }

    /// Starts the client and answers the upgrade.
    func open() throws {
        client.start()
        try upgrade()
    }

    func upgrade() throws {
        let request = try receivedBytes()
        try #require(String(decoding: request, as: UTF8.self).hasPrefix("GET "))
        try channel.writeInbound(ByteBuffer(bytes: try serverAcceptance(of: request)))
        loop.run()
    }

    /// As ``open()``, and the key is accepted.
    func authenticate() throws {
        try open()
        try send(.authenticationResponse(requestID: nil, success: true, error: nil))
        _ = try received()
    }

    func send(_ message: PatriotMessage) throws {
        try send(WireFrame(first: 0x81, payload: message.encoded()))
    }

    func send(_ frames: WireFrame...) throws {
        try channel.writeInbound(ByteBuffer(bytes: frames.flatMap(\.bytes)))
    }

    /// What came since the last time.
    func received() throws -> [WireFrame] {
        WireFrame.parse(try receivedBytes())
    }

    /// The messages among it.
    func messages() throws -> [PatriotMessage] {
        try received().map { try PatriotMessage(decoding: $0.payload) }
    }

    private func receivedBytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { bytes += part.readableBytesView }
        return bytes
    }

    func advance(_ time: TimeAmount) {
        loop.advanceTime(by: time)
    }
}
