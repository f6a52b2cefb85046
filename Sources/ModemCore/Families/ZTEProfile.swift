extension ModemProfile {
    /// ZTE sticks with Qualcomm's M6280 and their like: silence from the dial to CONNECT, which means answered; OK means that
    /// it was not. Only for the models on which that was seen: on others of the maker OK means that the number was taken.
    ///
    /// `+CLCC` during the setup of a call drops the call, so nothing is asked before the answer; after it seldom, for an end
    /// whose HANGUP was lost.
    package static let zte = family(
        name: "zte",
        identification: Identification(models: ["m6280", "k3565-z"]),
        voiceDial: .gsm(okPolicy: .rejected, timeout: .seconds(180)),
        callList: CallListPolicy(
            start: .answered,
            setupInterval: .seconds(5),
            activeInterval: .seconds(30),
            absencesToEnd: 2
        ),
        reports: [.zte, .dsci],
        noise: zteNoise,
        resetBanners: ["RDY"],
        endTrailer: nil,
        // Manual: AT Command Set for ZTE Wireless Data Product V1.8; +ZCDRUN, +ZRST and +ZCPE as public tools for sticks send them.
        commands: [
            ATCommandRule(.harmless, .bare, ["+ZPINPUK", "+ZPAS"]),
            ATCommandRule(.takesSecret, .set, ["+ZNCK"]),
            ATCommandRule(.movesCall, .any, ["%ICSCALL"]),
            ATCommandRule(.switchesModem, .any, ["+ZOPRT", "+ZTURNOFF", "+ZRST", "+ZCDRUN", "+ZCPE"]),
            ATCommandRule(.ownedBySetup, .any, ["^DSCI"]),
            ATCommandRule(.changesSound, .any, ["+ZCPCMREG"]),
            ATCommandRule(.changesNetwork, .any, ["+ZSNT", "+ZBANDI"]),
            ATCommandRule(.changesMemory, .any, ["+ZSWITCH"]),
        ]
    )

    /// ZTE's other sticks and modules. The list of calls is asked once the modem has answered the dial; one that is silent until
    /// CONNECT, like the M6280, is asked nothing before.
    package static let zteMF = family(
        name: "zte-mf",
        identification: Identification(makers: ["zte"]),
        voiceDial: .gsm(okPolicy: .accepted, timeout: .seconds(180)),
        callList: CallListPolicy(setupInterval: .seconds(1), activeInterval: .seconds(3), absencesToEnd: 2),
        reports: [.zte, .dsci],
        noise: zteNoise,
        resetBanners: ["RDY"]
    )

    private static let zteNoise = ["+ZUSIMR", "+ZDONR", "+ZPASR", "+ZEND", "+ZPSTM"]
}

/// `HANGUP: <id>`, the one call report of these sticks.
enum ZTEReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("HANGUP:"), let number = ATFields(line).integer(0) else { return nil }
        // The number is not the id that +CLCC lists, but the first call's is always 1.
        return [number == 1 ? .released(id: nil, .unexplained) : .someReleased(.unexplained)]
    }
}
