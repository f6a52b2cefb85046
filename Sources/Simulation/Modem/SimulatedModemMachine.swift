/// A modem and the telephone network behind it: bytes, outside events and time in; bytes and ground truth out.
///
/// Pure: the shell (`SimulatedModem`) writes what comes out, and calls `deadlineReached` at `nextDeadline`.
package struct SimulatedModemMachine: Sendable {
    /// Of the clock that the shell or the test tells it.
    package typealias Instant = ContinuousClock.Instant

    /// What the shell has to do or to tell.
    package enum Action: Equatable, Sendable {
        case write([UInt8])
        /// Take the device away, or bring it back.
        case unplug, replug
        case event(SimulatedModemEvent)
    }

    let script: SimulatedModemScript
    let options: SimulatedModemOptions
    var registers: SimulatedModemRegisters
    var output: SimulatedModemOutput

    // The call.
    /// The true state of the line; nil: free.
    package internal(set) var call: SimulatedCall?
    var caller = SimulatedCaller.unidentified
    var reaction = RemoteReaction.ringForever
    var ringsGiven = 0
    var ringsLeft = 0
    /// The dial or answer command has no result code yet: any character aborts it (V.250 5.6.1).
    var isResultPending = false
    var isVoiceCall = true
    /// The network has the number; what comes now is up to the remote party.
    var isNumberOut = false
    var answeredAt: Instant?
    /// Lists the call that has just ended, until then.
    var lingering: (row: String, until: Instant)?
    /// Online data mode: bytes go to the remote modem.
    var isOnline = false
    /// A data connection is up, in online data mode or in command mode after `+++`.
    var hasCarrier = false
    /// 24.008 cause of the last end.
    var lastCause = 16

    // The world.
    var nextReaction: RemoteReaction?
    var registration = 1
    var signal = 20
    var isLineCordPlugged = true
    var isHandsetLifted = false
    var isPINWanted: Bool
    var pinAttempts: Int
    var isHangUpLying: Bool
    var losesNextEnd = false
    var brownsOut = false
    var waitingCaller: SimulatedCaller?
    var replyDelay: Duration
    var isPlugged = true
    var isBooting = false
    var isSilent = false

    // The command line.
    private var input: [UInt8] = []
    private var lastLine = ""
    private var plusSigns = 0
    private var lastByteAt: Instant?

    /// Earliest first; of the same instant in the order they came.
    private var scheduled: [ScheduledStep] = []
    private var actions: [Action] = []

    package init(profile: SimulatedProfile, options: SimulatedModemOptions = .init()) {
        script = profile.script
        self.options = options
        registers = SimulatedModemRegisters(options: options, script: profile.script)
        output = SimulatedModemOutput(options: options)
        isPINWanted = options.simPIN != nil
        pinAttempts = options.pinAttempts
        isHangUpLying = options.lyingHangUp
        replyDelay = options.replyDelay
    }

    /// When something is due; nil while nothing is.
    package var nextDeadline: Instant? {
        scheduled.first?.instant
    }

    /// Takes what was written to the modem, cut anywhere.
    package mutating func bytesReceived(_ bytes: [UInt8], now: Instant) -> [Action] {
        runDueSteps(until: now)
        for byte in bytes { byteReceived(byte, now: now) }
        return finish(now: now)
    }

    /// Takes what somebody outside does.
    package mutating func perform(_ action: RemoteAction, now: Instant) -> [Action] {
        runDueSteps(until: now)
        remoteActed(action, now: now)
        return finish(now: now)
    }

    /// The computer's side of the line "terminal ready": with `AT&D2` its end is a hang-up, whatever +CVHU says.
    package mutating func dtrChanged(_ isOn: Bool, now: Instant) -> [Action] {
        runDueSteps(until: now)
        if !isOn, registers.terminalReady >= 2, isPlugged, !isBooting, !isSilent { hangUp(now: now) }
        return finish(now: now)
    }

    /// Harmless when nothing is due.
    package mutating func deadlineReached(now: Instant) -> [Action] {
        finish(now: now)
    }

    private mutating func finish(now: Instant) -> [Action] {
        runDueSteps(until: now)
        defer { actions = [] }
        return actions
    }
}

// MARK: - Time

/// What the modem or the network does at a moment to come.
enum SimulatedModemStep: Equatable, Sendable {
    /// A piece of output.
    case write([UInt8], line: String?)
    /// A whole line of output that was delayed.
    case send([UInt8], line: String)
    /// The dial command has been taken: a voice call on GSM.
    case accepted
    /// The digits are out (analog).
    case dialled
    case alerting
    case remote(RemoteAction)
    /// The dial ends with a result code.
    case failed(SimulatedModemResult)
    /// S7 is over.
    case carrierTimeout
    /// A ring-back tone that a class 8 modem hears.
    case ringBack
    /// The ring-back has stopped for long enough (+VRA).
    case voiceConnected
    /// The tone of a line whose other side has gone.
    case busyTone
    case waitingTone
    case ring
    case callerID
    case booted
    case powered
    /// The guard time after `+++` is over.
    case escaped
    case unsolicited(String)

