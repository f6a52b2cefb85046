/// How a modem is made to carry a call's sound over USB, as AT commands. They are sent only where SOUND is on, none of them from
/// the request to dial until the call is answered, and none while a hang-up waits.
package struct CallSound: Equatable, Sendable {
    /// The samples that the modem usually sends at once, and those of each piece that it expects; 160 are 20 ms.
    package var readSamples = 160
    /// See ``readSamples``.
    package var writeSamples = 160
    /// With the set-up, and again after each call: what has to be so before a call begins.
    package var idle: [ATCommand] = []
    /// When the call is answered; tried again until the modem takes it. nil where `idle` is enough.
    package var start: ATCommand?
    /// When the call is over: the first of these that is not refused.
    package var stop: [ATCommand] = []

    /// The modem refuses the start for a while after the answer; no longer than so.
    static let startLimit = Duration.seconds(12)
    /// Between two tries of the start.
    static let startInterval = Duration.seconds(1)
    /// From the answer to the first try, and from the end of a call to its stop: the call's own commands go first.
    static let pause = Duration.milliseconds(100)
}

/// Sends the commands of ``CallSound`` at the times that it names. No fault of the sound is a fault of the call.
struct SoundMachine: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        case send(ATCommand)
        /// Takes back what waits or is in flight.
        case abort
        case note(ModemNote)
    }

    private enum Phase: Equatable {
        case off
        case starting(since: Instant, tries: Int)
        case on
        /// What is still to be sent after a call; of `stops` the first that is not refused.
        case ending(stops: [ATCommand], idle: [ATCommand])
    }

    private var sound: CallSound?
    private var phase = Phase.off
    private var isAwaiting = false
    private(set) var nextDeadline: Instant?

    /// nil where no sound is carried.
    mutating func use(_ sound: CallSound?) {
        self.sound = sound
    }

    mutating func callChanged(_ state: CallState, now: Instant) -> [Action] {
        guard let sound else { return [] }
        switch state {
        case .active:
            guard sound.start != nil, phase != .on, !isStarting else { return [] }
            phase = .starting(since: now, tries: 0)
            nextDeadline = now + CallSound.pause
        case .hangingUp: return halt()
        case .released:
            guard phase != .off || sound.start == nil else { return [] }
            let actions = halt()
            phase = .ending(stops: sound.stop, idle: sound.idle)
            nextDeadline = now + CallSound.pause
            return actions
        case .dialing, .incoming:
            // What the last call left to do is not worth a moment of this one.
            // One that is in flight is answered within moments; to abort it would take longer.
            if case .ending = phase {} else { phase = .off }
            nextDeadline = nil
            isAwaiting = false
        case .idle, .dialed, .alerting, .held, .waiting, .handedOver: break
        }
        return []
    }

    /// The port is gone, or the modem started again.
    mutating func portLost() {
        phase = .off
        isAwaiting = false
        nextDeadline = nil
    }

    /// - Parameter isFree: nothing else is to be said to the modem.
    mutating func deadlineReached(isFree: Bool, now: Instant) -> [Action] {
        guard let deadline = nextDeadline, now >= deadline else { return [] }
        guard isFree else {
            nextDeadline = now + CallSound.pause
            return []
        }
        nextDeadline = nil
        return sendNext()
    }

    mutating func finished(_ reply: ATReply, now: Instant) -> [Action] {
        guard isAwaiting else { return [] }
        isAwaiting = false
        switch phase {
        case .off, .on: return []
        case .starting(let since, let tries):
            if reply.isOK {
                phase = .on
                return tries == 1 ? [] : [.note(.soundStartedLate(tries: tries))]
            }
            guard now - since < CallSound.startLimit else {
                phase = .on
                return [.note(.soundRefused(tries: tries))]
            }
            nextDeadline = now + CallSound.startInterval
        case .ending(let stops, let idle):
            phase = stops.isEmpty ? .ending(stops: [], idle: Array(idle.dropFirst())) : ended(stops, idle, reply)
            nextDeadline = now
        }
        return []
    }

    private func ended(_ stops: [ATCommand], _ idle: [ATCommand], _ reply: ATReply) -> Phase {
        .ending(stops: reply.isOK ? [] : Array(stops.dropFirst()), idle: idle)
    }

    private mutating func sendNext() -> [Action] {
        switch phase {
        case .off, .on: return []
        case .starting(let since, let tries):
            guard let start = sound?.start else { return [] }
            phase = .starting(since: since, tries: tries + 1)
            isAwaiting = true
            return [.send(start)]
        case .ending(let stops, let idle):
            guard let command = stops.first ?? idle.first else {
                phase = .off
                return []
            }
            isAwaiting = true
            return [.send(command)]
        }
    }

    private mutating func halt() -> [Action] {
        nextDeadline = nil
        defer { isAwaiting = false }
        return isAwaiting ? [.abort] : []
    }

    private var isStarting: Bool {
        if case .starting = phase { true } else { false }
    }
}
