extension ModemProfile {
    /// A V.250 modem on a telephone line, in data class: it dials and holds the line for a handset in parallel.
    package static let analog = Self(
        name: "analog",
        kind: .analog,
        setup: [
            ATCommand("ATE0"),
            ATCommand("ATV1"),
            ATCommand("ATQ0"),
            // Wait for the dial tone, and tell busy from no answer.
            ATCommand("ATX4"),
            // A daemon that stops must not drop the call.
            ATCommand("AT&D0"),
            // Never answer by itself.
            ATCommand("ATS0=0"),
            ATCommand("AT+FCLASS=0"),
            // Caller ID, in the makers' various spellings; one of them is enough.
            ATCommand("AT+VCID=1"),
            ATCommand("AT#CID=1"),
        ],
        voiceDial: DialForm(
            prefix: "ATDT",
            suffix: ";",
            okPolicy: .dialed,
            timeout: .seconds(60),
            connectIsData: true
        ),
        dataDial: DialForm(
            prefix: "ATDT",
            suffix: "",
            okPolicy: .rejected,
            timeout: .seconds(100),
            connectIsData: true
        ),
        answer: nil,
        callList: nil,
        canListCalls: false,
        hangUp: [.command("ATH"), .command("ATH0"), .dropDTR, .command("ATZ")],
        reset: ATCommand("ATZ"),
        canReject: false,
        reports: [.standard, .analogCallerID],
        noisePrefixes: ["CARRIER", "PROTOCOL", "COMPRESSION"],
        resetBanners: [],
        probes: [ATCommand("AT")],
        commands: ATCommandRule.analog
    )
}
