import ModemCore
import Testing

@Suite struct OperatorCommandTests {
    private typealias Refusal = OperatorCommand.Refusal

    @Test(arguments: [
        "AT", "at+csq", "ATI", "ATI3", "AT+CGMI;+CGMM", "AT+CREG?", "AT+CFUN?", "AT+CPIN?", "AT&V", "ATS0?", " AT+CSQ ",
        "AT+QCFG=\"ims\"", "AT+CLCC=?", "AT*D", "ATL1M1", "AT%E2%C1-K1", "AT+NONSENSE?", "AT+NONSENSE=?", "AT!SCACT?1",
    ])
    func questionsAndHarmlessCommandsAreSent(_ line: String) throws {
        #expect(try OperatorCommand(line).command.text == line.trimmingBlanks)
    }

    @Test(arguments: [
        ("ATD5550101;", "D"), ("atdt0,5550101", "D"), ("AT+CSQ;D5550101;", "D"), ("ATA", "A"), ("ATH", "H"),
        ("ATM1H0", "H"),
        ("ATO", "O"), ("AT%C0DT5550101", "%C0DT5550101"), ("AT%E2-C1H0", "%E2-C1H0"), ("AT*B0A", "*B0A"),
        ("AT+CHUP", "+CHUP"),
        ("AT+CHUP,", "+CHUP"), ("AT+CHLD=1", "+CHLD"), ("AT + CHUP", "+CHUP"), ("ATS0=1", "S0"), ("ATS7=60S0=2", "S0"),
    ])
    func whatMovesACallIsRefused(_ line: String, _ name: String) {
        let rights = OperatorCommand.Rights(isForced: true, allowsServiceCodes: true)
        #expect(throws: Refusal.reserved(name, .movesCall)) { try OperatorCommand(line, rights: rights) }
    }

