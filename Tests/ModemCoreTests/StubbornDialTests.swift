import ModemCore
import Testing

/// A modem on a telephone line that does not give up its dial at the first character.
private final class StubbornModem: BenchModem {
    /// What makes it let the line go.
    enum Weakness: String, CaseIterable {
        case carriageReturn, escape, hangUp, dtr
        /// It gives up by itself.
        case time
    }

    /// What it says then.
    enum Farewell: String, CaseIterable {
        case ok = "OK", noCarrier = "NO CARRIER", busy = "BUSY", nothing = ""
    }

    let weakness: Weakness
    let farewell: Farewell
    let echoes: Bool
    let delay: Duration
    /// When it gives up a dial by itself.
    var patience: Duration
    private(set) var holdsLine = false
    private(set) var heard: [String] = []
    private var dialed: Instant?
    private var heedsDTR = false
    private var outbox: [(Instant, String)] = []

    init(
        _ weakness: Weakness,
        _ farewell: Farewell,
        echoes: Bool = false,
        delay: Duration = .milliseconds(50),
        patience: Duration = .seconds(90)
    ) {
        self.weakness = weakness
        self.farewell = farewell
        self.echoes = echoes
        self.delay = delay
        self.patience = patience
    }

    func received(_ line: String, now: Instant) {
        guard holdsLine else { return command(line, now: now) }
        heard.append(line)
        if line == "AT&D2" { heedsDTR = true }
        if echoes { outbox.append((now, line == "<CR>" ? "\r" : line == "+++" ? line : "\(line)\r")) }
        switch (weakness, line) {
        case (.carriageReturn, "<CR>"), (.escape, "+++"), (.hangUp, "ATH"): letGo(now: now)
        default: break
        }
    }

    private func command(_ line: String, now: Instant) {
        guard line != "+++", line != "<CR>" else { return }
        if echoes { outbox.append((now, "\(line)\r")) }
        if line.hasPrefix("ATD") {
            holdsLine = true
            dialed = now
            heard = []
        } else {
            outbox.append((now + .milliseconds(50), "\r\nOK\r\n"))
        }
    }

    func setDTR(_ isOn: Bool, now: Instant) {
        guard holdsLine, !isOn else { return }
        heard.append("DTR")
        if weakness == .dtr, heedsDTR { letGo(now: now) }
    }

    private func letGo(now: Instant) {
        holdsLine = false
        heedsDTR = false
        if farewell != .nothing { outbox.append((now + delay, "\r\n\(farewell.rawValue)\r\n")) }
    }

    func due(now: Instant) -> [String] {
        if holdsLine, let dialed, now - dialed >= patience { letGo(now: now) }
        defer { outbox.removeAll { $0.0 <= now } }
        return outbox.filter { $0.0 <= now }.map(\.1)
    }
}

/// A hang-up while the modem is still busy with the dial: no end is reported while the line is up.
@Suite struct StubbornDialTests {
    private static let analog: [(ModemProfile, ModemOptions.DialMode)] = [
        (.analog, .data), (.analog, .voice), (.usRobotics, .data), (.usRobotics, .voice), (.analogVoice, .voice),
    ]

    /// Dials, hangs up after `seconds`, and returns when the end was reported and whether the line was held then.
    private func hangUp(
        _ bench: Bench,
        _ modem: StubbornModem,
        after seconds: Int = 5
    ) -> (time: Duration, isHeld: Bool)? {
        bench.becomeReady()
        bench.modem = modem
        bench.dial("5550101")
        bench.run(.seconds(seconds))
        #expect(modem.holdsLine)
        let asked = bench.now
        bench.hangUp()
        while bench.call != nil, bench.now - asked < .seconds(60) { bench.run(.milliseconds(10)) }
        return bench.call == nil ? (bench.now - asked, modem.holdsLine) : nil
    }

    private func expectNextDial(
        _ bench: Bench,
        _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        bench.run(.seconds(5))
        bench.forget()
        bench.dial("5550102")
        bench.run(.seconds(2))
        #expect(bench.outcome.refusals == [], comment, sourceLocation: sourceLocation)
        #expect(bench.outcome.sent.last?.hasPrefix("ATDT5550102") == true, comment, sourceLocation: sourceLocation)
    }

