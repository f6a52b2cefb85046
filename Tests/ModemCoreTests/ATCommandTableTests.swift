import Basics
import ModemCore
import Testing

/// The guard of the console against the AT command sets of all families, named as their manuals name them.
@Suite struct ATCommandTableTests {
    private typealias Refusal = OperatorCommand.Refusal

    struct Sample: Sendable, CustomTestStringConvertible {
        let family: String
        let effect: ATCommandRule.Effect?
        let lines: [String]
        var testDescription: String { "\(family): \(effect.map { "\($0)" } ?? "unknown")" }

        init(_ family: String, _ effect: ATCommandRule.Effect?, _ lines: [String]) {
            self.family = family
            self.effect = effect
            self.lines = lines
        }
    }

    static let secrets = [
        Sample(
            "27.007",
            .takesSecret,
            [
                "AT+CPIN=\"8274\"", "at+cpin=8274", "AT+CPIN=\"12348274\",\"8274\"", "AT+CPIN2=8274",
                "AT + C P I N = 8 2 7 4",
                "AT+CLCK=\"SC\",0,\"8274\"", "at+clck=\"SC\",1,8274", "AT+CLCK=\"SC\",2,\"8274\"",
                "AT+CLCK=\"AO\",1,\"8274\",7",
                "AT+CPWD=\"SC\",\"0000\",\"8274\"", "AT+CACM=\"8274\"", "AT+CAMM=\"00FFFF\",\"8274\"",
                "AT+CPUC=\"GBP\",\"1\",\"8274\"",
                "AT+CPBS=\"FD\",\"8274\"", "AT+CSIM=26,\"0020000108FF8274FFFFFFFFFF\"", "AT+CGLA=1,26,\"002C00018274\"",
                "AT+CGAUTH=1,2,\"8274\",\"user\"", "AT+CUSD=1,\"*04*0000*8274*8274#\",15", "AT+CUSD=1,\"*33*8274*11#\"",
            ]
        ),
        Sample(
            "several in a line",
            .takesSecret,
            [
                "AT+CLCK=\"SC\",0,\"8274\";+CSQ", "AT+CSQ;+CPIN=8274", "AT+CMEE?;+CPWD=\"SC\",\"8274\",\"1111\"",
                "ATI;^CPIN=8274",
                "AT+CPIN=?;+CPIN=8274", "AT+CGMM+CPIN=8274", "AT+CMGF=1+CPIN=8274", "AT+CPIN=?8274",
            ]
        ),
        Sample(
            "Huawei",
            .takesSecret,
            [
                "AT^CPIN=\"8274\"", "AT^CARDLOCK=\"8274\"", "AT^DATALOCK=\"8274\"",
                "AT^AUTHDATA=1,2,\"\",\"8274\",\"user\"",
                "AT^NDISDUP=1,1,\"internet\",\"user\",\"8274\"",
            ]
        ),
        Sample(
            "Cinterion",
            .takesSecret,
            [
                "AT^SPIC=\"8274\"", "AT^SLCK=\"PS\",1,\"8274\"", "AT^SPWD=\"PS\",\"8274\",\"1111\"", "AT^SACM=\"8274\"",
                "AT^SICS=0,\"passwd\",\"8274\"", "AT^SISS=1,\"passwd\",\"8274\"", "AT^SGAUTH=1,1,\"8274\",\"user\"",
            ]
        ),
        Sample(
            "Quectel",
            .takesSecret,
            [
                "AT+QCPIN=\"8274\"", "AT+QCSPWD=\"8274\",\"1111\"", "AT+QICSGP=1,1,\"internet\",\"user\",\"8274\",1",
                "AT+QMTCONN=0,\"id\",\"user\",\"8274\"",
            ]
        ),
        Sample(
            "SIMCom",
            .takesSecret,
            [
                "AT+CSTT=\"internet\",\"user\",\"8274\"", "AT+SAPBR=3,1,\"PWD\",\"8274\"",
                "AT+CSOCKAUTH=1,1,\"user\",\"8274\"",
                "AT+FTPPW=\"8274\"",
            ]
        ),
        Sample(
            "Telit",
            .takesSecret,
            [
                "AT#PIN=8274", "AT#PASSW=\"8274\"", "AT#SGACT=1,1,\"user\",\"8274\"",
                "AT#PDPAUTH=1,1,\"user\",\"8274\"",
            ]
        ),
        Sample("u-blox", .takesSecret, ["AT+UAUTHREQ=1,2,\"user\",\"8274\"", "AT+UPSD=0,3,\"8274\""]),
        Sample("Ericsson", .takesSecret, ["AT*EPIN=1,\"8274\"", "AT*EIAAUW=1,1,\"user\",\"8274\""]),
        Sample(
            "Sierra",
            .takesSecret,
            [
                "AT!ENTERCND=\"A8274\"", "AT!SETCND=\"A8274\"", "AT+WPIN=3,8274", "AT+WLCK=1,\"8274\",2",
            ]
        ),
        Sample("Intel", .takesSecret, ["AT+XGAUTH=1,1,\"user\",\"8274\""]),
        Sample("ZTE", .takesSecret, ["AT+ZNCK=\"8274\""]),
        Sample(
            "others",
            .takesSecret,
            [
                "AT*EPIN2=8274", "AT+EPIN=8274", "AT+CPUK=\"12348274\",\"8274\"", "AT$QCPDPP=1,2,\"8274\",\"user\"",
                "AT%UNLOCKPIN=8274", "AT+ESMLCK=0,\"8274\"", "AT$NWACTIVATION=8274,1,2",
            ]
        ),
    ]

