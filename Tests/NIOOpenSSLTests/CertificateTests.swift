import Basics
import NIOOpenSSL
import TestSupport
import Testing

@Suite struct CertificateTests {
    @Test func anIdentityDescribesItselfAndSurvivesItsPEM() throws {
        let identity = try TLSIdentity.selfSigned(names: ["patriot.example", "192.0.2.7", "2001:db8::1"])
        let certificate = identity.certificate
        #expect(certificate.subject == "CN = patriot.example" && certificate.issuer == certificate.subject)
        #expect(certificate.isSelfIssued)
        #expect(certificate.names == ["patriot.example", "192.0.2.7", "2001:db8::1"])
        #expect(certificate.sha256.split(separator: ":").count == 32)
        #expect(certificate.notBefore.hasSuffix(" UTC") && certificate.notBefore < certificate.notAfter)
        let copy = try TLSIdentity(pem: identity.pem)
        #expect(copy.certificate == certificate)
        #expect(!"\(identity)".contains("PRIVATE KEY"))
    }

    @Test func anIssuedCertificateNamesItsIssuer() throws {
        let authority = try TLSIdentity.authority(name: "Station CA")
        let issued = try authority.issue(names: ["patriot.example"])
        #expect(issued.certificate.issuer == "CN = Station CA")
        #expect(!issued.certificate.isSelfIssued)
        #expect(issued.certificate.pin != authority.certificate.pin)
    }

    @Test(arguments: [[], [""], ["two words"], ["a,DNS:b"], ["fine.example", "new\nline"]])
    func namesThatAreNoneAreRefused(_ names: [String]) {
        #expect(throws: TLSError.self) { try TLSIdentity.selfSigned(names: names) }
    }

    @Test func anIdentityWithoutItsOwnKeyIsRefused() throws {
        let one = try TLSIdentity.selfSigned(names: ["one.example"])
        let other = try TLSIdentity.selfSigned(names: ["other.example"])
        let key = other.pem.dropFirst(other.certificate.pem.count)
        #expect(throws: TLSError.invalidIdentity("key and certificate do not fit each other")) {
            try TLSIdentity(pem: one.certificate.pem + key)
        }
        #expect(throws: TLSError.invalidIdentity("there is no unencrypted private key in PEM form")) {
            try TLSIdentity(pem: one.certificate.pem)
        }
        #expect(throws: TLSError.invalidIdentity("there is no certificate in PEM form")) { try TLSIdentity(pem: "") }
    }

    @Test func aPinIsWrittenAndReadAlike() throws {
        let text = "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        let pin = try #require(SPKIPin(text))
        #expect(pin.sha256 == Array(0..<32))
        #expect(pin.description == text)
        #expect(SPKIPin(sha256: Array(0..<32)) == pin)
        #expect(SPKIPin(sha256: Array(0..<31)) == nil)
    }

    @Test(arguments: [
        "", "sha256/", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "sha1/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
        "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= ",
        "sha256/ AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8%",
        "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd====",
        "sha256/00:01:02:03",
    ])
    func aPinThatIsNoneIsRefused(_ text: String) {
        #expect(SPKIPin(text) == nil)
    }

    @Test func aFileMayHoldManyCertificatesAndOtherText() throws {
        let directory = try TemporaryDirectory()
        let identities = try ["a.example", "b.example"].map { try TLSIdentity.selfSigned(names: [$0]) }
        let text = "\u{FEFF}exported\r\n\r\n" + identities.map(\.pem).joined(separator: "and\n")
        let path = try directory.write("two.pem", text)
        #expect(try CertificateFile.load(path) == identities.map(\.certificate))
    }

    @Test func aBinaryCertificateIsReadToo() throws {
        let directory = try TemporaryDirectory()
        let identity = try TLSIdentity.selfSigned(names: ["patriot.example"])
        let path = try directory.write("patriot.cer", decodePEM(identity.certificate.pem))
        #expect(try CertificateFile.load(path) == [identity.certificate])
        _ = try TLSContext.client(trust: .certificateFile(path))
    }

    enum BadFile: String, CaseIterable {
        case missing, directory, empty, garbage, binaryGarbage, keyOnly, damaged, secondDamaged, tooLarge
    }

    @Test(arguments: BadFile.allCases)
    func aFileThatCannotBeUsedSaysWhy(_ kind: BadFile) throws {
        let directory = try TemporaryDirectory()
        let identity = try TLSIdentity.selfSigned(names: ["patriot.example"])
        let pem = identity.certificate.pem
        let damaged = pem.replacing("MII", with: "!!!", maxReplacements: 1)
        let (path, reason): (String, TLSError.FileFault)
        switch kind {
        case .missing: (path, reason) = (directory.path + "/none.pem", .unreadable(errno: 2))
        case .directory: (path, reason) = (directory.path, .notAFile)
        case .empty: (path, reason) = (try directory.write("x.pem", ""), .empty)
        case .garbage: (path, reason) = (try directory.write("x.pem", "not a certificate\n"), .noCertificate)
        case .binaryGarbage: (path, reason) = (try directory.write("x.pem", [0x30, 0x82, 1, 2, 3]), .noCertificate)
        case .keyOnly:
            (path, reason) = (try directory.write("x.pem", String(identity.pem.dropFirst(pem.count))), .noCertificate)
        case .damaged: (path, reason) = (try directory.write("x.pem", damaged), .damaged(position: 1))
        case .secondDamaged: (path, reason) = (try directory.write("x.pem", pem + damaged), .damaged(position: 2))
        case .tooLarge:
            let content = [UInt8](repeating: 0x20, count: CertificateFile.maximumSize + 1)
            (path, reason) = (try directory.write("x.pem", content), .tooLarge(limit: CertificateFile.maximumSize))
        }
        let expected = TLSError.file(path: path, reason: reason)
        #expect(throws: expected) { try CertificateFile.load(path) }
        #expect(throws: expected) { try TLSContext.client(trust: .certificateFile(path)) }
        #expect(expected.description.hasPrefix("cannot use the certificate file \(path): "))
    }
}

/// The bytes of the first block of a PEM text.
private func decodePEM(_ pem: String) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bits = 0
    var count = 0
    var bytes: [UInt8] = []
    for line in pem.split(separator: "\n") where !line.hasPrefix("-") {
        for value in line.utf8.compactMap({ alphabet.firstIndex(of: $0) }) {
            bits = (bits << 6 | value) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
    }
    return bytes
}
