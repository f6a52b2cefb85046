extension ModemProfile {
    /// SIMCom's 2G modules, SIM800 and its kin: +CLCC lines by themselves, MO RING and MO CONNECTED.
    package static let simcom = family(
        name: "simcom",
        identification: Identification(models: ["SIM80", "SIM84", "SIM86", "SIM90"]),
        setup: [
            .set("+CLCC", "1"),
            .set("+MORING", "1"),
        ],
        reports: [.simcom],
        noise: commonSIMComNoise,
        resetBanners: commonSIMComBanners,
        explainsFailures: true,
        // Manual: SIM7500_SIM7600 Series AT Command Manual V2.00. +CUSBADB, +CUSBPIDSWITCH, +CNVW and +IPREX as public tools send
        // them.
        commands: [
            ATCommandRule(
                .harmless,
                .bare,
                [
                    "+SPIC", "+CICCID", "+CIMIM", "+SIMCOMATI", "+CSUB", "+CADC", "+CPMUTEMP",
                ]
            ),
            ATCommandRule(.harmless, .set, ["+CENG", "+CNETSCAN"]),
            ATCommandRule(.changesNetwork, .upTo(2), ["+SAPBR"]),
            ATCommandRule(
                .takesSecret,
                .set,
                [
                    "+CSTT", "+CIPCSGP", "+SAPBR", "+CSOCKAUTH", "+FTPPW", "+SMTPAUTH", "+POP3IN", "+CFTPSLOGIN",
                    "+CMQTTCONNECT", "+SMCONF", "+CFTPSERV", "+CFTPPW",
                ]
            ),
            ATCommandRule(
                .switchesModem,
                .any,
                [
                    "+CPOWD", "+CSCLK", "+CDELTA", "+CREBOOT", "+CUSBPIDSWITCH", "+CUSBADB", "+CUSBCFG", "+CFOTA",
                    "+SWITCHSIM",
                ]
            ),
            ATCommandRule(
                .prompts,
                .any,
                [
                    "+CFTRANRX", "+CFTRANTX", "+CIPSEND", "+CIPSTART", "+HTTPDATA", "+FTPPUT", "+FSWRITE", "+CCHSEND",
                    "+SMTPBODY", "+CMGSEX", "+CMQTTTOPIC", "+CMQTTPAYLOAD", "+CCERTDOWN",
                ]
            ),
            ATCommandRule(
                .ownedBySetup,
                .any,
                ["+MORING", "+CLCCR", "+CIURC", "+EXUNSOL", "+CATR", "+IPREX", "+CSUART", "+CURCD"]
            ),
            ATCommandRule(.changesCalls, .any, ["+CFGRI", "+CSMINS"]),
            ATCommandRule(
                .changesSound,
                .any,
                [
                    "+CMIC", "+SIDET", "+ECHO", "+CHFA", "+CHF", "+CREC", "+CLDTMF", "+SIMTONE", "+STTONE", "+CPCMREG",
                    "+CPCMFRM", "+CSDVC", "+CPTONE", "+CTTS", "+CCMXPLAY", "+CRXVOL", "+COUTGAIN", "+CTXVOL", "+CECM",
                    "+CNSN",
                ]
            ),
            ATCommandRule(
                .changesNetwork,
                .any,
                [
                    "+CBAND", "+CNMP", "+CNAOP", "+CNBP", "+CNSMOD", "+CMNB", "+NETOPEN", "+NETCLOSE", "+CIPSHUT",
                    "+CLTS",
                    "+CGSOCKCONT",
                ]
            ),
            ATCommandRule(.changesMemory, .any, ["+SIMEI", "+CNVW", "+CWIIC", "+CPMVT", "+CVALARM"]),
        ]
    )

    /// SIMCom's 3G and LTE modules, SIM5x00, SIM7x00 and A76xx, and whatever else SIMCom makes: VOICE CALL tells the answer and
    /// the end; that the remote end is rung is seen only in the list of calls on many of them.
    package static let simcom7600 = family(
        name: "simcom-7600",
        // The A76xx give no more than INCORPORATED for their maker.
        identification: Identification(models: ["A760", "A766", "A767", "A768"], makers: ["simcom"]),
        setup: [.set("+CLCC", "1")],
        callList: CallListPolicy(setupInterval: .seconds(1), activeInterval: .seconds(3), absencesToEnd: 2),
        reports: [.simcom],
        noise: commonSIMComNoise,
        resetBanners: commonSIMComBanners,
        explainsFailures: true,
        voiceCheck: .cvhu,
        sound: CallSound(
            // 8 kHz; what is set stays, and 16 kHz read as 8 kHz is noise.
            idle: [.set("+CPCMFRM", "0")],
            start: .set("+CPCMREG", "1"),
            // The second parameter takes the transfer down at once; some firmware knows only the short form, some only the long.
            stop: [.set("+CPCMREG", "0,1"), .set("+CPCMREG", "0")]
        )
    )

    /// Lines at a start, some of them many seconds after it, and the network's time.
    private static let commonSIMComNoise = [
        "+CFUN:", "Call Ready", "SMS Ready", "SMS DONE", "PB DONE", "*PSUTTZ:", "DST:", "+RXDTMF:",
    ]

    /// A module without a fixed bit rate has none: it tells of its start with +CPIN: READY alone.
    private static let commonSIMComBanners = ["RDY", "NORMAL POWER DOWN", "UNDER-VOLTAGE POWER DOWN"]
}