    static let reserved = [
        Sample(
            "27.007",
            .movesCall,
            [
                "AT+CHUP", "AT+CHLD=0", "AT+CKPD=\"S\"", "AT+CECALL=0", "AT+CDV5550101", "AT+CDV=5550101", "AT+CHV",
                "AT+VLS=0",
            ]
        ),
        Sample("Huawei", .movesCall, ["AT^CHUP"]),
        Sample("Cinterion", .movesCall, ["AT^SHUP=1,16"]),
        Sample("Quectel", .movesCall, ["AT+QHUP=16,1"]),
        Sample("Telit", .movesCall, ["AT#ACAL=1", "AT#CALLDISA=1"]),
        Sample("ZTE", .movesCall, ["AT%icscall=1,0"]),
        Sample("27.007", .sendsTones, ["AT+VTS=1", "AT+VTS=\"1\""]),
        Sample(
            "27.007",
            .switchesModem,
            [
                "AT+CFUN=0", "AT+CFUN=4", "AT+CFUN=1,1", "at+cops=2", "AT+CPOF", "AT+CPWROFF", "AT+CRESET",
                "AT+CPSMS=1",
            ]
        ),
        Sample("SIMCom", .switchesModem, ["AT+CPOWD=1", "AT+CSCLK=2"]),
        Sample("Quectel", .switchesModem, ["AT+QPOWD=1", "AT+QPOWD", "AT+QSCLK=1", "AT+QFASTBOOT"]),
        Sample("Cinterion", .switchesModem, ["AT^SMSO"]),
        Sample("Telit", .switchesModem, ["AT#SHDN", "AT#REBOOT", "AT#ENHRST=1,0", "AT#FASTSHDN"]),
        Sample("u-blox", .switchesModem, ["AT+UPSV=1", "AT+UFACTORY=2,2"]),
        Sample("Sierra", .switchesModem, ["AT!RESET", "AT!BOOTHOLD", "AT!PCOFFEN=1"]),
        Sample("Ericsson", .switchesModem, ["AT*E2RESET"]),
        Sample("Huawei", .switchesModem, ["AT^RESET", "AT^RFSWITCH=0"]),
        Sample("ZTE", .switchesModem, ["AT+ZOPRT=6"]),
        Sample(
            "27.007",
            .diverts,
            [
                "AT+CCFC=0,3,\"5550101\"", "AT+CCFC=0,1", "AT+CTFR=\"5550101\"", "AT+CUSD=1,\"*21*5550101#\",15",
                "AT+CUSD=1,\"**61*5550101#\"",
            ]
        ),
        Sample(
            "27.007",
            .ownedBySetup,
            [
                "AT+CLIP=0", "AT+CREG=0", "AT+CRC=0", "AT+CMEE=0", "AT+CSCS=\"UCS2\"", "AT+IFC=2,2", "AT+IPR=9600",
                "AT+CCWA=0",
                "AT+CNMI=2,1", "AT+COLP=1", "AT+CVHU=1", "AT+CMUX=0", "AT+CLCC=0",
            ]
        ),
        Sample(
            "families",
            .ownedBySetup,
            [
                "AT^CURC=0", "AT^SLCC=0", "AT^DSCI=1", "AT^PORTSEL=1", "AT*ECAM=0", "AT#ECAM=0", "AT+UCALLSTAT=0",
                "AT+XCALLSTAT=0",
                "AT+MORING=0", "AT+QINDCFG=\"ccinfo\",0", "AT+QURCCFG=\"urcport\",\"usbmodem\"", "AT+WIND=0",
                "AT+VCID=0", "AT#CID=0",
                "AT+VRA=1", "AT+VIT=10",
            ]
        ),
        Sample("27.005", .prompts, ["AT+CMGS=\"5550101\"", "AT+CMGW=\"5550101\"", "AT+CGDATA=\"PPP\",1"]),
        Sample("V.253", .prompts, ["AT+VTX", "AT+VRX"]),
    ]