    /// Whether the end of the call takes it back.
    var belongsToCall: Bool {
        switch self {
        case .accepted, .dialled, .alerting, .remote, .failed, .carrierTimeout, .ringBack, .voiceConnected, .busyTone,
            .waitingTone, .ring, .callerID, .escaped:
            true
        case .write, .send, .booted, .powered, .unsolicited: false
        }
    }
}

private struct ScheduledStep: Sendable {
    let instant: ContinuousClock.Instant
    let step: SimulatedModemStep
}

extension SimulatedModemMachine {
    /// Has it done after that time on the modem's clock.
    mutating func schedule(_ step: SimulatedModemStep, after delay: Duration, now: Instant) {
        schedule(step, at: now + scaled(delay))
    }

    mutating func schedule(_ step: SimulatedModemStep, at instant: Instant) {
        let index = scheduled.lastIndex { $0.instant <= instant }.map { $0 + 1 } ?? 0
        scheduled.insert(ScheduledStep(instant: instant, step: step), at: index)
    }

    mutating func unschedule(where matches: (SimulatedModemStep) -> Bool) {
        scheduled.removeAll { matches($0.step) }
    }

    mutating func note(_ event: SimulatedModemEvent) {
        actions.append(.event(event))
    }

    mutating func act(_ action: Action) {
        actions.append(action)
    }

    func scaled(_ duration: Duration) -> Duration {
        duration / max(options.speed, 0.001)
    }

    private mutating func runDueSteps(until now: Instant) {
        while let due = scheduled.first, due.instant <= now {
            scheduled.removeFirst()
            run(due.step, now: due.instant)
        }
    }
}

// MARK: - Command lines

extension SimulatedModemMachine {
    private mutating func byteReceived(_ byte: UInt8, now: Instant) {
        guard isPlugged, !isBooting, !isSilent else { return }
        if isOnline {
            dataReceived(byte, now: now)
        } else if isResultPending || (options.fragileSetup && isSetupUnderWay) {
            note(.dialAborted(byte: byte))
            abortDial(now: now)
        } else {
            commandByteReceived(byte, now: now)
        }
    }

    private mutating func commandByteReceived(_ byte: UInt8, now: Instant) {
        if registers.echo { send([byte], line: nil, now: now) }
        switch byte {
        case registers.carriageReturn:
            let line = String(decoding: input, as: UTF8.self)
            input = []
            commandLineReceived(line, now: now)
        case UInt8(truncatingIfNeeded: registers.value(5)):
            _ = input.popLast()
        default:
            // A longer line is an error in the end (V.250 5.2.1); the surplus need not be kept.
            if input.count < 512 { input.append(byte) }
        }
    }

    private mutating func commandLineReceived(_ line: String, now: Instant) {
        let text = line.uppercased()
        let body: String
        if text.hasSuffix("A/"), !text.contains("AT") {
            body = lastLine
        } else if let start = text.firstIndex(of: "A"), text[start...].hasPrefix("AT") {
            body = String(line[line.index(start, offsetBy: 2)...])
            lastLine = body
        } else {
            return
        }
        note(.received("AT" + body))
        guard line.utf8.count <= 400, let commands = SimulatedModemCommand.parse(body) else {
            return reply([], .error, now: now)
        }
        run(commands, now: now)
    }

    private mutating func run(_ commands: [SimulatedModemCommand], now: Instant) {
        var texts: [String] = []
        for command in commands {
            switch execute(command, now: now) {
            case .done: continue
            case .text(let lines): texts += lines
            case .finish(let result): return reply(texts, result, now: now)
            case .pending: return reply(texts, nil, now: now)
            }
        }
        reply(texts, .ok, now: now)
    }

    /// `+++` between two guard times leaves online data mode (S2, S12).
    private mutating func dataReceived(_ byte: UInt8, now: Instant) {
        let guardTime = Duration.milliseconds(20 * registers.value(12))
        let isQuietBefore = lastByteAt.map { now - $0 >= scaled(guardTime) } ?? true
        unschedule { $0 == .escaped }
        if byte == UInt8(truncatingIfNeeded: registers.value(2)), plusSigns > 0 || isQuietBefore {
            plusSigns += 1
            if plusSigns == 3 { schedule(.escaped, after: guardTime, now: now) }
        } else {
            plusSigns = 0
        }
        lastByteAt = now
    }

    mutating func enterDataMode(now: Instant) {
        isOnline = true
        hasCarrier = true
        plusSigns = 0
        lastByteAt = now
    }

    mutating func forgetInput() {
        input = []
        lastLine = ""
    }
}
