/// What a client believes a server by.
package enum TLSTrust: Equatable, Sendable {
    /// The certificate authorities of this machine (`/etc/ssl/certs`), with name and date check.
    case system
    /// Only the certificates of this file (PEM or DER): authorities, or the server's own certificate. Name and dates are checked.
    case certificateFile(String)
    /// Only these public keys: neither chain, name nor dates are looked at. Two allow a change of keys without a gap.
    case pins([SPKIPin])
}
