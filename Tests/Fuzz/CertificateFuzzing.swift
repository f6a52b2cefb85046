import Basics
import NIOOpenSSL
import TestSupport

/// Files of certificates: what is read can be shown, and its PEM is read as the same certificate.
enum CertificateFuzzing {
    static func check(_ bytes: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        let certificates: [TLSCertificate]
        do throws(TLSError) {
            certificates = try CertificateFile.load(try file(in: directory, bytes))
        } catch {
            return try isFitForLog("\(error)")
        }
        try hold(!certificates.isEmpty, "no certificate and no error")
        for certificate in certificates {
            try isFitForLog((ForeignText.list(certificate.names) ?? "") + certificate.notBefore)
            try isFitForLog(certificate.subject.description)
            try hold(certificate.names.count <= TLSCertificate.maximumNames, "\(certificate.names.count) names")
            let path = try directory.write("again.pem", certificate.pem)
            try hold(try CertificateFile.load(path) == [certificate], "\(certificate) is another one in PEM")
        }
    }

    private static func file(in directory: TemporaryDirectory, _ bytes: [UInt8]) throws(TLSError) -> String {
        do {
            return try directory.write("certificate.pem", bytes)
        } catch {
            throw .openSSL("\(error)")
        }
    }
}
