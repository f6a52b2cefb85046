import NIOOpenSSL
import PatriotCore
import Testing

@testable import Dialler

@Suite("LineSetup")
struct LineSetupTests {
    private static let head = """
        # Line night of patriot-dialler. What is not here has its default: see man patriot-dialler.conf.
        # After a change by hand: systemctl reload patriot-dialler@night


        """
    private static let pin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    private static func text(_ answers: [ConfigurationKey: String], replacing old: String? = nil) throws -> String {
        let setup = LineSetup(answers: answers)
        let bytes = try setup.configuration(of: "night", replacing: old.map { Array($0.utf8) })
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "A new file has what differs from the defaults, each with a word about it",
        arguments: [
            ([:], ""),
            ([.patriotPort: "9009", .modemDevice: "auto", .patriotAddress: ""], ""),
            ([.patriotAddress: "192.0.2.7"], "# Where Patriot's PC is reached.\nPATRIOT_ADDRESS=192.0.2.7\n"),
            (
                [.dialPrefix: "0,", .modemDevice: "usb:2c7c:0125:A1", .patriotPort: "9010"],
                """
                # Patriot's WebSocketServerPort.
                PATRIOT_PORT=9010
                # Which modem it is; `patriot-dialler modems` lists them.
                MODEM_DEVICE=usb:2c7c:0125:A1
                # What comes before an outside number.
                DIAL_PREFIX=0,

                """
            ),
        ] as [([ConfigurationKey: String], String)]
    )
    func newFile(answers: [ConfigurationKey: String], text: String) throws {
        #expect(try Self.text(answers) == Self.head + text)
    }

    @Test(
        "A file that is there keeps what was not asked",
        arguments: [
            ("# mine\nINCOMING=ignore\n", [:], "# mine\nINCOMING=ignore\n"),
            ("PATRIOT_PORT=1 \n#x\nINCOMING=ignore\n", [.patriotPort: "2"], "PATRIOT_PORT=2\n#x\nINCOMING=ignore\n"),
            ("PATRIOT_PORT=1\nINCOMING=ignore\n", [.patriotPort: "9009"], "INCOMING=ignore\n"),
            ("PATRIOT_PORT='9009' \n", [.patriotPort: "9009"], "PATRIOT_PORT='9009' \n"),
            ("# mine\nDIAL_PREFIX=0,\n", [:], "# mine\n"),
            ("# What comes before an outside number.\nDIAL_PREFIX=0,\n# x\n", [:], "# x\n"),
            ("DIAL_PREFIX=0\\\n,\nINCOMING=ignore", [:], "INCOMING=ignore"),
            (
                "INCOMING=ignore", [.dialPrefix: "9"],
                "INCOMING=ignore\n# What comes before an outside number.\nDIAL_PREFIX=9\n"
            ),
        ] as [(String, [ConfigurationKey: String], String)]
    )
    func change(old: String, answers: [ConfigurationKey: String], new: String) throws {
        #expect(try Self.text(answers, replacing: old) == new)
    }

    @Test("What it writes it reads again, and writing it again changes nothing")
    func roundTrip() throws {
        let answers: [ConfigurationKey: String] = [
            .patriotHost: "patriot.example", .patriotPort: "9010", .patriotPath: "/x",
            .patriotAddress: "[2001:db8::1]:99",
            .patriotPins: Self.pin, .modemDevice: "path:pci-0000:00:14.0-usb-0:2", .dialPrefix: "0,W",
            .dialCountryCode: "61", .dialTrunkPrefix: "0", .dialInternationalPrefix: "0011",
        ]
        let text = try Self.text(answers)
        let read = LineSetup(configuration: Array(text.utf8))
        #expect(read == LineSetup(answers: answers))
        #expect(try read.configuration(of: "night", replacing: Array(text.utf8)) == Array(text.utf8))
    }

    @Test("Wrong values of a file that is there are no defaults, nor are keys that nobody is asked for")
    func wrongDefaults() {
        let setup = LineSetup(configuration: Array("PATRIOT_PORT=x\nLOG_LEVEL=info\nDIAL_PREFIX='0,'\n".utf8))
        #expect(setup.answers == [.dialPrefix: "0,"])
    }

    @Test(
        "Says what is wrong with an answer",
        arguments: [
            (ConfigurationKey.patriotPort, "0"), (.patriotPort, "nine"), (.patriotHost, "a b"), (.patriotPath, "x"),
            (.patriotAddress, "1:2:3"), (.patriotPins, "sha256/"), (.patriotCAFile, "/nonexistent"),
            (.patriotAPIKeyFile, "/nonexistent"), (.simPINFile, "/dev/null"), (.modemDevice, "ttyUSB0"),
            (.dialCountryCode, "+61"), (.dialPrefix, "nine"), (.dialPrefix, "0,\u{1B}"),
        ]
    )
    func fault(key: ConfigurationKey, text: String) throws {
        #expect(try #require(LineSetup.fault(in: text, of: key)).isEmpty == false)
    }

    @Test(
        "Takes what is right, and nothing for the default",
        arguments: [
            (ConfigurationKey.patriotPort, "1"), (.patriotHost, "patriot.example"), (.patriotAddress, "192.0.2.7:1"),
            (.patriotPins, pin), (.modemDevice, "auto"), (.dialCountryCode, "353"), (.dialPrefix, ""),
            (.patriotPort, ""),
        ]
    )
    func right(key: ConfigurationKey, text: String) {
        #expect(LineSetup.fault(in: text, of: key) == nil)
    }

    @Test("Looks for Patriot where the answers say, and by their trust")
    func patriot() {
        #expect(LineSetup().patriot == Configuration.Patriot(apiKey: APIKey("")))
        let patriot = LineSetup(answers: [
            .patriotHost: "h", .patriotPort: "1", .patriotPath: "/p", .patriotAddress: "a", .patriotPins: Self.pin,
            .patriotCAFile: "/c",
        ]).patriot
        #expect([patriot.host, String(patriot.port), patriot.path, patriot.address] == ["h", "1", "/p", "a"])
        #expect(patriot.trust == .pins([SPKIPin(Self.pin)].compactMap { $0 }))
        #expect(LineSetup(answers: [.patriotCAFile: "/c"]).patriot.trust == .certificateFile("/c"))
    }

    @Test("The table of countries has each code once, and values that the configuration takes")
    func countries() {
        #expect(Set(CountryPlan.all.map(\.code)).count == CountryPlan.all.count)
        for plan in CountryPlan.all {
            let values: [(ConfigurationKey, String)] = [
                (.dialCountryCode, plan.code), (.dialTrunkPrefix, plan.trunkPrefix),
                (.dialInternationalPrefix, plan.internationalPrefix),
            ]
            for (key, value) in values { #expect(LineSetup.fault(in: value, of: key) == nil, "\(plan.name)") }
            #expect(!plan.internationalPrefix.isEmpty)
        }
        #expect(CountryPlan.plan(forCode: "61")?.internationalPrefix == "0011")
        #expect(CountryPlan.plan(forCode: "") == nil)
    }
}