    static let needingForce = [
        Sample(
            "nobody",
            nil,
            ["AT+NONSENSE", "AT+NONSENSE=1", "AT$FOO", "AT@nvm:x=1", "ATN1", "ATY1", "AT+CSQ,", "AT=1"]
        ),
        Sample(
            "27.007",
            .changesNetwork,
            ["AT+COPS=1,2,\"26201\"", "AT+COPS=0", "AT+CGATT=0", "AT+CGDCONT=1,\"IP\",\"x\""]
        ),
        Sample("27.007", .sendsServiceCodes, ["AT+CUSD=1,\"*100#\",15"]),
        Sample("27.007", .changesSound, ["AT+CLVL=0", "AT+CMUT=1"]),
        Sample("27.007", .changesCalls, ["AT+CLIR=1"]),
        Sample(
            "27.005",
            .changesMemory,
            ["AT+CMGD=1,4", "AT+CSCA=\"+4917\"", "AT+CPBW=1", "AT+CRSM=214,28486,0,0,1,\"00\""]
        ),
        Sample("27.005", .sendsMessages, ["AT+CMSS=1"]),
        Sample(
            "Huawei",
            .changesNetwork,
            ["AT^SYSCFG=2,2,3FFFFFFF,1,2", "AT^SYSCFGEX=\"03\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,"]
        ),
        Sample("Quectel", .changesMemory, ["AT+QCFG=\"ims\",0", "AT+QFDEL=\"*\""]),
        Sample("SIMCom", .changesNetwork, ["AT+CNMP=13"]),
        Sample("Telit", .changesNetwork, ["AT#BND=0"]),
        Sample("u-blox", .changesNetwork, ["AT+URAT=0"]),
        Sample("Sierra", .changesNetwork, ["AT!SELRAT=6"]),
        Sample("V.250", .changesCalls, ["ATS7=1", "ATS10=255"]),
    ]

