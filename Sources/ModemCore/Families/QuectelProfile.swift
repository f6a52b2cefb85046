extension ModemProfile {
    /// Quectel's LTE modules: `+QIND: "ccinfo"` tells the whole call. The list of calls is asked besides, for the models that
    /// have no ccinfo (EP06) and for reports that went to another port.
    ///
    /// ^DSCI is understood and left switched off: a second report of each end could be taken for the end of the next call.
    package static let quectel = family(
        name: "quectel",
        identification: Identification(makers: ["quectel"]),
        setup: [
            // Where reports go is forgotten at each start on some firmware. The port that is ours on most models, and then all
            // of them where the modem can.
            .set("+QURCCFG", "\"urcport\",\"usbat\""),
            .set("+QURCCFG", "\"urcport\",\"all\""),
            .set("+QINDCFG", "\"ccinfo\",1,0"),
        ],
        callList: CallListPolicy(setupInterval: .seconds(1), activeInterval: .seconds(3), absencesToEnd: 2),
        reports: [.quectel],
        // What follows RDY at a start, some of it many seconds later: only RDY itself marks the start.
        noise: [
            "+CFUN:", "+QUSIM:", "+QIND: SMS DONE", "+QIND: PB DONE", "+QIND: \"csq\"", "+QIND: \"act\"",
        ],
        resetBanners: ["RDY", "POWERED DOWN"],
        explainsFailures: true,
        voiceCheck: .quectelIMS,
        // Sent in mid-call it is refused, and left on it makes the next call silent; GNSS must not own the port.
        sound: CallSound(
            readSamples: 320,
            writeSamples: 800,
            idle: [.set("+QGPSCFG", "\"outport\",\"none\""), .set("+QPCMV", "1,0")],
            stop: [.set("+QPCMV", "0")]
        ),
        // Manuals: EC25&EC21 AT Commands Manual V1.3, M35 AT Commands Manual V3.2, and those for files and TCP/IP. +QPRTPARA,
        // +QFASTBOOT, +QADBKEY and +QLINUXCMD as public tools send them.
        commands: [
            ATCommandRule(
                .harmless,
                .bare,
                [
                    "+QCCID", "+QGMR", "+QPINC", "+QTRPIN", "+QNWINFO", "+QSPN", "+QCSQ", "+QLTS", "+QENG", "+QTEMP",
                    "+QADC", "+QGDCNT", "+QUSIM", "+QINISTAT", "+QSIMSTAT", "+QRSRP", "+QRSRQ", "+QSINR", "+QCAINFO",
                    "+QCOPS",
                ]
            ),
            ATCommandRule(.harmless, .upTo(1), ["+QPINC", "+QCFG", "+QURCCFG", "+QINDCFG", "+QNWCFG", "+QICSGP"]),
            ATCommandRule(.harmless, .field(0, ["\"SERVINGCELL\"", "\"NEIGHBOURCELL\""]), ["+QENG"]),
            ATCommandRule(
                .takesSecret,
                .set,
                [
                    "+QCPIN", "+QCSPWD", "+QICSGP", "+QMTCONN", "+QFTPPASS", "+QFTPUSER", "+QFTPCFG", "+QSMTPCFG",
                    "+QHTTPCFG", "+QADBKEY",
                ]
            ),
            ATCommandRule(.movesCall, .any, ["+QHUP", "+QECALL"]),
            ATCommandRule(.sendsTones, .any, ["+QLDTMF", "+QWDTMF"]),
            ATCommandRule(
                .switchesModem,
                .any,
                [
                    "+QPOWD", "+QFASTBOOT", "+QSCLK", "+QPRTPARA", "+QFOTADL", "+QSIMDET", "+QPSMS", "+QDOWNLOAD",
                    "+QUIMSLOT", "+QDSIM", "+QRFTESTMODE", "+QRFTEST", "+QLINUXCMD", "+QAPCMD",
                ]
            ),
            // The ports that it shows on USB.
            ATCommandRule(
                .switchesModem,
                .field(
                    0,
                    [
                        "\"USBNET\"", "\"USBCFG\"", "\"USBID\"", "\"USBEE\"", "\"USBMODE\"", "\"USBSPEED\"",
                        "\"DATA_INTERFACE\"",
                    ]
                ),
                ["+QCFG"]
            ),
            ATCommandRule(
                .prompts,
                .any,
                [
                    "+QFUPL", "+QFDWL", "+QFWRITE", "+QFREAD", "+QISEND", "+QHTTPURL", "+QHTTPPOST", "+QHTTPREAD",
                    "+QFTPPUT", "+QFTPGET", "+QMTPUB", "+QMTPUBEX", "+QSMTPBODY", "+QSSLSEND", "+QIOPEN",
                ]
            ),
            ATCommandRule(.ownedBySetup, .any, ["+QURCCFG", "+QINDCFG", "+QINDI", "^DSCI"]),
            ATCommandRule(.changesCalls, .any, ["+QREFUSECS"]),
            ATCommandRule(
                .changesSound,
                .any,
                [
                    "+QPCMV", "+QDAI", "+QAUDMOD", "+QAUDLOOP", "+QMIC", "+QRXGAIN", "+QSIDET", "+QEEC", "+QTTS",
                    "+QAUDPLAY", "+QPSND", "+QLTONE", "+QTONEDET", "+QAUDCH", "+QIIC",
                ]
            ),
            ATCommandRule(
                .changesNetwork,
                .any,
                [
                    "+QBAND", "+QCOPS", "+QLOCKF", "+QNWCFG", "+QNWPREFCFG", "+QIACT", "+QIDEACT",
                ]
            ),
            ATCommandRule(.changesMemory, .any, ["+QCFG", "+QFDEL", "+QFMOV", "+QMBNCFG", "+QNVFW"]),
        ]
    )
}

