import ModemCore
import TestSupport
import Testing

/// Makers' lines in every order, whole, cut off and out of place.
@Suite struct MakerStormTests {
    private static let lines = [
        "OK", "ERROR", "CONNECT", "NO CARRIER", "BUSY", "RING", "VCON", "RINGING", "+CLIP: \"5550102\",129", "RDY",
        "+CCWA: \"5550103\",129,1", "+CME ERROR: 100", "DELAYED 00:01:00", "^SYSSTART", "^BOOT:1,0,0,0,6",
        "^ORIG:1,0", "^CONF:1", "^CONN:1,0", "^CONN:2,0", "^CEND:1,9,29,16", "^CEND: 1,0, 67, 17", "^CEND:1,0",
        "^CEND:2,0,104",
        "HANGUP: 1", "#ECAM: 0,1,1,,,\"5550101\",129", "#ECAM: 0,2,1,,,", "#ECAM: 0,3,1,,,", "#ECAM: 0,0,1,,,",
        "#ECAM: 1,6,1,,,", "#ECAM: 0", "^SLCC: 1,0,3,0,0,1,\"5550101\",129", "^SLCC: 1,0,0,0,0,1", "^SLCC: 1,1,4,0,0,0",
        "^SLCC: 1,", "^SLCC: ", "+WIND: 5,1", "+WIND: 2", "+WIND: 6,1", "+WIND: 3", "*ECAV: 1,2,1", "*ECAV: 1,3,1",
        "*ECAV: 1,0,1", "*CPI: 1,2", "*CPI: 1,6", "*CPI: 1,1", "+XCALLSTAT: 1,2", "+XCALLSTAT: 1,3", "+XCALLSTAT: 1,7",
        "+XCALLSTAT: 1,4", "+XCALLSTAT: 1,6", "+XCALLSTAT: 2,6", "\u{10}r", "\u{10}b", "\u{10}d\u{10}H", "\u{10}",
        "+CEER: 8,21,0",
    ]

    @Test(arguments: ModemProfile.all, 0..<6)
    func everyCallEndsOnceAndTheModemComesBack(_ profile: ModemProfile, _ seed: Int) {
        var random = SeededGenerator(seed: UInt64(1000 + seed))
        let bench = Bench(profile, options: ModemOptions(handover: seed == 0 ? .seconds(5) : nil))
        bench.plug()
        bench.wait(.seconds(5))
        for _ in 0..<300 {
            bench.isDead = Int.random(in: 0..<30, using: &random) == 0
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
        case 15: .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(Int.random(in: 0...7, using: &random)),0,0\r\n\r\nOK\r\n")
        case 16: .replies("AT+CLCC", "\r\nOK\r\n")
        default: .modem("\r\n\(lines.randomElement(using: &random) ?? "")\r\n")
        }
    }
}
