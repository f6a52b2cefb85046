import ModemCore

/// What plays a modem: bytes, outside events and time in; bytes and ground truth out. Pure.
protocol SimulatedModemPlayer: Sendable {
    /// When something is due; nil while nothing is.
    var nextDeadline: ContinuousClock.Instant? { get }
    mutating func bytesReceived(_ bytes: [UInt8], now: ContinuousClock.Instant) -> [SimulatedModemMachine.Action]
    mutating func perform(_ action: RemoteAction, now: ContinuousClock.Instant) -> [SimulatedModemMachine.Action]
    /// Harmless when nothing is due.
    mutating func deadlineReached(now: ContinuousClock.Instant) -> [SimulatedModemMachine.Action]
}

extension SimulatedModemMachine: SimulatedModemPlayer {}

/// Plays a recorded conversation: to a command it answers with all that came when it was recorded, pauses included.
///
/// Of a command that was recorded several times the next one counts, and after the last the first again. To a command that
/// was never recorded it answers ERROR.
struct TranscriptPlayer: SimulatedModemPlayer {
    typealias Instant = ContinuousClock.Instant
    typealias Action = SimulatedModemMachine.Action

    private let transcript: ModemTranscript
    private let speed: Double
    /// Where the search for the next command begins.
    private var position = 0
    private var input: [UInt8] = []
    /// Earliest first.
    private var due: [(instant: Instant, line: String)] = []
    private var isPlugged = true

    init(transcript: ModemTranscript, speed: Double, now: Instant) {
        self.transcript = transcript
        self.speed = max(speed, 0.001)
        schedule(transcript.greeting, now: now)
    }

    var nextDeadline: Instant? { due.first?.instant }

    mutating func bytesReceived(_ bytes: [UInt8], now: Instant) -> [Action] {
        var actions = deadlineReached(now: now)
        for byte in bytes {
            switch byte {
            case 0x0D:
                let line = String(decoding: input, as: UTF8.self).trimmed
                input = []
                if line.isEmpty { continue }
                actions.append(.event(.received(line)))
                schedule(replies(to: line), now: now)
            case 0x0A: continue
            default: if input.count < ATLineDecoder.maximumLineLength { input.append(byte) }
            }
        }
        return actions + deadlineReached(now: now)
    }

    mutating func perform(_ action: RemoteAction, now: Instant) -> [Action] {
        switch action {
        case .unplug where isPlugged:
            isPlugged = false
            due = []
            input = []
            return [.unplug, .event(.unplugged)]
        case .replug where !isPlugged:
            isPlugged = true
            position = 0
            schedule(transcript.greeting, now: now)
            return [.replug]
        default:
            return [.event(.ignored("A recording plays only what was recorded; it can be unplugged and replugged."))]
        }
    }

    mutating func deadlineReached(now: Instant) -> [Action] {
        var actions: [Action] = []
        while let next = due.first, next.instant <= now {
            due.removeFirst()
            actions += [.write(Array("\r\n\(next.line)\r\n".utf8)), .event(.sent(next.line))]
        }
        return actions
    }

    private mutating func replies(to line: String) -> [ModemTranscript.Reply] {
        let exchanges = transcript.exchanges
        let order = Array(exchanges.indices.dropFirst(position)) + Array(exchanges.indices.prefix(position))
        guard let found = order.first(where: { ModemTranscript.matches(exchanges[$0].command, line) }) else {
            return [ModemTranscript.Reply(line: "ERROR")]
        }
        position = found + 1
        return exchanges[found].replies
    }

    private mutating func schedule(_ replies: [ModemTranscript.Reply], now: Instant) {
        var instant = now
        for reply in replies {
            instant += reply.pause / speed
            let index = due.lastIndex { $0.instant <= instant }.map { $0 + 1 } ?? 0
            due.insert((instant, reply.line), at: index)
        }
    }
}
