import ModemCore
import TestSupport
import Testing

/// A way into a state.
struct Situation: Sendable, CustomTestStringConvertible {
    var name: String
    var profile: ModemProfile
    var options = ModemOptions()
    var steps: [Step]
    /// The state of the call then, nil for none that is told.
    var state: CallState?

    var testDescription: String { name }

    private static let row = "\r\n+CLCC: 1,0,0,0,0\r\n\r\nOK\r\n"
    private static func listed(_ stat: Int) -> [Step] {
        [
            .dial("5550101"), .modem("\r\nOK\r\n"),
            .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(stat),0,0\r\n\r\nOK\r\n"), .wait(.seconds(1)),
        ]
    }

    static let all: [Self] = [
        Self(name: "idle", profile: .genericGSM, steps: [], state: nil),
        Self(name: "idle, analog", profile: .analog, steps: [], state: nil),
        Self(name: "one ring", profile: .analog, steps: [.modem("RING\r\n")], state: nil),
        Self(name: "incoming", profile: .genericGSM, steps: [.modem("+CLIP: \"5550101\",129\r\n")], state: .incoming),
        Self(
            name: "answering",
            profile: .genericGSM,
            steps: [.modem("+CLIP: \"5550101\",129\r\n"), .replies("ATA", ""), .answer],
            state: .incoming
        ),
        Self(name: "dial in flight", profile: .genericGSM, steps: [.dial("5550101")], state: .dialing),
        Self(
            name: "dial queued",
            profile: .genericGSM,
            steps: [.replies("AT+CREG?", ""), .wait(.seconds(26)), .dial("5550101")],
            state: .dialing
        ),
        Self(
            name: "dial accepted",
            profile: .genericGSM,
            steps: [.dial("5550101"), .modem("OK\r\n"), .replies("AT+CLCC", "")],
            state: .dialing
        ),
        Self(name: "alerting", profile: .genericGSM, steps: listed(3), state: .alerting),
        Self(name: "active", profile: .genericGSM, steps: listed(0), state: .active),
        Self(name: "held", profile: .genericGSM, steps: listed(1), state: .held),
        Self(
            name: "poll in flight",
            profile: .genericGSM,
            steps: listed(0) + [.replies("AT+CLCC", ""), .wait(.seconds(2))],
            state: .active
        ),
        Self(name: "aborting", profile: .genericGSM, steps: [.dial("5550101"), .hangUp], state: .hangingUp),
        Self(
            name: "hang-up in flight",
            profile: .genericGSM,
            steps: listed(0) + [.replies("AT+CHUP", ""), .hangUp],
            state: .hangingUp
        ),
        Self(name: "verifying", profile: .genericGSM, steps: listed(0) + [.hangUp], state: .hangingUp),
        Self(name: "analog dial in flight", profile: .analog, steps: [.dial("5550101")], state: .dialing),
        Self(name: "dialed", profile: .analog, steps: [.dial("5550101"), .modem("OK\r\n")], state: .dialed),
        Self(
            name: "handed over",
            profile: .analog,
            options: ModemOptions(handover: .seconds(1)),
            steps: [.dial("5550101"), .modem("OK\r\n"), .wait(.seconds(2))],
            state: .handedOver
        ),
        Self(
            name: "online",
            profile: .analog,
            options: ModemOptions(dialMode: .data),
            steps: [.dial("5550101"), .modem("CONNECT\r\n"), .wait(.seconds(2))],
            state: .active
        ),
        Self(
            name: "escaping",
            profile: .analog,
            options: ModemOptions(dialMode: .data),
            steps: [.dial("5550101"), .modem("CONNECT\r\n"), .wait(.seconds(2)), .hangUp],
            state: .hangingUp
        ),
        Self(
            name: "voice dial that went online",
            profile: .analog,
            steps: [.dial("5550101"), .modem("CONNECT\r\n")],
            state: .active
        ),
    ]

    /// A bench in this situation.
    func bench() -> Bench {
        var options = options
        options.initOverride = []
        let bench = Bench(profile, options: options)
        bench.becomeReady()
        bench.play(steps)
        return bench
    }
}

/// All that can happen to the machine.
struct Happening: Sendable, CustomTestStringConvertible {
    var name: String
    var steps: [Step]
    var testDescription: String { name }

    static let lines = [
        "OK", "ERROR", "CONNECT", "CONNECT 9600", "NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "DELAYED", "RING",
        "RINGING",
        "+CRING: VOICE", "+CRING: REL ASYNC", "+CLIP: \"5550102\",129", "+CLIP:,129,,,,1", "+CCWA: \"5550103\",129,1",
        "+CLCC: 1,0,0,0,0", "+CLCC: 1,1,4,0,0,\"5550102\",129", "+CLCC: 9,9,9,9,9", "+CLCC:", "+CREG: 0", "+CREG: 1",
        "+CREG: 1,1",
        "+CREG: 1,2", "+CPIN: READY", "+CPIN: SIM PIN", "RDY", "^BOOT:1,0,0,0,6", "+CME ERROR: 30", "+CME ERROR: 14",
        "COMMAND NOT SUPPORT", "NMBR = 5550104", "NMBR = P", "80", "801E0108", "0", "1", "2", "3", "8", "AT", "AT+CLCC",
        "+CSQ: 99,99", "something else", ",,,:::\"\"", "ATD5550101;", "\u{10}b",
    ]

