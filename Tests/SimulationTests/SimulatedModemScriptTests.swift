import Testing

@testable import Simulation

/// The bytes of each maker, `|` for CR LF, as they are in the field.
@Suite("Simulated modem: makers")
struct SimulatedModemScriptTests {
    private static func bench(_ profile: SimulatedProfile, _ setup: [String]) -> SimulatedModemBench {
        var bench = SimulatedModemBench(profile) {
            $0.reaction = .ringForever
            $0.replyDelay = .zero
        }
        for line in setup { #expect(bench.command(line).last == "OK", "\(line)") }
        _ = bench.read()
        return bench
    }

    struct Maker: Sendable, CustomTestStringConvertible {
        var profile: SimulatedProfile
        var setup: [String] = []
        var dialled: String
        var alerting: String
        var answered: String
        var ended: String
        var testDescription: String { profile.rawValue }
    }

    static let makers = [
        Maker(
            profile: .huawei,
            setup: ["AT^CURC=1"],
            dialled: "|OK||^ORIG:1,0|",
            alerting: "|^CONF:1|",
            answered: "||^CONN:1,0|",
            ended: "|^CEND:1,9,104,16||NO CARRIER|"
        ),
        Maker(
            profile: .quectel,
            setup: ["AT+QINDCFG=\"ccinfo\",1,0"],
            dialled: "|OK||+QIND: \"ccinfo\",2,0,2,0,0,\"0123456\",129|",
            alerting: "|+QIND: \"ccinfo\",2,0,3,0,0,\"0123456\",129|",
            answered: "|+QIND: \"ccinfo\",2,0,0,0,0,\"0123456\",129|",
            ended: "|+QIND: \"ccinfo\",2,0,-1,0,0,\"0123456\",129||NO CARRIER|"
        ),
        Maker(
            profile: .quectel,
            setup: ["AT^DSCI=1"],
            dialled: "|OK||^DSCI: 2,0,2,0,0123456,129|",
            alerting: "|^DSCI: 2,0,7,0,0123456,129|",
            answered: "|^DSCI: 2,0,3,0,0123456,129|",
            ended: "|^DSCI: 2,0,6,0,0123456,129||NO CARRIER|"
        ),
        Maker(
            profile: .simcom,
            setup: ["AT+CLCC=1", "AT+MORING=1"],
            dialled: "|OK||+CLCC: 1,0,2,0,0,\"0123456\",129,\"\"|",
            alerting: "|MO RING||+CLCC: 1,0,3,0,0,\"0123456\",129,\"\"|",
            answered: "|MO CONNECTED||+CLCC: 1,0,0,0,0,\"0123456\",129,\"\"|",
            ended: "|+CLCC: 1,0,6,0,0,\"0123456\",129,\"\"||NO CARRIER|"
        ),
        Maker(
            profile: .simcom7600,
            dialled: "|OK|",
            alerting: "",
            answered: "|VOICE CALL: BEGIN|",
            ended: "|VOICE CALL: END: 000009||NO CARRIER|"
        ),
        Maker(
            profile: .ublox,
            setup: ["AT+UCALLSTAT=1"],
            dialled: "|OK||+UCALLSTAT: 1,2|",
            alerting: "|+UCALLSTAT: 1,3|",
            answered: "|+UCALLSTAT: 1,7|",
            ended: "|+UCALLSTAT: 1,6||NO CARRIER|"
        ),
        Maker(
            profile: .telit,
            setup: ["AT#ECAM=1"],
            dialled: "#ECAM: 0,1,1,,,\"0123456\",129|",
            alerting: "+CSSI: 1|#ECAM: 0,2,1,,,||OK|",
            answered: "#ECAM: 0,3,1,,,|",
            ended: "#ECAM: 0,0,1,,,||NO CARRIER|"
        ),
        Maker(
            profile: .cinterion,
            setup: ["AT^SLCC=1"],
            dialled: "|OK||^SLCC: 1,0,2,0,0,0,\"0123456\",129|^SLCC: |",
            alerting: "|^SLCC: 1,0,3,0,0,0,\"0123456\",129|^SLCC: |",
            answered: "|^SLCC: 1,0,0,0,0,1,\"0123456\",129|^SLCC: |",
            ended: "|^SLCC: ||NO CARRIER|"
        ),
        Maker(
            profile: .sierra,
            setup: ["AT+WIND=63"],
            dialled: "+WIND: 5,1|",
            alerting: "+WIND: 2|",
            answered: "+WIND: 9||OK|",
            ended: "|NO CARRIER|+WIND: 6,1|"
        ),
        Maker(profile: .zte, dialled: "", alerting: "", answered: "|CONNECT|", ended: "HANGUP: 1|"),
        Maker(
            profile: .ericsson,
            setup: ["AT*ECAM=1"],
            dialled: "|OK||*ECAV: 1,1,1,,,\"0123456\",129|",
            alerting: "|*ECAV: 1,2,1|",
            answered: "|*ECAV: 1,3,1|",
            ended: "|*ECAV: 1,0,1,16||NO CARRIER|"
        ),
        Maker(
            profile: .intelXMM,
            setup: ["AT+XCALLSTAT=1"],
            dialled: "|OK||+XCALLSTAT: 1,2|",
            alerting: "|+XCALLSTAT: 1,3|",
            answered: "|+XCALLSTAT: 1,7||+XCALLSTAT: 1,0|",
            ended: "|+XCALLSTAT: 1,6||NO CARRIER|"
        ),
        Maker(profile: .nokia, dialled: "|OK|", alerting: "", answered: "", ended: ""),
        Maker(profile: .genericGSM, dialled: "|OK|", alerting: "", answered: "", ended: "|NO CARRIER|"),
    ]

    @Test(arguments: makers)
    func tellsACallInItsOwnWords(_ maker: Maker) {
        var bench = Self.bench(maker.profile, maker.setup)
        bench.type("ATD0123456;\r")
        bench.wait(.milliseconds(500))
        #expect(bench.read() == maker.dialled)
        bench.wait(.milliseconds(600))
        #expect(bench.read() == maker.alerting)
        bench.perform(.answer)
        bench.wait(.milliseconds(100))
        #expect(bench.read() == maker.answered)
        bench.wait(.seconds(9))
        bench.perform(.hangUp)
        bench.wait(.milliseconds(100))
        #expect(bench.read() == maker.ended)
        #expect(bench.call == nil)
    }

    @Test(arguments: [
        (SimulatedProfile.huawei, "|^CEND: 1,0, 67, 17||BUSY|"), (.telit, "#ECAM: 0,7,1,,,|#ECAM: 0,0,1,,,|"),
        (.sierra, "|BUSY|+WIND: 6,1|"), (.zte, "|OK|"), (.analogVoice, "|BUSY|"),
    ])
    func tellsABusyNumber(_ profile: SimulatedProfile, _ text: String) {
        let setup: [SimulatedProfile: [String]] = [
            .huawei: ["AT^CURC=1"], .telit: ["AT#ECAM=1"], .sierra: ["AT+WIND=63"], .analogVoice: ["AT+FCLASS=8"],
        ]
        var bench = Self.bench(profile, setup[profile] ?? [])
        bench.type(profile.script.isAnalog ? "ATDT0123456\r" : "ATD0123456;\r")
        bench.wait(.seconds(8))
        _ = bench.read()
        bench.perform(.busy)
        bench.wait(.milliseconds(100))
        #expect(bench.read() == text)
        #expect(bench.call == nil)
    }

    @Test(arguments: [SimulatedProfile.zte, .sierra, .telit])
    func dropsTheCallOnAnyCharacterDuringTheSetup(_ profile: SimulatedProfile) {
        var bench = Self.bench(profile, [])
        bench.type("ATD0123456;\r")
        bench.wait(.milliseconds(500))
        bench.type("AT+CLCC\r")
        bench.wait(.seconds(1))
        #expect(bench.call == nil)
        #expect(bench.aborts == 1)
    }

    @Test func dropsTheCallOnAnyCommandBeforeTheRingingWhereItIsFragile() {
        var bench = SimulatedModemBench(.huawei) {
            $0.reaction = .ringForever
            $0.fragileSetup = true
        }
        bench.type("ATD0123456;\r")
        bench.wait(.milliseconds(500))
        bench.type("A")
        bench.wait(.seconds(1))
        #expect(bench.call == nil)
        #expect(bench.aborts == 1)
    }

    @Test func hearsTheTonesInClass8() {
        var bench = Self.bench(.analogVoice, ["AT+FCLASS=8", "AT+VRA=50"])
        bench.type("ATDT0123456\r")
        bench.wait(.seconds(8))
        #expect(bench.lines() == ["RINGING"])
        bench.perform(.answer)
        bench.wait(.seconds(6))
        #expect(bench.lines() == ["VCON"])
        bench.perform(.hangUp)
        bench.wait(.seconds(6))
        #expect(bench.read() == "\u{10}b\u{10}b")
        #expect(bench.command("ATH") == ["OK"])
        #expect(bench.call == nil)
    }

    @Test func listsThePhantomCallAndTheSecondCaller() {
        var bench = Self.bench(.quectel, ["AT+CCWA=1"])
        #expect(bench.command("AT+CLCC") == ["+CLCC: 1,1,0,1,0,\"\",128", "OK"])
        _ = bench.command("ATD0123456;")
        bench.wait(.seconds(1))
        bench.perform(.answer)
        bench.perform(.wait(.number("5550155")))
        bench.wait(.milliseconds(10))
        #expect(bench.lines() == ["+CCWA: \"5550155\",129,1"])
        #expect(
            bench.command("AT+CLCC") == [
                "+CLCC: 1,1,0,1,0,\"\",128", "+CLCC: 2,0,0,0,0,\"0123456\",129",
                "+CLCC: 3,1,5,0,0,\"5550155\",129", "OK",
            ]
        )
    }

