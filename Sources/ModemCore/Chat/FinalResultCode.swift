/// The line that ends a command (V.250 5.7.1, 27.007 9.2), in text or in digits.
package enum FinalResultCode: Equatable, Sendable {
    case ok
    case error
    /// `COMMAND NOT SUPPORT` and its kin.
    case unsupported
    /// `+CME ERROR: n`; a text form is turned into its number, an unknown one into 100.
    case cmeError(Int)
    case connect
    /// VCON: a modem in voice class believes that somebody answered (V.253).
    case voiceConnect
    case noCarrier
    case busy
    case noAnswer
    case noDialtone
    case lineInUse
    case noLine
    case delayed
    case blacklisted

    /// True for the codes that speak of the call, not of the command: they end a dial or an answer, and arriving at any other
    /// moment they are unsolicited.
    package var concernsCall: Bool {
        switch self {
        case .ok, .error, .unsupported, .cmeError: false
        case .connect, .voiceConnect, .noCarrier, .busy, .noAnswer, .noDialtone, .lineInUse, .noLine, .delayed,
            .blacklisted:
            true
        }
    }

    /// True for the only words that count while the line carries data: the end of it, and the answer to the escape.
    package var isHeardOnline: Bool { self == .noCarrier || self == .ok }

    /// The code in a verbose (V1) line, nil when the line is something else.
    ///
    /// Inner blanks do not matter: `NO DIALTONE` and `NO DIAL TONE` are both in the field.
    package init?(line: String) {
        let text = String(decoding: line.utf8.lazy.filter { $0 != UInt8(ascii: " ") }.map(upperCase), as: UTF8.self)
        if let code = Self.words[text] {
            self = code
        } else if text.hasPrefix("CONNECT") {
            self = .connect
        } else if text.hasPrefix("+CMEERROR:") {
            self = .cmeError(Self.cmeCode(String(text.dropFirst("+CMEERROR:".count))))
        } else if text.hasPrefix("ERROR+") || text.hasPrefix("ERROR:") || Self.isMakersError(text) {
            // Some firmware glues the next line to its ERROR: "ERROR+CNUM: …"; some adds a reason: "ERROR: UNSUPPORTED".
            self = text.contains("UNSUPPORTED") || text.contains("NOTSUPPORT") ? .unsupported : .error
        } else {
            return nil
        }
    }

    /// `+CMS ERROR: n`, `+EXT ERROR: n` and whatever else a maker calls its errors: a name, ERROR, a colon.
    private static func isMakersError(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "^"),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return text.hasPrefix("+") && text.hasSuffix("ERROR") && !text.contains(",") }
        let name = text[..<colon]
        return name.hasSuffix("ERROR") && name.dropFirst().utf8.allSatisfy { (0x41...0x5A).contains($0) }
    }

    /// The word of V.250 table 1 for a numeric (V0) result; nil for a number that the table does not have.
    package static func word(numeric line: String) -> String? {
        line == "2" ? "RING" : FinalResultCode(numeric: line)?.description
    }

    /// The code in a numeric (V0) line. Above 8 the numbers differ from maker to maker, so they are not read.
    package init?(numeric line: String) {
        switch line {
        case "0": self = .ok
        case "1": self = .connect
        case "3": self = .noCarrier
        case "4": self = .error
        case "6": self = .noDialtone
        case "7": self = .busy
        case "8": self = .noAnswer
        default: return nil
        }
    }

    private static let words: [String: Self] = [
        "OK": .ok,
        "ERROR": .error,
        "COMMANDNOTSUPPORT": .unsupported,
        "COMMANDNOTSUPPORTED": .unsupported,
        "COMMANDUNSUPPORTED": .unsupported,
        "NOTSUPPORTED": .unsupported,
        "UNSUPPORTED": .unsupported,
        "UNKNOWNCOMMAND": .unsupported,
        "INVALIDCOMMAND": .unsupported,
        "TOOMANYPARAMETERS": .error,
        "ABORTED": .error,
        "VCON": .voiceConnect,
        "NOCARRIER": .noCarrier,
        "BUSY": .busy,
        "NOANSWER": .noAnswer,
        "NODIALTONE": .noDialtone,
        "LINEINUSE": .lineInUse,
        "NOLINE": .noLine,
        "DELAYED": .delayed,
        "BLACKLISTED": .blacklisted,
    ]

    /// - Parameter text: what follows the colon, upper case and without blanks.
    private static func cmeCode(_ text: String) -> Int {
        if let number = Int(text) { return number }
        return cmeTexts[text] ?? 100
    }

    /// The texts of +CMEE=2 that are worth telling apart; the wording is the standard's.
    private static let cmeTexts: [String: Int] = [
        "OPERATIONNOTALLOWED": 3,
        "OPERATIONNOTSUPPORTED": 4,
        "SIMNOTINSERTED": 10,
        "SIMPINREQUIRED": 11,
        "SIMPUKREQUIRED": 12,
        "SIMFAILURE": 13,
        "SIMBUSY": 14,
        "SIMWRONG": 15,
        "INCORRECTPASSWORD": 16,
        "DIALSTRINGTOOLONG": 26,
        "INVALIDCHARACTERSINDIALSTRING": 27,
        "NONETWORKSERVICE": 30,
        "NETWORKTIMEOUT": 31,
        "FIXEDDIALNUMBERONLYALLOWED-CALLNOTALLOWED": 56,
        "CALLBARRED": 62,
        "NETWORKNOTALLOWED-EMERGENCYCALLSONLY": 32,
        "NETWORKNOTALLOWEDEMERGENCYCALLSONLY": 32,
    ]
}

/// Of an ASCII letter; anything else stays.
private func upperCase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
}

extension FinalResultCode: CustomStringConvertible {
    /// As a modem says it in text (V1).
    package var description: String {
        switch self {
        case .ok: "OK"
        case .error: "ERROR"
        case .unsupported: "COMMAND NOT SUPPORT"
        case .cmeError(let code): "+CME ERROR: \(code)"
        case .connect: "CONNECT"
        case .voiceConnect: "VCON"
        case .noCarrier: "NO CARRIER"
        case .busy: "BUSY"
        case .noAnswer: "NO ANSWER"
        case .noDialtone: "NO DIALTONE"
        case .lineInUse: "LINE IN USE"
        case .noLine: "NO LINE"
        case .delayed: "DELAYED"
        case .blacklisted: "BLACKLISTED"
        }
    }
}
