import ModemCore
import Testing

@Suite struct OperatorCommandTests {
    private typealias Refusal = OperatorCommand.Refusal

    @Test(arguments: [
        "AT", "at+csq", "ATI", "ATI3", "AT+CGMI;+CGMM", "AT+CREG?", "AT+CFUN?", "AT+CPIN?", "AT&V", "ATS0?", "ATS7=60",
        "AT+CUSD=1,\"*100#\",15", "AT^SYSCFG=2,2,3FFFFFFF,1,2", " AT+CSQ ", "AT+QCFG=\"ims\"", "AT+CLCC=?", "AT*D",
        "ATL1M1", "AT*ECAV=1", "AT%CGMR", "AT%E2%C1-K1",
    ])
    func whatLeavesTheCallAloneIsSent(_ line: String) throws {
        #expect(try OperatorCommand(line).command.text == line.trimmingBlanks)
    }

    @Test(
        arguments: [
            ("ATD5550101;", .movesCall("D")), ("atdt0,5550101", .movesCall("D")), ("AT+CSQ;D5550101;", .movesCall("D")),
            ("ATA", .movesCall("A")), ("ATH", .movesCall("H")), ("ATM1H0", .movesCall("H0")), ("ATO", .movesCall("O")),
            ("AT%C0DT5550101", .movesCall("%C0DT5550101")), ("AT%E2-C1H0", .movesCall("%E2-C1H0")),
            ("AT*B0A", .movesCall("*B0A")),
            ("AT+CHUP", .movesCall("+CHUP")), ("AT+CHUP,", .movesCall("+CHUP,")), ("AT+CHLD=1", .movesCall("+CHLD=1")),
            ("AT+CFUN=1,1", .movesCall("+CFUN=1,1")),
            ("AT + CHUP", .movesCall("+CHUP")), ("ATE1", .changesAnswers("E1")), ("ATV0", .changesAnswers("V0")),
            ("ATQ1", .changesAnswers("Q1")), ("ATZ", .changesAnswers("Z")), ("AT&F", .changesAnswers("&F")),
            ("AT+CSQ;&F0", .changesAnswers("&F0")), ("AT+FCLASS=8", .changesAnswers("+FCLASS=8")),
            ("AT+CPIN=1234", .entersPIN), ("at+cpin=\"1234\"", .entersPIN), ("AT+CPIN2=1234", .entersPIN),
            ("ATS0=1", .movesCall("S0=")), ("ATS7=60S0=2", .movesCall("S0=")), ("ATS3=10", .changesAnswers("S3=")),
            ("AT+CMGS=\"5550101\"", .prompts("+CMGS=\"5550101\"")),
            ("", .notACommandLine), ("CSQ", .notACommandLine), ("AT+CSQ\r\nATD5550101;", .notACommandLine),
            ("ATÄ", .notACommandLine), ("AT\u{1A}", .notACommandLine),
            ("AT" + String(repeating: "I", count: 127), .notACommandLine),
        ] as [(String, OperatorCommand.Refusal)]
    )
    func whatWouldMakeTheStatusUntrueIsRefused(_ line: String, _ refusal: OperatorCommand.Refusal) {
        #expect(throws: refusal) { try OperatorCommand(line) }
    }

    @Test(arguments: [
        "AT+CLCK=\"SC\",0,\"0000\"", "at+clck=\"SC\",1,\"0000\"", "AT+CLCK=\"SC\",2,\"0000\"",
        "AT+CSQ;+CPWD=\"SC\",\"0000\",\"1111\"",
        "AT*EPIN=1,\"0000\"", "AT+CSIM=26,\"0020000108FFFFFFFFFFFFFFFF\"", "AT^CPIN=\"0000\"", "AT#PIN=0000",
        "AT^SPIC=\"0000\"", "AT^SLCK=\"PS\",1,\"0000\"", "AT^SPWD=\"PS\",\"0000\",\"1111\"", "AT+QCPIN=\"0000\"",
        "AT + CPUK = \"0\"",
    ])
    func secretsAreRefused(_ line: String) {
        #expect(throws: Refusal.entersPIN) { try OperatorCommand(line) }
    }

    @Test(arguments: [
        "AT^SHUP", "AT+QHUP=16,1", "AT+VLS=0", "AT+CPOF", "AT+QPOWD=1", "AT^SMSO", "AT#SHDN", "AT+CRESET", "at+cops=2",
        "AT+CCFC=0,3,\"5550101\"", "AT+CCFC=0,1",
    ])
    func endsPowerAndDiversionsAreRefused(_ line: String) {
        #expect(throws: Refusal.movesCall(line.dropFirst(2).uppercased())) { try OperatorCommand(line) }
    }

    @Test(arguments: [
        "AT+CLIP=0", "AT+CREG=0", "AT+CRC=0", "AT^CURC=0", "AT^SLCC=0", "AT+CNMI=2,1", "AT+CMEE=0", "AT+CSCS=\"UCS2\"",
        "AT+IFC=2,2", "AT+IPR=9600", "AT+CCWA=0",
    ])
    func whatTheSetupOwnsIsRefused(_ line: String) {
        #expect(throws: Refusal.changesAnswers(String(line.dropFirst(2)))) { try OperatorCommand(line) }
    }

    @Test(arguments: [
        "AT+CLCK=\"SC\",2", "AT+CLCK=?", "AT+CPWD=?", "AT+CCFC=0,2", "AT+COPS=?", "AT+COPS?", "AT+CPOF=?", "AT+CLIP?",
        "AT+CNMI?",
        "AT^SPIC?", "AT+CMEE=?",
    ])
    func questionsAboutThemAreSent(_ line: String) throws {
        #expect(try OperatorCommand(line).command.text == line)
    }

    @Test(arguments: [("ATD5550101;", true), ("ATA", true), ("ATE0", false), ("AT+CHUP", false), ("AT+CSQ", false)])
    func withoutALineThePersonMovesTheCall(_ line: String, _ startsCall: Bool) throws {
        let command = try OperatorCommand(unattended: line).command
        #expect(command.text == line)
        #expect(command.startsCall == startsCall)
    }

    @Test(
        arguments: [
            ("AT+CPIN=1234", .entersPIN), ("ATE0;+CPIN=1234", .entersPIN), ("hello", .notACommandLine),
            ("AT+CMGS=\"5550101\"", .prompts("+CMGS=\"5550101\"")),
        ] as [(String, OperatorCommand.Refusal)]
    )
    func withoutALineSomeIsStillRefused(_ line: String, _ refusal: OperatorCommand.Refusal) {
        #expect(throws: refusal) { try OperatorCommand(unattended: line) }
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
        // What another command is not asked for is a report all the same.
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
