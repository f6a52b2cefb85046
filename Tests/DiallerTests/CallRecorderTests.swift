import Logging
import ModemCore
import ModemDriver
import NIOCore
import NIOPosix
import PatriotCore
import PatriotLink
import Simulation
import TestSupport
import Testing

@testable import Dialler

/// A whole line with its records.
@Suite("A line records its calls", .timeLimit(.minutes(1)))
struct CallRecorderTests {
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func bench() async throws -> LineBench {
        let path = temporary.path
        return try await LineBench { _ in
        } configure: { configuration in
            configuration.stateDirectory = path
        }
    }

    private func records() throws -> [CallRecord] {
        let directory = CallRecordDirectory(path: temporary.path)
        var records: [CallRecord] = []
        for month in try directory.months() {
            try directory.forEachLine(of: month) { line in
                if let record = CallRecord(line: line) { records.append(record) }
            }
        }
        return records
    }

    private func word(_ record: CallRecord) -> String {
        switch record.event {
        case .start(let isAdopted): isAdopted ? "adopted" : "start"
        case .answered: "answered"
        case .end(let ending): ending.result
        case .refused: "refused"
        }
    }

    @Test("A call's start, answer and end, and the dial that was not carried out meanwhile")
    func call() async throws {
        var bench = try await bench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        bench.patriot.dial("5550102")
        try await bench.until(status: .outbound("5550101"))
        bench.patriot.send(.hangupRequest)
        try await bench.until(status: .idle)
        bench.patriot.send(.dialRequest(phoneNo: "x", rawPhoneNo: nil))
        try await bench.until(status: .idle)
        try await bench.end()
        let records = try records()
        #expect(records.map(word) == ["start", "answered", "refused", "local-hang-up", "refused"])
        #expect(records.map(\.subject.number) == ["5550101", "5550101", "5550102", "5550101", "x"])
        #expect(records.allSatisfy { $0.subject.requestedBy == .patriot && $0.subject.line == "line" })
        #expect(Set(records.map(\.subject.id)).count == 3)
    }

    @Test("A call that outlives the daemon has one start, and its true end")
    func adopted() async throws {
        var bench = try await bench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        try await bench.stopLine()
        bench.run()
        try await bench.until(call: .active)
        bench.modem.perform(.hangUp)
        try await bench.until(status: .idle)
        try await bench.end()
        let records = try records()
        #expect(records.map(word) == ["start", "answered", "remote-hang-up"])
        #expect(Set(records.map(\.subject.id)).count == 1)
    }

    @Test("A call that ended while no daemon ran ends as unknown")
    func unknownEnd() async throws {
        var bench = try await bench()
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        try await bench.stopLine()
        bench.modem.perform(.hangUp)
        bench.run()
        try await bench.until { $0 == .line(.modem(.readinessChanged(.ready))) }
        try await bench.end()
        #expect(try records().map(word) == ["start", "answered", "unknown-end"])
    }

    @Test("Without a directory that can be written to, calls go on")
    func noDirectory() async throws {
        var bench = try await LineBench { _ in
        } configure: { configuration in
            configuration.stateDirectory = "/proc/1/patriot-dialler"
        }
        try await bench.start()
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        bench.patriot.send(.hangupRequest)
        try await bench.until(status: .idle)
        try await bench.end()
    }

    @Test("Health says why calls are not recorded", arguments: [nil, "/proc/1/patriot-dialler"])
    func fault(_ path: String?) async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        // A fault is logged when it is known.
        let (logged, continuation) = AsyncStream.makeStream(of: Void.self)
        let recorder = try await eventLoop.submit {
            var configuration = Configuration(patriot: .init(apiKey: APIKey("")))
            configuration.stateDirectory = path
            let sink = { @Sendable (_: [UInt8]) in
                continuation.yield()
                return true
            }
            let logger = Logger(label: "test") { _ in
                DiallerLogHandler(level: .info, numbers: .full, style: .journal, sink: sink)
            }
            return NIOLoopBound(
                CallRecorder(configuration: configuration, eventLoop: eventLoop, logger: logger),
                eventLoop: eventLoop
            )
        }.get()
        for await _ in logged { break }
        let fault = try await eventLoop.submit { recorder.value.fault }.get()
        #expect(
            fault?.hasPrefix(path.map { "call records in \($0) cannot be read: " } ?? "calls are not recorded: ")
                == true
        )
        try await eventLoop.flatSubmit { recorder.value.stop() }.get()
    }

    @Test("Another directory is taken over with the configuration, and what is shown of numbers")
    func reloaded() async throws {
        let path = temporary.path
        var bench = try await LineBench()
        try await bench.start()
        bench.reload { configuration in
            configuration.stateDirectory = path
            configuration.records.numbers = .masked
        }
        var awaited: [LineBench.Happening] = [.line(.modem(.readinessChanged(.ready))), .line(.link(.authenticated))]
        try await bench.until { happening in
            awaited.removeAll { $0 == happening }
            return awaited.isEmpty
        }
        bench.patriot.dial("5550101")
        try await bench.until(call: .active)
        try await bench.end()
        let records = try records()
        #expect(records.map(word) == ["start", "answered"])
        #expect(records.map(\.subject.number) == ["…101", "…101"])
    }
}
