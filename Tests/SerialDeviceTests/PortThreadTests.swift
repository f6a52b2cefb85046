import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import SerialDevice

@Suite("PortThread", .timeLimit(.minutes(1)))
struct PortThreadTests {
    @Test func carriesBytesBothWays() async throws {
        let terminal = try PseudoTerminal()
        var bench = Bench(terminal.path)
        try await bench.untilOpen()
        terminal.send("\r\nRING\r\n")
        #expect(await bench.text(count: 8) == "\r\nRING\r\n")
        bench.port.write(Array("ATH\r".utf8))
        #expect(terminal.receive(count: 4) == "ATH\r")
        bench.port.close()
        await bench.untilReleased()
    }

    @Test func closesWithoutWaitingForUnsentOutputAndFreesThePort() async throws {
        let terminal = try PseudoTerminal()
        let before = openDescriptors(of: terminal.path)
        for _ in 0..<20 {
            var bench = Bench(terminal.path)
            try await bench.untilOpen()
            // Nobody reads the other side: the output stays unsent.
            bench.port.write([UInt8](repeating: UInt8(ascii: "A"), count: 100_000))
            bench.port.close()
            await bench.untilReleased()
            #expect(openDescriptors(of: terminal.path) == before)
        }
    }

    @Test func sendsTheRestWhenTheModemTakesIt() async throws {
        let terminal = try PseudoTerminal()
        var bench = Bench(terminal.path)
        try await bench.untilOpen()
        let text = String(repeating: "AT+CLCC;", count: 4000)
        bench.port.write(Array(text.utf8.prefix(20_000)))
        bench.port.write(Array(text.utf8.dropFirst(20_000)))
        #expect(terminal.receive(count: 32_000) == text)
        bench.port.close()
        await bench.untilReleased()
    }

    @Test func tellsThatTheModemIsGone() async throws {
        let terminal = try PseudoTerminal()
        var bench = Bench(terminal.path)
        try await bench.untilOpen()
        bench.port.write([UInt8](repeating: UInt8(ascii: "A"), count: 100_000))
        terminal.unplug()
        await bench.untilEnded()
        await bench.untilReleased()
        #expect(openDescriptors(of: "\(terminal.path) (deleted)") == 0)
    }

    @Test func isLetGoOfWhenItIsClosedBeforeItIsOpen() async throws {
        let terminal = try PseudoTerminal()
        let before = openDescriptors(of: terminal.path)
        var bench = Bench(terminal.path)
        bench.port.close()
        await bench.untilReleased()
        #expect(openDescriptors(of: terminal.path) == before)
    }

    @Test func tellsWhyThereIsNoPort() async throws {
        var bench = Bench("/dev/null")
        await #expect(throws: SerialPortError.notATerminal(path: "/dev/null")) { try await bench.untilOpen() }
        await bench.untilReleased()
    }

    @Test func isNotInUseByThisProcessWhileAnotherOfItsThreadsHoldsIt() async throws {
        let terminal = try PseudoTerminal()
        var first = Bench(terminal.path)
        try await first.untilOpen()
        var second = Bench(terminal.path)
        await #expect(throws: SerialPortError.notReleased(path: terminal.path)) { try await second.untilOpen() }
        await second.untilReleased()
        first.port.close()
        await first.untilReleased()
        var third = Bench(terminal.path)
        try await third.untilOpen()
        third.port.close()
        await third.untilReleased()
    }
}

/// A port and what its thread tells.
private struct Bench {
    let port: PortThread
    private var events: AsyncStream<PortThread.Event>.Iterator

    init(_ path: String) {
        let (stream, continuation) = AsyncStream.makeStream(of: PortThread.Event.self)
        events = stream.makeAsyncIterator()
        port = PortThread.open(
            .path(path),
            settings: LineSettings(),
            on: MultiThreadedEventLoopGroup.singleton.next()
        ) { continuation.yield($1) }
    }

    mutating func untilOpen() async throws {
        while let event = await events.next(isolation: #isolation) {
            if case .openFailed(let error) = event { throw error }
            if case .opened = event { return }
        }
    }

    mutating func text(count: Int) async -> String {
        var bytes: [UInt8] = []
        while bytes.count < count, case .received(let more) = await events.next(isolation: #isolation) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func untilEnded() async {
        while let event = await events.next(isolation: #isolation) {
            if case .ended = event { return }
        }
    }

    mutating func untilReleased() async {
        while let event = await events.next(isolation: #isolation) {
            if case .released = event { return }
        }
    }
}

/// How many descriptors of this process lead to the terminal; an unplugged one reads `PATH (deleted)`.
private func openDescriptors(of path: String) -> Int {
    FileSystem.entries(of: "/proc/self/fd").count { FileSystem.target(ofLink: "/proc/self/fd/\($0)") == path }
}
