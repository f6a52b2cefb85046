import Basics
import ModemCore
import NIOOpenSSL
import PatriotLink
import SerialDevice
import Testing

@testable import Dialler

/// A line spoilt in one way, and what is found.
struct SpoiltLine: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let found: [Finding.ID]
    private let spoil: @Sendable (inout LineFacts) throws -> Void

    init(
        _ description: String,
        _ found: Finding.ID...,
        spoil: @escaping @Sendable (inout LineFacts) throws -> Void
    ) {
        testDescription = description
        self.found = found
        self.spoil = spoil
    }

    func findings() throws -> [Finding] {
        var facts = LineFacts.healthy
        try spoil(&facts)
        return facts.findings
    }

    func checks() throws -> [Check] {
        var facts = LineFacts.healthy
        try spoil(&facts)
        return facts.checks
    }
}

@Suite("What doctor finds")
struct FindingTests {
    @Test("A line at which all is well has no finding, and every area is fine")
    func healthy() {
        #expect(LineFacts.healthy.findings.isEmpty)
        #expect(LineFacts.healthy.checks.map(\.area) == Check.Area.allCases)
        #expect(LineFacts.healthy.checks.allSatisfy { $0.outcome == .fine })
    }

    @Test(
        "A line that Patriot connects to is fine with its name, its address, an alias beside them, or a wildcard",
        arguments: [
            ["dialler1", "192.0.2.7"], ["192.0.2.7"], ["fd00::7", "198.51.100.9"], ["dialler1.example"], ["*.example"],
            ["alias.example", "192.0.2.7"], ["DIALLER1"],
        ]
    )
    func listening(_ names: [String]) throws {
        var facts = LineFacts.healthy
        try facts.listen(names: names)
        #expect(facts.findings == [])
        #expect(facts.checks.last?.text == "waiting for Patriot on :9010")
        #expect(facts.checks.allSatisfy { $0.outcome == .fine })
    }

    @Test("Nothing is concluded from what was not looked at")
    func nothingLookedAt() {
        var facts = LineFacts()
        facts.now = LineFacts.healthy.now
        #expect(facts.findings.isEmpty)
        #expect(facts.checks.filter { $0.outcome == .notLookedAt }.count == 6)
    }

    @Test("Each fault is found, and nothing beside it", arguments: SpoiltLine.oneFault)
    func oneFault(_ line: SpoiltLine) throws {
        let findings = try line.findings()
        #expect(findings.map(\.id) == line.found)
        let id = try #require(line.found.first)
        #expect(try line.checks().filter { $0.outcome == .wrong }.map(\.area) == [id.area])
    }

    @Test("The root cause comes first and hides what follows from it", arguments: SpoiltLine.severalFaults)
    func severalFaults(_ line: SpoiltLine) throws {
        #expect(try line.findings().map(\.id) == line.found)
    }

    @Test("Every id has a row of its own")
    func completeness() {
        let tested = Set(SpoiltLine.oneFault.flatMap(\.found))
        #expect(Finding.ID.allCases.filter { !tested.contains($0) } == [])
    }

    @Test("Cause and remedy are sentences, or the remedy a command", arguments: SpoiltLine.oneFault)
    func texts(_ line: SpoiltLine) throws {
        for finding in try line.findings() {
            #expect(finding.cause.hasSuffix(".") || finding.cause.hasSuffix("?"))
            #expect(finding.cause.first?.isUppercase == true || finding.cause.hasPrefix("/"))
            #expect(!finding.remedy.isEmpty && finding.remedy.count < 260)
            let isCommand = ["sudo ", "patriot-dialler ", "echo "].contains { finding.remedy.hasPrefix($0) }
            #expect(isCommand || finding.remedy.first?.isUppercase == true)
            // What reads or changes what is not everybody's.
            for command in ["patriot-dialler check-config", "patriot-dialler trust", "journalctl", "systemctl re"] {
                let all = finding.remedy.ranges(of: command).count
                #expect(finding.remedy.ranges(of: "sudo " + command).count == all, "\(finding.remedy)")
            }
            for text in [finding.cause, finding.remedy] {
                #expect(!text.contains("..") && !text.contains("nil") && !text.contains("Optional"))
                #expect(!text.contains(": :") && !text.contains("  ") && !text.contains("?."))
            }
        }
    }

    @Test("What a peer says cannot move the cursor")
    func escapes() {
        var facts = LineFacts.healthy
        facts.patriot = .session(.refused("no\u{1B}[2J\nway"))
        #expect(facts.findings.map(\.cause) == [#"Patriot refuses the API key: no\u{1B}[2J\nway."#])
    }

    @Test("A remedy names the line's own unit, file and key")
    func remedies() throws {
        var facts = LineFacts.healthy
        facts.setUnit(["ActiveState": "inactive", "SubState": "dead"])
        #expect(facts.findings.map(\.remedy) == ["sudo systemctl start patriot-dialler@line1.service"])
        facts = .healthy
        facts.setProblem(.error, .patriotAPIKeyFile, "there is no API key: write it", .notNamed)
        #expect(facts.findings.first?.remedy.contains(" /etc/patriot-dialler/line1.key,") == true)
        facts = .healthy
        facts.port = LineFacts.port(interface: 0)
        facts.modem = .asked(.notResponding(since: .now), signal: nil, doubt: nil)
        #expect(facts.findings.first?.remedy.hasSuffix("MODEM_DEVICE=path:pci-0000:00:14.0-usb-0:2") == true)
        facts = .healthy
        try facts.setTrust(.selfSigned)
        let remedy = try #require(facts.findings.first?.remedy)
        #expect(remedy.hasSuffix("sudo patriot-dialler trust --config /etc/patriot-dialler/line1.conf"))
    }
}
