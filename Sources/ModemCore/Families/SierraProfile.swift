extension ModemProfile {
    /// Wavecom's modules, later Sierra Wireless's: +WIND tells ring-back and release, and OK to the dial means answered.
    package static let sierra = family(
        name: "sierra",
        identification: Identification(models: ["wavecom", "wismo", "fastrack"]),
        setup: [.set("+WIND", "63")],
        voiceDial: .gsm(okPolicy: .answered, timeout: .seconds(180)),
        callList: CallListPolicy(
            start: .answered,
            setupInterval: .seconds(2),
            activeInterval: .seconds(4),
            absencesToEnd: 2
        ),
        hangUp: [.command("ATH"), .command("AT+CHUP"), .releaseByID, .dropDTR, .command("AT+CFUN=1")],
        reset: ATCommand("AT+CFUN=1"),
        reports: [.sierra],
        resetBanners: [],
        // Manuals: AirPrime MC73xx/8805 and WP75xx AT Command References (4114486, 4118047), HL7549 AT Commands Interface Guide
        // (4117461), and Wavecom's for firmware 7.52. !NVRESTORE, +KUSBCOMP and +KCNXCFG also as public tools send them.
        commands: [
            ATCommandRule(.harmless, .bare, ["!GSTATUS", "!STATUS", "+WOPN", "+WSSW", "+CCED"]),
            ATCommandRule(.harmless, .set, ["+CCED"]),
            ATCommandRule(
                .takesSecret,
                .set,
                ["!ENTERCND", "!SETCND", "!OPENLOCK", "+WLCK", "+WPIN", "+WPPP", "+KFTPCFG"]
            ),
            ATCommandRule(.movesCall, .any, ["+WATH", "+WAC"]),
            ATCommandRule(.sendsTones, .any, ["+WDTMF", "+SDTMF", "+WTONE"]),
            ATCommandRule(.changesNetwork, .upTo(3), ["+KCNXCFG"]),
            ATCommandRule(.takesSecret, .set, ["+KCNXCFG"]),
            ATCommandRule(
                .switchesModem,
                .any,
                [
                    "!RESET", "!BOOTHOLD", "!POWERDOWN", "!PCOFFEN", "+W32K", "+WDWL", "+WRST", "+KSLEEP",
                    // The factory settings, the ports that it shows on USB, the firmware.
                    "!RMARESET", "!NVRESTORE", "!USBCOMP", "!USBPID", "!USBVID", "!UDUSBCOMP", "!UDPID", "+KUSBCOMP",
                    "!IMAGE", "!IMPREF", "!GOBIIMPREF",
                ]
            ),
            ATCommandRule(.prompts, .any, ["+KTCPSND", "+KTCPRCV", "+KHTTPPOST", "+KFTPSND", "+KFTPRCV"]),
            ATCommandRule(.ownedBySetup, .any, ["+WIND", "+WRIM"]),
            ATCommandRule(.changesSound, .any, ["+SPEAKER", "+ECHO", "+SIDET"]),
            ATCommandRule(
                .changesNetwork,
                .any,
                ["!SELRAT", "!BAND", "!SCACT", "!SCROAM", "+WMBS", "+WUBS", "+WWSM", "+KSRAT", "+KBND"]
            ),
            ATCommandRule(
                .changesMemory,
                .any,
                [
                    "!CUSTOM", "!NVBACKUP", "!NVWRITE", "!PRIID", "+WOPEN", "+WHCNF", "+WIOM", "+WIOW", "+WMFM",
                ]
            ),
        ]
    )
}

/// `+WIND: <event>[,<id>]`: 5 a call is created, 2 ring-back, 6 a call is released; the rest is about SIM, network and audio.
enum SierraReport {
    static func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("+WIND:"), let event = ATFields(line).integer(0) else { return nil }
        let id = ATFields(line).integer(1)
        switch event {
        // For an incoming call, too, which RING tells.
        case 5: return id.map { [.numbered($0)] }
        case 2: return [.progress(CallProgress(direction: .outbound, state: .alerting))]
        case 6: return id == nil ? nil : [.released(id: id, .unexplained)]
        default: return []
        }
    }
}
