extension ModemProfile {
    /// ZTE sticks with Qualcomm's M6280 and its kin: silence from the dial to CONNECT, which means answered; OK means that it
    /// was not.
    ///
    /// `+CLCC` during the setup of a call drops the call, so nothing is asked before the answer; after it seldom, for an end
    /// whose HANGUP was lost.
    package static let zte = family(
        name: "zte",
        identification: Identification(models: ["m6280"], makers: ["zte"]),
        voiceDial: .gsm(okPolicy: .rejected, timeout: .seconds(180)),
        callList: CallListPolicy(
            start: .answered,
            setupInterval: .seconds(5),
            activeInterval: .seconds(30),
            absencesToEnd: 2
        ),
        reports: [.zte, .dsci],
        noise: ["+ZUSIMR", "+ZDONR", "+ZPASR", "+ZEND", "+ZPSTM"],
        resetBanners: ["RDY"],
        endTrailer: nil
    )
}

/// `HANGUP: <id>`, the one call report of these sticks.
enum ZTEReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("HANGUP:"), let number = ATFields(line).integer(0) else { return nil }
        // The number is not the id that +CLCC lists, but the first call's is always 1.
        return [number == 1 ? .released(id: nil, .unexplained) : .someReleased(.unexplained)]
    }
}
