import ModemCore
import Testing

/// What people write in messages is no report, whatever it says.
@Suite struct MessageTextTests {
    private static let header = "+CMT: \"+61491570156\",,\"26/01/05,12:00:00+40\""
    private static let long = header + ",145,4,0,0,\"+61491570110\",145,"

    /// Nothing of it is a report, in a call and on a free line.
    static let messages: [String] =
        ["NO CARRIER", "BUSY", "RING", "+CLIP: \"5550199\",129", "OK", "ERROR", "+CREG: 0", "+CPIN: READY", "RDY"].map {
            "\r\n\(header)\r\n\($0)\r\n"
        } + [
            "\r\n\(header)\r\n\r\nNO CARRIER\r\n",
            "\r\n\(header)\r\nfirst\r\nNO CARRIER\r\n",
            "\r\n\(header)\r\nRING\n+CLIP: \"5550199\",129\nNO CARRIER\r\n",
            "\r\n\(long)10\r\nNO CARRIER\r\n",
            "\r\n\(long)15\r\nfive\nNO CARRIER\r\n",
            "\r\n\(long)18\r\nfive\r\n\r\nNO CARRIER\r\n",
            "\r\n+CMT: ,23\r\nNO CARRIER\r\n", "\r\n+CMT:\"\",23\r\nNO CARRIER\r\n",
            "\r\n+CBM: 1,50,0,1,1\r\nNO CARRIER\r\n", "\r\n+CBM: 88\r\nNO CARRIER\r\n",
            "\r\n+CBM: 1,50,0,1,1\r\nfirst\r\nRING\r\n",
            "\r\n+CDS: 25\r\nNO CARRIER\r\n", "\r\n+CDS: 6,12,\"+61491570156\",145,\"a\",\"b\",0\r\nNO CARRIER\r\n",
            "\r\n+CUSD: 0,\"first\r\nNO CARRIER\r\n\r\nRING\r\nlast\",15\r\n",
        ]

    private static let families: [ModemProfile] = [
        .genericGSM, .huawei, .quectel, .simcom, .telit, .ublox, .zte, .cinterion, .sierra, .ericsson,
    ]

    @Test(arguments: messages)
    func aMessageEndsNoCall(_ message: String) {
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"), .dial("5550101"),
                .modem("\r\nOK\r\n"), .wait(.seconds(1)), .modem(message), .wait(.seconds(5)),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
        #expect(outcome.readiness == [])
    }

    @Test(arguments: families)
    func aMessageIsNoCall(_ profile: ModemProfile) {
        for message in Self.messages {
            let outcome = outcome(profile, [.modem(message), .wait(.seconds(15))])
            #expect(outcome.calls == [], "\(message)")
            #expect(outcome.readiness == [], "\(message)")
        }
    }

    /// In the middle of a command, the text is not its answer.
    @Test func aMessageAnswersNoCommand() {
        let outcome = outcome(
            .genericGSM,
            [
                .replies("AT+CLCC", ""), .dial("5550101"), .modem("\r\nOK\r\n"), .wait(.seconds(1)),
                .modem("\r\n\(Self.header)\r\nOK\r\n"),
                .modem("\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"), .wait(.milliseconds(100)),
            ]
        )
        #expect(outcome.states == [.dialing, .active])
    }

    /// What the modem itself says next counts.
    @Test(
        arguments: [
            "\r\n\(header)\r\nhello\r\n", "\r\n\(long)5\r\nhello\r\n", "\r\n\(long)5\r\nhello\r",
            "\r\n+CMT: ,23\r\n0011\r\n",
            "\r\n+CDS: 6,12,\"+61491570156\",145,\"a\",\"b\",0\r\n", "\r\n+CUSD: 0,\"hello\",15\r\n",
            "\r\n+CMTI: \"SM\",1\r\n", "\r\n+CUSD: 0,\"a\r\nb\",15\r\n", "\r\n\(long)12\r\nhello\r\nworld\r\n",
        ]
    )
    func theNextReportCounts(_ message: String) {
        let outcome = outcome(
            .genericGSM,
            [.modem(message + "\r\nRING\r\n\r\n+CLIP: \"5550199\",129\r\n"), .wait(.milliseconds(100))]
        )
        #expect(outcome.calls == [Call(direction: .inbound, number: "5550199", state: .incoming)])
    }

    @Test func anEmptyMessageHidesNothingForLong() {
        let outcome = outcome(
            .genericGSM,
            [.modem("\r\n\(Self.header)\r\n\r\n"), .wait(.seconds(1)), .modem("\r\n+CLIP: \"5550199\",129\r\n")]
        )
        #expect(outcome.states == [.incoming])
    }

    /// A person reads what is stored.
    @Test func aStoredMessageIsPartOfTheAnswer() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        let row = "\r\n+CMGL: 1,\"REC READ\",\"+61491570156\",,\"26/01/05,12:00:00+40\"\r\n"
        bench.replies["AT+CMGL=\"ALL\""] =
            row + "NO CARRIER" + row + "first\r\nRING\r\n" + "\r\nOK\r\n"
        try bench.send("AT+CMGL=\"ALL\"")
        #expect(bench.outcome.calls == [])
        #expect(
            bench.outcome.replies.first?.lines.filter { !$0.hasPrefix("+CMGL") } == ["NO CARRIER", "first", "RING"]
        )
        bench.wait(.seconds(2))
        bench.feed("\r\n+CLIP: \"5550199\",129\r\n")
        #expect(bench.outcome.states == [.incoming])
    }
}
