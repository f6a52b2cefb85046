import Basics
import Glibc
package import NIOOpenSSL

/// The certificate and private key of a line that Patriot connects to: makes them, takes a site's own, writes them.
package struct LineCertificate: Sendable {
    /// Why there is no certificate to write.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// A file that is there or was named; with what to do.
        case unusable(file: String, String)
        /// OpenSSL made none.
        case notMade(String)

        package var description: String {
            switch self {
            case .unusable(let file, let reason): "\(visible(file)): \(reason)"
            case .notMade(let reason): "cannot make a certificate: \(reason)"
            }
        }
    }

    /// A certificate and its key, as they are to be written.
    package struct Pair: Equatable, Sendable {
        /// What Patriot will be shown, and the key.
        package var identity: TLSIdentity
        /// The certificate and its issuers, PEM.
        var certificates: String
        /// Whether the line's key stays the one it is.
        package var keepsKey: Bool
    }

    /// How long one made here is valid: ten years, for nobody renews it in time who does not have to.
    package static let validity: Range<Duration> = .seconds(-3600) ..< .seconds(3650 * 86400)
    /// No more names in one certificate.
    package static let maximumNames = TLSCertificate.maximumNames

    private let directory: LineDirectory
    private let line: String

    package init(directory: LineDirectory, line: String) {
        self.directory = directory
        self.line = line
    }

    /// The certificate's file, PEM.
    package var certificateFile: String { directory.tlsCertificateFile(of: line) }
    /// The key's file, PEM.
    package var keyFile: String { directory.tlsKeyFile(of: line) }

    /// The certificate that is there; nil for none.
    package func current() throws(Failure) -> TLSCertificate? {
        guard SmallFile.exists(certificateFile) else { return nil }
        do throws(TLSError) {
            return try CertificateFile.load(certificateFile).first
        } catch {
            throw .unusable(file: certificateFile, "\(error)")
        }
    }

    /// Names for a new certificate: those of this computer, and the host names that the present one has beside them.
    package static func proposedNames(present: TLSCertificate?, computer: ThisComputer) -> [String] {
        let proposed = computer.certificateNames
        let others = (present?.names ?? []).map(\.raw).filter { !isAddress($0) && !proposed.contains($0.lowercased()) }
        return Array((proposed + others).prefix(maximumNames))
    }

    /// Makes a self-signed certificate. The line's key is kept, so that a renewal changes the certificate alone.
    /// - Parameters:
    ///   - names: host names and IP addresses of this computer, at least one.
    ///   - hasNewKey: whether a key that is there is replaced.
    package func made(names: [String], hasNewKey: Bool = false) throws(Failure) -> Pair {
        let key = hasNewKey ? nil : try currentKey()
        do throws(TLSError) {
            let identity: TLSIdentity
            if let key {
                identity = try .selfSigned(names: names, keyPEM: key, validity: Self.validity)
            } else {
                identity = try .selfSigned(names: names, validity: Self.validity)
            }
            return Pair(identity: identity, certificates: identity.certificate.pem, keepsKey: key != nil)
        } catch .invalidIdentity(let reason) where key != nil {
            throw .unusable(file: keyFile, "\(reason); a new key is made with --new-key")
        } catch {
            throw .notMade("\(error)")
        }
    }

    /// Takes a site's own certificate, with its issuers after it.
    /// - Parameters:
    ///   - certificate: a PEM file; the key may be in it too.
    ///   - key: a PEM file; nil for the key in the certificate's file, else the line's.
    package func taken(certificate: String, key: String?) throws(Failure) -> Pair {
        let certificates: String
        do throws(TLSError) {
            certificates = try CertificateFile.load(certificate).map(\.pem).joined()
        } catch {
            throw .unusable(file: certificate, "\(error)")
        }
        let present = try? currentKey()
        let text = try Self.text(of: key ?? certificate)
        if let identity = try? TLSIdentity(certificatePEM: certificates, keyPEM: text) {
            return Pair(identity: identity, certificates: certificates, keepsKey: Self.isSame(identity, present))
        }
        if key == nil, let present, let identity = try? TLSIdentity(certificatePEM: certificates, keyPEM: present) {
            return Pair(identity: identity, certificates: certificates, keepsKey: true)
        }
        throw .unusable(
            file: key ?? certificate,
            "there is no unencrypted private key (PEM) of this certificate in it; name the key's file with --key"
        )
    }

    /// Writes both files, the key with mode 0600; what they replace is kept as `….bak`.
    package func write(_ pair: Pair) throws(LineInstallationError) -> LineInstallation.Outcome {
        let staged = try StagedFiles(try files(pair))
        defer { staged.discard() }
        return LineInstallation.Outcome(written: staged.targets, kept: try staged.commit())
    }

    /// The two files of the pair.
    func files(_ pair: Pair) throws(LineInstallationError) -> [StagedFiles.File] {
        let key: String
        do throws(TLSError) {
            key = try pair.identity.keyPEM
        } catch {
            throw .unwritable(file: keyFile, "\(error)")
        }
        return [
            .init(path: keyFile, bytes: Array(key.utf8), mode: 0o600),
            .init(path: certificateFile, bytes: Array(pair.certificates.utf8), mode: 0o644),
        ]
    }

    /// Why the text is no name for a certificate; nil if it is.
    package static func fault(inName name: String) -> String? {
        if isAddress(name) { return nil }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            name.utf8.count <= 253 && labels.allSatisfy(isLabel)
            // 192.0.2 or 192.0.2.300 was meant as an address.
            && labels.last?.allSatisfy(\.isNumber) == false
        return isName ? nil : "\(quoted(name)) is neither a host name nor an IP address"
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// An IPv4 or IPv6 address.
    static func isAddress(_ text: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }

    private static func isSame(_ identity: TLSIdentity, _ key: String?) -> Bool {
        guard let key else { return false }
        return (try? TLSIdentity(certificatePEM: identity.certificate.pem, keyPEM: key)) != nil
    }

    /// The line's key, PEM; nil where it has none.
    private func currentKey() throws(Failure) -> String? {
        SmallFile.exists(keyFile) ? try Self.text(of: keyFile) : nil
    }

    private static func text(of path: String) throws(Failure) -> String {
        do throws(FileReadingError) {
            return String(decoding: try SmallFile.read(path, limit: CertificateFile.maximumSize).bytes, as: UTF8.self)
        } catch {
            throw .unusable(file: path, "\(error)")
        }
    }
}
