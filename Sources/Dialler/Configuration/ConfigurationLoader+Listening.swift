import Basics
import NIOOpenSSL

/// The keys of the mode in which Patriot connects to us.
extension ConfigurationLoader {
    /// What says how we connect to Patriot, which has no meaning where Patriot connects to us.
    private static let outgoingKeys: [ConfigurationKey] = [
        .patriotHost, .patriotPort, .patriotAddress, .patriotCAFile, .patriotPins,
    ]

    mutating func listen(_ patriot: inout Configuration.Patriot) {
        guard texts[.patriotListen] != nil else {
            for key in [ConfigurationKey.patriotTLSCertificateFile, .patriotTLSKeyFile] where texts[key] != nil {
                note(.warning, key, "has no effect without PATRIOT_LISTEN")
            }
            return
        }
        for key in Self.outgoingKeys where texts[key] != nil {
            note(
                .error,
                key,
                "cannot be set together with PATRIOT_LISTEN, where Patriot connects to us: remove one of the two"
            )
        }
        if texts[.patriotPath] == nil { patriot.path = Configuration.Listening.defaultPath }
        var place: (address: String?, port: Int)?
        set(&place, .patriotListen, ConfigurationValues.listenPlace)
        let identity = identity()
        guard let place, let identity else { return }
        patriot.listening = Configuration.Listening(address: place.address, port: place.port, identity: identity)
    }

    private mutating func identity() -> TLSIdentity? {
        let certificate = pem(.patriotTLSCertificateFile, defaultSuffix: LineDirectory.tlsCertificateSuffix)
        let key: String?
        if let path = credentials?["tls-key"], SecretFile.isGiven(credential: path) {
            key = read(path, .patriotTLSKeyFile, isSecret: false)
        } else {
            key = pem(.patriotTLSKeyFile, defaultSuffix: LineDirectory.tlsKeySuffix, isSecret: true)
        }
        guard let certificate, let key else { return nil }
        do throws(TLSError) {
            return try TLSIdentity(certificatePEM: certificate, keyPEM: key)
        } catch {
            note(.error, .patriotTLSCertificateFile, "\(error)")
            return nil
        }
    }

    /// The content of the file that the key names, else of the one beside the configuration file.
    private mutating func pem(_ key: ConfigurationKey, defaultSuffix: String, isSecret: Bool = false) -> String? {
        if texts[key] != nil {
            guard let path = filePath(key) else { return nil }
            return read(path, key, isSecret: isSecret)
        }
        guard let filePrefix else {
            note(.error, key, "is not set: name a PEM file. \(makingBoth)")
            return nil
        }
        return read(filePrefix + defaultSuffix, key, isSecret: isSecret)
    }

    /// The command that makes the certificate and its key, where this line looks for them.
    private var makingBoth: String {
        let prefix = filePrefix ?? "\(LineDirectory.standardPath)/line1"
        let slash = prefix.lastIndex(of: "/")
        let line = slash.map { String(prefix[prefix.index(after: $0)...]) } ?? prefix
        let directory = slash.map { String(prefix[..<$0]) } ?? LineDirectory.standardPath
        let place = directory == LineDirectory.standardPath ? "" : " --directory \(shellQuoted(directory))"
        return "To make certificate and key: sudo patriot-dialler certificate --line \(shellQuoted(line))\(place)"
    }

    /// - Parameter isSecret: nobody but its owner may read it.
    private mutating func read(_ path: String, _ key: ConfigurationKey, isSecret: Bool) -> String? {
        do throws(FileReadingError) {
            let file = try SmallFile.read(path, limit: CertificateFile.maximumSize)
            if isSecret, file.isOpenToOthers {
                note(
                    .error,
                    key,
                    "the file \(quoted(path)) holds a private key and is open to other users (mode \(file.modeText), "
                        + "wanted 0600 or 0400): run chmod 600 \(shellQuoted(path))"
                )
                return nil
            }
            return String(decoding: file.bytes, as: UTF8.self)
        } catch {
            let message = "the file \(quoted(path)) \(error)\(error == .notFound ? ". \(makingBoth)" : "")"
            noteUnusableSecret(key, InvalidValue(message, secretFault: .init(error, path: path)))
            return nil
        }
    }
}
