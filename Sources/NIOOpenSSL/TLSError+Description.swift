import Basics
import Glibc

extension TLSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .untrusted(let failure):
            failure.description
        case .protocolVersion(let peer):
            "TLS with \(peer) failed: it speaks only TLS 1.1 or older, which is not safe; update it or allow TLS 1.2 there"
        case .notTLS(let peer, let start):
            "TLS with \(peer) failed: it does not speak TLS\(Self.quoted(start)); check that address and port are those of "
                + "Patriot's secure (wss) server"
        case .closedInHandshake(let peer):
            "TLS with \(peer) failed: it closed the connection during the handshake; check that the port is that of Patriot's "
                + "secure (wss) server and that no firewall or port forwarding cuts it"
        case .handshakeTimeout(let peer, let seconds):
            "TLS with \(peer) failed: no complete handshake within \(seconds) s; check that the port is that of Patriot's secure "
                + "(wss) server"
        case .refusedByPeer(let peer, let alert):
            "TLS with \(peer) failed: it refused with the alert \"\(alert)\"; look into its own log for the reason"
        case .truncated(let peer):
            "the connection to \(peer) was cut without a TLS close_notify, so the last message may be missing; the peer crashed or "
                + "the network between broke"
        case .tooMuchWrittenEarly(let limit):
            "more than \(limit) bytes were written before the TLS handshake was complete; write less until it is"
        case .file(let path, let reason):
            "cannot use the certificate file \(path): \(reason)"
        case .invalidIdentity(let reason):
            "cannot make or use the certificate: \(reason)"
        case .openSSL(let reason):
            "OpenSSL failed: \(reason)"
        }
    }

    private static func quoted(_ start: String) -> String {
        start.isEmpty ? "" : " (its answer starts with \"\(start)\")"
    }
}

extension TLSError {
    /// What fits into a line of it; the description says the rest.
    package var summary: String {
        switch self {
        case .untrusted(let failure): failure.summary
        case .protocolVersion: "TLS failed: only TLS 1.1 or older is spoken there"
        case .notTLS: "TLS failed: no TLS is spoken there"
        case .closedInHandshake: "TLS failed: closed during the handshake"
        case .handshakeTimeout(_, let seconds): "TLS failed: no complete handshake within \(seconds) s"
        case .refusedByPeer: "TLS failed: refused with an alert"
        case .truncated: "the connection was cut"
        case .tooMuchWrittenEarly, .file, .invalidIdentity, .openSSL: description
        }
    }
}

extension TrustFailure {
    /// What fits into a line of it; the description says the rest.
    package var summary: String {
        guard certificate != nil else { return "no certificate was shown" }
        let found =
            switch reason {
            case .selfSigned: "self-signed and unknown here"
            case .unknownIssuer: "its issuer is unknown here"
            case .nameMismatch: "it is for another name"
            case .expired: "it has expired"
            case .notYetValid: "it is not valid yet"
            case .pinMismatch: "its pin is not the one set"
            case .other(let finding): finding
            }
        return "certificate not trusted: \(found)"
    }
}

extension TLSError.FileFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let number):
            "\(String(cString: strerror(number))); check the path, and that the service's user may read it"
        case .notAFile:
            "it is not a regular file; name the file that holds the certificate"
        case .empty:
            "it is empty; export Patriot's certificate into it again (Base-64 encoded X.509, .CER)"
        case .tooLarge(let limit):
            "it is larger than \(limit) bytes, so it is no certificate file; export Patriot's certificate again"
        case .noCertificate:
            "it holds no certificate; export Patriot's certificate as \"Base-64 encoded X.509 (.CER)\", not as .PFX or key"
        case .damaged(let position):
            "certificate \(position) in it is damaged; export it again"
        }
    }
}

extension TrustFailure: CustomStringConvertible {
    package var description: String {
        guard let certificate else {
            return
                "the server \(serverName) is not trusted: it showed no certificate; check that it is Patriot's wss server"
        }
        let subject = "the certificate of \(serverName) is not trusted: "
        let seen = "SHA-256 \(certificate.sha256), pin \(certificate.pin)"
        let pinning =
            "check it against Patriot's machine first, then set PATRIOT_PINS=\(certificate.pin)"
            + " (`patriot-dialler trust` shows it and does that)"
        switch reason {
        case .selfSigned:
            return subject + "it is self-signed and unknown here (\(certificate.subject); \(seen)); \(pinning)"
        case .unknownIssuer:
            return subject
                + "its issuer \(certificate.issuer) is unknown here (\(seen)); set PATRIOT_CA_FILE to the issuer's "
                + "certificate, or \(pinning)"
        case .nameMismatch:
            return subject
                + "it is for \(ForeignText.list(certificate.names) ?? "no name at all"), not for \(serverName) (\(seen)); correct PATRIOT_HOST, or "
                + pinning
        case .expired:
            return subject
                + "it expired on \(certificate.notAfter) (\(seen)); renew it in Patriot, and check this machine's "
                + "clock (`date`)"
        case .notYetValid:
            return subject
                + "it is valid only from \(certificate.notBefore) on (\(seen)); check this machine's clock (`date`)"
        case .pinMismatch(let expected):
            return subject
                + "its public key has the pin \(certificate.pin), while \(expected.map(\.description).joined(separator: ", ")) is "
                + "set (SHA-256 \(certificate.sha256)); if Patriot was reinstalled, \(pinning)"
        case .other(let finding):
            return subject + "\(finding) (\(certificate.subject); \(seen)); \(pinning)"
        }
    }
}
