import COpenSSL

/// An `X509` and its `EVP_PKEY`, freed with their owner.
struct KeyPair: ~Copyable {
    enum Kind {
        case server
        case authority
    }

    private let certificate: OpaquePointer
    private let key: OpaquePointer
    /// The issuers that a server shows with its certificate, nearest first.
    private let chain: [OpaquePointer]

    /// - Parameter pem: a certificate and its unencrypted private key, in any order.
    init(pem: String) throws(TLSError) {
        OpenSSLErrors.clear()
        defer { OpenSSLErrors.clear() }
        let bytes = Array(pem.utf8)
        let certificates = try Self.certificates(bytes)
        let chain = Array(certificates.dropFirst())
        guard let certificate = certificates.first else {
            throw .invalidIdentity("there is no certificate in PEM form")
        }
        let key = try? Self.privateKey(pem)
        guard let key, X509_check_private_key(certificate, key) == 1 else {
            let fault =
                key == nil
                ? "there is no unencrypted private key in PEM form" : "key and certificate do not fit each other"
            for issuer in chain { X509_free(issuer) }
            X509_free(certificate)
            EVP_PKEY_free(key)
            throw .invalidIdentity(fault)
        }
        self.certificate = certificate
        self.key = key
        self.chain = chain
    }

    /// All of the text, in its order; ten issuers at most.
    private static func certificates(_ pem: [UInt8]) throws(TLSError) -> [OpaquePointer] {
        try MemoryBIO.reading(pem) { bio in
            var certificates: [OpaquePointer] = []
            while certificates.count <= 10, let next = PEM_read_bio_X509(bio, nil, nil, nil) {
                certificates.append(next)
            }
            return certificates
        }
    }

    private init(certificate: OpaquePointer, key: OpaquePointer) {
        self.certificate = certificate
        self.key = key
        chain = []
    }

    /// Makes a certificate, signed by the key of `issuer` (PEM), or by itself.
    ///
    /// - Parameter keyPEM: the key it is for; nil makes a new one (EC P-256).
    static func make(
        names: [String],
        validity: Range<Duration>,
        kind: Kind,
        issuer: String? = nil,
        keyPEM: String? = nil
    ) throws(TLSError) -> KeyPair {
        OpenSSLErrors.clear()
        let ownKey = try keyPEM.map { (pem) throws(TLSError) in try privateKey(pem) } ?? openssl_EVP_EC_gen_P256()
        guard let key = ownKey, let certificate = X509_new() else {
            throw .openSSL(OpenSSLErrors.take().text)
        }
        let pair = KeyPair(certificate: certificate, key: key)
        try pair.describe(names, validity, kind)
        if let issuer {
            try KeyPair(pem: issuer).sign(certificate, names, kind)
        } else {
            try pair.sign(certificate, names, kind)
        }
        return pair
    }

    /// - Parameter pem: an unencrypted private key.
    private static func privateKey(_ pem: String) throws(TLSError) -> OpaquePointer {
        // An empty password keeps OpenSSL from asking for one on the terminal.
        var password: CChar = 0
        let key = try MemoryBIO.reading(Array(pem.utf8)) { bio in PEM_read_bio_PrivateKey(bio, nil, nil, &password) }
        guard let key else { throw .invalidIdentity("there is no unencrypted private key in PEM form") }
        return key
    }

