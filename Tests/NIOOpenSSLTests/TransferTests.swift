import Basics
import NIOCore
import NIOEmbedded
import NIOOpenSSL
import TestSupport
import Testing

@Suite struct TransferTests {
    @Test(arguments: Chunking.allCases, TLSVersion.allCases)
    func handshakeAndDataPassHoweverTheWireIsCut(_ chunking: Chunking, _ version: TLSVersion) throws {
        let pair = try TLSPair.trusting(versions: version...version)
        try pair.connect(chunking)
        #expect(pair.client.recorder.handshakes.map(\.version) == [version])
        #expect(pair.client.recorder.handshakes.first?.peer?.names == [ForeignText(TLSPair.name)])
        #expect(pair.server.recorder.handshakes == [TLSHandshakeCompleted(version: version, peer: nil)])
        let size = chunking == .whole ? 3 << 20 : 50_000
        let up = pattern(size, 1)
        let down = pattern(size, 2)
        let sent = [pair.client.write(up), pair.server.write(down)]
        try pair.pump(chunking)
        #expect(pair.server.recorder.bytes == up)
        #expect(pair.client.recorder.bytes == down)
        #expect(sent.allSatisfy { $0.isSuccess })
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }

    @Test(arguments: 0..<20)
    func randomWritesArriveWholeAndInOrder(_ seed: Int) throws {
        let version: TLSVersion = seed.isMultiple(of: 2) ? .v1_2 : .v1_3
        let pair = try TLSPair.trusting(versions: version...version, seed: UInt64(seed))
        var numbers = SeededGenerator(seed: UInt64(seed) &+ 77)
        var up: [UInt8] = []
        var down: [UInt8] = []
        try pair.server.connect()
        try pair.client.connect()
        for round in 0..<60 {
            let bytes = pattern(Int.random(in: 0...20_000, using: &numbers), round)
            if Bool.random(using: &numbers) {
                up += bytes
                pair.client.write(bytes)
            } else {
                down += bytes
                pair.server.write(bytes)
            }
            if Int.random(in: 0..<3, using: &numbers) == 0 { try pair.pump(.random) }
        }
        try pair.pump(.random)
        #expect(pair.server.recorder.bytes == up)
        #expect(pair.client.recorder.bytes == down)
    }

    @Test func writesBeforeTheHandshakeWaitForItAndKeepTheirOrder() throws {
        let pair = try TLSPair.trusting()
        let early = [pair.client.write("one ".utf8), pair.client.write("two ".utf8)]
        try pair.server.connect()
        try pair.client.connect()
        let last = pair.client.write("three".utf8)
        #expect((early + [last]).allSatisfy { $0.result == nil })
        try pair.pump()
        #expect(pair.server.recorder.bytes == Array("one two three".utf8))
        #expect((early + [last]).allSatisfy { $0.isSuccess })
    }

    @Test func unflushedWritesStayUntilFlushed() throws {
        let pair = try TLSPair.trusting()
        let early = pair.client.writeUnflushed("unflushed ")
        try pair.connect()
        #expect(pair.server.recorder.bytes.isEmpty)
        #expect(early.result == nil)
        pair.client.channel.write(ByteBuffer(string: "later"), promise: nil)
        pair.client.channel.flush()
        try pair.pump()
        #expect(pair.server.recorder.bytes == Array("unflushed later".utf8))
        #expect(early.isSuccess)
    }

    @Test func emptyWritesSucceedInTheirPlace() throws {
        let pair = try TLSPair.trusting()
        let early = pair.client.write([])
        try pair.connect()
        let late = pair.client.write([])
        pair.client.write("x".utf8)
        try pair.pump()
        #expect(early.isSuccess && late.isSuccess)
        #expect(pair.server.recorder.bytes == Array("x".utf8))
    }

    @Test func writingFromWithinReadAndHandshakeIsOrderly() throws {
        let pair = try TLSPair.trusting()
        pair.server.recorder.onHandshake = { $0.writeAndFlush(NIOAny(ByteBuffer(string: "welcome ")), promise: nil) }
        pair.client.recorder.onHandshake = { $0.writeAndFlush(NIOAny(ByteBuffer(string: "hello ")), promise: nil) }
        pair.client.write("early ".utf8)
        var answers = 0
        pair.server.recorder.onRead = { context in
            answers += 1
            if answers < 50 { context.writeAndFlush(NIOAny(ByteBuffer(string: "a")), promise: nil) }
        }
        pair.client.recorder.onRead = { context in
            context.writeAndFlush(NIOAny(ByteBuffer(string: "b")), promise: nil)
        }
        try pair.connect(.bytewise)
        #expect(pair.server.recorder.bytes.starts(with: Array("early hello b".utf8)))
        #expect(pair.client.recorder.bytes == Array("welcome ".utf8) + Array(repeating: UInt8(ascii: "a"), count: 49))
    }

    @Test func inputThatArrivesWithinAReadIsNotLost() throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        pair.server.write("first ".utf8)
        let first = try pair.server.takeOutput()
        pair.server.write("second".utf8)
        let second = try pair.server.takeOutput()
        let client = pair.client
        var isNested = false
        client.recorder.onRead = { _ in
            guard !isNested else { return }
            isNested = true
            client.receive(second)
        }
        client.receive(first)
        #expect(client.recorder.bytes == Array("first second".utf8))
    }

    @Test func theHandshakeAsksForItsOwnInputAndAnUnansweredReadIsAskedAgain() throws {
        let pair = try TLSPair.trusting()
        let reads = ReadCounter()
        try pair.client.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try pair.server.connect()
        try pair.client.connect()
        try pair.server.receive(pair.client.takeOutput())
        let answer = try pair.server.takeOutput()
        let before = reads.count
        pair.client.receive(answer.prefix(10))
        #expect(reads.count == before + 1)
        pair.client.receive(answer.dropFirst(10))
        try pair.pump()
        pair.server.write("twelve bytes".utf8)
        let record = try pair.server.takeOutput()
        let idle = reads.count
        pair.client.channel.read()
        pair.client.receive(record.dropLast())
        #expect(reads.count == idle + 2)
        pair.client.receive(record.suffix(1))
        #expect(reads.count == idle + 2)
        #expect(pair.client.recorder.bytes == Array("twelve bytes".utf8))
    }

    @Test func tooMuchWrittenBeforeTheHandshakeEndsTheConnection() throws {
        let pair = try TLSPair.trusting()
        try pair.client.connect()
        let kept = pair.client.write(pattern(TLSHandler.maximumEarlyBytes, 1))
        #expect(kept.result == nil)
        let over = pair.client.write([0])
        let expected = TLSError.tooMuchWrittenEarly(limit: TLSHandler.maximumEarlyBytes)
        #expect(kept.error as? TLSError == expected && over.error as? TLSError == expected)
        #expect(pair.client.recorder.errors == [expected])
        #expect(!pair.client.channel.isActive)
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

func pattern(_ count: Int, _ seed: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ ($0 >> 8) &+ seed) }
}
