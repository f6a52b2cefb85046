import ModemCore
import TestSupport
import Testing

/// Quectel's, SIMCom's and u-blox's lines in every order, whole, cut off, of other calls and out of place.
@Suite struct ModuleStormTests {
    private static let profiles: [ModemProfile] = [.quectel, .simcom, .simcom7600, .ublox]

    private static let lines = [
        "OK", "ERROR", "CONNECT", "NO CARRIER", "BUSY", "NO ANSWER", "RING", "+CRING: VOICE", "+CLIP: \"5550102\",129",
        "+CCWA: \"5550103\",129,1", "+CME ERROR: 100", "RDY", "+CPIN: READY", "+CFUN: 1", "+QIND: PB DONE",
        "Call Ready", "POWERED DOWN", "+QIND: \"ccinfo\",2,0,2,0,0,\"5550101\",129",
        "+QIND: \"ccinfo\",2,0,3,0,0,\"5550101\",129", "+QIND: \"ccinfo\",2,0,0,0,0,\"5550101\",129",
        "+QIND: \"ccinfo\",2,0,-1,0,0,\"5550101\",129", "+QIND: \"ccinfo\",2,1,4,0,0,\"5550102\",129",
        "+QIND: \"ccinfo\",2,1,-1,0,0", "+QIND: \"ccinfo\",1,1,0,1,0,\"\",128", "+QIND: \"ccinfo\",2,0,-",
        "^DSCI: 2,0,7,0,5550101,129", "^DSCI: 2,0,3,0,5550101,129", "^DSCI: 2,0,6,0,5550101,129",
        "^DSCI: 3,1,5,0,5550102,129", "^DSCI: 1,0,3,0,0,\"5550101\",129", "^DSCI: 2,0",
        "+CLCC: 1,0,2,0,0,\"5550101\",129,\"\"", "+CLCC: 1,0,3,0,0", "+CLCC: 1,0,0,0,0", "+CLCC: 1,0,6,0,0",
        "+CLCC: 1,1,4,0,0,\"5550102\",129", "+CLCC: 1,1,6,0,0", "+CLCC: 2,1,6,0,0", "+CLCC: 1,0", "MO RING",
        "MO CONNECTED", "VOICE CALL: BEGIN", "VOICE CALL: END", "VOICE CALL: END: 000041", "VOICE CALL: EN",
        "MISSED_CALL: 11:01AM 5550102", "+UCALLSTAT: 1,2", "+UCALLSTAT: 1,3", "+UCALLSTAT: 1,7", "+UCALLSTAT: 1,4",
        "+UCALLSTAT: 1,6", "+UCALLSTAT: 2,6", "AT: 1,3", "1,",
    ]

    @Test(arguments: profiles, 0..<12)
    func everyCallEndsOnceAndTheModemComesBack(_ profile: ModemProfile, _ seed: Int) {
        var random = SeededGenerator(seed: UInt64(2000 + seed))
        let bench = Bench(profile)
        bench.plug()
        bench.wait(.seconds(5))
        for _ in 0..<300 {
            bench.isDead = Int.random(in: 0..<40, using: &random) == 0
            bench.play([Self.step(using: &random)])
        }
        bench.expectToComeBack()
    }

    private static func step(using random: inout SeededGenerator) -> Step {
        switch Int.random(in: 0..<30, using: &random) {
        case 0..<4: .dial("5550101")
        case 4, 5: .hangUp
        case 6: .answer
        case 7: .plug
        case 8..<12: .wait(.milliseconds(Int.random(in: 1...500, using: &random)))
        case 12..<15: .wait(.milliseconds(Int.random(in: 1...15_000, using: &random)))
        case 15: .replies("AT+CLCC", "\r\n+CLCC: 2,0,\(Int.random(in: 0...7, using: &random)),0,0\r\n\r\nOK\r\n")
        case 16: .replies("AT+CLCC", "\r\n+CLCC: 1,1,0,1,0,\"\",128\r\n\r\nOK\r\n")
        case 17:
            .modem(
                "\r\n\((lines.randomElement(using: &random) ?? "").prefix(Int.random(in: 1...30, using: &random)))\r\n"
            )
        default: .modem("\r\n\(lines.randomElement(using: &random) ?? "")\r\n")
        }
    }
}
