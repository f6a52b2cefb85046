import Testing

@testable import Dialler

@Suite("Keys are known by name, and by nearly their name")
struct ConfigurationKeyTests {
    @Test(
        "A misspelt key has a nearest one, if it is near enough",
        arguments: [
            ("PATRIOT_HOTS", .patriotHost), ("patriot_host", .patriotHost), ("PATRIOT_API_KEY", .patriotAPIKeyFile),
            ("MODEM_BAUDRATE", .modemBaudRate), ("PATRIOT_PIN", .patriotPins), ("SIM_PIN", .simPINFile),
            ("INCOMMING", .incoming), ("LOGLEVEL", .logLevel), ("HELLO", nil), ("", nil),
        ] as [(String, ConfigurationKey?)]
    )
    func nearest(_ name: String, _ key: ConfigurationKey?) {
        #expect(ConfigurationKey.nearest(to: name) == key)
    }

    @Test("A very long name costs no time and is near to nothing")
    func longName() {
        #expect(ConfigurationKey.nearest(to: String(repeating: "PATRIOT_HOST", count: 5000)) == nil)
    }

    @Test(
        "The distance counts the letters to insert, remove or replace",
        arguments: [("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)]
    )
    func distance(_ first: String, _ second: String, _ distance: Int) {
        #expect(editDistance(first, second) == distance)
        #expect(editDistance(second, first) == distance)
    }

    @Test("A key's flag is the key in lower case with dashes")
    func flag() {
        #expect(ConfigurationKey.patriotAPIKeyFile.flag == "--patriot-api-key-file")
    }
}
