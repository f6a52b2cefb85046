import Basics
import Dialler
import NIOOpenSSL
import NIOPosix
import PatriotLink

/// Patriot's certificate as a person sees it, for whom it is to decide about.
enum CertificateView {
    /// Connects and looks; ten seconds for TCP and ten for TLS at most.
    /// - Throws: `PatriotProbe.Failure`, when no certificate was seen.
    static func look(_ configuration: Configuration) async throws -> PatriotProbe.Finding {
        try await PatriotProbe.look(
            configuration.patriotClient,
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
    }

    /// Where it connects to, with the port.
    static func place(_ patriot: Configuration.Patriot) -> String {
        Configuration(patriot: patriot).patriotClient.place
    }

    /// What a person has to do before the certificate is trusted.
    static let comparison = """
        Compare it on Patriot's PC before you trust it, otherwise you may trust an impostor: the Thumbprint is in the \
        certificate's details; of a file exported as DER, certutil -hashfile FILE SHA256 prints the SHA-256.
        """

    /// Its fingerprints as Windows spells them.
    static func text(_ certificate: TLSCertificate) -> String {
        """
        subject      \(certificate.subject)
        issuer       \(certificate.isSelfIssued ? "self-signed" : certificate.issuer.description)
        names        \(ForeignText.list(certificate.names) ?? "none")
        valid        \(certificate.notBefore) to \(certificate.notAfter)
        Thumbprint   \(certificate.sha1.map(windowsSpelling) ?? "not available (no SHA-1)")
        SHA-256      \(windowsSpelling(certificate.sha256))
        key's pin    \(certificate.pin)
        """
    }

    /// A certificate of this computer, its fingerprints as Windows spells them.
    static func windowsText(_ certificate: TLSCertificate) -> String {
        """
        names        \(ForeignText.list(certificate.names) ?? "none")
        issuer       \(certificate.isSelfIssued ? "self-signed" : certificate.issuer)
        valid        \(certificate.notBefore) to \(certificate.notAfter)
        Thumbprint   \(certificate.sha1.map(windowsSpelling) ?? "not available (no SHA-1)")
        SHA-256      \(windowsSpelling(certificate.sha256))
        """
    }

    private static func windowsSpelling(_ fingerprint: String) -> String {
        fingerprint.filter { $0 != ":" }
    }

    /// What it is trusted by, for a sentence.
    static func source(of trust: TLSTrust) -> String {
        switch trust {
        case .system: "this machine's certificate authorities"
        case .certificateFile(let path): path
        case .pins: "the pin of its key"
        }
    }

    /// Why it is not trusted, for a sentence.
    static func text(_ reason: TrustFailure.Reason, _ certificate: TLSCertificate) -> String {
        switch reason {
        case .selfSigned: "self-signed certificate"
        case .unknownIssuer: "its issuer is not known here"
        case .nameMismatch: "it is not for the name in PATRIOT_HOST"
        case .expired: "it expired on \(certificate.notAfter)"
        case .notYetValid: "it is valid only from \(certificate.notBefore) on"
        case .pinMismatch(let expected):
            "its key is none of those pinned (\(expected.map(\.description).joined(separator: ", ")))"
        case .other(let finding): finding
        }
    }
}
