import COpenSSL
import NIOCore

/// One TLS connection without a network: ciphertext goes in and out through buffers in memory.
///
/// Bound to the event loop of its handler. Nothing may be called after a call that threw, except for `takeOutput()`: the
/// alert that tells the peer why.
final class TLSSession {
    enum ReadOutcome {
        case plaintext
        /// All input is used up.
        case needsInput
        /// The peer said close_notify.
        case closed
    }

    /// The name of the other side in messages.
    let peerName: String
    /// The certificate that the server showed; nil before, and on the server's side.
    private(set) var peerCertificate: TLSCertificate?

    private let context: TLSContext
    private let ssl: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    private var isTrusted = false
    private var trustFailure: TrustFailure?

    /// - Parameter serverName: for a client, the name or address that the server must prove; it is sent as SNI (RFC 6066 3)
    ///   unless it is an address.
    init(_ context: TLSContext, serverName: String, peerName: String) throws(TLSError) {
        OpenSSLErrors.clear()
        guard let ssl = SSL_new(context.pointer) else { throw .openSSL(OpenSSLErrors.take().text) }
        guard let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw .openSSL("out of memory")
        }
        SSL_set_bio(ssl, input, output)
        self.context = context
        self.ssl = ssl
        self.input = input
        self.output = output
        self.peerName = peerName
        switch context.role {
        case .server:
            SSL_set_accept_state(ssl)
        case .client:
            SSL_set_connect_state(ssl)
            try expect(serverName)
        }
        // Unretained: the verification runs only inside a call of this object.
        guard SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque()) == 1 else {
            throw .openSSL(OpenSSLErrors.take().text)
        }
    }

    deinit {
        // Frees both BIOs too.
        SSL_free(ssl)
    }

    private func expect(_ serverName: String) throws(TLSError) {
        let address = a2i_IPADDRESS(serverName)
        defer { ASN1_OCTET_STRING_free(address) }
        OpenSSLErrors.clear()
        guard !serverName.isEmpty, !serverName.utf8.contains(0), SSL_set1_host(ssl, serverName) == 1,
            address != nil || openssl_SSL_set_tlsext_host_name(ssl, serverName) == 1
        else { throw .invalidIdentity("\"\(serverName)\" is not a host name") }
        SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    }

    /// The version that was negotiated; call after the handshake.
    var version: TLSVersion {
        SSL_version(ssl) == TLS1_3_VERSION ? .v1_3 : .v1_2
    }

    // MARK: Ciphertext

    func receive(_ ciphertext: ByteBuffer) {
        ciphertext.withUnsafeReadableBytes { bytes in
            // A BIO in memory takes everything.
            _ = BIO_write(input, bytes.baseAddress, Int32(clamping: bytes.count))
        }
    }

    /// What is to be sent to the peer; nil for nothing.
    func takeOutput(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        let count = Int(openssl_BIO_pending(output))
        guard count > 0 else { return nil }
        var buffer = allocator.buffer(capacity: count)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            max(0, Int(BIO_read(output, bytes.baseAddress, Int32(count))))
        }
        return buffer
    }

    // MARK: Plaintext

    /// Goes on with the handshake. True when it is complete and the peer is trusted.
    func handshake() throws(TLSError) -> Bool {
        OpenSSLErrors.clear()
        let result = SSL_do_handshake(ssl)
        guard result == 1 else {
            guard SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ else { throw failure() }
            return false
        }
        switch context.role {
        case .server: break
        case .client: guard isTrusted, SSL_get_verify_result(ssl) == X509_V_OK else { throw failure() }
        }
        return true
    }

    /// Appends the plaintext of one record to `buffer`.
    func read(into buffer: inout ByteBuffer) throws(TLSError) -> ReadOutcome {
        OpenSSLErrors.clear()
        var result: Int32 = 0
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: TLSSession.maximumRecord) { bytes in
            result = SSL_read(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
            return max(0, Int(result))
        }
        guard result <= 0 else { return .plaintext }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: throw failure()
        }
    }

    /// Encrypts all of `plaintext`.
    func write(_ plaintext: ByteBuffer) throws(TLSError) {
        let isWritten = plaintext.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                OpenSSLErrors.clear()
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(TLSSession.maximumRecord))
                let count = SSL_write(ssl, part.baseAddress, Int32(part.count))
                guard count > 0 else { return false }
                rest = rest.dropFirst(Int(count))
            }
            return true
        }
        guard isWritten else { throw failure() }
    }

    /// Says close_notify (RFC 8446 6.1); only after a complete handshake.
    func sayGoodbye() {
        OpenSSLErrors.clear()
        // 0 and 1 tell only whether the peer has said so too; after an error there is nothing left to say.
        _ = SSL_shutdown(ssl)
        OpenSSLErrors.clear()
    }

    /// Plaintext of one record at most (RFC 8446 5.1).
    static let maximumRecord = 16384

    private func failure() -> TLSError {
        let fault = OpenSSLErrors.take()
        if let trustFailure { return .untrusted(trustFailure) }
        if let alert = fault.peerAlert {
            if alert == SSL_AD_PROTOCOL_VERSION { return .protocolVersion(peer: peerName) }
            return .refusedByPeer(peer: peerName, alert: String(cString: SSL_alert_desc_string_long(alert)))
        }
        switch fault.tlsReason {
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION:
            return .protocolVersion(peer: peerName)
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            return .notTLS(peer: peerName, start: "")
        default:
            return .openSSL("TLS with \(peerName): \(fault.text)")
        }
    }
}

// MARK: - Trust

extension TLSSession {
    /// OpenSSL asks here, instead of verifying by itself, so that what was found wrong can be told with the certificate.
    ///
    /// - Returns: 1 for a trusted certificate, 0 to end the handshake with an alert.
    static func verify(store: OpaquePointer?) -> Int32 {
        guard let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let owner = SSL_get_ex_data(OpaquePointer(ssl), 0)
        else { return 0 }
        return Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue().verifyPeer(store) ? 1 : 0
    }

    private func verifyPeer(_ store: OpaquePointer?) -> Bool {
        peerCertificate = X509_STORE_CTX_get0_cert(store).flatMap { try? TLSCertificate($0) }
        let reason = context.pins.isEmpty ? verifyChain(store) : verifyPin(store)
        isTrusted = reason == nil
        trustFailure = reason.map {
            TrustFailure(reason: $0, serverName: peerName, certificate: peerCertificate)
        }
        return isTrusted
    }

    private func verifyPin(_ store: OpaquePointer?) -> TrustFailure.Reason? {
        if let pin = peerCertificate?.pin, context.pins.contains(pin) {
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return nil
        }
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
        return .pinMismatch(expected: context.pins)
    }

    private func verifyChain(_ store: OpaquePointer?) -> TrustFailure.Reason? {
        if X509_verify_cert(store) == 1 { return nil }
        let error = X509_STORE_CTX_get_error(store)
        let isOwn = X509_STORE_CTX_get_error_depth(store) == 0
        switch error {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return .selfSigned
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            // A trusted certificate has the issuer's name but another key: Patriot made itself a new certificate.
            return peerCertificate?.isSelfIssued == true ? .selfSigned : .unknownIssuer
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return .unknownIssuer
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return .nameMismatch
        case X509_V_ERR_CERT_HAS_EXPIRED where isOwn:
            return .expired
        case X509_V_ERR_CERT_NOT_YET_VALID where isOwn:
            return .notYetValid
        default:
            let finding = String(cString: X509_verify_cert_error_string(Int(error)))
            return .other(isOwn ? finding : "\(finding), in the certificate of its issuer")
        }
    }
}
