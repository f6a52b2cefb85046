/// The errors of mobile equipment by number (27.007 9.2).
enum CMEError {
    /// - Returns: nil for a number that the standard does not give to telephony.
    static func text(_ code: Int) -> String? { texts[code] }

    private static let texts: [Int: String] = [
        0: "the modem failed",
        3: "not allowed now",
        4: "not supported",
        10: "there is no SIM",
        11: "the SIM wants its PIN",
        12: "the SIM wants its PUK",
        13: "the SIM failed",
        14: "the SIM is busy",
        15: "the wrong SIM",
        16: "the wrong password",
        17: "the SIM wants its PIN2",
        18: "the SIM wants its PUK2",
        20: "the memory is full",
        21: "no such entry",
        22: "not found",
        23: "the memory failed",
        24: "the text is too long",
        25: "a wrong character in the text",
        26: "the number is too long",
        27: "a wrong character in the number",
        30: "no network",
        31: "the network did not answer in time",
        32: "the network allows emergency calls only",
        50: "wrong parameters",
        56: "the SIM allows only the numbers of its list (FDN)",
        62: "the call is barred",
        100: "unknown error",
    ]
}
