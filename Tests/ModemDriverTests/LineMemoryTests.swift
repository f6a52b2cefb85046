import Logging
import ModemCore
import TestSupport
import Testing

@testable import ModemDriver

@Suite struct LineMemoryTests {
    private let directory: TemporaryDirectory
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let sims: [SIMCard] = [.known(1), .known(2), .unknown]

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func memory() -> LineMemory { LineMemory(directory: directory.path, logger: logger) }

    @Test func whichSIMRefusedWhichPINOutlivesTheProcess() {
        memory().remember("1111", refusedBy: [sims[0], .unknown])
        memory().remember("2222", refusedBy: [sims[1]])
        #expect(memory().sims(thatRefused: "1111") == [sims[0], .unknown])
        #expect(memory().sims(thatRefused: "2222") == [sims[1]])
        #expect(memory().sims(thatRefused: "3333") == [])
    }

    @Test func aPINThatOpensASIMClearsWhatWasTriedOnThatSIM() {
        let memory = memory()
        memory.remember("1111", refusedBy: [sims[0], sims[1]])
        memory.remember("2222", refusedBy: [sims[0]])
        memory.remember("2222", refusedBy: [])
        #expect(memory.sims(thatRefused: "1111") == [sims[1]])
    }

    /// An earlier version did not know the SIM.
    @Test func aTryOfAnEarlierVersionMayBeOfAnySIM() throws {
        var content = LineMemoryContent()
        content.triedPINs = [.init(pin: 7, sim: .known(1)), .init(pin: 8, sim: .unknown)]
        let bytes = content.bytes { _ in 0 }
        let old = Array(bytes.dropLast(2 * 9))
        let read = try #require(LineMemoryContent(old, instant: { _ in .now }, presentBoot: ""))
        #expect(read.triedPINs == [.init(pin: 7, sim: .unknown), .init(pin: 8, sim: .unknown)])
        #expect(LineMemoryContent(bytes, instant: { _ in .now }, presentBoot: "")?.triedPINs == content.triedPINs)
    }
}
