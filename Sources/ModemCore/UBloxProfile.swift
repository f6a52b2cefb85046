extension ModemProfile {
    /// u-blox's modules (LISA, SARA, TOBY, LARA): +UCALLSTAT. Lines arrive cut off on some boards, so that one list of calls
    /// without the call proves little.
    package static let ublox = Self(
        name: "ublox",
        kind: .gsm,
        identification: Identification(makers: ["u-blox"]),
        setup: commonGSMSetup + [.set("+UCALLSTAT", "1")],
        voiceDial: .gsm(okPolicy: .accepted),
        dataDial: nil,
        answer: commonGSMAnswer,
        callList: CallListPolicy(setupInterval: .seconds(1), activeInterval: .seconds(2), absencesToEnd: 3),
        canListCalls: true,
        // On some (TOBY-L4) +CHUP ends answered calls only.
        hangUp: [.command("ATH"), .command("AT+CHUP"), .releaseByID, .dropDTR, .command("AT+CFUN=1,1")],
        reset: ATCommand("AT+CFUN=1,1"),
        canReject: true,
        reports: [.ublox, .standard],
        noisePrefixes: commonGSMNoise + ["+UUDTMFD:"],
        // None is known: a start shows by +CPIN: READY, or by the port's going away.
        resetBanners: [],
        probes: commonGSMProbes,
        endTrailer: .milliseconds(300),
        explainsFailures: true
    )
}
