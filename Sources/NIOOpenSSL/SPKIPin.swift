import COpenSSL

/// The SHA-256 of a certificate's public key (its SubjectPublicKeyInfo, RFC 7469 2.4), written `sha256/BASE64`.
///
/// A pin outlives a renewed certificate as long as the key stays the same.
package struct SPKIPin: Hashable, Sendable, CustomStringConvertible {
    private static let prefix = "sha256/"

    /// The 32 bytes of the digest.
    package let sha256: [UInt8]

    /// - Parameter sha256: the digest; nil unless it has 32 bytes.
    package init?(sha256: [UInt8]) {
        guard sha256.count == Digest.sha256Length else { return nil }
        self.sha256 = sha256
    }

    /// - Parameter text: `sha256/` and 44 characters of base64 with its padding; anything else is nil.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let encoded = Array(text.utf8.dropFirst(Self.prefix.utf8.count))
        var decoded = [UInt8](repeating: 0, count: 33)
        guard encoded.count == 44, EVP_DecodeBlock(&decoded, encoded, 44) == 33 else { return nil }
        decoded.removeLast()
        self.init(sha256: decoded)
        // The decoder forgives spaces and stray bits; a pin that was typed wrong must not pass for another one.
        guard description == text else { return nil }
    }

    package var description: String {
        var encoded = [UInt8](repeating: 0, count: 45)
        let count = EVP_EncodeBlock(&encoded, sha256, Int32(sha256.count))
        return Self.prefix + String(decoding: encoded.prefix(Int(count)), as: UTF8.self)
    }
}
