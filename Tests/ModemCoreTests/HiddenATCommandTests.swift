import ModemCore
import Testing

/// Commands that lock, move, restart or rewrite a modem, and the ways to hide one in a line that looks harmless.
@Suite struct HiddenATCommandTests {
    private typealias Effect = ATCommandRule.Effect

    private func refusal(_ line: String, isForced: Bool = true) -> OperatorCommand.Refusal? {
        do {
            _ = try OperatorCommand(line, rights: .init(isForced: isForced))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "AT^TMODE=3", "AT^SETPORT=\"A1,A2;1,2,3\"", "AT^U2DIAG=0", "AT^SETMODE=1", "AT^HVSST=1,0", "AT^SIMSWITCH=1",
        "AT^GODLOAD",
        "AT+QPRTPARA=3", "AT+QDOWNLOAD=1", "AT+QUIMSLOT=2", "AT+QRFTESTMODE=1", "AT+QLINUXCMD=\"adbd\"",
        "AT+QCFG=\"usbnet\",1",
        "AT+QCFG=\"usbcfg\",0x2C7C,0x0125,1,1,1,1,1,1,0", "AT+QCFG=\"data_interface\",1,0",
        "AT+CUSBPIDSWITCH=9011,1,1", "AT+CUSBADB=1", "AT+CREBOOT", "AT+CDELTA",
        "AT#FWSWITCH=1,1", "AT#USBCFG=3", "AT#OTAUP=1", "AT+UUSBCONF=3", "AT+UFWUPD=3", "AT+UFACTORY=2,2",
        "AT^SSRVSET=\"actSrvSet\",11", "AT^SCFG=\"MEopMode/Airplane\",\"on\"", "AT^SFDL", "AT^SNFOTA=\"act\"",
        "AT!USBCOMP=1,1,10D", "AT!NVRESTORE=0", "AT!RMARESET=1", "AT!IMPREF=\"GENERIC\"", "AT+KUSBCOMP=2",
        "AT!UDPID=68A2",
        "AT+ZCDRUN=E", "AT+ZRST", "AT$QCPWRDN", "AT+EPOF", "AT+ESLP=1", "AT+GTUSBMODE=40", "AT+NRB", "AT**", "AT**0",
        "AT+CMAR", "AT+CSUS=1",
        // Of no row: what the name says.
        "AT+RESET", "AT+FACTORYRESET=1", "AT*REBOOT", "AT+XPWROFF", "AT_SHUTDOWN", "AT+GTFOTA=1", "AT%USBMODE=2",
    ])
    func whatRestartsOrRewritesTheModemIsForNobody(_ line: String) {
        for line in [line, line.lowercased()] {
            guard case .reserved(_, Effect.switchesModem)? = refusal(line) else {
                Issue.record("\(line): \(String(describing: refusal(line)))")
                continue
            }
        }
    }

    @Test(arguments: [
        "AT+EGMR=1,7,\"490154203237518\"", "AT+SIMEI=490154203237518", "AT^PHYNUM=IMEI,490154203237518",
        "AT+CGSN=\"490154203237518\"",
        "AT+GSN=490154203237518", "AT^NVWREX=8268,0,12,1,0,0,0,2,0,0,0,a,0,0,0", "AT+CNVW=0,10,\"0D00\"",
        "AT+QNVFW=\"/nv/x\",00",
        "AT!NVWRITE=1", "AT+UDCONF=1,1",
    ])
    func whatIsWrittenToTheModemsMemoryNeedsForce(_ line: String) {
        guard case .needsForce(_, .changesMemory?)? = refusal(line, isForced: false) else {
            Issue.record("\(line): \(String(describing: refusal(line, isForced: false)))")
            return
        }
        #expect(refusal(line) == nil)
    }

    /// The chat would wait for a final result that comes only after the data.
    @Test(arguments: [
        "AT+QFUPL=\"a\",100", "AT+QISEND=0", "AT+CIPSEND", "AT+CFTRANRX=\"c:/a\",10", "AT+HTTPDATA=10,10000",
        "AT#SSEND=1",
        "AT#WSCRIPT=\"a.py\",10", "AT+UDWNFILE=\"a\",10", "AT+USOWR=0,10", "AT^SISW=1,10", "AT+KTCPSND=1,10",
        "AT+QMTPUB=0,0,0,0,\"t\"",
    ])
    func whatWaitsForDataIsForNobody(_ line: String) {
        guard case .reserved(_, Effect.prompts)? = refusal(line) else {
            Issue.record("\(line): \(String(describing: refusal(line)))")
            return
        }
    }

