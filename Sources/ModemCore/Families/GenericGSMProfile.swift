extension ModemProfile {
    /// Any module that keeps to 27.007: progress by +CLCC, which works on most of them.
    package static let genericGSM = Self(
        name: "generic-gsm",
        kind: .gsm,
        setup: commonGSMSetup,
        voiceDial: .gsm(okPolicy: .accepted),
        dataDial: nil,
        answer: commonGSMAnswer,
        callList: CallListPolicy(setupInterval: .milliseconds(500), activeInterval: .seconds(2), absencesToEnd: 3),
        canListCalls: true,
        hangUp: commonGSMLadder,
        reset: ATCommand("AT+CFUN=1,1"),
        canReject: true,
        reports: [.standard],
        noisePrefixes: commonGSMNoise,
        resetBanners: ["RDY"],
        probes: commonGSMProbes,
        commands: ATCommandRule.generic
    )

    /// A maker's family: what is not given is as in most of them.
    ///
    /// - Parameters:
    ///   - setup: what the family is told besides what every module is.
    ///   - reports: its own reports; the standard's are understood, too.
    ///   - noise: its own periodic lines that mean nothing.
    ///   - commands: its own rows in the table of AT commands.
    static func family(
        name: String,
        identification: Identification,
        setup: [ATCommand] = [],
        voiceDial: DialForm = .gsm(okPolicy: .accepted),
        callList: CallListPolicy = .onceAlerting,
        hangUp: [HangUpRung] = commonGSMLadder,
        reset: ATCommand = ATCommand("AT+CFUN=1,1"),
        reports: [ReportGrammar],
        noise: [String] = [],
        resetBanners: [String],
        endTrailer: Duration? = .milliseconds(300),
        explainsFailures: Bool = false,
        voiceCheck: VoiceCheck? = nil,
        reportIDsAreListed: Bool = true,
        sound: CallSound? = nil,
        commands: [ATCommandRule] = []
    ) -> Self {
        var profile = genericGSM
        profile.name = name
        profile.identification = identification
        profile.setup += setup
        profile.voiceDial = voiceDial
        profile.callList = callList
        profile.hangUp = hangUp
        profile.reset = reset
        profile.reports = reports + [.standard]
        profile.noisePrefixes += noise
        profile.resetBanners = resetBanners
        profile.endTrailer = endTrailer
        profile.explainsFailures = explainsFailures
        profile.voiceCheck = voiceCheck
        profile.reportIDsAreListed = reportIDsAreListed
        profile.sound = sound
        profile.commands = commands
        return profile
    }

    /// What every 27.007 module is told first; a maker's own commands follow it.
    static let commonGSMSetup: [ATCommand] = [
        ATCommand("ATE0"),
        ATCommand("ATV1"),
        ATCommand("ATQ0"),
        .set("+CMEE", "1"),
        // A daemon that stops must not drop the call.
        ATCommand("AT&D0"),
        // With 1 many modules answer OK to ATH and keep the call (27.007 6.20).
        .set("+CVHU", "0"),
        .set("+CRC", "1"),
        .set("+CLIP", "1", timeout: .seconds(15)),
        // With 1 some modules hold back the OK of a dial until the answer.
        .set("+COLP", "0", timeout: .seconds(15)),
        .set("+CCWA", "1", timeout: .seconds(15)),
        .set("+CREG", "1"),
        // What an earlier user may have stored: answer by itself, and the text of messages on this port (27.005 3.4.1).
        ATCommand("ATS0=0"),
        .set("+CNMI", "2,0,0,0,0"),
    ]

    static let commonGSMAnswer = ATCommand("ATA", timeout: .seconds(20), startsCall: true)

    /// The hang-up that most modules notice: gentlest first.
    static let commonGSMLadder: [HangUpRung] = [
        .command("AT+CHUP"), .command("ATH"), .releaseByID, .dropDTR, .command("AT+CFUN=1,1"),
    ]

    /// Registration and signal.
    static let commonGSMProbes: [ATCommand] = [.read("+CREG"), .execute("+CSQ")]

    /// Periodic lines of all makers that mean nothing for a call.
    static let commonGSMNoise = [
        "^BOOT", "^RSSI", "^MODE", "^HCSQ", "^HRSSILVL", "^RSSILVL", "^DSFLOWRPT", "^SRVST", "^SIMST", "^STIN",
        "^NWTIME", "^CSNR", "+CUSATEND", "^ANLEVEL", "+CSSI", "+CSSU", "+COLP", "+ZUSIMR", "+ZDONR", "+ZPASR",
    ]
}

extension ModemProfile.CallListPolicy {
    /// For a modem that tells by itself where a call is: asked only so that a lost report does not last.
    static let onceAlerting = Self(
        start: .alerting,
        setupInterval: .seconds(2),
        activeInterval: .seconds(4),
        absencesToEnd: 2
    )
}

extension ModemProfile.DialForm {
    /// `ATD<number>;` (27.007 6.2).
    package static func gsm(okPolicy: ModemProfile.OKPolicy, timeout: Duration = .seconds(90)) -> Self {
        Self(prefix: "ATD", suffix: ";", okPolicy: okPolicy, timeout: timeout, connectIsData: false)
    }
}
