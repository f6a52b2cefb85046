import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import SerialDevice

@Suite("SerialPort.makeChannel", .timeLimit(.minutes(1)))
struct SerialChannelTests {
    @Test func carriesBytesBothWays() async throws {
        let terminal = try PseudoTerminal()
        let (port, channel, recorder) = try await openChannel(terminal)
        terminal.send("\r\nRING\r\n")
        #expect(await recorder.text(count: 8) == "\r\nRING\r\n")
        try await channel.writeAndFlush(ByteBuffer(string: "ATH\r")).get()
        #expect(terminal.receive(count: 4) == "ATH\r")
        port.close()
        try await channel.closeFuture.get()
    }

    @Test func closingTheChannelClosesThePortWithoutWaitingAndFreesIt() async throws {
        let terminal = try PseudoTerminal()
        let before = openDescriptors(of: terminal.path)
        for _ in 0..<20 {
            let (port, channel, _) = try await openChannel(terminal)
            // Nobody reads the other side: the output stays unsent.
            channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "A"), count: 100_000), promise: nil)
            channel.close(promise: nil)
            try await channel.closeFuture.get()
            #expect(port.controlLines == nil)
            #expect(openDescriptors(of: terminal.path) == before)
        }
    }

    @Test func unplugEndsTheChannelAtOnce() async throws {
        let terminal = try PseudoTerminal()
        let (_, channel, recorder) = try await openChannel(terminal)
        terminal.unplug()
        try? await channel.closeFuture.get()
        await recorder.untilInactive()
        #expect(!channel.isActive)
        #expect(openDescriptors(of: "\(terminal.path) (deleted)") == 0)
    }

    @Test func unplugEndsTheChannelWhileOutputWaits() async throws {
        let terminal = try PseudoTerminal()
        let (_, channel, _) = try await openChannel(terminal)
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "A"), count: 1_000_000), promise: promise)
        terminal.unplug()
        await #expect(throws: (any Error).self) { try await promise.futureResult.get() }
        try? await channel.closeFuture.get()
        #expect(!channel.isActive)
    }

    @Test func doesNotSpinOnAPortThatIsGone() async throws {
        let terminal = try PseudoTerminal()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (_, channel, _) = try await openChannel(terminal, on: group.next())
        terminal.unplug()
        try? await channel.closeFuture.get()
        let used = try await channel.eventLoop.submit { threadTime() }.get()
        try await channel.eventLoop.scheduleTask(in: .milliseconds(300)) {}.futureResult.get()
        let usedLater = try await channel.eventLoop.submit { threadTime() }.get()
        #expect(usedLater - used < .milliseconds(30))
        try await group.shutdownGracefully()
    }

    @Test func closedBeforeItsChannelFails() async throws {
        let terminal = try PseudoTerminal()
        let port = try SerialPort.open(terminal.path, settings: LineSettings())
        port.close()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        await #expect(throws: SerialPortError.self) {
            try await port.makeChannel(on: eventLoop) { $0.eventLoop.makeSucceededVoidFuture() }.get()
        }
    }

    @Test func makesNoSecondChannelAndKeepsTheFirst() async throws {
        let terminal = try PseudoTerminal()
        let (port, channel, recorder) = try await openChannel(terminal)
        await #expect(throws: SerialPortError.self) {
            try await port.makeChannel(on: channel.eventLoop) { $0.eventLoop.makeSucceededVoidFuture() }.get()
        }
        terminal.send("OK\r\n")
        #expect(await recorder.text(count: 4) == "OK\r\n")
        port.close()
        try await channel.closeFuture.get()
    }

    @Test func failingInitializerGivesEverythingBack() async throws {
        struct Refusal: Error {}
        let terminal = try PseudoTerminal()
        let before = openDescriptors(of: terminal.path)
        let port = try SerialPort.open(terminal.path, settings: LineSettings())
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        await #expect(throws: Refusal.self) {
            try await port.makeChannel(on: eventLoop) { $0.eventLoop.makeFailedFuture(Refusal()) }.get()
        }
        #expect(openDescriptors(of: terminal.path) == before)
    }

    private func openChannel(
        _ terminal: PseudoTerminal,
        on eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    ) async throws -> (SerialPort, any Channel, Recorder) {
        let recorder = Recorder()
        let port = try SerialPort.open(terminal.path, settings: LineSettings())
        let channel = try await port.makeChannel(on: eventLoop) { channel in
            channel.pipeline.addHandler(recorder)
        }.get()
        return (port, channel, recorder)
    }
}

/// How many descriptors of this process lead to the terminal; an unplugged one reads `PATH (deleted)`.
private func openDescriptors(of path: String) -> Int {
    FileSystem.entries(of: "/proc/self/fd").count { FileSystem.target(ofLink: "/proc/self/fd/\($0)") == path }
}

/// The processor time that the calling thread has used.
private func threadTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// Collects what the channel reads.
private final class Recorder: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let (events, continuation) = AsyncStream.makeStream(of: [UInt8]?.self)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.yield(nil)
    }

    func text(count: Int) async -> String {
        var bytes: [UInt8] = []
        for await event in events {
            bytes += event ?? []
            if event == nil || bytes.count >= count { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func untilInactive() async {
        for await event in events where event == nil { break }
    }
}
