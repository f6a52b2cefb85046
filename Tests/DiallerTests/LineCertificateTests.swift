import Basics
import Glibc
import NIOOpenSSL
import TestSupport
import Testing

@testable import Dialler

@Suite("The certificate of a line that Patriot connects to")
struct LineCertificateTests {
    private let folder: TemporaryDirectory
    private let files: LineCertificate

    init() throws {
        folder = try TemporaryDirectory()
        files = LineCertificate(directory: LineDirectory(folder.path), line: "a")
    }

    private func mode(_ name: String) throws -> String {
        try SmallFile.read("\(folder.path)/\(name)", limit: 65_536).modeText
    }

    private func pin() throws -> SPKIPin? { try files.current()?.pin }

    @Test("Names and addresses are in it, and only root reads the key")
    func new() throws {
        let pair = try files.made(names: ["dialler1", "192.0.2.7", "fd00::7"])
        #expect(!pair.keepsKey)
        let outcome = try files.write(pair)
        #expect(outcome.written == [files.keyFile, files.certificateFile])
        #expect(outcome.kept.isEmpty)
        #expect(try mode("a.tls.key") == "0600")
        #expect(try mode("a.tls.pem") == "0644")
        let certificate = try #require(try files.current())
        #expect(certificate.names == ["dialler1", "192.0.2.7", "fd00::7"])
        #expect(certificate.isSelfIssued)
        let validity = try #require(certificate.validity)
        #expect(validity.upperBound - validity.lowerBound == 3650 * 86400 + 3600)
        #expect(try String(contentsOf: files.certificateFile).contains("PRIVATE KEY") == false)
    }

    @Test("A renewal keeps the key, and what it replaces")
    func renewal() throws {
        _ = try files.write(files.made(names: ["dialler1"]))
        let (before, pin) = (try files.current(), try pin())
        let pair = try files.made(names: ["dialler2"])
        #expect(pair.keepsKey)
        let outcome = try files.write(pair)
        #expect(outcome.written == [files.certificateFile])
        #expect(outcome.kept == [files.certificateFile + ".bak"])
        #expect(try self.pin() == pin)
        #expect(try files.current()?.names == ["dialler2"])
        #expect(try files.current() != before)
    }

    @Test("A new key is made only when asked for")
    func newKey() throws {
        _ = try files.write(files.made(names: ["dialler1"]))
        let pin = try pin()
        let pair = try files.made(names: ["dialler1"], hasNewKey: true)
        #expect(!pair.keepsKey)
        let outcome = try files.write(pair)
        #expect(outcome.written == [files.keyFile, files.certificateFile])
        #expect(try mode("a.tls.key.bak") == "0600")
        #expect(try self.pin() != pin)
    }

    @Test("A key that cannot be used is not replaced by itself")
    func damagedKey() throws {
        _ = try folder.write("a.tls.key", "rubbish\n", mode: 0o600)
        #expect(throws: LineCertificate.Failure.self) { try files.made(names: ["dialler1"]) }
        #expect(throws: Never.self) { try files.made(names: ["dialler1"], hasNewKey: true) }
    }

    @Test("A site's own certificate comes with its issuers; of its file no key is copied into the public one")
    func site() throws {
        let authority = try TLSIdentity.authority(name: "Site CA")
        let issued = try authority.issue(names: ["dialler.example"])
        let both = try folder.write("both.pem", issued.pem + authority.certificate.pem)
        let pair = try files.taken(certificate: both, key: nil)
        _ = try files.write(pair)
        let text = try String(contentsOf: files.certificateFile)
        #expect(text.components(of: "BEGIN CERTIFICATE") == 2)
        #expect(text.components(of: "PRIVATE KEY") == 0)
        #expect(try files.current() == issued.certificate)
        #expect(
            try TLSIdentity(certificatePEM: text, keyPEM: String(contentsOf: files.keyFile)).certificate
                == issued.certificate
        )

        // Renewed for the same key: the certificate alone.
        let alone = try folder.write("alone.pem", issued.certificate.pem)
        #expect(try files.taken(certificate: alone, key: nil).keepsKey)
    }

    @Test("A key that is not the certificate's is refused, and so is none")
    func wrongKey() throws {
        let one = try TLSIdentity.selfSigned(names: ["one.example"])
        let other = try TLSIdentity.selfSigned(names: ["two.example"])
        let certificate = try folder.write("one.pem", one.certificate.pem)
        let key = try folder.write("two.key", other.keyPEM)
        #expect(throws: LineCertificate.Failure.self) { try files.taken(certificate: certificate, key: key) }
        #expect(throws: LineCertificate.Failure.self) { try files.taken(certificate: certificate, key: nil) }
        #expect(throws: LineCertificate.Failure.self) { try files.taken(certificate: key, key: key) }
        #expect(throws: LineCertificate.Failure.self) { try files.taken(certificate: folder.path + "/none", key: nil) }
    }

    @Test(
        "Host names and addresses of both kinds",
        arguments: ["a", "dialler-1.example", "192.0.2.7", "fd00::7", "::1"]
    )
    func goodName(_ name: String) {
        #expect(LineCertificate.fault(inName: name) == nil)
    }

    @Test(
        "What no computer is called",
        arguments: [
            "", "192.0.2", "192.0.2.300", "a b", "a..b", ".a", "a.", "-a", "a-", "fe80::1%eth0", "[fd00::7]", "a:9010",
            "*.example", "dialler.exämple", "IP:1.2.3.4", String(repeating: "a", count: 64),
        ]
    )
    func wrongName(_ name: String) {
        #expect(LineCertificate.fault(inName: name) != nil)
    }

    @Test("Proposed are this computer's name and lasting addresses, and host names that somebody added")
    func proposal() throws {
        let computer = ThisComputer(hostName: "dialler1", addresses: ["192.0.2.7", "2001:db8::1", "fd00::7"])
        #expect(
            LineCertificate.proposedNames(present: nil, computer: computer) == ["dialler1", "192.0.2.7", "fd00::7"]
        )
        let present = try TLSIdentity.selfSigned(names: ["alias.example", "dialler1", "198.51.100.9"]).certificate
        #expect(
            LineCertificate.proposedNames(present: present, computer: computer)
                == ["dialler1", "192.0.2.7", "fd00::7", "alias.example"]
        )
        let newest = ThisComputer(hostName: nil, addresses: ["2001:db8::1"])
        #expect(LineCertificate.proposedNames(present: nil, computer: newest) == ["2001:db8::1"])
    }
}

extension String {
    fileprivate init(contentsOf path: String) throws {
        self.init(decoding: try SmallFile.read(path, limit: 65_536).bytes, as: UTF8.self)
    }

    fileprivate func components(of word: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: word) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
