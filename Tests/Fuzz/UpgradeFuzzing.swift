import NIOCore
import NIOEmbedded

@testable import PatriotLink

/// A stranger's HTTP request at the listening port: the cut of the reads does not matter, it gets one answer of those documented,
/// and the WebSocket opens with 101 only.
enum UpgradeFuzzing {
    private static let statuses = ["101", "400", "404", "405", "426"]

    /// The first byte tells the size of the second run's reads.
    static func check(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let wire = bytes.dropFirst()
        let whole = try outcome(of: wire, inPiecesOf: max(wire.count, 1))
        let pieces = try outcome(of: wire, inPiecesOf: Int(first) % 16 + 1)
        try hold(pieces == whole, "in pieces \(pieces), whole \(whole)")
        if let status = whole.status { try hold(statuses.contains(status), "answered \(status)") }
        try hold(
            whole.isOpen == (whole.status == "101"),
            "answered \(whole.status ?? "nothing"), open: \(whole.isOpen)"
        )
        try hold(
            !whole.isOpen || wire.starts(with: Array("GET ".utf8)) || wire.first == 13 || wire.first == 10,
            "\(wire)"
        )
    }

    private struct Outcome: Equatable {
        var status: String?
        var isOpen = false
    }

    private static func outcome(of wire: ArraySlice<UInt8>, inPiecesOf size: Int) throws -> Outcome {
        var opened = 0
        var refused = 0
        let channel = EmbeddedChannel()
        try WebSocketAcceptance.addHandlers(
            to: channel,
            path: "/dialler",
            webSocket: WebSocketHandler(role: .server) { event in if case .opened = event { opened += 1 } },
            onRefused: { _ in refused += 1 }
        )
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9010)).wait()
        var rest = wire
        while !rest.isEmpty {
            _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            channel.embeddedEventLoop.run()
            rest = rest.dropFirst(size)
        }
        var answer = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { answer.writeBuffer(&part) }
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        _ = try? channel.finish(acceptAlreadyClosed: true)
        try hold(opened + refused <= 1, "opened \(opened) times, refused \(refused) times")
        let head = String(decoding: answer.readableBytesView.prefix(12), as: UTF8.self)
        try hold(head.isEmpty || head.hasPrefix("HTTP/1.1 "), "answered \(head)")
        return Outcome(status: head.isEmpty ? nil : String(head.suffix(3)), isOpen: opened > 0)
    }
}
