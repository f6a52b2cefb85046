import Basics

/// Which SIM is in the modem, as far as it says: only to tell one from another.
package enum SIMCard: Hashable, Sendable {
    /// The modem does not say.
    case unknown
    /// A number made from the ICCID (E.118), which is not the ICCID.
    case known(UInt64)

    /// Makers differ in the check digit and the filler at the end; two SIMs of one series differ before that.
    private static let significantDigits = 18

    /// - Parameter iccid: at least 18 digits, with or without what follows them.
    /// - Returns: nil when it is no ICCID.
    package init?(iccid: some StringProtocol) {
        let digits = Array(iccid.utf8.prefix(Self.significantDigits))
        guard digits.count == Self.significantDigits, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        // FNV-1a of 64 bits.
        self = .known(digits.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 })
    }

    /// The answer to `AT+CRSM=176,12258,0,0,10`: status words and the file, two digits swapped in each byte.
    init?(file lines: [String]) {
        guard let line = lines.first(where: { $0.hasPrefix("+CRSM:") }) else { return nil }
        let fields = ATFields(line)
        guard fields.integer(0) == 144, let file = fields[2] else { return nil }
        let nibbles = Array(file)
        guard nibbles.count.isMultiple(of: 2) else { return nil }
        self.init(iccid: String(stride(from: 0, to: nibbles.count, by: 2).flatMap { [nibbles[$0 + 1], nibbles[$0]] }))
    }

    /// A maker's answer: the digits, with or without a name before them and quotes around them.
    init?(answer lines: [String]) {
        for line in lines {
            let runs = line.split { !$0.isHexDigit }
            if let card = runs.lazy.compactMap({ SIMCard(iccid: $0) }).first {
                self = card
                return
            }
        }
        return nil
    }
}
