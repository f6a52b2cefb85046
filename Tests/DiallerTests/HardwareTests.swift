import ModemCore
import Simulation
import TestSupport
import Testing

@testable import Dialler
@testable import SerialDevice

@Suite("hardware.md tells what the profiles and the table of modems say")
struct HardwareTests {
    private static let read = Result { try HardwarePage() }
    private let page: HardwarePage

    init() throws {
        page = try Self.read.get()
    }

    @Test("Every profile has one section, and every section a profile")
    func sections() {
        #expect(page.sections.map(\.profile).sorted() == ModemProfile.all.map(\.name).sorted())
    }

    @Test("A section's table has the profile's values", arguments: ModemProfile.all.map(\.name))
    func values(name: String) throws {
        let profile = try #require(ModemProfile.named(name))
        let section = try page.section(of: name)
        let derived = HardwareWording(profile: profile).rows
        let order = ["Models"] + derived.map(\.name) + ["Operator hears", "Verified on", "Tests"]
        #expect(section.rows.map(\.name) == order)
        for row in derived {
            #expect(section.rows.first { $0.name == row.name }?.text == row.text, "\(name): \(row.name)")
        }
    }

    @Test(
        "A section names the simulator's script, and claims no physical modem",
        arguments: ModemProfile.all.map(\.name)
    )
    func verified(name: String) throws {
        let section = try page.section(of: name)
        let text = try #require(section.rows.first { $0.name == "Verified on" }?.text)
        #expect(SimulatedProfile(rawValue: name) != nil)
        #expect(text.hasPrefix("simulator `\(name)`; ") && text.hasSuffix("no physical modem"))
    }

    @Test("What all profiles share is what all share")
    func shared() {
        for (title, kind) in [("GSM setup", ModemProfile.Kind.gsm), ("Analog setup", .analog)] {
            let lines = HardwareWording.commonSetup(of: kind).map { "`\($0)`" }.joined(separator: ", ")
            #expect(page.unbroken.contains("\(title): \(lines). "), "\(title)")
        }
        let limits = Set(ModemProfile.all.map { HardwareWording(profile: $0).limits })
        #expect(limits.count == 1)
        for text in limits { #expect(page.unbroken.contains("Limits: \(text). ")) }
    }

    // MARK: USB ids

    @Test("Modems are known at all")
    func anyKnown() {
        #expect(KnownModem.all.count > 30)
    }

    @Test("Every known modem is in the section of its profile, with its ports", arguments: KnownModem.all)
    func known(modem: KnownModem) {
        let found = page.sections.flatMap { section in
            section.modems.filter { $0.ids.contains(modem.id) }.map { (section.profile, $0) }
        }
        #expect(found.map(\.0) == [modem.profile], "\(modem.id) (\(modem.model))")
        #expect(found.map(\.1.port) == [modem.port], "\(modem.id) (\(modem.model))")
        #expect(found.map(\.1.sound) == [modem.sound], "\(modem.id) (\(modem.model))")
    }

    @Test("A modem that is not known is marked so")
    func unknown() {
        let known = Set(KnownModem.all.map(\.id))
        for section in page.sections {
            for row in section.modems {
                let isMarked = row.port.hasPrefix("not in the table of known modems; ")
                for id in row.ids { #expect(known.contains(id) != isMarked, "\(section.profile): \(id)") }
            }
            let listed = Set(section.modems.flatMap(\.ids))
            let said = Set(section.lines.flatMap { HardwarePage.usbIDs(in: $0) })
            #expect(said.subtracting(listed) == [], "\(section.profile)")
        }
    }

    @Test("The adapters are the program's adapters")
    func adapters() {
        let listed = Set(page.chapter("Serial adapters").flatMap { HardwarePage.usbIDs(in: $0) })
        for vendor in Set(listed.compactMap { UInt16($0.prefix(4), radix: 16) }) {
            let known = (UInt16.min...UInt16.max).map { USBPort(vendorID: vendor, productID: $0) }.filter { port in
                if case .serialAdapter = ModemCatalog.role(of: port) { true } else { false }
            }
            #expect(Set(known.map(\.description)) == listed.filter { $0.hasPrefix(USBPort.hex(vendor, digits: 4)) })
        }
        #expect(!listed.isEmpty)
    }

    // MARK: The page itself

    @Test("No file that it names is missing")
    func files() {
        let links = page.text.matches(of: /\]\(([^)#:]+)\)/).map(\.1)
        let paths = page.text.matches(of: /\b(?:Sources|Tests|udev)\/[A-Za-z0-9_+.\/-]+[A-Za-z0-9]/).map(\.output)
        #expect(!links.isEmpty && !paths.isEmpty)
        for path in Set(links + paths) { #expect(SmallFile.exists("\(Repository.path)/\(path)"), "\(path)") }
    }

    @Test("No chapter that it points to is missing")
    func anchors() {
        let headings = page.lines.filter { $0.hasPrefix("#") }.map { line in
            String(
                line.drop { $0 == "#" || $0 == " " }.lowercased().filter {
                    $0.isLetter || $0.isNumber || " -".contains($0)
                }
            )
            .replacing(" ", with: "-")
        }
        for anchor in page.text.matches(of: /\]\(#([^)]+)\)/).map(\.1) { #expect(headings.contains(String(anchor))) }
    }

    @Test("No line is longer than 120 characters")
    func width() {
        for line in page.lines where line.count > 120 { Issue.record("\(line)") }
    }
}
