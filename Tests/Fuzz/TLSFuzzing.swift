import NIOCore
import NIOEmbedded
import NIOOpenSSL

/// TLS records from a stranger, and a good conversation that is disturbed: nothing is released that was not written, and each
/// end tells at most one error and closes.
enum TLSFuzzing {
    private static let identity = Result { try TLSIdentity.selfSigned(names: ["patriot.example"]) }
    private static let server = Result { try TLSContext.server(identity: identity.get()) }
    private static let client = Result { try TLSContext.client(trust: .pins([identity.get().certificate.pin])) }

    /// An even first byte: the rest is what the peer of a client or of a server says. An odd one: a conversation with faults, four
    /// bytes each.
    static func check(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        if first % 2 == 0 {
            try checkStranger(bytes.dropFirst(), ofServer: first / 2 % 2 == 1, size: Int(first) / 4 + 1)
        } else {
            try checkConversation(Faults(bytes.dropFirst()), size: first / 2 % 2 == 1 ? 97 : 4096)
        }
    }

    private static func checkStranger(_ wire: ArraySlice<UInt8>, ofServer: Bool, size: Int) throws {
        let end = try TLSFuzzEnd(isServer: ofServer)
        var rest = wire
        while !rest.isEmpty {
            end.receive(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        end.channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        try end.check(released: [])
        try hold(!end.channel.isActive, "a stranger is waited for forever")
    }

    private static func checkConversation(_ faults: Faults, size: Int) throws {
        var faults = faults
        let client = try TLSFuzzEnd(isServer: false)
        let server = try TLSFuzzEnd(isServer: true)
        let request = Array("a request of the client's".utf8)
        let answer = Array(repeating: UInt8(ascii: "x"), count: 20_000)
        client.channel.writeAndFlush(ByteBuffer(bytes: request), promise: nil)
        server.channel.writeAndFlush(ByteBuffer(bytes: answer), promise: nil)
        for _ in 0..<20 {
            let isMoving = try carry(from: client, to: server, size, &faults)
            guard try carry(from: server, to: client, size, &faults) || isMoving else { break }
        }
        for end in [client, server] {
            end.channel.close(promise: nil)
            end.channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        }
        try client.check(released: answer)
        try server.check(released: request)
        for end in [client, server] { try hold(!end.channel.isActive, "a closed end is open forever") }
        guard faults.count == 0 else { return }
        try hold(
            client.recorder.bytes == answer && server.recorder.bytes == request,
            "undisturbed, and not all is there"
        )
    }

    private static func carry(from: TLSFuzzEnd, to: TLSFuzzEnd, _ size: Int, _ faults: inout Faults) throws -> Bool {
        var rest = faults.disturb(try from.takeOutput())[...]
        let isMoving = !rest.isEmpty
        while !rest.isEmpty {
            to.receive(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return isMoving
    }

    fileprivate static func handler(isServer: Bool) throws -> TLSHandler {
        isServer
            ? TLSHandler(server: try server.get())
            : TLSHandler(client: try client.get(), serverName: "patriot.example")
    }
}

/// Bytes of the wire to be changed, dropped or doubled, at their places in both directions together.
private struct Faults {
    private var rest: ArraySlice<UInt8>
    private var position = 0
    private(set) var count = 0

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// A fault is its distance from the one before in two bytes, what is done, and with what.
    mutating func disturb(_ wire: [UInt8]) -> [UInt8] {
        var wire = wire
        while rest.count >= 4 {
            let fault = Array(rest.prefix(4))
            let place = position + Int(fault[0]) + Int(fault[1]) << 8
            guard wire.indices.contains(place) else { break }
            rest = rest.dropFirst(4)
            count += 1
            position = place
            switch fault[2] % 4 {
            case 0: wire[place] ^= fault[3]
            case 1: wire.remove(at: place)
            case 2: wire.insert(fault[3], at: place)
            default: wire.removeSubrange(place...)
            }
        }
        position = max(0, position - wire.count)
        return wire
    }
}

/// One end of a wire, and what its handler tells.
private final class TLSFuzzEnd {
    let channel = EmbeddedChannel()
    let recorder = TLSFuzzRecorder()

    init(isServer: Bool) throws {
        try channel.pipeline.syncOperations.addHandlers([TLSFuzzing.handler(isServer: isServer), recorder])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9009)).wait()
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    func receive(_ bytes: ArraySlice<UInt8>) {
        guard channel.isActive else { return }
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
        channel.pipeline.fireChannelReadComplete()
    }

    func takeOutput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        return bytes
    }

    func check(released: [UInt8]) throws {
        try hold(
            released.starts(with: recorder.bytes),
            "\(recorder.bytes.count) bytes are released that were not written"
        )
        try hold(!recorder.hasEarlyBytes, "something is released before the handshake is complete")
        try hold(recorder.handshakes <= 1, "\(recorder.handshakes) handshakes")
        try hold(recorder.errors.count <= 1, "more than one error: \(recorder.errors)")
        for error in recorder.errors { try isFitForLog(error) }
    }
}

private final class TLSFuzzRecorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var bytes: [UInt8] = []
    var handshakes = 0
    var hasEarlyBytes = false
    var errors: [String] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasEarlyBytes = hasEarlyBytes || handshakes == 0
        bytes += unwrapInboundIn(data).readableBytesView
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted { handshakes += 1 }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        errors.append("\(error)")
    }
}
