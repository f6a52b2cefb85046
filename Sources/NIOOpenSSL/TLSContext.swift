import COpenSSL

/// The settings that many connections share: role, versions, and the trust of a client or the identity of a server.
///
/// Unchecked: the `SSL_CTX` is complete before it leaves `init` and never changed after; OpenSSL guards its reference
/// count and caches with locks of its own.
package final class TLSContext: @unchecked Sendable {
    enum Role {
        case client
        case server
    }

    let role: Role
    /// The keys that alone count, when there are any; else OpenSSL's own verification does.
    let pins: [SPKIPin]
    let pointer: OpaquePointer

    /// - Throws: `TLSError.file` when the trusted certificates cannot be read, `.invalidIdentity` for an empty list of pins.
    package static func client(
        trust: TLSTrust,
        versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3
    ) throws(TLSError) -> TLSContext {
        let pins: [SPKIPin]
        switch trust {
        case .system, .certificateFile:
            pins = []
        case .pins(let list):
            guard !list.isEmpty else {
                throw .invalidIdentity("the list of pins is empty, so no server could be trusted")
            }
            pins = list
        }
        let context = try TLSContext(role: .client, method: TLS_client_method(), pins: pins, versions: versions)
        try context.setUpTrust(trust)
        return context
    }

    /// - Throws: `TLSError.invalidIdentity` when certificate and key do not fit each other.
    package static func server(
        identity: TLSIdentity,
        versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(role: .server, method: TLS_server_method(), pins: [], versions: versions)
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil)
        try KeyPair(pem: identity.pem).install(in: context.pointer)
        return context
    }

    private init(
        role: Role,
        method: OpaquePointer?,
        pins: [SPKIPin],
        versions: ClosedRange<TLSVersion>
    ) throws(TLSError) {
        OpenSSLErrors.clear()
        guard let context = SSL_CTX_new(method) else { throw .openSSL(OpenSSLErrors.take().text) }
        self.role = role
        self.pins = pins
        pointer = context
        // A resumed session skips the certificate, and so the trust check: there are none.
        openssl_SSL_CTX_disable_session_cache(context)
        openssl_SSL_CTX_disable_renegotiation(context)
        guard openssl_SSL_CTX_set_min_proto_version(context, versions.lowerBound.number) == 1,
            openssl_SSL_CTX_set_max_proto_version(context, versions.upperBound.number) == 1
        else { throw .openSSL("cannot choose the versions of TLS: \(OpenSSLErrors.take().text)") }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    private func setUpTrust(_ trust: TLSTrust) throws(TLSError) {
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        SSL_CTX_set_cert_verify_callback(pointer, { store, _ in TLSSession.verify(store: store) }, nil)
        switch trust {
        case .system:
            guard SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw .openSSL("cannot read this machine's certificate authorities: \(OpenSSLErrors.take().text)")
            }
        case .certificateFile(let path):
            let store = SSL_CTX_get_cert_store(pointer)
            _ = try CertificateFile.withCertificates(of: path) { (certificate) throws(TLSError) in
                guard X509_STORE_add_cert(store, certificate) == 1 else { throw .openSSL(OpenSSLErrors.take().text) }
            }
            // The server's own certificate, or one of the chain, may be the anchor without being an authority.
            guard X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN)) == 1 else {
                throw .openSSL(OpenSSLErrors.take().text)
            }
        case .pins:
            break
        }
    }
}

extension TLSVersion {
    /// As OpenSSL numbers it.
    fileprivate var number: Int32 {
        switch self {
        case .v1_2: TLS1_2_VERSION
        case .v1_3: TLS1_3_VERSION
        }
    }
}
