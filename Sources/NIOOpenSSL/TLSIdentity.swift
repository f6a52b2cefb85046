/// A certificate with its private key: what a server proves itself by. Made here for tests, the simulator and the demo.
///
/// The description never shows the key.
package struct TLSIdentity: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What the other side is shown.
    package let certificate: TLSCertificate
    /// Certificate and private key, one after the other; keep it where only its owner can read it.
    package let pem: String

    /// From an hour ago, for clocks that differ, to 825 days from now.
    package static let defaultValidity: Range<Duration> = .seconds(-3600) ..< .seconds(825 * 86400)

    /// - Parameter pem: a certificate and its unencrypted private key.
    package init(pem: String) throws(TLSError) {
        certificate = try KeyPair(pem: pem).describedCertificate()
        self.pem = pem
    }

    private init(_ keyPair: borrowing KeyPair) throws(TLSError) {
        certificate = try keyPair.describedCertificate()
        pem = try certificate.pem + keyPair.privateKeyPEM()
    }

    /// A server's certificate that nobody vouches for, as Patriot makes one.
    ///
    /// - Parameters:
    ///   - names: host names and IP addresses, at least one; the first is the common name too.
    ///   - validity: from and until, counted from now.
    package static func selfSigned(
        names: [String],
        validity: Range<Duration> = defaultValidity
    ) throws(TLSError) -> TLSIdentity {
        try TLSIdentity(KeyPair.make(names: names, validity: validity, kind: .server))
    }

    /// An authority that can issue the certificates of servers.
    package static func authority(
        name: String,
        validity: Range<Duration> = defaultValidity
    ) throws(TLSError) -> TLSIdentity {
        try TLSIdentity(KeyPair.make(names: [name], validity: validity, kind: .authority))
    }

    /// A server's certificate signed by this authority.
    package func issue(
        names: [String],
        validity: Range<Duration> = defaultValidity
    ) throws(TLSError) -> TLSIdentity {
        try TLSIdentity(KeyPair.make(names: names, validity: validity, kind: .server, issuer: pem))
    }

    /// A certificate and its private key, each in PEM form, as they stand in two files. Issuers may follow the certificate.
    package init(certificatePEM: String, keyPEM: String) throws(TLSError) {
        try self.init(pem: certificatePEM + "\n" + keyPEM)
    }

    /// Signed by itself, for a key that is kept.
    package static func selfSigned(
        names: [String],
        keyPEM: String,
        validity: Range<Duration> = defaultValidity
    ) throws(TLSError) -> TLSIdentity {
        try TLSIdentity(KeyPair.make(names: names, validity: validity, kind: .server, keyPEM: keyPEM))
    }

    /// The private key alone.
    package var keyPEM: String {
        get throws(TLSError) { try KeyPair(pem: pem).privateKeyPEM() }
    }

    /// Without it `dump` would show the key.
    package var customMirror: Mirror { Mirror(self, children: []) }

    package var description: String {
        "identity of \(certificate.subject), pin \(certificate.pin)"
    }
}