    @Test(arguments: ["AT+IPREX=9600", "AT+CSUART=1", "AT#V24CFG=1,1", "AT^SSET=1", "AT+CURCD=500"])
    func theSpeedAndTheReportsOfThePortAreTheSetups(_ line: String) {
        guard case .reserved(_, Effect.ownedBySetup)? = refusal(line) else {
            Issue.record("\(line): \(String(describing: refusal(line)))")
            return
        }
    }

    @Test(arguments: [
        "AT+EGMR=0,7", "AT+CGSN=0", "AT+QCFG=\"usbnet\"", "AT^SCFG=\"MEopMode/Airplane\"", "AT^TMODE?", "AT!USBCOMP?",
    ])
    func whatOnlyAsksIsSent(_ line: String) {
        #expect(refusal(line, isForced: false) == nil)
    }

    @Test(arguments: [
        ("ATE0;+CFUN=0", Effect.ownedBySetup), ("AT+CSQ;+CFUN=0", .switchesModem), ("at+csq;+cfun=0", .switchesModem),
        ("AT + C F U N = 0", .switchesModem), ("AT+CSQ;;+CFUN=0", .switchesModem), ("ATI+CFUN=0", .switchesModem),
        ("AT;+CFUN=0", .switchesModem), ("ATL1M1+CFUN=0", .switchesModem), ("ATS7?+CFUN=0", .switchesModem),
        ("AT+CSQ;D5550101", .movesCall), ("AT+CSQ;A/", .movesCall), ("ATI;H", .movesCall), ("ATI0H0", .movesCall),
        ("ATL0D5550101", .movesCall), ("ATS0=1", .movesCall), ("ATS00=1", .movesCall), ("ATS000=1", .movesCall),
        ("AT S 0 = 1", .movesCall), ("ATS3=65", .ownedBySetup), ("ATS03=65", .ownedBySetup),
        ("AT%C0D5550101", .movesCall),
        ("AT+CHUP1", .movesCall), ("AT+CFUN=?;+CFUN=0", .switchesModem),
        // A semicolon in quotes, and one behind a quote that never ends.
        ("AT+CPBF=\"a;+CFUN=0\"", .switchesModem), ("AT+CPBF=\"a;+CFUN=0", .switchesModem),
        ("AT+CPBF=\"a;D5550101;\"", .movesCall),
        ("AT+CPBF=\"a\";+CFUN=0", .switchesModem), ("AT+CPBF=\"\"\";+CFUN=0", .switchesModem),
    ])
    private func aReservedCommandIsFoundWhereverItStands(_ line: String, _ effect: Effect) {
        guard case .reserved(_, effect)? = refusal(line) else {
            Issue.record("\(line): \(String(describing: refusal(line)))")
            return
        }
    }

    @Test(arguments: [
        "A/", "a/", "", "AT\u{0}+CFUN=0", "AT\t+CFUN=0", "AT+CSQ\rAT+CFUN=0", "AT+CSQ\nATD1;", "AT+CSQ\u{1A}", "+++",
        "A T+CFUN=0", "ＡＴ+CFUN=0",
        "AT+CSQ\u{202E}", "AT+CSQ" + String(repeating: " ", count: 120) + ";+CFUN=0",
        "AT" + String(repeating: "+CSQ;", count: 30), "AT+CSQ\u{1B}[2J",
    ])
    func whatIsNoPlainCommandLineIsNotSent(_ line: String) {
        #expect(refusal(line) == .notACommandLine)
    }

    @Test(arguments: [
        "AT+C\u{0}PIN=8274", "AT+CP\u{200B}IN=\"8274\"", "AT+CPIN\t=\t8274", "at+clck=\"SC\"\u{0},1,\"8274\"",
        "AT+CPIN\u{AD}=8274",
        "AT+QADBKEY=\"8274\"", "AT+KCNXCFG=1,\"GPRS\",\"apn\",\"user\",\"8274\"", "AT+WPPP=1,1,\"user\",\"8274\"",
        "AT+CMAR=\"8274\"",
    ])
    func theMaskSeesThroughWhatIsNotShown(_ line: String) throws {
        let scalars = Array(line.unicodeScalars)
        let start = try #require(ATSecret.start(inLine: scalars))
        #expect(!String(String.UnicodeScalarView(scalars[..<start])).contains("8274"))
    }
}
