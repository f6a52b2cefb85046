import Dialler
import ModemCore
import SerialDevice

/// The console's lines by the modem's port itself, where no line runs.
final class DirectPort: ConsoleSource {
    private static let retryInterval = Duration.milliseconds(500)
    /// How often the control lines are looked at, which no poll tells of.
    private static let linesInterval = Duration.milliseconds(100)
    /// After so much silence what has come is shown, line end or not.
    private static let silence = Duration.milliseconds(200)

    let profile: ModemProfile? = nil
    private let selector: ModemSelector
    private let settings: LineSettings
    private let mask: NumberMask
    private var port: SerialPort?
    private var pieces = LinePieces()
    private var lines: ControlLines?
    private var lastByte = ContinuousClock.now
    private var nextLook: ContinuousClock.Instant?

    /// - Throws: why the port cannot be opened: `DiscoveryError` or `SerialPortError`.
    init(_ selector: ModemSelector, settings: LineSettings, mask: NumberMask) throws {
        self.selector = selector
        self.settings = settings
        self.mask = mask
        try open()
    }

    deinit {
        port?.close()
    }

    var prompt: String {
        let name = "\(selector)".split(separator: "/").last ?? ""
        return port == nil ? "\(name) (away)> " : "\(name)> "
    }

    var descriptor: CInt? { port?.pollDescriptor }

    var nextTick: ContinuousClock.Instant? {
        [nextLook, pieces.isEmpty ? nil : lastByte + Self.silence].compactMap { $0 }.min()
    }

    /// What to tell of it at first.
    var greeting: [ConsoleEvent] {
        [
            ConsoleEvent(.note("opened \(port?.path ?? "") at \(settings.baudRate) bit/s")),
            ConsoleEvent(.note(linesText)),
        ]
    }

    private func open() throws {
        let node = try ModemDiscovery.resolve(selector).node
        let port = try SerialPort.open(node, settings: settings)
        self.port = port
        lines = port.controlLines
        nextLook = lines.map { _ in .now + Self.linesInterval }
    }

    // MARK: Orders

    func typingBegan() -> [ConsoleEvent] { [] }

    func send(_ line: String) -> [ConsoleEvent] {
        write(Array(line.utf8) + [0x0D], shown: line)
    }

    func perform(_ order: ConsoleOrder) -> [ConsoleEvent]? {
        switch order {
        case .lines: return [ConsoleEvent(.note(linesText))]
        case .dtr(let on): return set(.dtr, on)
        case .rts(let on): return set(.rts, on)
        case .raw(let bytes): return write(bytes, shown: RawText.text(of: bytes))
        case .help, .explain, .hex, .time, .take, .release, .log, .clear, .quit, .unknown: return nil
        }
    }

    private func write(_ bytes: [UInt8], shown: String) -> [ConsoleEvent] {
        guard let port else { return [ConsoleEvent(.warning("not sent: the port is away"))] }
        let sent = ConsoleEvent(.sent(mask.masked(shown, as: .atLine)))
        return port.write(bytes) ? [sent] : [sent, ConsoleEvent(.warning("the modem does not take it"))]
    }

    private func set(_ line: ControlLines, _ on: Bool) -> [ConsoleEvent] {
        port?.set(line, to: on)
        lines = port?.controlLines
        return [ConsoleEvent(.note(linesText))]
    }

    private var linesText: String {
        guard let lines else { return "this port has no control lines" }
        let off = ControlLines.all.subtracting(lines)
        return "on: \(lines.isEmpty ? "none" : "\(lines)"); off: \(off.isEmpty ? "none" : "\(off)")"
    }

    // MARK: What comes

    func receive() -> [ConsoleEvent] {
        guard let bytes = port?.read() else { return gone() }
        lastByte = .now
        let time = WallClockTime.microseconds()
        return pieces.take(bytes).map { piece in
            ConsoleEvent(.received(mask.masked(piece.text, as: .atLine), end: piece.end), time: time)
        }
    }

    func tick() -> [ConsoleEvent] {
        var events: [ConsoleEvent] = []
        let now = ContinuousClock.now
        if !pieces.isEmpty, lastByte + Self.silence <= now {
            events.append(ConsoleEvent(.fragment(mask.masked(pieces.takeRest(), as: .atLine))))
        }
        guard let look = nextLook, look <= now else { return events }
        if let port {
            nextLook = now + Self.linesInterval
            let new = port.controlLines
            if let new, let lines, new != lines {
                let on = new.subtracting(lines)
                let off = lines.subtracting(new)
                let words = [on.isEmpty ? nil : "\(on) on", off.isEmpty ? nil : "\(off) off"].compactMap { $0 }
                events.append(ConsoleEvent(.note(words.joined(separator: ", "))))
            }
            lines = new
        } else {
            nextLook = now + Self.retryInterval
            if (try? open()) != nil { events += greeting }
        }
        return events
    }

    private func gone() -> [ConsoleEvent] {
        let path = port?.path ?? ""
        port?.close()
        port = nil
        pieces = LinePieces()
        nextLook = .now + Self.retryInterval
        return [ConsoleEvent(.warning("\(path) is gone: waiting for it to come back"))]
    }
}