    @Test(arguments: analog)
    func noEndIsReportedWhileTheLineIsUp(_ profile: ModemProfile, _ mode: ModemOptions.DialMode) {
        for weakness in StubbornModem.Weakness.allCases where weakness != .time {
            for farewell in StubbornModem.Farewell.allCases {
                for echoes in [false, true] {
                    for delay in [0, 900, 2400, 3100] {
                        let modem = StubbornModem(weakness, farewell, echoes: echoes, delay: .milliseconds(delay))
                        let bench = Bench(profile, options: ModemOptions(dialMode: mode))
                        let end = hangUp(bench, modem)
                        let comment = Comment(rawValue: "\(weakness) \(farewell) \(echoes) \(delay): \(modem.heard)")
                        #expect(end?.isHeld == false, comment)
                        #expect(bench.outcome.causes == [.localHangUp], comment)
                        #expect(bench.outcome.reopenings == 0, comment)
                        expectNextDial(bench, comment)
                    }
                }
            }
        }
    }

    /// It hears nothing until its dial is over, later than Patriot can be left waiting.
    @Test(arguments: analog)
    func allWaysAreTriedBeforeTheModemCountsAsSilent(_ profile: ModemProfile, _ mode: ModemOptions.DialMode) {
        for echoes in [false, true] {
            let modem = StubbornModem(.time, .noCarrier, echoes: echoes, patience: .seconds(45))
            let bench = Bench(profile, options: ModemOptions(dialMode: mode))
            let end = hangUp(bench, modem)
            #expect(modem.heard.prefix(5) == ["<CR>", "+++", "ATH", "AT&D2", "DTR"])
            #expect(bench.outcome.causes == [.notResponding])
            #expect(end.map { (.seconds(15)...(.seconds(20.5))).contains($0.time) } == true, "\(end as Any)")
            // The wish stays.
            for _ in 0..<60 {
                if !bench.isPortOpen { bench.plug() }
                bench.run(.seconds(1))
            }
            #expect(!modem.holdsLine)
            #expect(bench.outcome.sent.contains("ATH"))
            #expect(bench.readiness == .ready)
            expectNextDial(bench)
        }
    }

    /// A dial that ends by itself while the ways are tried, with each result and at each moment.
    @Test(arguments: analog)
    func aDialThatEndsMeanwhileEndsTheHangUp(_ profile: ModemProfile, _ mode: ModemOptions.DialMode) {
        for farewell in StubbornModem.Farewell.allCases where farewell != .nothing {
            for tenth in stride(from: 1, to: 150, by: 7) {
                let modem = StubbornModem(.time, farewell, patience: .seconds(5) + .milliseconds(tenth * 100))
                let bench = Bench(profile, options: ModemOptions(dialMode: mode))
                let end = hangUp(bench, modem)
                #expect(end?.isHeld == false, "\(farewell) after \(tenth)")
                #expect(bench.outcome.causes == [.localHangUp], "\(farewell) after \(tenth)")
                expectNextDial(bench, "\(farewell) after \(tenth)")
            }
        }
    }

    /// The other end is a modem, and it is reached in the middle of the hang-up: from there on only the escape is heard.
    @Test(arguments: analog)
    func aConnectThatComesTooLateIsEscapedFrom(_ profile: ModemProfile, _ mode: ModemOptions.DialMode) {
        for tenth in stride(from: 1, to: 110, by: 5) {
            let modem = OnlineModem(connectsAfter: .seconds(5) + .milliseconds(tenth * 100))
            let bench = Bench(profile, options: ModemOptions(dialMode: mode))
            bench.becomeReady()
            bench.modem = modem
            bench.dial("5550101")
            bench.run(.seconds(5))
            bench.hangUp()
            while bench.call != nil { bench.run(.milliseconds(10)) }
            #expect(!modem.holdsLine, "CONNECT after \(tenth): \(bench.outcome.sent)")
            #expect(bench.outcome.causes == [.localHangUp], "CONNECT after \(tenth): \(bench.outcome.sent)")
        }
    }

