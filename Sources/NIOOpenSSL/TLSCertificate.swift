package import Basics
import COpenSSL
import Glibc

/// What a person needs to know of a certificate, and the certificate itself as PEM.
package struct TLSCertificate: Equatable, Sendable {
    /// Whom it is for, as `CN = …, O = …`.
    package let subject: ForeignText
    /// Who signed it.
    package let issuer: ForeignText
    /// Subject and issuer are the same.
    package let isSelfIssued: Bool
    /// DNS names and IP addresses it is for (RFC 5280 4.2.1.6), or its common name where it lists none; at most `maximumNames`.
    package let names: [ForeignText]
    /// First and last moment of validity, as `2026-11-22 22:30:00 UTC`.
    package let notBefore: String
    /// The last moment of validity, in the same form.
    package let notAfter: String
    /// First and last second of validity, since 1970; nil where a date cannot be read.
    package let validity: ClosedRange<Int64>?
    /// Fingerprint of the whole certificate, `AA:BB:…`.
    package let sha256: String
    /// The same by SHA-1, which Windows calls the thumbprint; nil where the system's OpenSSL has no SHA-1.
    package let sha1: String?
    /// Fingerprint of its public key.
    package let pin: SPKIPin
    /// The certificate as PEM text (RFC 7468).
    package let pem: String

    /// A hostile certificate may hold thousands of names; messages show no more than these.
    package static let maximumNames = 16

    /// - Parameter certificate: an `X509`, only looked at.
    init(_ certificate: OpaquePointer) throws(TLSError) {
        // What cannot be read in it must not be taken for the failure of whatever OpenSSL does next.
        defer { OpenSSLErrors.clear() }
        subject = ForeignText(try Self.text(X509_get_subject_name(certificate)))
        issuer = ForeignText(try Self.text(X509_get_issuer_name(certificate)))
        isSelfIssued = X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0
        names = Self.names(certificate).map { ForeignText($0) }
        notBefore = CertificateTime.text(X509_get0_notBefore(certificate))
        notAfter = CertificateTime.text(X509_get0_notAfter(certificate))
        validity = CertificateTime.range(X509_get0_notBefore(certificate), X509_get0_notAfter(certificate))
        sha256 = Digest.fingerprint(try Self.digest(certificate, EVP_sha256(), Digest.sha256Length))
        sha1 = (try? Self.digest(certificate, EVP_sha1(), Digest.sha1Length)).map(Digest.fingerprint)
        pin = try Self.pin(certificate)
        pem = try MemoryBIO.writing { (bio) throws(TLSError) in
            guard PEM_write_bio_X509(bio, certificate) == 1 else {
                throw .openSSL("cannot write a certificate as PEM: \(OpenSSLErrors.take().text)")
            }
        }
    }

    private static func text(_ name: OpaquePointer?) throws(TLSError) -> String {
        try MemoryBIO.writing { bio in _ = openssl_X509_NAME_print_oneline(bio, name) }
    }

    private static func digest(
        _ certificate: OpaquePointer,
        _ kind: OpaquePointer?,
        _ length: Int
    ) throws(TLSError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: length)
        guard X509_digest(certificate, kind, &digest, nil) == 1 else {
            throw .openSSL("cannot compute a certificate's fingerprint: \(OpenSSLErrors.take().text)")
        }
        return digest
    }

    /// The pin of an `X509`.
    static func pin(_ certificate: OpaquePointer) throws(TLSError) -> SPKIPin {
        var encoded: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded)
        guard count > 0, let encoded else { throw .openSSL("cannot read the public key of a certificate") }
        defer { openssl_free(encoded) }
        let digest = try Digest.sha256(UnsafeRawBufferPointer(start: encoded, count: Int(count)))
        guard let pin = SPKIPin(sha256: digest) else { throw .openSSL("SHA-256 has an unexpected length") }
        return pin
    }

    private static func names(_ certificate: OpaquePointer) -> [String] {
        guard let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            return commonName(certificate)
        }
        let alternatives = OpaquePointer(raw)
        defer { GENERAL_NAMES_free(alternatives) }
        var names: [String] = []
        for index in 0..<openssl_GENERAL_NAMES_count(alternatives) where names.count < maximumNames {
            var isAddress: Int32 = 0
            guard let value = openssl_GENERAL_NAMES_value(alternatives, index, &isAddress) else { continue }
            let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(value), count: Int(ASN1_STRING_length(value)))
            names.append(isAddress == 1 ? address(bytes) : printable(bytes))
        }
        return names.isEmpty ? commonName(certificate) : names
    }

    private static func commonName(_ certificate: OpaquePointer) -> [String] {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = X509_NAME_get_text_by_NID(
            X509_get_subject_name(certificate),
            NID_commonName,
            &buffer,
            Int32(buffer.count)
        )
        guard count > 0 else { return [] }
        return [printable(buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) })]
    }

    private static func address(_ bytes: some Collection<UInt8>) -> String {
        let octets = Array(bytes)
        let family: Int32
        switch octets.count {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return "an unreadable address"
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, octets, &text, socklen_t(text.count)) != nil else { return "an unreadable address" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Names come from the network and go into logs: whatever is not a printable ASCII character becomes a question mark.
    static func printable(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix(253).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

/// Moments in certificates, as text.
enum CertificateTime {
    static func text(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        var calendar = tm()
        guard let time, ASN1_TIME_to_tm(time, &calendar) == 1 else { return "an unreadable date" }
        return text(calendar)
    }

    static func range(
        _ start: UnsafePointer<ASN1_TIME>?,
        _ end: UnsafePointer<ASN1_TIME>?
    ) -> ClosedRange<Int64>? {
        guard let start = seconds(start), let end = seconds(end), start <= end else { return nil }
        return start...end
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        var calendar = tm()
        guard let time, ASN1_TIME_to_tm(time, &calendar) == 1 else { return nil }
        return Int64(timegm(&calendar))
    }

    /// - Parameter calendar: in UTC.
    static func text(_ calendar: tm) -> String {
        let date = "\(calendar.tm_year + 1900)-\(twoDigits(calendar.tm_mon + 1))-\(twoDigits(calendar.tm_mday))"
        let clock = [calendar.tm_hour, calendar.tm_min, calendar.tm_sec].map(twoDigits).joined(separator: ":")
        return "\(date) \(clock) UTC"
    }

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
