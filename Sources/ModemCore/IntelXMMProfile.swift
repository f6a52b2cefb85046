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

/// `+XCALLSTAT: <id>,<stat>` with the states of +CLCC, 6 for disconnected and 7 for connected.
enum IntelXMMReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("+XCALLSTAT:") else { return nil }
        let fields = ATFields(line)
        guard let id = fields.integer(0), let stat = fields.integer(1) else { return nil }
        switch stat {
        case 6: return [.released(id: id, .unexplained)]
        case 7: return [.progress(CallProgress(id: id, state: .active))]
        default: return CallListEntry.state(stat).map { [.progress(CallProgress(id: id, state: $0))] }
        }
    }
}