    /// The dial is never answered at all, and nobody hangs up.
    @Test(arguments: analog)
    func aDialThatIsNeverAnsweredIsHungUpInAllWays(_ profile: ModemProfile, _ mode: ModemOptions.DialMode) {
        for weakness in StubbornModem.Weakness.allCases where weakness != .carriageReturn && weakness != .time {
            let modem = StubbornModem(weakness, .nothing, patience: .seconds(1000))
            let bench = Bench(profile, options: ModemOptions(dialMode: mode))
            bench.becomeReady()
            bench.modem = modem
            bench.dial("5550101")
            while bench.call != nil, bench.outcome.sent.count < 100 { bench.run(.milliseconds(100)) }
            #expect(!modem.holdsLine, "\(weakness): \(modem.heard)")
            #expect(bench.outcome.causes == [.timeout])
        }
    }

    /// A call that is up, on a modem that went over to data without our knowing.
    @Test(arguments: analog)
    func aCallThatIsUpIsHungUpInAllWays(_ profile: ModemProfile, _ mode: ModemOptions.DialMode) {
        guard mode == .voice else { return }
        for weakness in [StubbornModem.Weakness.escape, .hangUp, .dtr] {
            let modem = StubbornModem(weakness, .nothing, patience: .seconds(1000))
            let bench = Bench(profile, options: ModemOptions(dialMode: mode))
            bench.becomeReady()
            bench.modem = modem
            bench.dial("5550101")
            bench.feed("\r\nOK\r\n")
            bench.run(.seconds(5))
            #expect(bench.call?.state == .dialed)
            bench.hangUp()
            while bench.call != nil, bench.outcome.sent.count < 100 { bench.run(.milliseconds(100)) }
            #expect(!modem.holdsLine, "\(weakness): \(modem.heard)")
            #expect(bench.outcome.causes == [.localHangUp])
        }
    }

    @Test(arguments: [ModemProfile.analog, .usRobotics])
    func dtrIsRestoredWhenItsDropEndsTheCall(_ profile: ModemProfile) {
        let modem = StubbornModem(.dtr, .noCarrier, delay: .zero)
        let bench = Bench(profile, options: ModemOptions(dialMode: .data))
        _ = hangUp(bench, modem)
        bench.run(.seconds(5))
        #expect(bench.outcome.isDTROn == [false, true])
        #expect(bench.outcome.sent.contains("AT&D0"))
    }
}

/// A modem that hears nothing while it dials, and only the escape with silence around it once it is connected.
private final class OnlineModem: BenchModem {
    private enum State { case command, dialing, online }
    private let connectsAfter: Duration
    private var state = State.command
    private var dialed: Instant?
    private var lastHeard: Instant?
    private var escaping: Instant?
    private var outbox: [String] = []

    private(set) var holdsLine = false

    init(connectsAfter: Duration) { self.connectsAfter = connectsAfter }

    func received(_ line: String, now: Instant) {
        let quiet = lastHeard.map { now - $0 >= .seconds(1) } ?? true
        lastHeard = now
        switch state {
        case .dialing: return
        case .online: escaping = line == "+++" && quiet ? now : nil
        case .command where line.hasPrefix("ATD"):
            (state, dialed, holdsLine) = (.dialing, now, true)
        case .command where line == "+++" || line == "<CR>": return
        case .command:
            if line.hasPrefix("ATH") { holdsLine = false }
            outbox.append("\r\nOK\r\n")
        }
    }

    func setDTR(_ isOn: Bool, now: Instant) {}

    func due(now: Instant) -> [String] {
        if state == .dialing, let dialed, now - dialed >= connectsAfter {
            state = .online
            outbox.append("\r\nCONNECT 2400\r\n~\u{7F}}#!")
        }
        if let sent = escaping, now - sent >= .seconds(1) {
            (escaping, state) = (nil, .command)
            outbox.append("\r\nOK\r\n")
        }
        defer { outbox = [] }
        return outbox
    }
}
