import COpenSSL

/// The OpenSSL that does the TLS.
package enum OpenSSLLibrary {
    /// Of the library that is loaded: `OpenSSL 3.0.17 1 Jul 2025`.
    package static var version: String { OpenSSL_version(OPENSSL_VERSION).map { String(cString: $0) } ?? "unknown" }

    /// Keeps the library whole until the process has ended (OPENSSL_INIT_NO_ATEXIT). By itself it frees its locks in exit(3), while an
    /// event loop may still be in a handshake, which then ends the process with a signal.
    ///
    /// To be called before anything else of this module.
    package static func keepUntilTheEnd() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }
}