/// +CLCC lines that come by themselves, MO RING, MO CONNECTED (SIM800 AT Command Manual), VOICE CALL.
///
/// Many modules tell an end twice, by VOICE CALL and by a row. It is one report: the second, coming after the next dial, would
/// be taken for the end of that.
struct SIMComCallReports: Equatable, Sendable {
    /// A call is answered, and its end is not told.
    private var isConnected = false
    /// The number of the call that the last rows were about.
    private var id: Int?
    /// How the end of that call was told; the other form of it may still come.
    private var endTold: EndForm?

    private enum EndForm: Equatable {
        case row, voiceCall
    }

    mutating func reports(from line: String) -> [CallReport]? {
        if line.hasPrefix("+CLCC:") { return listed(line) }
        if line.hasPrefix("VOICE CALL:") { return voiceCall(line.dropFirst("VOICE CALL:".count).trimmed) }
        switch line {
        case "MO RING": return [progress(CallProgress(direction: .outbound, state: .alerting))]
        case "MO CONNECTED": return [progress(CallProgress(direction: .outbound, state: .active))]
        default: return nil
        }
    }

    /// A row as in the reply to +CLCC; 6 is the end.
    private mutating func listed(_ line: String) -> [CallReport]? {
        guard let entry = CallListEntry(line: line) else { return nil }
        guard entry.isVoice else { return dataListed(entry) }
        guard let state = entry.state else {
            guard entry.isOver else { return nil }
            guard entry.id == id ?? entry.id else { return [.released(id: entry.id, .unexplained)] }
            return ended(.row, id: entry.id)
        }
        // A waiting or a held call is a second one.
        if state != .waiting && state != .held { id = entry.id }
        return [
            progress(CallProgress(id: entry.id, direction: entry.direction, state: state, number: entry.number))
        ]
    }

    private func dataListed(_ entry: CallListEntry) -> [CallReport] {
        if entry.isOver { return [.dataReleased(id: entry.id)] }
        return entry.state.map { state in
            [.dataCall(CallProgress(id: entry.id, direction: entry.direction, state: state, number: entry.number))]
        } ?? []
    }

    /// `BEGIN`, `END: <seconds>`, or `END` for a call that was never answered: beside an answered one that is another call.
    private mutating func voiceCall(_ event: String) -> [CallReport]? {
        if event == "BEGIN" { return [progress(CallProgress(state: .active))] }
        if event == "END" { return isConnected ? [] : ended(.voiceCall, id: nil) }
        guard event.hasPrefix("END:"), Int(event.dropFirst("END:".count).trimmed) != nil else { return nil }
        isConnected = false
        return ended(.voiceCall, id: nil)
    }

    private mutating func progress(_ progress: CallProgress) -> CallReport {
        switch progress.state {
        case .active:
            isConnected = true
            endTold = nil
        case .dialing, .incoming:
            isConnected = false
            endTold = nil
        case .alerting:
            endTold = nil
        case .idle, .dialed, .held, .waiting, .handedOver, .hangingUp, .released: break
        }
        return .progress(progress)
    }

    private mutating func ended(_ form: EndForm, id: Int?) -> [CallReport] {
        if let told = endTold, told != form {
            endTold = nil
            return []
        }
        endTold = form
        return [.released(id: id, .unexplained)]
    }
}
