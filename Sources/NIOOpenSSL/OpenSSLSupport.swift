import COpenSSL

/// The queue of errors that OpenSSL keeps for each thread. It must be empty before a call whose failure is to be read from it.
enum OpenSSLErrors {
    static func clear() {
        ERR_clear_error()
    }

    /// Takes the oldest error, which is the cause, and empties the queue.
    static func take() -> OpenSSLFault {
        let code = ERR_get_error()
        ERR_clear_error()
        return OpenSSLFault(code: code)
    }
}

/// One entry of OpenSSL's error queue.
struct OpenSSLFault {
    let code: UInt

    /// The reason within the TLS library (`SSL_R_…`); nil when another part of OpenSSL failed, or none.
    var tlsReason: Int32? {
        code != 0 && openssl_ERR_GET_LIB(code) == ERR_LIB_SSL ? openssl_ERR_GET_REASON(code) : nil
    }

    /// The alert's description (RFC 8446 6) when the peer sent a fatal alert: OpenSSL reports those as 1000 + alert.
    var peerAlert: Int32? {
        guard let reason = tlsReason, (1000..<1256).contains(reason) else { return nil }
        return reason - 1000
    }

    var text: String {
        guard code != 0 else { return "no reason given" }
        guard let reason = ERR_reason_error_string(code) else { return "error \(String(code, radix: 16))" }
        return String(cString: reason)
    }
}

/// BIOs in memory, freed after the call: what OpenSSL's readers and writers of PEM and text work on.
enum MemoryBIO {
    /// Lets `body` read `bytes`.
    static func reading<Result>(
        _ bytes: [UInt8],
        _ body: (OpaquePointer) throws(TLSError) -> Result
    ) throws(TLSError) -> Result {
        guard let bio = BIO_new(BIO_s_mem()) else { throw .openSSL("out of memory") }
        defer { BIO_free(bio) }
        guard bytes.isEmpty || BIO_write(bio, bytes, Int32(clamping: bytes.count)) == bytes.count else {
            throw .openSSL("out of memory")
        }
        return try body(bio)
    }

    /// What `body` wrote; bytes that are not UTF-8 are replaced.
    static func writing(_ body: (OpaquePointer) throws(TLSError) -> Void) throws(TLSError) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { throw .openSSL("out of memory") }
        defer { BIO_free(bio) }
        try body(bio)
        var bytes = [UInt8](repeating: 0, count: Int(openssl_BIO_pending(bio)))
        let count = BIO_read(bio, &bytes, Int32(clamping: bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }
}

/// Lengths and forms of digests.
enum Digest {
    static let sha256Length = 32
    static let sha1Length = 20

    static func sha256(_ bytes: UnsafeRawBufferPointer) throws(TLSError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: sha256Length)
        guard EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            throw .openSSL("SHA-256 is not available: \(OpenSSLErrors.take().text)")
        }
        return digest
    }

    /// `AA:BB:…`, as browsers and the Windows certificate viewer show a fingerprint.
    static func fingerprint(_ digest: [UInt8]) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "0" + digits : digits
        }.joined(separator: ":")
    }
}
