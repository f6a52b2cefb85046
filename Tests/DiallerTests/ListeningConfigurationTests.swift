import Glibc
import NIOOpenSSL
import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("The keys of the mode in which Patriot connects to the line")
struct ListeningConfigurationTests {
    private let directory: TemporaryDirectory
    private let keyFile: String

    init() throws {
        directory = try TemporaryDirectory()
        keyFile = try directory.write("api-key", "ABC123DEF456\n")
    }

    private func load(_ text: String) throws -> LoadedConfiguration {
        let file = try directory.write("line1.conf", "PATRIOT_API_KEY_FILE=\(keyFile)\n" + text)
        return Configuration.load(ConfigurationSources(file: file, environment: [:], flags: [:]))
    }

    /// The certificate and its key, where the line looks for them by itself.
    private func writeIdentity(keyMode: mode_t = 0o600) throws {
        let identity = try TLSIdentity.selfSigned(names: ["dialler.example"])
        _ = try directory.write("line1.tls.pem", identity.certificate.pem)
        _ = try directory.write("line1.tls.key", identity.pem, mode: keyMode)
    }

    @Test(
        "A port, an address of either kind, and the files beside the configuration file",
        arguments: [
            ("9010", nil, 9010), (":9010", nil, 9010), ("192.0.2.7:9010", "192.0.2.7", 9010),
            ("[fd00::7]:1", "fd00::7", 1), ("[::]:65535", "::", 65535),
        ] as [(String, String?, Int)]
    )
    func place(_ text: String, _ address: String?, _ port: Int) throws {
        try writeIdentity()
        let loaded = try load("PATRIOT_LISTEN=\(text)")
        #expect(loaded.problems.isEmpty)
        let patriot = try #require(loaded.configuration?.patriot)
        #expect(patriot.listening?.address == address)
        #expect(patriot.listening?.port == port)
        #expect(patriot.path == "/dialler")
    }

    @Test(
        "What is no port and no address is refused",
        arguments: [
            "0", "65536", "-1", "x", "dialler.example:9010", "fd00::7:9010", "[192.0.2.7]:9010", "[fd00::7]",
            "192.0.2.7:",
        ]
    )
    func wrongPlace(_ text: String) throws {
        try writeIdentity()
        let loaded = try load("PATRIOT_LISTEN=\(text)")
        #expect(loaded.configuration == nil)
        #expect(loaded.errors.map(\.key) == ["PATRIOT_LISTEN"])
    }

    @Test(
        "What says how to connect to Patriot contradicts it",
        arguments: ["PATRIOT_HOST=patriot.example", "PATRIOT_PORT=9009", "PATRIOT_ADDRESS=192.0.2.7"]
    )
    func bothDirections(_ line: String) throws {
        try writeIdentity()
        let loaded = try load("PATRIOT_LISTEN=9010\n\(line)")
        #expect(loaded.configuration == nil)
        #expect(loaded.errors.map(\.message).allSatisfy { $0.contains("PATRIOT_LISTEN") })
        #expect(loaded.errors.map(\.key) == [String(line.prefix { $0 != "=" })])
    }

    @Test("Missing files are named, with the command that makes them where the line looks for them")
    func missingFiles() throws {
        let loaded = try load("PATRIOT_LISTEN=9010")
        #expect(loaded.configuration == nil)
        #expect(loaded.errors.map(\.key) == ["PATRIOT_TLS_CERTIFICATE_FILE", "PATRIOT_TLS_KEY_FILE"])
        for message in loaded.errors.map(\.message) {
            #expect(message.contains("does not exist"))
            #expect(
                message.hasSuffix("sudo patriot-dialler certificate --line line1 --directory \(directory.path)")
            )
        }
    }

    @Test("A private key that others may read is refused")
    func openKey() throws {
        try writeIdentity(keyMode: 0o640)
        let loaded = try load("PATRIOT_LISTEN=9010")
        #expect(loaded.configuration == nil)
        #expect(loaded.errors.map(\.key) == ["PATRIOT_TLS_KEY_FILE"])
        #expect(loaded.errors.first?.message.contains("chmod 600") == true)
    }

    @Test("The files of the certificate alone have no effect, and it is said")
    func withoutListening() throws {
        let loaded = try load("PATRIOT_TLS_CERTIFICATE_FILE=/nonexistent/a.pem")
        #expect(loaded.configuration?.patriot.listening == nil)
        #expect(loaded.warnings.map(\.key) == ["PATRIOT_TLS_CERTIFICATE_FILE"])
    }
}
