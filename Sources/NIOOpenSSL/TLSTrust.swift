/// What a client believes a server by.
package enum TLSTrust: Equatable, Sendable {
    /// The certificate authorities of this machine (`/etc/ssl/certs`), with name and date check.
    case system
    /// Only the certificates of this file (PEM or DER): authorities, or the server's own certificate. Name and dates are checked.
    case certificateFile(String)
    /// Only these public keys: neither chain, name nor dates are looked at. Two allow a change of keys without a gap.
    case pins([SPKIPin])
}

/// The versions of TLS that are spoken; older ones are never negotiated.
package enum TLSVersion: String, Comparable, CaseIterable, Sendable, CustomStringConvertible {
    case v1_2 = "TLS 1.2"
    case v1_3 = "TLS 1.3"

    package static func < (left: TLSVersion, right: TLSVersion) -> Bool {
        left == .v1_2 && right == .v1_3
    }

    package var description: String { rawValue }
}
