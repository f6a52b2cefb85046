/// Why a number is not dialled. The description says what to do, and which setting would fix it; it goes behind a
/// colon, without a full stop.
package enum NumberRefusal: Error, Equatable, Sendable {
    /// No digit at all.
    case empty
    /// More than ``PhoneNumber/maximumLength`` digits.
    case tooLong
    /// Something else than `0-9`, `*`, `#` and a leading `+`.
    case foreignCharacters
    /// `+` and then something that is no country code and number.
    case malformedInternational
    /// `*` or `#` on GSM, where the network carries them out (3GPP TS 22.030): `*21*…#` forwards the operator's calls.
    case serviceCode
    /// A `+` number on an analog line, and no setting says how this line dials it.
    case internationalPrefixMissing
}

extension NumberRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty:
            "the number has no digits: type it again"
        case .tooLong:
            "the number has more than \(PhoneNumber.maximumLength) digits: correct it"
        case .foreignCharacters:
            "invalid number: only digits, *, # and a leading + are allowed"
        case .malformedInternational:
            "after + there must be a country code and digits only: correct the number"
        case .serviceCode:
            "the number is a network service code (* or # on a mobile line), which can divert or bar calls: "
                + "set DIAL_ALLOW_MMI=yes to allow it"
        case .internationalPrefixMissing:
            "the number begins with +, which an analog line cannot dial: set DIAL_INTERNATIONAL_PREFIX (and "
                + "DIAL_COUNTRY_CODE with DIAL_TRUNK_PREFIX for numbers of this country)"
        }
    }
}
