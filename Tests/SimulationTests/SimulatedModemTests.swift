import Glibc
import NIOCore
import NIOPosix
import SerialDevice
import TestSupport
import Testing

@testable import Simulation

@Suite("Simulated modem: the pseudo-terminal", .timeLimit(.minutes(1)))
struct SimulatedModemTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    @Test func dialsOverTheTerminalAndTellsTheTruth() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: SimulatedModemEvent.self)
        var options = SimulatedModem.Options()
        options.speed = 50
        options.chunkSize = 3
        let modem = try await SimulatedModem.start(.genericGSM, options: options, on: eventLoop) {
            continuation.yield($0)
        }
        let driver = try await Driver(modem.devicePath, on: eventLoop)
        try await driver.send("ATE0\r")
        #expect(await driver.reads("ATE0\r\r\nOK\r\n"))
        try await driver.send("ATD5550123;\r")
        #expect(await driver.reads("\r\nOK\r\n"))
        await wait(for: .callChanged(SimulatedCall(isOutbound: true, number: "5550123", state: .active)), in: events)
        #expect(modem.call?.state == .active)
        modem.perform(.hangUp)
        #expect(await driver.reads("\r\nNO CARRIER\r\n"))
        #expect(modem.call == nil)
        #expect(modem.abortedDials == 0)
        await driver.close()
        await modem.stop()
    }

    @Test func comesBackBehindTheSameLink() async throws {
        let link = "/tmp/simulated-modem-\(getpid())"
        let (events, continuation) = AsyncStream.makeStream(of: SimulatedModemEvent.self)
        var options = SimulatedModem.Options()
        options.speed = 100
        options.echo = false
        options.linkPath = link
        let modem = try await SimulatedModem.start(.analog, options: options, on: eventLoop) { continuation.yield($0) }
        #expect(modem.devicePath == link)
        for _ in 0..<5 {
            let driver = try await Driver(link, on: eventLoop)
            try await driver.send("AT\r")
            #expect(await driver.reads("\r\nOK\r\n"))
            modem.perform(.unplug)
            await driver.untilGone()
            #expect(throws: SerialPortError.notFound(path: link)) {
                try SerialPort.open(link, settings: LineSettings())
            }
            modem.perform(.replug)
            await wait(for: .plugged(path: link), in: events)
            await wait(for: .started, in: events)
        }
        await modem.stop()
        #expect(access(link, F_OK) != 0)
    }

    @Test func waitsWhileNobodyHasThePortOpen() async throws {
        let modem = try await SimulatedModem.start(.analog, on: eventLoop)
        for _ in 0..<3 {
            let driver = try await Driver(modem.devicePath, on: eventLoop)
            try await driver.send("ATE0\r")
            #expect(await driver.reads("OK\r\n"))
            await driver.close()
        }
        await modem.stop()
    }

    @Test func refusesALinkOverAFile() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("file", "kept")
        var options = SimulatedModem.Options()
        options.linkPath = file
        await #expect(throws: SimulatedModemError.linkPathTaken(file)) {
            try await SimulatedModem.start(.analog, options: options, on: eventLoop)
        }
        #expect(try directory.read(file) == "kept")
        options.linkPath = "/no/such/folder/modem"
        await #expect(throws: SimulatedModemError.link(path: "/no/such/folder/modem", errno: ENOENT)) {
            try await SimulatedModem.start(.analog, options: options, on: eventLoop)
        }
    }

    private func wait(for wanted: SimulatedModemEvent, in events: AsyncStream<SimulatedModemEvent>) async {
        for await event in events where event == wanted { return }
    }
}

/// The other side of the terminal.
private struct Driver {
    private let port: PortThread
    private let input: AsyncStream<[UInt8]>
    private let released: EventLoopFuture<Void>

    init(_ path: String, on eventLoop: any EventLoop) async throws {
        let (input, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        self.input = input
        let opened = eventLoop.makePromise(of: Void.self)
        let released = eventLoop.makePromise(of: Void.self)
        self.released = released.futureResult
        port = PortThread.open(.path(path), settings: LineSettings(), on: eventLoop) { _, event in
            switch event {
            case .opened: opened.succeed()
            case .openFailed(let error): opened.fail(error)
            case .received(let bytes): continuation.yield(bytes)
            case .ended: continuation.finish()
            case .released: released.succeed()
            }
        }
        try await opened.futureResult.get()
    }

    func send(_ text: String) async throws {
        port.write(Array(text.utf8))
    }

    /// Whether the bytes up to now end in that text.
    func reads(_ text: String) async -> Bool {
        var bytes: [UInt8] = []
        for await piece in input {
            bytes += piece
            if bytes.suffix(text.utf8.count).elementsEqual(text.utf8) { return true }
        }
        return false
    }

    func untilGone() async {
        try? await released.get()
    }

    func close() async {
        port.close()
        await untilGone()
    }
}
