extension ModemProfile {
    /// ZTE sticks with Qualcomm's M6280 and its kin: silence from the dial to CONNECT, which means answered; OK means that it
    /// was not.
    ///
    /// `+CLCC` during the setup of a call drops the call, so nothing is asked before the answer; after it seldom, for an end
    /// whose HANGUP was lost.
    package static let zte = Self(
        name: "zte",
        kind: .gsm,
        identification: Identification(models: ["m6280"], makers: ["zte"]),
        setup: commonGSMSetup,
        voiceDial: .gsm(okPolicy: .rejected, timeout: .seconds(180)),
        dataDial: nil,
        answer: commonGSMAnswer,
        callList: CallListPolicy(
            start: .answered,
            setupInterval: .seconds(5),
            activeInterval: .seconds(30),
            absencesToEnd: 2
        ),
        canListCalls: true,
        hangUp: commonGSMLadder,
        reset: ATCommand("AT+CFUN=1,1"),
        canReject: true,
        reports: [.zte, .dsci, .standard],
        noisePrefixes: commonGSMNoise + ["+ZUSIMR", "+ZDONR", "+ZPASR", "+ZEND", "+ZPSTM"],
        resetBanners: ["RDY"],
        probes: commonGSMProbes
    )
}

/// `HANGUP: <id>`, the one call report of these sticks.
enum ZTEReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("HANGUP:"), ATFields(line).integer(0) != nil else { return nil }
        // The number is not the id that +CLCC lists.
        return [.released(id: nil, .unexplained)]
    }
}
