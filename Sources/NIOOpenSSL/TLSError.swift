/// Why a TLS connection failed or a certificate could not be used.
///
/// The description is one sentence for the technician: what failed, on what, why, and what to do.
package enum TLSError: Error, Equatable, Sendable {
    /// The server's certificate did not pass the trust check; nothing was sent to it.
    case untrusted(TrustFailure)
    /// The peer speaks only versions of TLS that are not safe any more.
    case protocolVersion(peer: String)
    /// What answers does not speak TLS; `start` is the beginning of what it said, printable characters only.
    case notTLS(peer: String, start: String)
    /// The connection ended before the handshake did.
    case closedInHandshake(peer: String)
    /// The handshake did not finish in time.
    case handshakeTimeout(peer: String, seconds: Int64)
    /// The peer gave up with a fatal alert (RFC 8446 6.2); `alert` is its name.
    case refusedByPeer(peer: String, alert: String)
    /// The connection ended without close_notify (RFC 8446 6.1): what came last may be missing.
    case truncated(peer: String)
    /// More was written before the end of the handshake than is kept.
    case tooMuchWrittenEarly(limit: Int)
    /// A file of certificates cannot be used.
    case file(path: String, reason: FileFault)
    /// A certificate, key or name given to us cannot be used.
    case invalidIdentity(String)
    /// OpenSSL failed for another reason, in its own words.
    case openSSL(String)

    /// Why a file of certificates cannot be used.
    package enum FileFault: Equatable, Sendable {
        /// The file cannot be opened or read; the system's error number.
        case unreadable(errno: Int32)
        case notAFile
        case empty
        case tooLarge(limit: Int)
        case noCertificate
        /// The certificate at this place (from 1) is damaged.
        case damaged(position: Int)
    }
}

/// A certificate that did not pass the trust check, and why.
package struct TrustFailure: Error, Equatable, Sendable {
    /// What the check found.
    package enum Reason: Equatable, Sendable {
        /// Signed by itself and not among the trusted certificates.
        case selfSigned
        /// Signed by an authority that is not among the trusted certificates.
        case unknownIssuer
        case nameMismatch
        case expired
        case notYetValid
        /// Its public key is none of the pinned ones.
        case pinMismatch(expected: [SPKIPin])
        /// Another finding of OpenSSL, in its words.
        case other(String)
    }

    /// What the check found first.
    package let reason: Reason
    /// The name the server was to prove.
    package let serverName: String
    /// What it showed; nil when it showed none.
    package let certificate: TLSCertificate?

    package init(reason: Reason, serverName: String, certificate: TLSCertificate?) {
        self.reason = reason
        self.serverName = serverName
        self.certificate = certificate
    }
}