    @Test(arguments: [
        ("ATE1", "E"), ("ATV0", "V"), ("ATQ1", "Q"), ("ATZ", "Z"), ("AT&F", "&F"), ("AT+CSQ;&F0", "&F"),
        ("AT&D2", "&D"),
        ("AT+FCLASS=8", "+FCLASS"), ("ATS3=10", "S3"), ("ATX1", "X"), ("ATP", "P"),
    ])
    func whatTheSetupOwnsIsRefused(_ line: String, _ name: String) {
        #expect(throws: Refusal.reserved(name, .ownedBySetup)) {
            try OperatorCommand(line, rights: .init(isForced: true, allowsServiceCodes: true))
        }
    }

    @Test(arguments: [
        "", "CSQ", "AT+CSQ\r\nATD5550101;", "ATÄ", "AT\u{1A}", "AT" + String(repeating: "I", count: 127),
    ])
    func whatIsNoCommandLineIsRefused(_ line: String) {
        #expect(throws: Refusal.notACommandLine) { try OperatorCommand(line) }
    }

    @Test(arguments: [
        ("ATD5550101;", true), ("ATA", true), ("ATE0", false), ("AT+CHUP", false), ("AT+NONSENSE", false),
    ])
    func withoutALineThePersonMovesTheCall(_ line: String, _ startsCall: Bool) throws {
        let command = try OperatorCommand(line, rights: .owner).command
        #expect(command.text == line)
        #expect(command.startsCall == startsCall)
    }

    @Test(arguments: [
        "AT+CPIN=1234", "ATE0;+CPIN=1234", "hello", "AT+CMGS=\"5550101\"", "ATD**05*12345678*1234*1234#;",
    ])
    func withoutALineSomeIsStillRefused(_ line: String) {
        #expect(throws: Refusal.self) { try OperatorCommand(line, rights: .owner) }
    }

    @Test(
        arguments: [
            (nil, "lock the SIM"), (.changesNetwork, "off the network"), (.changesSound, "silence the call"),
            (.sendsServiceCodes, "divert calls"), (.sendsMessages, "cost money"), (.changesMemory, "stores"),
        ] as [(ATCommandRule.Effect?, String)]
    )
    func aRefusalSaysWhatTheCommandMayDo(_ effect: ATCommandRule.Effect?, _ words: String) {
        let text = Refusal.needsForce("+X", effect).description
        #expect(text.hasPrefix("+X ") && text.contains(words) && text.hasSuffix("root can send it with --force"))
    }

    @Test func whatIsAskedForIsAnAnswerThoughItCouldComeUnasked() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CREG?"] = "\r\nRING\r\n\r\n+CREG: 1,1\r\n\r\nOK\r\n"
        try bench.send("AT+CREG?")
        #expect(bench.outcome.replies == [ATReply(.result(.ok), lines: ["+CREG: 1,1"])])
    }

    @Test func theReplyComesOnceWithItsLines() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["AT+CSQ"] = "\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
        try bench.send("AT+CSQ")
        #expect(bench.outcome.replies == [ATReply(.result(.ok), lines: ["+CSQ: 20,99"])])
    }

    @Test(arguments: [("AT+CPIN?", "+CPIN: READY"), ("AT+CREG?", "+CREG: 0,1"), ("AT+CMEE?;+CREG?", "+CREG: 2,0")])
    func anAnswerIsNotTakenForAReport(_ question: String, _ answer: String) throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies[question] = "\r\n\(answer)\r\n\r\nOK\r\n"
        try bench.send(question)
        #expect(bench.outcome.replies == [ATReply(.result(.ok), lines: [answer])])
        #expect(bench.readiness == .ready)
        #expect(bench.outcome.readiness == [])
        // What another command is not asked for is a report anyway.
        bench.replies["AT+CSQ"] = "\r\n+CPIN: READY\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
        try bench.send("AT+CSQ")
        #expect(bench.readiness == .opening)
    }

    @Test func onlyOneAtATime() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["ATI"] = ""
        try bench.send("ATI")
        #expect(throws: OperatorCommand.Refusal.busy) { try bench.send("AT+CSQ") }
        bench.feed("\r\nOK\r\n")
        try bench.send("AT+CSQ")
        #expect(bench.outcome.replies.count == 2)
    }

    @Test func aSilentModemEndsTheWaitForIt() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["ATI"] = ""
        try bench.send("ATI")
        bench.wait(.seconds(11))
        #expect(bench.outcome.replies == [ATReply(.timedOut)])
    }

    @Test func anUnplugEndsTheWaitForIt() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["ATI"] = ""
        try bench.send("ATI")
        bench.unplug()
        #expect(bench.outcome.replies == [ATReply(.portClosed)])
        #expect(throws: OperatorCommand.Refusal.noModem(.opening)) { try bench.send("ATI") }
    }

    @Test func aDialDoesNotWaitForAPerson() throws {
        let bench = Bench(.genericGSM)
        bench.becomeReady()
        bench.replies["ATI"] = ""
        try bench.send("ATI")
        bench.dial("5550101")
        #expect(bench.outcome.sent.last == "<CR>")
        bench.wait(.seconds(5))
        #expect(bench.outcome.sent.contains("ATD5550101;"))
        #expect(bench.outcome.replies.count == 1)
    }

    @Test(arguments: ModemProfile.all)
    func nothingIsSentWhileACallIsPlaced(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        bench.dial("5550101")
        #expect(throws: OperatorCommand.Refusal.duringCall(.dialing)) { try bench.send("AT+CSQ") }
        #expect(bench.outcome.replies == [])
    }

    @Test(arguments: ModemProfile.all)
    func nothingIsSentWhileACallRings(_ profile: ModemProfile) {
        let bench = Bench(profile)
        bench.becomeReady()
        let callerID = profile.kind == .analog ? "NMBR = 5550101" : "+CLIP: \"5550101\",129"
        bench.feed("\r\nRING\r\n\r\n\(callerID)\r\n")
        #expect(throws: OperatorCommand.Refusal.duringCall(.incoming)) { try bench.send("AT+CSQ") }
        #expect(bench.outcome.replies == [])
    }

    @Test func tonesGoIntoAnAnsweredCallOnly() throws {
        let bench = Bench(.quectel)
        bench.becomeReady()
        #expect(throws: OperatorCommand.Refusal.notInACall) { try bench.sendTones("12") }
        bench.play([
            .replies("AT+CLCC", "\r\n+CLCC: 1,0,0,0,0,\"5550101\",129\r\n\r\nOK\r\n"), .dial("5550101"),
            .modem("\r\nOK\r\n"), .wait(.seconds(3)),
        ])
        #expect(bench.call?.state == .active)
        try bench.sendTones("1#")
        #expect(bench.outcome.sent.contains("AT****"))
        #expect(throws: OperatorCommand.Refusal.notACommandLine) { try bench.sendTones("1;+CHUP") }
        let analog = Bench(.analog)
        analog.becomeReady()
        #expect(throws: OperatorCommand.Refusal.noTones) { try analog.sendTones("1") }
    }
}

extension String {
    fileprivate var trimmingBlanks: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