    @Test(arguments: [(SimulatedProfile.ublox, 6), (.cinterion, 7)])
    func listsACallForAMomentAfterItsEnd(_ profile: SimulatedProfile, _ status: Int) {
        var bench = Self.bench(profile, [])
        _ = bench.command("ATD0123456;")
        bench.perform(.hangUp)
        _ = bench.read()
        bench.type("AT+CLCC\r")
        bench.wait(.milliseconds(100))
        #expect(bench.lines() == ["+CLCC: 1,0,\(status),0,0,\"0123456\",129", "OK"])
        bench.wait(.seconds(1))
        #expect(bench.command("AT+CLCC") == ["OK"])
    }

    @Test func losesHalfALineAndTheWholeEnd() {
        var bench = Self.bench(.huawei, ["AT^CURC=1"])
        bench.perform(.corruptNextLine)
        #expect(bench.command("AT") == ["K"])
        _ = bench.command("ATD0123456;")
        bench.perform(.loseNextEnd(true))
        bench.perform(.hangUp)
        bench.wait(.seconds(1))
        #expect(bench.lines().isEmpty)
        #expect(bench.call == nil)
    }

    @Test(arguments: [SimulatedProfile.huawei, .analog])
    func vanishesUnderTheLoadOfADial(_ profile: SimulatedProfile) {
        var bench = Self.bench(profile, [])
        bench.perform(.brownOut)
        bench.type(profile == .analog ? "ATDT0123456;\r" : "ATD0123456;\r")
        #expect(bench.actions.contains(.unplug))
        #expect(bench.call == nil)
        bench.wait(.seconds(4))
        #expect(bench.actions.contains(.replug))
    }

    @Test func answersLateInOrderAlsoWhenItGetsFasterAgain() {
        var bench = Self.bench(.genericGSM, [])
        bench.perform(.replyDelay(.seconds(5)))
        bench.type("AT+CSQ\r")
        bench.perform(.replyDelay(.milliseconds(20)))
        bench.type("AT+CREG?\r")
        bench.wait(.seconds(6))
        #expect(bench.lines() == ["+CSQ: 20,99", "OK", "+CREG: 0,1", "OK"])
    }
}
