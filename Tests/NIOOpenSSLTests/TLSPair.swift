import NIOCore
import NIOEmbedded
import NIOOpenSSL
import TestSupport

/// How the bytes of the wire are cut into reads.
enum Chunking: Sendable, CaseIterable {
    case whole, bytewise, random

    func next(_ available: Int, _ numbers: inout some RandomNumberGenerator) -> Int {
        switch self {
        case .whole: available
        case .bytewise: 1
        case .random: min(available, Int.random(in: 1...3000, using: &numbers))
        }
    }
}

/// What reaches the handlers above TLS.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var bytes: [UInt8] = []
    var handshakes: [TLSHandshakeCompleted] = []
    var errors: [TLSError] = []
    var otherErrors = 0
    var inactiveCount = 0
    /// How many errors had come when the channel's end came first.
    var errorsBeforeEnd = 0
    /// Whether anything was released before the handshake was complete.
    var hasEarlyBytes = false
    var onRead: ((ChannelHandlerContext) -> Void)?
    var onHandshake: ((ChannelHandlerContext) -> Void)?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasEarlyBytes = hasEarlyBytes || handshakes.isEmpty
        bytes += unwrapInboundIn(data).readableBytesView
        onRead?(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let completed = event as? TLSHandshakeCompleted else { return }
        handshakes.append(completed)
        onHandshake?(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { errors.append(error) } else { otherErrors += 1 }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if inactiveCount == 0 { errorsBeforeEnd = errors.count }
        inactiveCount += 1
    }
}

/// One end of a wire.
final class TLSEnd {
    let channel = EmbeddedChannel()
    let recorder = Recorder()

    init(_ handler: TLSHandler) throws {
        try channel.pipeline.syncOperations.addHandlers([handler, recorder])
    }

    func connect() throws {
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9009)).wait()
    }

    /// Writes and flushes; the result tells how the write ended, nil while it has not.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>) -> WriteOutcome {
        let (outcome, promise) = makeOutcome()
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: promise)
        return outcome
    }

    /// Writes and does not flush.
    func writeUnflushed(_ text: String) -> WriteOutcome {
        let (outcome, promise) = makeOutcome()
        channel.write(ByteBuffer(string: text), promise: promise)
        return outcome
    }

    /// A promise, and how it ended.
    func makeOutcome() -> (WriteOutcome, EventLoopPromise<Void>) {
        let outcome = WriteOutcome()
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { outcome.result = $0 }
        return (outcome, promise)
    }

    func takeOutput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        return bytes
    }

    func receive(_ bytes: some Sequence<UInt8>) {
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
        channel.pipeline.fireChannelReadComplete()
    }

    /// The peer's connection ended, without a word of TLS.
    func endOfInput() {
        channel.pipeline.fireChannelInactive()
    }
}

final class WriteOutcome {
    var result: Result<Void, any Error>?

    var isSuccess: Bool {
        if case .success = result { true } else { false }
    }

    var error: (any Error)? {
        if case .failure(let error) = result { error } else { nil }
    }
}

/// A client and a server back to back.
final class TLSPair {
    let client: TLSEnd
    let server: TLSEnd
    private var numbers: SeededGenerator

    init(client: TLSContext, server: TLSContext, serverName: String = TLSPair.name, seed: UInt64 = 1) throws {
        self.client = try TLSEnd(TLSHandler(client: client, serverName: serverName))
        self.server = try TLSEnd(TLSHandler(server: server))
        numbers = SeededGenerator(seed: seed)
    }

    static let name = "desktop-client-api.patriotsystems.com"

    /// A pair whose client trusts the server by its pin.
    static func trusting(versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3, seed: UInt64 = 1) throws -> TLSPair {
        let identity = try TLSIdentity.selfSigned(names: [name])
        return try TLSPair(
            client: .client(trust: .pins([identity.certificate.pin])),
            server: .server(identity: identity, versions: versions),
            seed: seed
        )
    }

    func connect(_ chunking: Chunking = .whole) throws {
        try server.connect()
        try client.connect()
        try pump(chunking)
    }

    /// Carries bytes both ways until there are none left, then the end of a side that has closed.
    func pump(_ chunking: Chunking = .whole) throws {
        var isMoving = true
        while isMoving {
            let toServer = try carry(from: client, to: server, chunking)
            let toClient = try carry(from: server, to: client, chunking)
            isMoving = toServer || toClient
        }
    }

    private func carry(from source: TLSEnd, to target: TLSEnd, _ chunking: Chunking) throws -> Bool {
        var rest = try source.takeOutput()[...]
        let isMoving = !rest.isEmpty
        while !rest.isEmpty {
            let count = chunking.next(rest.count, &numbers)
            if target.channel.isActive { target.receive(rest.prefix(count)) }
            rest = rest.dropFirst(count)
        }
        if !source.channel.isActive, target.channel.isActive, target.recorder.inactiveCount == 0 {
            target.endOfInput()
        }
        return isMoving
    }
}
