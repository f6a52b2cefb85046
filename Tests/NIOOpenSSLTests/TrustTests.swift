import NIOCore
import NIOEmbedded
import NIOOpenSSL
import TestSupport
import Testing

@Suite struct TrustTests {
    /// A server's identity, what the client trusts, and what must come of it.
    enum Case: String, CaseIterable, CustomTestStringConvertible {
        case fileWithItsAuthority, fileWithItself, fileWithOthersToo, fileAndWildcard, fileAndAddress
        case itsPin, secondOfTwoPins, pinDespiteWrongName, pinDespiteExpiry
        case unknownSelfSigned, unknownToTheSystem, newKeyUnderTheSameName, anotherAuthority, wrongName, wrongAddress
        case expired, expiredInTheFile, notYetValid, anotherPin, expiredAuthority

        var testDescription: String { rawValue }
    }

    @Test(arguments: Case.allCases, TLSVersion.allCases)
    func trustIsDecidedBeforeAnythingFlows(_ trustCase: Case, _ version: TLSVersion) throws {
        let directory = try TemporaryDirectory()
        let setting = try Setting(trustCase, directory)
        let pair = try TLSPair(
            client: .client(trust: setting.trust),
            server: .server(identity: setting.identity, versions: version...version),
            serverName: setting.serverName
        )
        pair.server.recorder.onHandshake = { $0.writeAndFlush(.init(ByteBuffer(string: "welcome")), promise: nil) }
        let secret = pair.client.write("the API key".utf8)
        try pair.connect()
        #expect(!pair.client.recorder.hasEarlyBytes)
        guard let refusal = setting.refusal else {
            #expect(pair.client.recorder.errors.isEmpty)
            #expect(pair.client.recorder.handshakes.first?.peer == setting.identity.certificate)
            #expect(secret.isSuccess)
            #expect(pair.server.recorder.bytes == Array("the API key".utf8))
            #expect(pair.client.recorder.bytes == Array("welcome".utf8))
            return
        }
        let failure = TrustFailure(
            reason: refusal,
            serverName: setting.serverName,
            certificate: setting.identity.certificate
        )
        #expect(pair.client.recorder.errors == [.untrusted(failure)])
        #expect(secret.error as? TLSError == .untrusted(failure))
        #expect(pair.client.recorder.handshakes.isEmpty)
        #expect(pair.client.recorder.bytes.isEmpty && pair.server.recorder.bytes.isEmpty)
        #expect(!pair.client.channel.isActive)
        guard case .refusedByPeer(peer: "the client", alert: _) = pair.server.recorder.errors.first else {
            Issue.record("the server was not told: \(pair.server.recorder.errors)")
            return
        }
        let message = TLSError.untrusted(failure).description
        let certificate = setting.identity.certificate
        for word in setting.words + [certificate.sha256, setting.serverName] {
            #expect(message.contains(word), "\(message)")
        }
        #expect(!message.contains("\n"))
    }

    @Test func theMessageOfAnUnknownSelfSignedCertificateIsARemedy() throws {
        let identity = try TLSIdentity.selfSigned(names: [TLSPair.name])
        let failure = TrustFailure(reason: .selfSigned, serverName: TLSPair.name, certificate: identity.certificate)
        let certificate = identity.certificate
        #expect(
            TLSError.untrusted(failure).description == """
                the certificate of \(TLSPair.name) is not trusted: it is self-signed and unknown here (CN = \(TLSPair.name); \
                SHA-256 \(certificate.sha256), pin \(certificate.pin)); check it against Patriot's machine first, then set \
                PATRIOT_PINS=\(certificate.pin) (`patriot-dialler trust` shows it and does that)
                """
        )
    }

    @Test func withoutAnyPinNoContextIsMade() {
        #expect(throws: TLSError.invalidIdentity("the list of pins is empty, so no server could be trusted")) {
            try TLSContext.client(trust: .pins([]))
        }
    }

    @Test(arguments: ["", "two words\0", String(repeating: "a", count: 300)])
    func aNameThatCannotBeProvenFailsAtOnce(_ name: String) throws {
        let identity = try TLSIdentity.selfSigned(names: ["localhost"])
        let end = try TLSEnd(TLSHandler(client: .client(trust: .pins([identity.certificate.pin])), serverName: name))
        try end.connect()
        #expect(end.recorder.errors == [.invalidIdentity("\"\(name)\" is not a host name")])
        #expect(!end.channel.isActive)
        let sent = try end.takeOutput()
        #expect(sent.isEmpty)
    }
}

