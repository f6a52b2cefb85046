/// What the line tells about who calls.
package enum CallerID: Equatable, Sendable {
    case number(String)
    /// The caller withholds the number.
    case withheld
    /// The network does not know it.
    case unavailable

    /// The number, nil when there is none to tell.
    package var number: String? {
        switch self {
        case .number(let number): number
        case .withheld, .unavailable: nil
        }
    }

    /// From a +CLIP or +CCWA line (27.007 7.6, 7.12), nil when it is neither number nor a reason why not.
    package init?(presentation line: String, validityField: Int) {
        let fields = ATFields(line)
        if let number = Self.number(fields[0], type: fields.integer(1)) {
            self = .number(number)
        } else if fields.integer(validityField) == 2 {
            self = .unavailable
        } else {
            self = .withheld
        }
    }

    /// A number as people dial it, with the `+` that type 145 stands for (24.008 10.5.4.7); nil when it is not a number.
    package static func number(_ text: String?, type: Int?) -> String? {
        guard let text else { return nil }
        let isInternational = text.hasPrefix("+")
        let digits = isInternational ? text.dropFirst() : text[...]
        guard (1...40).contains(digits.utf8.count), digits.utf8.allSatisfy(DialString.isDialable) else { return nil }
        return isInternational || type == 145 ? "+\(digits)" : String(digits)
    }
}

extension CallerID {
    /// True when both texts can be the number of one caller: networks and modems write it with and without the country code,
    /// the trunk prefix and the `+`.
    static func isSame(_ first: String, _ second: String) -> Bool {
        let shortest = 5
        let (first, second) = (significant(first), significant(second))
        guard first != second else { return true }
        return min(first.utf8.count, second.utf8.count) >= shortest
            && (first.hasSuffix(second) || second.hasSuffix(first))
    }

    private static func significant(_ number: String) -> Substring {
        number.drop { $0 == "+" || $0 == "0" }
    }
}
