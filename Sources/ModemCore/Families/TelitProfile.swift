extension ModemProfile {
    /// Telit modules: #ECAM tells each step. OK to a dial or an answer comes even when both have failed.
    package static let telit = family(
        name: "telit",
        identification: Identification(makers: ["telit"]),
        setup: [.set("#ECAM", "1")],
        callList: CallListPolicy(
            start: .alerting,
            setupInterval: .seconds(1),
            activeInterval: .seconds(3),
            absencesToEnd: 2
        ),
        reports: [.telit],
        resetBanners: ["RDY"],
        reportIDsAreListed: false,
        // Manuals: AT Commands Reference Guides 80000ST10025a, 80407ST10116a (LE9x0) and 80490ST10778A (LE910Cx).
        commands: [
            ATCommandRule(
                .harmless,
                .bare,
                [
                    "#CGMI", "#CGMM", "#CGMR", "#CGSN", "#CIMI", "#CCID", "#MONI", "#SERVINFO", "#RFSTS", "#PCT",
                    "#SWPKGV", "#CEER", "#CEERNET", "#SPN", "#TEMPMON", "#LCSQ", "#QSS", "#CSURV", "#CSURVC", "#CBC",
                    "#HWREV", "#PSNT",
                ]
            ),
            ATCommandRule(.harmless, .set, ["#MONI", "#ADC"]),
            ATCommandRule(.changesNetwork, .upTo(2), ["#SGACT"]),
            ATCommandRule(
                .takesSecret,
                .set,
                [
                    "#PIN", "#PASSW", "#EPASSW", "#EUSER", "#USERID", "#PDPAUTH", "#FTPOPEN", "#HTTPCFG", "#SSLSECDATA",
                    "#SGACT",
                ]
            ),
            ATCommandRule(.movesCall, .any, ["#ACAL", "#ACALEXT", "#CALLDISA", "#ECALL"]),
            ATCommandRule(
                .switchesModem,
                .any,
                [
                    "#SHDN", "#SYSHALT", "#REBOOT", "#ENHRST", "#FASTSHDN", "#Z", "#SIMDET", "#SIMPR", "#WAKE",
                    "#FWSWITCH", "#OTAUP", "#USBCFG", "#USBSWITCH", "#SIMSELECT",
                ]
            ),
            ATCommandRule(
                .prompts,
                .any,
                [
                    "#WSCRIPT", "#SSEND", "#SSENDEXT", "#SD", "#SO", "#SKTD", "#FTPPUT", "#FTPGET", "#FTPAPP",
                    "#HTTPSND",
                    "#EMAILD", "#EMAILMSG", "#M2MWRITE", "#M2MREAD",
                ]
            ),
            ATCommandRule(
                .ownedBySetup,
                .any,
                [
                    "#ECAM", "#DIALMODE", "#PORTCFG", "#CFLO", "#SELINT", "#E2ESC", "#NOPT", "#SKIPESC", "#SMSMODE",
                    "#V24CFG", "#V24MODE",
                ]
            ),
            ATCommandRule(
                .changesSound,
                .any,
                [
                    "#CODEC", "#DVI", "#DVIEXT", "#CAP", "#SRS", "#SRP", "#SPKMUT", "#STM", "#HFMICG", "#HSMICG",
                    "#SHFEC",
                    "#PSEL", "#TONE", "#DTMF",
                ]
            ),
            ATCommandRule(
                .changesNetwork,
                .any,
                [
                    "#BND", "#AUTOBND", "#AUTOATT", "#MSCLASS", "#ECM", "#RXDIV", "#ENS",
                ]
            ),
            ATCommandRule(
                .changesMemory,
                .any,
                ["#ESCRIPT", "#DSCRIPT", "#EXECSCR", "#STARTMODESCR", "#SLED", "#SLEDSAV", "#M2MDEL", "#GPIO"]
            ),
        ]
    )
}

/// `#ECAM: <ccid>,<ccstatus>,<calltype>,,,[<number>,<type>]` (Telit AT Reference, 80000ST10025a).
enum TelitReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("#ECAM:") else { return nil }
        let fields = ATFields(line)
        guard let id = fields.integer(0), let status = fields.integer(1), let type = fields.integer(2) else {
            return nil
        }
        // Type 1 is voice.
        guard type == 1 else { return [] }
        func progress(_ direction: CallDirection?, _ state: CallState) -> [CallReport] {
            [.progress(CallProgress(id: id, direction: direction, state: state, number: fields.number(5)))]
        }
        return switch status {
        case 0: [.released(id: id, .unexplained)]
        case 1: progress(.outbound, .dialing)
        case 2: progress(.outbound, .alerting)
        case 3, 8: progress(nil, .active)
        case 4: progress(nil, .held)
        case 5: progress(.inbound, .waiting)
        case 6: progress(.inbound, .incoming)
        case 7: [.released(id: id, .cause(.busy))]
        // 9 is the caller's name.
        case 9: []
        default: nil
        }
    }
}