    deinit {
        for issuer in chain { X509_free(issuer) }
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    func describedCertificate() throws(TLSError) -> TLSCertificate {
        try TLSCertificate(certificate)
    }

    func privateKeyPEM() throws(TLSError) -> String {
        try MemoryBIO.writing { (bio) throws(TLSError) in
            try Self.check(PEM_write_bio_PrivateKey(bio, key, nil, nil, 0, nil, nil), "write the private key")
        }
    }

    /// Makes an `SSL_CTX` prove itself by this certificate.
    func install(in context: OpaquePointer) throws(TLSError) {
        OpenSSLErrors.clear()
        try Self.check(SSL_CTX_use_certificate(context, certificate), "use the certificate")
        try Self.check(SSL_CTX_use_PrivateKey(context, key), "use the private key")
        for issuer in chain {
            try Self.check(openssl_SSL_CTX_add1_chain_cert(context, issuer), "use an issuer's certificate")
        }
    }

    // MARK: Making a certificate

    private func describe(_ names: [String], _ validity: Range<Duration>, _ kind: Kind) throws(TLSError) {
        guard let first = names.first else { throw .invalidIdentity("it needs at least one name") }
        switch kind {
        case .authority:
            break
        case .server:
            for name in names where !Self.isName(name) {
                throw .invalidIdentity("\"\(name)\" is neither a host name nor an IP address")
            }
        }
        // RFC 5280 4.1.2.2: positive and at most 20 bytes; random, so that two certificates of one name never collide.
        let serial = UInt64.random(in: 1...UInt64(Int64.max))
        try Self.check(X509_set_version(certificate, 2), "set the version")
        try Self.check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial), "set the serial number")
        try Self.check(X509_set_pubkey(certificate, key), "set the public key")
        try Self.setTime(X509_getm_notBefore(certificate), validity.lowerBound)
        try Self.setTime(X509_getm_notAfter(certificate), validity.upperBound)
        // A common name holds 64 characters (RFC 5280 A.1); a longer host name stands in the list of names alone.
        let commonName = Array(first.utf8.prefix(64))
        let subject = X509_get_subject_name(certificate)
        let added = X509_NAME_add_entry_by_NID(
            subject,
            NID_commonName,
            MBSTRING_UTF8,
            commonName,
            Int32(commonName.count),
            -1,
            0
        )
        try Self.check(added, "set the subject")
    }

    /// Signs `subject`, which may be this pair's own certificate, by this pair's key.
    private func sign(_ subject: OpaquePointer, _ names: [String], _ kind: Kind) throws(TLSError) {
        try Self.check(X509_set_issuer_name(subject, X509_get_subject_name(certificate)), "set the issuer")
        try add(NID_subject_key_identifier, "hash", to: subject)
        switch kind {
        case .server:
            let alternatives = names.map { Self.isAddress($0) ? "IP:\($0)" : "DNS:\($0)" }
            try add(NID_subject_alt_name, alternatives.joined(separator: ","), to: subject)
            try add(NID_basic_constraints, "critical,CA:FALSE", to: subject)
            try add(NID_key_usage, "critical,digitalSignature", to: subject)
            try add(NID_ext_key_usage, "serverAuth", to: subject)
        case .authority:
            try add(NID_basic_constraints, "critical,CA:TRUE", to: subject)
            try add(NID_key_usage, "critical,keyCertSign,cRLSign", to: subject)
        }
        try Self.check(X509_sign(subject, key, EVP_sha256()), "sign")
    }

    private func add(_ kind: Int32, _ value: String, to subject: OpaquePointer) throws(TLSError) {
        guard let part = openssl_X509V3_extension(kind, value, certificate, subject) else {
            throw .invalidIdentity("OpenSSL does not take \"\(value)\": \(OpenSSLErrors.take().text)")
        }
        defer { X509_EXTENSION_free(part) }
        try Self.check(X509_add_ext(subject, part, -1), "add \(value)")
    }

    private static func setTime(_ time: UnsafeMutablePointer<ASN1_TIME>?, _ offset: Duration) throws(TLSError) {
        guard X509_gmtime_adj(time, Int(offset.components.seconds)) != nil else {
            throw .invalidIdentity("a validity of \(offset) from now cannot be written as a date")
        }
    }

    /// OpenSSL's functions answer with at least 1 for success.
    private static func check(_ result: Int32, _ step: String) throws(TLSError) {
        guard result >= 1 else { throw .openSSL("cannot \(step): \(OpenSSLErrors.take().text)") }
    }

    private static func isAddress(_ name: String) -> Bool {
        let address = a2i_IPADDRESS(name)
        defer { ASN1_OCTET_STRING_free(address) }
        return address != nil
    }

    /// Only characters that have no meaning in OpenSSL's textual values of extensions.
    private static func isName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 253 else { return false }
        return isAddress(name)
            || name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "*"),
                    UInt8(ascii: "_"):
                    true
                default:
                    false
                }
            }
    }
}
