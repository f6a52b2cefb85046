/// Bytes as text from which they can be had again: those that are no UTF-8 become U+F780 to U+F7FF, of private use.
enum RawText {
    private static let first: UInt32 = 0xF700

    static func text(of bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var scalars = String.UnicodeScalarView()
        for byte in bytes {
            let value = byte < 0x80 ? UInt32(byte) : first | UInt32(byte)
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in byte(scalar).map { [$0] } ?? Array(String(scalar).utf8) }
    }

    /// The byte that the character stands for, if it does.
    static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        (first | 0x80...first | 0xFF).contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }
}