    static let harmless = [
        Sample(
            "27.007",
            .harmless,
            [
                "AT+CGMI", "AT+CGSN=1", "AT+CIMI", "AT+CNUM", "AT+CSQ", "AT+CESQ", "AT+CEER", "AT+CPAS", "AT+CBC",
                "AT+CLAC", "AT+CLCC",
                "AT+COPS?", "AT+COPS=?", "AT+COPS=3,2", "AT+COPN", "AT+CLCK=\"SC\",2", "AT+CLCK=\"AO\",2,,7",
                "AT+CLCK=?", "AT+CPWD=?",
                "AT+CCFC=0,2", "AT+CCWA=1,2", "AT+CUSD=1", "AT+CUSD=2", "AT+CPBS=\"SM\"", "AT+CPBR=1,10", "AT+CMGF=1",
                "AT+CMGL=\"ALL\"",
                "AT+CRSM=176,12258,0,0,10", "AT+CPINR=\"SIM PIN\"", "AT+CPOF=?", "AT+CLIP?", "AT+CNMI?", "AT+CPIN?",
                "AT+CPIN2?",
                "AT+GCAP",
            ]
        ),
        Sample(
            "SIMCom",
            .harmless,
            ["AT+SPIC", "AT+CICCID", "AT+CPSI?", "AT+CCID", "AT+CENG?", "AT+CSPN?", "AT+SIMEI?"]
        ),
        Sample(
            "Quectel",
            .harmless,
            [
                "AT+QCCID", "AT+QPINC", "AT+QPINC=\"SC\"", "AT+QNWINFO", "AT+QENG=\"servingcell\"", "AT+QCFG=\"ims\"",
                "AT+QCSQ",
                "AT+QSPN", "AT+QINISTAT", "AT+QGMR", "AT+QTRPIN",
            ]
        ),
        Sample(
            "Huawei",
            .harmless,
            ["AT^SYSINFO", "AT^SYSINFOEX", "AT^HCSQ?", "AT^CPIN?", "AT^ICCID?", "AT^CARDLOCK?", "AT^CSNR"]
        ),
        Sample(
            "Cinterion",
            .harmless,
            [
                "AT^SLCC", "AT^SPIC", "AT^SPIC?", "AT^SPIC=\"SC\"", "AT^SMONI", "AT^SMONG", "AT^SCID", "AT^SBV",
                "AT^SCFG?",
                "AT^SCFG=\"MEopMode/Airplane\"", "AT^SLCK=\"PS\",2",
            ]
        ),
        Sample(
            "Telit",
            .harmless,
            ["AT#MONI", "AT#SERVINFO", "AT#RFSTS", "AT#PCT", "AT#CGSN", "AT#CCID", "AT#QSS?", "AT#SWPKGV"]
        ),
        Sample("u-blox", .harmless, ["AT+UPINCNT", "AT+UGCNTRD", "AT+URAT?", "AT+CCID", "AT+UCGED?"]),
        Sample("Sierra", .harmless, ["AT!GSTATUS?", "AT!SELRAT?", "AT+CPINC", "AT+WOPN", "AT+CCED=0"]),
        Sample("Ericsson", .harmless, ["AT*E2IPCFG?", "AT*EPIN?", "AT*ECAM?"]),
        Sample("Intel", .harmless, ["AT+XPINCNT", "AT+XGENDATA", "AT+XRAT?"]),
        Sample("ZTE", .harmless, ["AT+ZPAS?", "AT+ZPINPUK=?", "AT+ZSNT?"]),
        Sample("Motorola", .harmless, ["AT+TPIN?", "AT+TPIN", "AT+CFSN", "AT$"]),
        Sample(
            "Conexant and Agere",
            .harmless,
            ["AT&V", "AT&V1", "ATI9", "AT%E2", "AT%C3", "AT\\N3", "AT*B", "AT+MR=1", "ATS95?"]
        ),
    ]

