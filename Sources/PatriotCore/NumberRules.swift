/// How a number from Patriot becomes what this line dials: the check of what is not trusted, and the site's settings.
package struct NumberRules: Equatable, Sendable {
    /// What `+`, `*` and `#` mean to the line.
    package enum Kind: Equatable, Sendable {
        /// The network understands `+`, and carries out `*` and `#`.
        case gsm
        /// `*` and `#` are tones like the digits, `+` does not exist, and there may be a telephone system in between.
        case analog
    }

    /// Numbers up to this many characters get no outside-line prefix: a telephone system takes its own extensions
    /// and the short public numbers, help in need among them, as they are.
    package static let longestUnprefixedNumber = 4

    /// Which of the settings count.
    package var kind: Kind
    /// What an analog line dials to get out of a telephone system, with its pause: `9,` (`DIAL_PREFIX`).
    package var prefix: String
    /// The country this line is in, `61` or `+61` (`DIAL_COUNTRY_CODE`); empty when not set.
    package var countryCode: String
    /// What replaces `+` and the own country code, `0` in most countries, nothing in some (`DIAL_TRUNK_PREFIX`).
    package var trunkPrefix: String
    /// What replaces the `+` of other countries: `00`, `0011`, `011` (`DIAL_INTERNATIONAL_PREFIX`); empty when not set.
    package var internationalPrefix: String
    /// Whether service codes are dialled on GSM (`DIAL_ALLOW_MMI`).
    package var allowMMI: Bool

    package init(
        kind: Kind,
        prefix: String = "",
        countryCode: String = "",
        trunkPrefix: String = "",
        internationalPrefix: String = "",
        allowMMI: Bool = false
    ) {
        self.kind = kind
        self.prefix = prefix
        self.countryCode = countryCode
        self.trunkPrefix = trunkPrefix
        self.internationalPrefix = internationalPrefix
        self.allowMMI = allowMMI
    }

    /// What to dial for `phoneNo`; no number is ever filtered for what it is, only for what it would do to the line.
    ///
    /// - Throws: the reason, as a sentence for the log and the call record.
    package func dialString(for phoneNo: String) throws(NumberRefusal) -> String {
        try PhoneNumber.check(phoneNo).get()
        switch kind {
        case .gsm: return try gsmDialString(for: phoneNo)
        case .analog: return try analogDialString(for: phoneNo)
        }
    }

    private func gsmDialString(for number: String) throws(NumberRefusal) -> String {
        guard number.utf8.contains(where: \.isStarOrHash) else { return number }
        guard allowMMI || Self.isNumberWithCLIR(number) else { throw .serviceCode }
        return number
    }

    /// `*31#` or `#31#` before a number withholds or shows our own number for this call (3GPP TS 22.030 6.5.4);
    /// alone it would change the subscription.
    private static func isNumberWithCLIR(_ number: String) -> Bool {
        guard number.hasPrefix("*31#") || number.hasPrefix("#31#") else { return false }
        let rest = number.utf8.dropFirst(4)
        return !rest.isEmpty && rest.allSatisfy(\.isASCIIDigit)
    }

    private func analogDialString(for number: String) throws(NumberRefusal) -> String {
        let national = number.hasPrefix("+") ? try withoutPlus(number.dropFirst()) : number
        return national.utf8.count <= Self.longestUnprefixedNumber ? national : prefix + national
    }

    private func withoutPlus(_ digits: Substring) throws(NumberRefusal) -> String {
        guard digits.utf8.allSatisfy(\.isASCIIDigit) else { throw .malformedInternational }
        let ownCode = countryCode.hasPrefix("+") ? countryCode.dropFirst() : countryCode[...]
        if !ownCode.isEmpty, digits.hasPrefix(ownCode) {
            let rest = digits.dropFirst(ownCode.count)
            guard !rest.isEmpty else { throw .malformedInternational }
            return trunkPrefix + rest
        }
        guard !internationalPrefix.isEmpty else { throw .internationalPrefixMissing }
        return internationalPrefix + digits
    }
}
