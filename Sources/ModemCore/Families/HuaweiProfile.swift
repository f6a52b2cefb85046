extension ModemProfile {
    /// Huawei sticks and modules: ^ORIG, ^CONF, ^CONN and ^CEND tell the whole call.
    ///
    /// Some sticks (E303S) break a dial on any command, some (E1550) fall deaf when a call is released by its id before
    /// ^CONF: nothing is asked before the remote end is rung.
    package static let huawei = family(
        name: "huawei",
        identification: Identification(makers: ["huawei"]),
        setup: [
            // Call reports on this port: some firmware sends them to the other one only.
            .set("^PORTSEL", "0"),
            .set("^CURC", "1"),
        ],
        hangUp: [
            .command("AT+CHUP"), .command("ATH"), .releaseByID(when: .onceAlerting), .dropDTR, .command("AT+CFUN=1,1"),
        ],
        reports: [.huawei],
        // ^BOOT comes every few seconds and marks no reset.
        resetBanners: ["^SYSSTART", "RDY"],
        voiceCheck: .cvoice,
        sound: CallSound(start: .set("^DDSETEX", "2")),
        // Manuals: MU509 and ME909s AT Command Interface Specifications. ^TMODE, ^PHYNUM, ^NVWREX, ^GODLOAD and ^SETMODE as public
        // tools for sticks send them.
        commands: [
            ATCommandRule(
                .harmless,
                .bare,
                [
                    "^SYSINFO", "^SYSINFOEX", "^CSNR", "^CSQLVL", "^HDRCSQLVL", "^HDRCSQ", "^MEID", "^DSFLOWQRY",
                    "^GETPORTMODE", "^CARDMODE", "^ICCID", "^HCSQ", "^MONSC", "^MONNC", "^HWVER", "^FHVER", "^TIME",
                    "^NWTIME",
                ]
            ),
            ATCommandRule(.harmless, .set, ["^CPBR", "^SCPBR", "^SPN", "^PNN", "^CPNN", "^OPL", "^EONS"]),
            ATCommandRule(.changesNetwork, .upTo(3), ["^NDISDUP"]),
            ATCommandRule(.takesSecret, .set, ["^CPIN", "^CARDLOCK", "^DATALOCK", "^AUTHDATA", "^NDISDUP"]),
            ATCommandRule(.movesCall, .any, ["^CHUP", "^SHUP"]),
            ATCommandRule(.sendsTones, .any, ["^DTMF"]),
            ATCommandRule(
                .switchesModem,
                .any,
                [
                    "^RESET", "^RFSWITCH", "^FASTBOOT", "^GODLOAD", "^SFM", "^TMODE", "^SMSO", "^POWERDOWN",
                    // The ports that it shows on USB, or the SIM.
                    "^SETPORT", "^U2DIAG", "^SETMODE", "^HVSST", "^SIMSWITCH", "^SCICHG", "^NVRESTORE",
                ]
            ),
            ATCommandRule(.ownedBySetup, .any, ["^CURC", "^PORTSEL", "^DSCI", "^CVOICE"]),
            ATCommandRule(.changesSound, .any, ["^DDSETEX", "^VMSET", "^ECHO"]),
            ATCommandRule(.changesNetwork, .any, ["^SYSCFG", "^SYSCFGEX", "^PREFMODE"]),
            ATCommandRule(
                .changesMemory,
                .any,
                [
                    "^NVWR", "^NVWREX", "^NVBACKUP", "^PHYNUM", "^CPBW", "^SCPBW", "^DSFLOWCLR", "^STRIPUSB",
                ]
            ),
        ]
    )
}

/// Huawei's call reports (MU509 AT Command Interface Specification, chapter 9). Blanks, missing and surplus fields are all met.
enum HuaweiReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("^") else { return nil }
        let fields = ATFields(line)
        guard let id = fields.integer(0), (1...99).contains(id) else { return nil }
        switch line.prefix(while: { $0 != ":" }) {
        case "^ORIG": return progress(id, .dialing, type: fields.integer(1))
        case "^CONF": return progress(id, .alerting, type: nil)
        case "^CONN": return progress(id, .active, type: fields.integer(1))
        case "^CEND": return ended(id, fields)
        default: return nil
        }
    }

    /// Calls of type 1 and 2 carry data; 9 is an emergency call.
    private static func progress(_ id: Int, _ state: CallState, type: Int?) -> [CallReport] {
        guard type ?? 0 == 0 || type == 9 else { return [] }
        // An incoming call that is answered has a ^CONN too: the direction is that of the call with the id.
        return [.progress(CallProgress(id: id, direction: state == .active ? nil : .outbound, state: state))]
    }

    /// `^CEND:<id>,<duration>,<end_status>[,<cc_cause>]`; a line cut off before the status is damaged.
    private static func ended(_ id: Int, _ fields: ATFields) -> [CallReport]? {
        guard let status = fields.integer(2) else { return nil }
        return [.released(id: id, reason(status: status, cause: fields.integer(3)))]
    }

    /// The network's cause tells more than the status; without one, or with one that says only "the call is over", the
    /// status tells who ended it.
    private static func reason(status: Int, cause: Int?) -> EndReason {
        switch (status, cause) {
        case (29, nil), (29, 16), (29, 31): return .cause(.localHangUp)
        case (_, let cause?) where (1...127).contains(cause): return .network(cause)
        case (_, 169), (_, 171): return .cause(.noNetwork)
        case (_, 173): return .cause(.barred)
        case (_, 177): return .cause(.congestion)
        default: return reason(status: status)
        }
    }

    private static func reason(status: Int) -> EndReason {
        switch status {
        case 21: .cause(.noNetwork)
        case 22, 25, 100: .cause(.signalLost)
        case 24, 26, 101, 103: .cause(.networkFailure)
        case 34: .cause(.simNotReady)
        case 102: .cause(.rejected)
        case 105: .cause(.noCredit)
        case 106: .cause(.noVoiceService)
        default: .unexplained
        }
    }
}