    @Test(arguments: secrets + reserved, [false, true])
    func whatIsReservedIsRefusedToRootToo(_ sample: Sample, _ isForced: Bool) throws {
        let effect = try #require(sample.effect)
        for line in sample.lines {
            let refusal = #expect(throws: Refusal.self, "\(line)") {
                try OperatorCommand(line, rights: .init(isForced: isForced))
            }
            guard case .reserved(_, effect)? = refusal else {
                Issue.record("\(line): \(String(describing: refusal))")
                continue
            }
            #expect(!"\(try #require(refusal))".contains("8274"), "\(line)")
        }
    }

    @Test(arguments: needingForce)
    func whatIsNotKnownToBeHarmlessNeedsForce(_ sample: Sample) throws {
        for line in sample.lines {
            let refusal = #expect(throws: Refusal.self, "\(line)") { try OperatorCommand(line) }
            guard case .needsForce(_, sample.effect)? = refusal else {
                Issue.record("\(line): \(String(describing: refusal))")
                continue
            }
            #expect(try OperatorCommand(line, rights: .init(isForced: true)).command.text == line)
        }
    }

    @Test(arguments: harmless)
    func whatIsHarmlessIsSent(_ sample: Sample) {
        for line in sample.lines {
            #expect(throws: Never.self, "\(line)") { try OperatorCommand(line) }
            #expect(throws: Never.self, "\(line)") { try OperatorCommand(line.lowercased()) }
        }
    }

    @Test(arguments: ["AT+CCFC=0,3,\"5550101\"", "AT+CUSD=1,\"*100#\"", "AT+CUSD=1,\"*21*5550101#\""])
    func whereServiceCodesAreAllowedCallsMayBeDiverted(_ line: String) throws {
        #expect(try OperatorCommand(line, rights: .init(allowsServiceCodes: true)).command.text == line)
    }

    /// What a profile's own set-up sends is nothing that a person may undo.
    @Test(arguments: ModemProfile.all)
    func theSetupOfEachFamilyIsItsOwn(_ profile: ModemProfile) {
        for command in profile.setup {
            let refusal = #expect(throws: Refusal.self, "\(command.text)") {
                try OperatorCommand(command.text, rights: .init(isForced: true, allowsServiceCodes: true))
            }
            guard case .reserved? = refusal else {
                Issue.record("\(command.text): \(String(describing: refusal))")
                continue
            }
        }
    }

    /// What the logs hide is never sent, and what is sent shows no secret.
    @Test(arguments: secrets)
    func theMaskHidesWhatIsRefused(_ sample: Sample) {
        for line in sample.lines {
            let scalars = Array(line.unicodeScalars)
            let start = ATSecret.start(inLine: scalars)
            let codes = NumberText.secrets(in: scalars)
            #expect(start != nil || !codes.isEmpty, "\(line)")
            var shown = Array(line)
            for range in codes.reversed() { shown.removeSubrange(range) }
            if let start { shown = Array(line.prefix(start)) }
            #expect(!String(shown).filter { $0 != " " }.contains("8274"), "\(line)")
        }
    }

    @Test(arguments: harmless + needingForce)
    func theMaskLeavesTheRestAlone(_ sample: Sample) {
        for line in sample.lines {
            let scalars = Array(line.unicodeScalars)
            #expect(ATSecret.start(inLine: scalars) == nil, "\(line)")
            #expect(NumberText.secrets(in: scalars).isEmpty, "\(line)")
        }
    }

    @Test(arguments: [
        "ATD**05*12348274*8274*8274#;", "ATD*04*0000*8274*8274#", "ATD**042*0000*8274*8274#", "ATD *33*8274*11#",
        "atd#330*8274#", "ATD*03*330*0000*8274*8274#", "** 05 * 1234-8274 * 8274 * 8274 #", "**052*12348274*8274*8274",
    ])
    func serviceCodesWithAPINShowNoPartOfIt(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        let ranges = NumberText.secrets(in: scalars)
        #expect(ranges.count == 1)
        var shown = scalars
        for range in ranges.reversed() { shown.removeSubrange(range) }
        #expect(!shown.contains("8") && !shown.contains("7"), "\(String(String.UnicodeScalarView(shown)))")
    }

    @Test(arguments: [
        "ATD*21*5550101#;", "ATD*#06#;", "ATD*100#;", "ATD*31#5550101;", "+49*5550101", "*#33#", "", "*", "**", "*05",
    ])
    func otherServiceCodesHoldNoSecret(_ text: String) {
        #expect(NumberText.secrets(in: Array(text.unicodeScalars)) == [])
    }

    @Test(
        arguments: [
            ("+CGAUTH: 1,2,\"8274\",\"user\"", 8), ("+QICSGP: 1,\"x\",\"u\",\"8274\",1", 8), ("A8274", nil),
            ("+CPIN: SIM PIN", nil),
            ("+CLCK: 1,7", nil), ("+CSIM: 4,\"9000\"", nil), ("$QCPDPP: 1,2,8274", 8),
        ] as [(String, Int?)]
    )
    func answersThatGiveAPasswordAreHidden(_ line: String, _ start: Int?) {
        #expect(ATSecret.start(inLine: Array(line.unicodeScalars)) == start)
    }
}
