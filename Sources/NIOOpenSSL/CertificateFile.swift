import COpenSSL
import Glibc

/// Reads the certificates of a file: PEM, one or many, or DER, one (Windows exports both under the name `.CER`).
package enum CertificateFile {
    /// Larger files are refused: the bundle of all public authorities is a quarter of this.
    package static let maximumSize = 1 << 20

    /// - Returns: at least one certificate, in the order of the file.
    package static func load(_ path: String) throws(TLSError) -> [TLSCertificate] {
        try withCertificates(of: path) { (certificate) throws(TLSError) in try TLSCertificate(certificate) }
    }

    /// Calls `body` with each `X509` of the file, which lives only during the call.
    static func withCertificates<Result>(
        of path: String,
        _ body: (OpaquePointer) throws(TLSError) -> Result
    ) throws(TLSError) -> [Result] {
        let bytes = try read(path)
        guard !bytes.isEmpty else { throw .file(path: path, reason: .empty) }
        // A DER certificate is an ASN.1 SEQUENCE; no PEM text starts with this byte.
        if bytes[0] == 0x30 {
            guard let certificate = derCertificate(bytes) else { throw .file(path: path, reason: .noCertificate) }
            defer { X509_free(certificate) }
            return [try body(certificate)]
        }
        return try pemCertificates(bytes, path: path, body)
    }

    private static func derCertificate(_ bytes: [UInt8]) -> OpaquePointer? {
        defer { OpenSSLErrors.clear() }
        return bytes.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return d2i_X509(nil, &position, buffer.count)
        }
    }

    private static func pemCertificates<Result>(
        _ bytes: [UInt8],
        path: String,
        _ body: (OpaquePointer) throws(TLSError) -> Result
    ) throws(TLSError) -> [Result] {
        var results: [Result] = []
        OpenSSLErrors.clear()
        try MemoryBIO.reading(bytes) { (bio) throws(TLSError) in
            while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) {
                defer { X509_free(certificate) }
                results.append(try body(certificate))
            }
        }
        let fault = OpenSSLErrors.take()
        let isAtEnd =
            openssl_ERR_GET_LIB(fault.code) == ERR_LIB_PEM && openssl_ERR_GET_REASON(fault.code) == PEM_R_NO_START_LINE
        guard isAtEnd else { throw .file(path: path, reason: .damaged(position: results.count + 1)) }
        guard !results.isEmpty else { throw .file(path: path, reason: .noCertificate) }
        return results
    }

    private static func read(_ path: String) throws(TLSError) -> [UInt8] {
        // Without O_NONBLOCK a FIFO under this name would hang the start forever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .file(path: path, reason: .unreadable(errno: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(path: path, reason: .unreadable(errno: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: .notAFile) }
        var bytes = [UInt8](repeating: 0, count: maximumSize + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .file(path: path, reason: .unreadable(errno: errno)) }
            if count == 0 { break }
            filled += count
        }
        guard filled <= maximumSize else { throw .file(path: path, reason: .tooLarge(limit: maximumSize)) }
        return Array(bytes.prefix(filled))
    }
}
