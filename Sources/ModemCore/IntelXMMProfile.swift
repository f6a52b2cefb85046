extension ModemProfile {
    /// Modules on Intel's (once Infineon's) XMM platform: +XCALLSTAT.
    package static let intelXMM = Self(
        name: "intel-xmm",
        kind: .gsm,
        identification: Identification(models: ["xmm"], makers: ["intel", "infineon"]),
        setup: commonGSMSetup + [.set("+XCALLSTAT", "1")],
        voiceDial: .gsm(okPolicy: .accepted),
        dataDial: nil,
        answer: commonGSMAnswer,
        callList: CallListPolicy(
            start: .alerting,
            setupInterval: .seconds(2),
            activeInterval: .seconds(4),
            absencesToEnd: 2
        ),
        canListCalls: true,
        hangUp: commonGSMLadder,
        reset: ATCommand("AT+CFUN=1,1"),
        canReject: true,
        reports: [.intelXMM, .standard],
        noisePrefixes: commonGSMNoise,
        resetBanners: ["RDY"],
        probes: commonGSMProbes,
        endTrailer: .milliseconds(300)
    )
}
