/// What is between the modem and the wire: order, piece sizes and the faults of single lines.
struct SimulatedModemOutput: Sendable {
    var dropsNextLine = false
    var duplicatesNextLine = false
    var corruptsNextLine = false
    /// Nothing may overtake what was sent before.
    var lastInstant: ContinuousClock.Instant?
    /// When the last of the delayed lines is due.
    var lastReply: ContinuousClock.Instant?
    private let chunkSize: Int?
    private let noise: [String]
    private var noiseIndex = 0
    private var random: UInt64

    init(options: SimulatedModemOptions) {
        chunkSize = options.chunkSize
        noise = options.noise
        random = options.seed
    }

    /// A fault waits for the next line.
    var isFaultDue: Bool { dropsNextLine || duplicatesNextLine || corruptsNextLine }

    mutating func nextNoise() -> String? {
        guard !noise.isEmpty else { return nil }
        defer { noiseIndex = (noiseIndex + 1) % noise.count }
        return noise[noiseIndex]
    }

    /// How often the line goes out: 0 dropped, 1, or 2 doubled.
    mutating func copiesOfNextLine() -> Int {
        if dropsNextLine {
            dropsNextLine = false
            return 0
        }
        if duplicatesNextLine {
            duplicatesNextLine = false
            return 2
        }
        return 1
    }

    /// The line as it leaves the modem: whole, or the second half of it.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        guard corruptsNextLine else { return bytes }
        corruptsNextLine = false
        return Array(bytes.dropFirst(bytes.count / 2))
    }

    mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        guard let chunkSize, chunkSize > 0 else { return [bytes] }
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = 1 + Int(nextRandom() % UInt64(chunkSize))
            pieces.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    /// Steele, Lea and Flood's SplitMix64.
    private mutating func nextRandom() -> UInt64 {
        random &+= 0x9e37_79b9_7f4a_7c15
        var mixed = random
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension SimulatedModemMachine {
    /// The answer to a command line: information text, then the result code; nil where that comes later.
    mutating func reply(_ texts: [String], _ result: SimulatedModemResult?, now: Instant) {
        if let noise = output.nextNoise() { unsolicited(noise, after: replyDelay, now: now) }
        if !texts.isEmpty {
            let text = texts.joined(separator: lineEnd)
            let bytes = registers.isVerbose ? lineEnd + text + lineEnd : text + lineEnd
            send(bytes, line: texts.joined(separator: "\n"), after: replyDelay, now: now)
        }
        if let result { send(result, after: replyDelay, now: now) }
    }

    /// A result code, in the form that ATV, ATQ and +CMEE ask for.
    mutating func send(_ result: SimulatedModemResult, after delay: Duration = .zero, now: Instant) {
        guard !registers.isQuiet else { return }
        let text: String
        switch (result, registers.errorReports) {
        case (.cmeError, 0): return send(.error, after: delay, now: now)
        case (.cmeError(let code), 2): text = "+CME ERROR: \(SimulatedModemResult.cmeText(code))"
        default: text = registers.isVerbose ? result.text : result.number
        }
        let end = String(UnicodeScalar(registers.carriageReturn))
        let bytes = registers.isVerbose ? lineEnd + text + lineEnd : text + end
        send(bytes, line: text, after: delay, now: now)
    }

    mutating func unsolicited(_ text: String, after delay: Duration = .zero, now: Instant) {
        send(lineEnd + text + lineEnd, line: text, after: delay, now: now)
    }

    /// What a script tells.
    mutating func tell(_ lines: [SimulatedLine], after delay: Duration = .zero, now: Instant) {
        for line in lines {
            switch line {
            case .line(let text): unsolicited(text, after: delay, now: now)
            case .result(let result): send(result, after: delay, now: now)
            case .raw(let text):
                let shown = text.split(whereSeparator: \.isNewline).joined(separator: "\n")
                send(text, line: shown, after: delay, now: now)
            }
        }
    }

    /// Has a line sent later; what comes up meanwhile goes out before it.
    private mutating func send(_ text: String, line: String, after delay: Duration, now: Instant) {
        var instant = now + scaled(delay)
        if delay > .zero {
            // A modem that gets faster again still answers in order.
            instant = max(instant, output.lastReply ?? instant)
            output.lastReply = instant
        }
        schedule(.send(Array(text.utf8), line: line), at: instant)
    }

    /// Puts bytes on the wire, in pieces that nothing comes between.
    /// - Parameter line: what they say, for the ground truth and the faults of lines; nil for an echo.
    mutating func send(_ bytes: [UInt8], line: String?, now: Instant) {
        let bytes = line == nil ? bytes : output.damaged(bytes)
        let copies = line == nil ? 1 : output.copiesOfNextLine()
        for _ in 0..<copies {
            var instant = max(now, output.lastInstant ?? now)
            let pieces = output.pieces(of: bytes)
            for (index, piece) in pieces.enumerated() {
                if index > 0 { instant += scaled(.milliseconds(1)) }
                schedule(.write(piece, line: index == pieces.count - 1 ? line : nil), at: instant)
            }
            output.lastInstant = instant
        }
    }

    private var lineEnd: String {
        String(UnicodeScalar(registers.carriageReturn)) + String(UnicodeScalar(registers.lineFeed))
    }
}
