import Basics
import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("Secrets come from a credential or a private file, and are never seen")
struct SecretFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func load(keyFile: String, environment: [String: String] = [:]) -> LoadedConfiguration {
        Configuration.load(
            ConfigurationSources(environment: environment, flags: [.patriotAPIKeyFile: keyFile])
        )
    }

    @Test(
        "Line ends and a byte order mark around the key are dropped, and nothing else",
        arguments: [
            ("ABC123DEF456", "ABC123DEF456"), ("ABC123DEF456\n", "ABC123DEF456"), ("\r\nABC\r\n\n", "ABC"),
            ("\u{FEFF}ABC\n", "ABC"), ("a&b<\"ö\n", "a&b<\"ö"),
        ]
    )
    func trimming(_ content: String, _ key: String) throws {
        let loaded = load(keyFile: try directory.write("key", content))
        #expect(loaded.problems.isEmpty)
        #expect(loaded.configuration?.patriot.apiKey == APIKey(key))
    }

    @Test(
        "A file that holds no usable key is refused without showing what it holds",
        arguments: [
            ("", "is empty"), ("\n\r\n", "is empty"), ("SECRET\nSECRET\n", "more than one line"),
            ("SEC\tRET", "control characters"), ("S\u{0}E\u{0}C\u{0}", "control characters"),
            ("SEC\u{1B}[2JRET", "control characters"), ("SEC\u{2028}RET", "more than one line"),
        ]
    )
    func unusableKey(_ content: String, _ reason: String) throws {
        let loaded = load(keyFile: try directory.write("key", content))
        #expect(loaded.configuration == nil)
        #expect(loaded.errors.count == 1)
        #expect(loaded.errors.first?.message.contains(reason) == true)
        #expect(loaded.errors.first?.description.contains("SEC") == false)
    }

    @Test("A key that is not UTF-8, or far too large, is refused")
    func notText() throws {
        let latin = load(keyFile: try directory.write("latin", [0x41, 0xE9]))
        #expect(latin.errors.first?.message.contains("is not UTF-8 text") == true)
        let large = load(keyFile: try directory.write("large", [UInt8](repeating: 0x41, count: 5000)))
        #expect(large.errors.first?.message.contains("larger than 4096 bytes") == true)
    }

    @Test("Only a file that nobody else can read or write is taken", arguments: [0o644, 0o640, 0o620, 0o604, 0o601])
    func openFile(_ mode: UInt32) throws {
        let loaded = load(keyFile: try directory.write("key", "ABC\n", mode: mode))
        let octal = "0" + String(mode, radix: 8)
        #expect(loaded.errors.first?.message.contains("mode \(octal), wanted 0600 or 0400") == true)
        #expect(loaded.errors.first?.message.hasSuffix("run chmod 600 \(directory.path)/key") == true)
        #expect(load(keyFile: try directory.write("key", "ABC\n", mode: 0o400)).problems.isEmpty)
    }

    @Test("systemd's credential beats the file, and its mode is systemd's business")
    func credential() throws {
        _ = try directory.write("api-key", "FROM-SYSTEMD\n", mode: 0o440)
        let environment = ["CREDENTIALS_DIRECTORY": directory.path]
        let loaded = load(keyFile: "/nonexistent/key", environment: environment)
        #expect(loaded.problems.isEmpty)
        #expect(loaded.configuration?.patriot.apiKey == APIKey("FROM-SYSTEMD"))

        let other = try TemporaryDirectory()
        let file = try other.write("key", "FROM-FILE\n")
        let fallback = load(keyFile: file, environment: ["CREDENTIALS_DIRECTORY": other.path])
        #expect(fallback.configuration?.patriot.apiKey == APIKey("FROM-FILE"))
    }

    @Test("A credential that is an empty line was not given", arguments: ["", "\n"])
    func credentialNotGiven(_ content: String) throws {
        for name in ["api-key", "sim-pin"] { _ = try directory.write(name, content, mode: 0o440) }
        let environment = ["CREDENTIALS_DIRECTORY": directory.path]
        let loaded = load(keyFile: try directory.write("key", "FROM-FILE\n"), environment: environment)
        #expect(loaded.problems.isEmpty)
        #expect(loaded.configuration?.patriot.apiKey == APIKey("FROM-FILE"))
        #expect(loaded.configuration?.modem.simPIN == nil)

        let nothing = Configuration.load(ConfigurationSources(environment: environment))
        #expect(nothing.problems.map(\.message).count { $0.contains("/etc/patriot-dialler/LINE.key") } == 1)
        #expect(nothing.problems.count == 1)
    }

    @Test(
        "A path in a command that a person may paste is one word of the shell",
        arguments: [
            ("/etc/a-b_c.d/key@1", "/etc/a-b_c.d/key@1"), ("/a b", "'/a b'"), ("/it's", "'/it'\\''s'"),
            ("/$(reboot)", "'/$(reboot)'"), ("/a\nb", "'/a\\nb'"), ("/é", "'/é'"),
        ]
    )
    func shellWord(_ path: String, _ word: String) {
        #expect(shellQuoted(path) == word)
    }

    @Test("Without any key the problem says how to give one")
    func noKey() {
        let loaded = Configuration.load(ConfigurationSources())
        #expect(loaded.configuration == nil)
        #expect(
            loaded.problems.map(\.description) == [
                "PATRIOT_API_KEY_FILE: there is no API key, and no configuration file was named: "
                    + "give --config /etc/patriot-dialler/LINE.conf"
            ]
        )
    }

    @Test("A file without a key has it named, or beside it where it is a line's")
    func noKeyInAFile() throws {
        var sources = ConfigurationSources(file: try directory.write("line1.conf", ""))
        let named = Configuration.load(sources).problems
        #expect(named.map(\.key) == ["PATRIOT_API_KEY_FILE"])
        #expect(named.first?.message.hasSuffix("into a file, chmod 600 it, and name it with this key") == true)
        sources.credentials = ["api-key": directory.path + "/line1.key"]
        let beside = Configuration.load(sources).problems
        #expect(beside.map(\.key) == ["PATRIOT_API_KEY_FILE"])
        #expect(beside.first?.message.contains("\(directory.path)/line1.key, and chmod 600 it") == true)
    }

    @Test("A key copied from the XML file, or with a space at its end, is doubtful", arguments: ["a&amp;b", "abc "])
    func doubtfulKey(_ content: String) throws {
        let loaded = load(keyFile: try directory.write("key", content))
        #expect(loaded.configuration?.patriot.apiKey == APIKey(content))
        #expect(loaded.problems.map(\.severity) == [.warning])
        #expect(loaded.problems.first?.description.contains("a&amp;b") == false)
    }

    @Test("A SIM's PIN is 4 to 8 digits, and never shown", arguments: ["123", "123456789", "12a4", "1234 "])
    func wrongSIMPIN(_ content: String) throws {
        let key = try directory.write("key", "ABC\n")
        let pin = try directory.write("pin", content)
        let loaded = Configuration.load(ConfigurationSources(flags: [.patriotAPIKeyFile: key, .simPINFile: pin]))
        #expect(loaded.errors.first?.key == "SIM_PIN_FILE")
        #expect(loaded.errors.first?.message.contains("4 to 8 digits") == true)
        #expect(loaded.errors.first?.description.contains(content) == false)
    }

    @Test("No way of printing a configuration shows a secret")
    func printing() throws {
        let key = try directory.write("key", "TOPSECRET\n")
        let pin = try directory.write("pin", "98765432\n")
        let loaded = Configuration.load(ConfigurationSources(flags: [.patriotAPIKeyFile: key, .simPINFile: pin]))
        let configuration = try #require(loaded.configuration)
        var dumped = ""
        dump(configuration, to: &dumped)
        let summary = configuration.summary(mask: NumberMask(.full))
        let texts = ["\(configuration)", String(reflecting: configuration), dumped, summary]
        for text in texts {
            #expect(!text.contains("TOPSECRET"))
            #expect(!text.contains("98765432"))
        }
        #expect(summary.contains("PATRIOT_API_KEY_FILE"))
    }
}
