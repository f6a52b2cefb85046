import NIOCore
import NIOEmbedded
import NIOOpenSSL
import Testing

@Suite struct CloseTests {
    @Test(arguments: TLSVersion.allCases)
    func closeSaysGoodbyeAndHearsOne(_ version: TLSVersion) throws {
        let pair = try TLSPair.trusting(versions: version...version)
        try pair.connect()
        let last = pair.client.write("last words".utf8)
        let closed = pair.client.close()
        #expect(closed.result == nil && pair.client.channel.isActive)
        try pair.pump()
        #expect(last.isSuccess && closed.isSuccess)
        #expect(pair.server.recorder.bytes == Array("last words".utf8))
        #expect(!pair.client.channel.isActive && !pair.server.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
        #expect(pair.client.recorder.inactiveCount == 1 && pair.server.recorder.inactiveCount == 1)
    }

    @Test func aPeerThatNeverSaysGoodbyeIsNotAwaitedForLong() throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        let closed = [pair.client.close(), pair.client.close()]
        pair.client.channel.embeddedEventLoop.advanceTime(by: TLSHandler.closeTimeout - .milliseconds(1))
        #expect(closed.allSatisfy { $0.result == nil })
        pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(closed.allSatisfy { $0.isSuccess })
        #expect(!pair.client.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty)
    }

    @Test func whileClosingNothingIsReleasedOrTaken() throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        pair.client.channel.close(promise: nil)
        let late = pair.client.write("late".utf8)
        #expect(late.error as? ChannelError == .ioOnClosedChannel)
        pair.server.write("too late".utf8)
        try pair.pump()
        #expect(pair.client.recorder.bytes.isEmpty && pair.server.recorder.bytes.isEmpty)
        #expect(pair.client.recorder.errors.isEmpty && pair.server.recorder.errors.isEmpty)
    }

    @Test func unflushedWritesFailWithTheClose() throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        let outcome = pair.client.writeUnflushed("unflushed")
        pair.client.channel.close(promise: nil)
        try pair.pump()
        #expect(outcome.error as? ChannelError == .ioOnClosedChannel)
        #expect(pair.server.recorder.bytes.isEmpty)
    }

    @Test(arguments: TLSVersion.allCases)
    func anEndWithoutGoodbyeIsReported(_ version: TLSVersion) throws {
        let pair = try TLSPair.trusting(versions: version...version)
        try pair.connect()
        pair.server.write("half".utf8)
        var rest = try pair.server.takeOutput()
        rest.removeLast()
        pair.client.receive(rest)
        let waiting = pair.client.writeUnflushed("unflushed")
        pair.client.endOfInput()
        #expect(pair.client.recorder.errors == [.truncated(peer: TLSPair.name)])
        #expect(waiting.error as? TLSError == .truncated(peer: TLSPair.name))
        #expect(pair.client.recorder.bytes.isEmpty)
        #expect(!pair.client.channel.isActive)
    }

    @Test func halfAnEndOfInputIsAWholeOne() throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        pair.client.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.client.recorder.errors == [.truncated(peer: TLSPair.name)])
        #expect(!pair.client.channel.isActive)
    }

    @Test(arguments: TLSVersion.allCases)
    func aDamagedRecordIsReportedOnceAndReleasesNothing(_ version: TLSVersion) throws {
        let pair = try TLSPair.trusting(versions: version...version)
        try pair.connect()
        pair.server.write("call-status".utf8)
        var record = try pair.server.takeOutput()
        record[record.count - 1] ^= 1
        pair.client.receive(record)
        pair.client.receive(record)
        #expect(pair.client.recorder.errors.count == 1)
        #expect(pair.client.recorder.bytes.isEmpty)
        try pair.pump()
        #expect(pair.server.recorder.errors == [.refusedByPeer(peer: "the client", alert: "bad record mac")])
    }

    @Test func anErrorFromBelowIsPassedOnOnceAndEndsTheConnection() throws {
        struct Broken: Error {}
        let pair = try TLSPair.trusting()
        try pair.connect()
        pair.client.channel.pipeline.fireErrorCaught(Broken())
        pair.client.endOfInput()
        #expect(pair.client.recorder.otherErrors == 1)
        #expect(pair.client.recorder.errors.isEmpty)
        #expect(!pair.client.channel.isActive)
    }

    @Test(arguments: [CloseMode.input, .output])
    func halfClosingIsRefused(_ mode: CloseMode) throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        let outcome = pair.client.close(mode)
        #expect(outcome.error as? ChannelError == .operationUnsupported)
        #expect(pair.client.channel.isActive)
    }

    @Test func closingFromWithinReadHandshakeAndErrorIsOrderly() throws {
        let reading = try TLSPair.trusting()
        reading.client.recorder.onRead = { $0.close(promise: nil) }
        try reading.connect()
        reading.server.write("one".utf8)
        reading.server.write("two".utf8)
        try reading.pump()
        #expect(reading.client.recorder.bytes == Array("one".utf8))
        #expect(!reading.client.channel.isActive && !reading.server.channel.isActive)

        let completing = try TLSPair.trusting()
        completing.client.recorder.onHandshake = { $0.close(promise: nil) }
        let early = completing.client.write("early".utf8)
        try completing.connect()
        #expect(early.error as? ChannelError == .ioOnClosedChannel)
        #expect(completing.server.recorder.bytes.isEmpty)
        #expect(!completing.server.channel.isActive)
    }

    @Test func removingTheHandlerFromWithinAReadIsOrderly() throws {
        let pair = try TLSPair.trusting()
        try pair.connect()
        pair.client.recorder.onRead = { context in
            guard let handler = try? context.pipeline.syncOperations.handler(type: TLSHandler.self) else { return }
            context.pipeline.syncOperations.removeHandler(handler, promise: nil)
        }
        pair.server.write("one".utf8)
        pair.server.write("two".utf8)
        pair.client.receive(try pair.server.takeOutput())
        #expect(pair.client.recorder.bytes == Array("one".utf8))
        #expect(pair.client.recorder.errors.isEmpty)
    }

    @Test func nothingOutlivesTheConnection() throws {
        for round in 0..<30 {
            weak var handler: TLSHandler?
            weak var context: TLSContext?
            do {
                let identity = try TLSIdentity.selfSigned(names: [TLSPair.name])
                let clientContext = try TLSContext.client(trust: .pins([identity.certificate.pin]))
                let pair = try TLSPair(client: clientContext, server: .server(identity: identity))
                context = clientContext
                handler = try pair.client.channel.pipeline.syncOperations.handler(type: TLSHandler.self)
                try pair.connect()
                switch round % 3 {
                case 0: pair.client.channel.close(promise: nil)
                case 1: pair.server.channel.close(promise: nil)
                default: pair.client.endOfInput()
                }
                try pair.pump()
                for end in [pair.client, pair.server] { end.channel.embeddedEventLoop.advanceTime(by: .seconds(60)) }
            }
            #expect(handler == nil)
            #expect(context == nil)
        }
    }
}

extension TLSEnd {
    func close(_ mode: CloseMode = .all) -> WriteOutcome {
        let (outcome, promise) = makeOutcome()
        channel.close(mode: mode, promise: promise)
        return outcome
    }
}
