import NIOCore
import NIOEmbedded
import NIOWebSocket

@testable import PatriotLink

/// A server's WebSocket frames: the cut of the reads does not matter, text is UTF-8, and the end is reported once, as the last.
enum WebSocketFuzzing {
    /// The first byte tells the size of the second run's reads.
    static func check(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let wire = bytes.dropFirst()
        let whole = try events(of: wire, inPiecesOf: max(wire.count, 1))
        let pieces = try events(of: wire, inPiecesOf: Int(first) % 16 + 1)
        try hold(pieces == whole, "in pieces \(pieces), whole \(whole)")
        try hold(whole.first == "opened" && whole.last?.hasPrefix("closed") == true, "\(whole)")
        try hold(whole.count { $0.hasPrefix("closed") } == 1, "closed more than once: \(whole)")

        var validator = UTF8Validator()
        let isUTF8 = validator.consume(wire) && validator.isComplete
        try hold(isUTF8 == (String(validating: wire, as: UTF8.self) != nil), "UTF-8 or not: \(wire)")
    }

    private static func events(of wire: ArraySlice<UInt8>, inPiecesOf size: Int) throws -> [String] {
        let log = EventLog()
        let channel = EmbeddedChannel()
        let decoder = WebSocketFrameDecoder(maxFrameSize: WebSocketHandler.maximumMessageSize)
        try channel.pipeline.syncOperations.addHandlers([
            WebSocketFrameEncoder(), ByteToMessageHandler(decoder), WebSocketHandler(role: .client) { log.take($0) },
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9009)).wait()
        var rest = wire
        while !rest.isEmpty {
            // NIO's decoder throws out of the write as well as into the pipeline.
            _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        _ = try? channel.finish(acceptAlreadyClosed: true)
        if let broken = log.broken { throw broken }
        return log.events
    }
}

/// What a handler told.
private final class EventLog {
    private(set) var events: [String] = []
    private(set) var broken: Broken?

    func take(_ event: WebSocketHandler.Event) {
        switch event {
        case .opened: events.append("opened")
        case .frameReceived: break
        case .closed(let closure): events.append("closed: \(closure)")
        case .messageReceived(let message):
            let bytes = Array(message.payload.readableBytesView)
            events.append("\(message.kind): \(bytes)")
            if message.kind == .text, String(validating: bytes, as: UTF8.self) == nil {
                broken = Broken(description: "text that is not UTF-8: \(bytes)")
            }
        }
    }
}