/// The parts of one trust case.
private struct Setting {
    var identity: TLSIdentity
    var trust: TLSTrust
    var serverName = TLSPair.name
    var refusal: TrustFailure.Reason?
    /// What the message must say.
    var words: [String] = []

    private static let past: Range<Duration> = .seconds(-20 * 86400) ..< .seconds(-10 * 86400)
    private static let future: Range<Duration> = .seconds(10 * 86400) ..< .seconds(20 * 86400)

    init(_ trustCase: TrustTests.Case, _ directory: TemporaryDirectory) throws {
        let name = TLSPair.name
        let authority = try TLSIdentity.authority(name: "Station CA")
        let selfSigned = try TLSIdentity.selfSigned(names: [name, "127.0.0.1"])
        let issued = try authority.issue(names: [name])
        let other = try TLSIdentity.selfSigned(names: ["other.example"])
        let pin = selfSigned.certificate.pin
        func file(_ identities: TLSIdentity...) throws -> TLSTrust {
            .certificateFile(try directory.write("ca.pem", identities.map(\.certificate.pem).joined(separator: "\n")))
        }
        identity = selfSigned
        trust = .pins([pin])
        switch trustCase {
        case .fileWithItsAuthority:
            (identity, trust) = (issued, try file(authority))
        case .fileWithItself:
            trust = try file(selfSigned)
        case .fileWithOthersToo:
            trust = try file(other, authority, selfSigned)
        case .fileAndWildcard:
            (identity, trust) = (try authority.issue(names: ["*.patriotsystems.com"]), try file(authority))
        case .fileAndAddress:
            (trust, serverName) = (try file(selfSigned), "127.0.0.1")
        case .itsPin:
            break
        case .secondOfTwoPins:
            trust = .pins([other.certificate.pin, pin])
        case .pinDespiteWrongName:
            serverName = "other.example"
        case .pinDespiteExpiry:
            identity = try .selfSigned(names: [name], validity: Self.past)
            trust = .pins([identity.certificate.pin])
        case .unknownSelfSigned:
            (trust, refusal) = (try file(other), .selfSigned)
            words = ["self-signed", "PATRIOT_PINS=\(pin)", "Patriot's machine first"]
        case .unknownToTheSystem:
            (trust, refusal) = (.system, .selfSigned)
            words = ["self-signed", "PATRIOT_PINS=\(pin)"]
        case .newKeyUnderTheSameName:
            (trust, refusal) = (try file(TLSIdentity.selfSigned(names: [name])), .selfSigned)
            words = ["self-signed", "PATRIOT_PINS=\(pin)"]
        case .anotherAuthority:
            (identity, trust, refusal) = (issued, try file(TLSIdentity.authority(name: "Other CA")), .unknownIssuer)
            words = ["CN = Station CA", "PATRIOT_CA_FILE", "PATRIOT_PINS=\(issued.certificate.pin)"]
        case .wrongName:
            (trust, serverName, refusal) = (try file(selfSigned), "patriot.example", .nameMismatch)
            words = [name, "127.0.0.1", "PATRIOT_HOST"]
        case .wrongAddress:
            (trust, serverName, refusal) = (try file(selfSigned), "127.0.0.2", .nameMismatch)
            words = ["127.0.0.1"]
        case .expired:
            (identity, refusal) = (try authority.issue(names: [name], validity: Self.past), .expired)
            trust = try file(authority)
            words = ["expired on \(identity.certificate.notAfter)", "clock"]
        case .expiredInTheFile:
            (identity, refusal) = (try .selfSigned(names: [name], validity: Self.past), .expired)
            trust = try file(identity)
            words = ["expired on \(identity.certificate.notAfter)"]
        case .notYetValid:
            (identity, refusal) = (try authority.issue(names: [name], validity: Self.future), .notYetValid)
            trust = try file(authority)
            words = ["from \(identity.certificate.notBefore)", "this machine's clock"]
        case .anotherPin:
            trust = .pins([other.certificate.pin])
            refusal = .pinMismatch(expected: [other.certificate.pin])
            words = [pin.description, other.certificate.pin.description, "PATRIOT_PINS=\(pin)"]
        case .expiredAuthority:
            let old = try TLSIdentity.authority(name: "Old CA", validity: Self.past)
            (identity, trust) = (try old.issue(names: [name]), try file(old))
            refusal = .other("certificate has expired, in the certificate of its issuer")
            words = ["issuer"]
        }
    }
}
