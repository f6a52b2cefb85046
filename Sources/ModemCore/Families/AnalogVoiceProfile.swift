extension ModemProfile {
    /// A modem in voice class (V.253): while it holds the line it listens, and tells ring-back, busy tone, dial tone and a
    /// broken loop. It guesses an answer from silence, so that is never told as one.
    package static let analogVoice = Self(
        name: "analog-voice",
        kind: .analog,
        setup: [
            ATCommand("ATE0"),
            ATCommand("ATV1"),
            ATCommand("ATQ0"),
            ATCommand("ATX4"),
            ATCommand("AT&D0"),
            ATCommand("ATS0=0"),
            ATCommand("AT+FCLASS=8"),
            // Silence is no end of a call: an operator may listen.
            ATCommand("AT+VSD=128,0"),
            // Nor is our own: when this timer runs out the modem leaves the voice class (V.253 10.2.5).
            ATCommand("AT+VIT=0"),
            // The ring-back is waited for as long as a person would; 5 s without it are taken for an answer.
            ATCommand("AT+VRN=60"),
            ATCommand("AT+VRA=50"),
            // Some modems forget the caller ID when the class changes.
            ATCommand("AT+VCID=1"),
            ATCommand("AT#CID=1"),
        ],
        voiceDial: DialForm(
            prefix: "ATDT",
            // With a semicolon the modem would stop to listen.
            suffix: "",
            okPolicy: .dialed,
            timeout: .seconds(120),
            connectIsData: true
        ),
        dataDial: nil,
        answer: nil,
        callList: nil,
        canListCalls: false,
        hangUp: [.command("ATH"), .command("ATH0"), .dropDTR, .command("ATZ")],
        reset: ATCommand("ATZ"),
        canReject: false,
        reports: [.voiceClass, .standard, .analogCallerID],
        noisePrefixes: ["CARRIER", "PROTOCOL", "COMPRESSION"],
        resetBanners: [],
        probes: [ATCommand("AT")],
        voiceCheck: .voiceClass,
        hasShieldedEvents: true
    )
}

/// What a modem in voice class tells besides its result codes.
enum VoiceClassReport {
    /// Ring-back heard while dialling, in the makers' two spellings.
    static func reports(from line: String) -> [CallReport]? {
        switch line {
        case "RINGING", "RRING": [.progress(CallProgress(direction: .outbound, state: .alerting))]
        default: nil
        }
    }

    /// The letter after `<DLE>` (V.253 table 14, and the letters makers added).
    ///
    /// Silence (`s`, `q`) says nothing about the other side, and caller ID comes as lines, too.
    static func reports(fromShielded code: UInt8) -> [CallReport] {
        switch code {
        case UInt8(ascii: "b"), UInt8(ascii: "K"): [.released(id: nil, .cause(.busy))]
        // The exchange gives dial tone again, or breaks the loop: the other side is gone.
        case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "l"): [.released(id: nil, .unexplained)]
        case UInt8(ascii: "r"): [.progress(CallProgress(direction: .outbound, state: .alerting))]
        case UInt8(ascii: "R"): [.ringing]
        case UInt8(ascii: "H"), UInt8(ascii: "P"): [.handsetLifted]
        default: []
        }
    }
}
