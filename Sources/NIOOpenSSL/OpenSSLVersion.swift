import COpenSSL

/// Which OpenSSL does the TLS.
package enum OpenSSLVersion {
    /// Of the library that is loaded: `OpenSSL 3.0.17 1 Jul 2025`.
    package static var text: String { OpenSSL_version(OPENSSL_VERSION).map { String(cString: $0) } ?? "unknown" }
}