/// `+QIND: "ccinfo"` and ^DSCI (Quectel EC2x AT Commands Manual).
enum QuectelReport {
    static func reports(from line: String) -> [CallReport]? {
        if line.hasPrefix("+QIND:") { return callInfo(ATFields(line)) }
        if line.hasPrefix("^DSCI:") { return callStatus(line) }
        return nil
    }

    /// `"ccinfo",<id>,<dir>,<stat>,<mode>,<mpty>,<number>,<type>` in the numbers of +CLCC; -1 is the end.
    private static func callInfo(_ fields: ATFields) -> [CallReport]? {
        guard fields[0] == "ccinfo", let id = fields.integer(1), let direction = CallDirection(row: fields.integer(2)),
            let stat = fields.integer(3), let mode = fields.integer(4)
        else { return nil }
        // With VoLTE the data connection is in it as a call, too.
        let isVoice = CallListEntry.isVoice(mode: mode)
        if stat == -1 { return [isVoice ? .released(id: id, .unexplained) : .dataReleased(id: id)] }
        return CallListEntry.state(stat).map { state in
            let progress = CallProgress(id: id, direction: direction, state: state, number: fields.number(6))
            return [isVoice ? .progress(progress) : .dataCall(progress)]
        } ?? (isVoice ? nil : [])
    }

    /// `<id>,<dir>,<stat>,<type>,<number>,<number type>`, in numbers that are Quectel's alone.
    ///
    /// A quoted number is how the other makers write the line: nobody can say then which numbers its state is in.
    private static func callStatus(_ line: String) -> [CallReport]? {
        let fields = ATFields(line)
        guard !line.contains("\""), let id = fields.integer(0), let direction = CallDirection(row: fields.integer(1)),
            let stat = fields.integer(2), let type = fields.integer(3)
        else { return nil }
        // Type 0 is voice.
        guard type == 0 else { return [] }
        if stat == 6 { return [.released(id: id, .unexplained)] }
        return state(stat).map { state in
            [.progress(CallProgress(id: id, direction: direction, state: state, number: fields.number(4)))]
        }
    }

    private static func state(_ stat: Int) -> CallState? {
        switch stat {
        case 1: .held
        case 2: .dialing
        case 3: .active
        case 4: .incoming
        case 5: .waiting
        case 7: .alerting
        default: nil
        }
    }
}
