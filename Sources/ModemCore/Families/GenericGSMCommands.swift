extension ATCommandRule {
    /// The commands that all modules have: 3GPP TS 27.007 and 27.005 (V18), and the voice class of V.253 as far as modules know it.
    static let generic: [Self] =
        secrets + calls + others + [
            // Leaves the network (27.007 7.3).
            Self(.switchesModem, .field(0, ["2"]), ["+COPS"]),
            Self(.harmless, .field(0, ["3"]), ["+COPS"]),
            Self(.switchesModem, .any, ["+CFUN", "+CPOF", "+CPWROFF", "+CRESET", "+CPSMS", "+CEDRXS"]),
            // Another SIM slot; the factory settings.
            Self(.switchesModem, .any, ["+CSUS", "+CMAR"]),
            Self(
                .ownedBySetup,
                .any,
                [
                    "+IPR", "+ICF", "+IFC", "+ILRR", "+CMUX", "+CMEE", "+CRC", "+CR", "+CREG", "+CGREG", "+CEREG",
                    "+C5GREG",
                    "+CLIP", "+COLP", "+CDIP", "+CNAP", "+CSSN", "+CSCS", "+CNMI", "+CVHU", "+CMER",
                ]
            ),
            // The bare form lists the calls.
            Self(.harmless, .bare, ["+CLCC"]),
            Self(.ownedBySetup, .set, ["+CLCC"]),
            Self(.harmless, .modeTwo, ["+CCWA"]),
            Self(.ownedBySetup, .any, ["+CCWA"]),
            Self(.prompts, .any, ["+CMGS", "+CMGW", "+CMGC", "+CGDATA", "+VTR", "+VTX", "+VRX"]),
            Self(
                .changesCalls,
                .any,
                [
                    "+CLIR", "+CCUG", "+CBST", "+CSNS", "+CMOD", "+CSTA", "+CHSN", "+CRLP", "+CVMOD", "+VTD",
                ]
            ),
            Self(
                .changesSound,
                .any,
                ["+CLVL", "+CMUT", "+CRSL", "+CALM", "+VGR", "+VGT", "+VGS", "+VGM", "+VIP", "+CRMP", "+CRMC"]
            ),
            Self(
                .changesNetwork,
                .any,
                [
                    "+COPS", "+CPLS", "+CPOL", "+WS46", "+CGATT", "+CGACT", "+CGDCONT", "+CGDSCONT", "+CGCLASS",
                    "+CEMODE",
                    "+CEVDP", "+CGEREP", "+CAVIMS", "+CASIMS",
                ]
            ),
            Self(
                .changesMemory,
                .any,
                [
                    "+CMGD", "+CMGDA", "+CSCA", "+CSAS", "+CRES", "+CSCB", "+CPBW", "+CSVM", "+CCLK", "+CTZU", "+CTZR",
                    "+CALA",
                ]
            ),
            // Writes to a file of the SIM (27.007 8.18).
            Self(.harmless, .field(0, ["176", "178", "192", "242"]), ["+CRSM"]),
            Self(.harmless, .field(1, ["176", "178", "192", "242"]), ["+CRLA"]),
            Self(.changesMemory, .set, ["+CRSM", "+CRLA", "+CCHO", "+CCHC"]),
            Self(.sendsMessages, .any, ["+CMSS", "+CMGCO", "+CNMA", "+CUSATE", "+CUSATT"]),
            Self(
                .harmless,
                .bare,
                [
                    "+CGMI", "+CGMM", "+CGMR", "+CGSN", "+GMI", "+GMM", "+GMR", "+GSN", "+GOI", "+GCAP", "+FMI", "+FMM",
                    "+FMR",
                    "+CIMI", "+CNUM", "+CSQ", "+CESQ", "+CEER", "+CPAS", "+CBC", "+CLAC", "+COPN", "+CIND", "+CPINR",
                    "+CUAD",
                    "+CMGL", "+CGPADDR", "+CGCONTRDP", "+CGSCONTRDP", "+CGTFTRDP", "+CGEQOSRDP", "+CAOC", "+COLR",
                    "+CCID", "+ICCID", "+CFSN", "+CSPN", "+CPINC",
                ]
            ),
            Self(
                .harmless,
                .set,
                [
                    "+CMGL", "+CMGR", "+CMGF", "+CSDH", "+CSMP", "+CPMS", "+CPBR", "+CPBF", "+CPINR",
                    "+CGPADDR",
                    "+CGCONTRDP", "+CGSCONTRDP", "+CGTFTRDP", "+CGEQOSRDP", "+CEER",
                ]
            ),
            Self(.harmless, .field(0, ["0"]), ["+CAOC"]),
            // Which form of the serial number (27.007 5.4); with anything else some firmware writes it.
            Self(.harmless, .field(0, ["0", "1", "2", "3"]), ["+CGSN"]),
            Self(.changesMemory, .set, ["+CGSN", "+GSN"]),
        ]

    /// Facility locks and passwords (27.007 7.4, 7.5, 8.3, 8.17, 8.25 to 8.27, 8.43, 10.1.31, 8.11).
    private static let secrets: [Self] = [
        Self(.harmless, .modeTwo, ["+CLCK"]),
        Self(.harmless, .upTo(1), ["+CPBS"]),
        Self(
            .takesSecret,
            .set,
            [
                "+CPIN", "+CPIN2", "+CPUK", "+CPUK2", "+EPIN", "+CPWD", "+CLCK", "+CSIM", "+CGLA", "+CPBS", "+CACM",
                "+CAMM",
                "+CPUC", "+CGAUTH", "+CMAR", "+CSCC",
            ]
        ),
    ]

    /// Of modems without a family of their own: Motorola, Novatel, Option, MediaTek, Fibocom, NB-IoT modules, and
    /// Qualcomm's on many. +EGMR, +EPOF, +ESLP, +GTUSBMODE and $QCPWRDN as public drivers and routers send them.
    private static let others: [Self] = [
        Self(.harmless, .bare, ["+TPIN", "+EPINC", "+XCESQ", "$", "$NWRSSI", "$NWQMISTATUS"]),
        Self(.changesNetwork, .upTo(2), ["$QCPDPP", "_OPDPP"]),
        Self(.takesSecret, .set, ["$QCPDPP", "_OPDPP", "$NWACTIVATION"]),
        Self(
            .switchesModem,
            .any,
            ["+MRST", "%IRESET", "$QCPWRDN", "+EPOF", "+EPON", "+ESLP", "+GTUSBMODE", "+GTDUALSIM", "+NRB", "+TRB"]
        ),
        // Writes the IMEI with 1 in its first field, and reads it with 0.
        Self(.harmless, .field(0, ["0"]), ["+EGMR"]),
        Self(.changesMemory, .any, ["+EGMR", "+EGMREXT"]),
        Self(.diverts, .any, ["+CTFR1"]),
        Self(.changesSound, .any, ["+MAPATH", "+MAVOL", "+MAMUT", "+MAFEAT", "+MVC", "_OPCMENABLE"]),
        Self(.changesNetwork, .any, ["$NWRAT", "_OPSYS", "_OWANCALL", "+ERAT", "$QCRMCALL"]),
    ]

    /// Calls and diversions (27.007 6.5, 6.6, 7.11, 7.13, 7.14, 7.15, 8.7; the CDMA ones are of C.S0017).
    private static let calls: [Self] = [
        Self(.movesCall, .any, ["+CHUP", "+CHLD", "+CKPD", "+CTSA", "+CECALL", "+CDV", "+CHV", "+VLS", "+VNH"]),
        Self(.sendsTones, .any, ["+VTS", "+CDTMF"]),
        Self(.harmless, .field(1, ["2"]), ["+CCFC"]),
        Self(.diverts, .any, ["+CCFC", "+CCFCU", "+CTFR"]),
        // One field turns the reports on and off, or ends a session.
        Self(.harmless, .upTo(1), ["+CUSD"]),
        Self(.diverts, .forwardingCode, ["+CUSD"]),
        Self(.sendsServiceCodes, .any, ["+CUSD"]),
    ]
}
