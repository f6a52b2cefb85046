import TestSupport
import Testing

@testable import SerialDevice

@Suite("The udev rules")
struct UdevRulesTests {
    private static let lines = ModemCatalog.udevRules.split(separator: "\n").filter { !$0.hasPrefix("#") }

    @Test func theFileIsWhatTheTableSays() throws {
        #expect(
            try Repository.text(of: "udev/78-patriot-dialler.rules") == ModemCatalog.udevRules,
            "run `patriot-dialler udev-rules > udev/78-patriot-dialler.rules`"
        )
    }

    @Test func eachIdIsThereOnce() {
        let ids = ModemCatalog.entries.flatMap { entry in entry.products.map { [entry.vendor, $0] } }
        #expect(Set(ids).count == ids.count)
    }

    /// udev(7) would take these characters for something else.
    @Test func aModelsNameNeedsNoQuotes() {
        for entry in ModemCatalog.entries { #expect(!entry.model.contains { "\"\\$%".contains($0) }, "\(entry.model)") }
    }

    @Test func eachJumpHasItsLabel() {
        for line in Self.lines {
            guard let start = line.firstRange(of: "GOTO=\"")?.upperBound else { continue }
            let label = line[start...].prefix { $0 != "\"" }
            #expect(Self.lines.contains { $0 == "LABEL=\"\(label)\"" }, "\(label)")
        }
    }

    @Test func noAdapterHasARule() {
        for id in ["0403", "10c4", "1a86", "067b"] { #expect(!Self.lines.contains { $0.contains(id) }) }
    }

    @Test func nothingIsBoundToTheLifeOfADevice() {
        #expect(Self.lines.contains { $0.contains("SYSTEMD_WANTS") && $0.contains("patriot-dialler.target") })
        #expect(!Self.lines.contains { $0.contains(".service") })
    }
}