    static let all: [Self] =
        [
            Self(name: "nothing", steps: []), Self(name: "dial", steps: [.dial("5550105")]),
            Self(name: "hang up", steps: [.hangUp]), Self(name: "hang up twice", steps: [.hangUp, .hangUp]),
            Self(name: "answer", steps: [.answer]), Self(name: "unplug", steps: [.unplug]),
            Self(name: "plug", steps: [.plug]), Self(name: "replug", steps: [.unplug, .unplug, .plug]),
            Self(
                name: "hang up, then the modem's OK",
                steps: [.hangUp, .modem("OK\r\n"), .wait(.seconds(1)), .modem("OK\r\n")]
            ),
        ] + lines.map { Self(name: $0, steps: [.modem("\r\n\($0)\r\n")]) }
}

@Suite struct InvariantTests {
    @Test(arguments: Situation.all)
    func isReached(_ situation: Situation) {
        #expect(situation.bench().call?.state == situation.state)
    }

    /// The bench checks its invariants after each event: one command in flight, one end a call, a deadline in every state.
    @Test(arguments: Situation.all, Happening.all)
    func everyEventInEveryStateLeadsBackToIdleWithADeadModem(_ situation: Situation, _ happening: Happening) {
        let bench = situation.bench()
        bench.play(happening.steps)
        bench.isDead = true
        bench.wait(.seconds(5 * 3600))
        #expect(bench.call == nil)
    }

    @Test(arguments: Situation.all, Happening.all)
    func everyEventInEveryStateCanBeHungUp(_ situation: Situation, _ happening: Happening) {
        let bench = situation.bench()
        bench.play(happening.steps)
        bench.replies["AT+CLCC"] = "\r\nOK\r\n"
        bench.hangUp()
        bench.wait(.seconds(60))
        #expect(bench.call == nil, "\(String(describing: bench.call))")
    }

    @Test(arguments: Situation.all)
    func unplugEndsTheCallAtOnceAndOnce(_ situation: Situation) {
        for count in 0...situation.steps.count {
            let bench = Bench(situation.profile, options: situation.options)
            bench.becomeReady()
            bench.play(Array(situation.steps.prefix(count)))
            let hadCall = bench.call != nil
            let causes = bench.outcome.causes
            bench.unplug()
            #expect(bench.outcome.causes == causes + (hadCall ? [.modemLost] : []))
            bench.plug()
            bench.replies = Bench.workingReplies
            bench.wait(.seconds(10))
            #expect(bench.readiness == .ready)
        }
    }

    @Test(arguments: Situation.all)
    func silenceEndsTheCallAndOpensThePortAnew(_ situation: Situation) {
        let bench = situation.bench()
        bench.isDead = true
        bench.hangUp()
        bench.wait(.seconds(120))
        #expect(bench.call == nil)
        let isHeldByTheHandset = situation.state == .handedOver
        #expect(bench.outcome.reopenings >= (isHeldByTheHandset ? 0 : 1))
    }

    @Test(arguments: 0..<40)
    func stormsOfBytesLinesAndRequestsKeepTheInvariants(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let isGSM = seed.isMultiple(of: 2)
        let options = ModemOptions(
            dialMode: seed % 4 == 1 ? .data : .voice,
            handover: seed % 3 == 0 ? .seconds(5) : nil
        )
        let bench = Bench(isGSM ? .genericGSM : .analog, options: options)
        bench.plug()
        for _ in 0..<400 {
            bench.isDead = Int.random(in: 0..<20, using: &random) == 0
            bench.play([Self.randomStep(using: &random)])
        }
        bench.expectToComeBack()
    }

    private static func randomStep(using random: inout SeededGenerator) -> Step {
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<4: .dial("5550101")
        case 4..<7: .hangUp
        case 7: .answer
        case 8: .unplug
        case 9, 10: .plug
        case 11..<14: .wait(.milliseconds(Int.random(in: 1...500, using: &random)))
        case 14..<20: .wait(.milliseconds(Int.random(in: 1...15_000, using: &random)))
        case 20: .replies("AT+CLCC", "\r\n+CLCC: 1,0,\(Int.random(in: 0...7, using: &random)),0,0\r\n\r\nOK\r\n")
        case 21: .replies("AT+CLCC", "\r\nOK\r\n")
        case 22: .replies("AT", ["", "\r\nOK\r\n", "\r\nERROR\r\n", "\r\nOK\r\n"].randomElement(using: &random) ?? "")
        case 23: .modem(noise(using: &random))
        default: .modem("\r\n\(Happening.lines.randomElement(using: &random) ?? "")\r\n")
        }
    }

    private static func noise(using random: inout SeededGenerator) -> String {
        let bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
