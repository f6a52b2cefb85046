/// Takes a modem that answers AT to the point where it can place a call, and watches its network from then on: the setup
/// commands, the SIM, the calls that are already up, the registration.
package struct SetupMachine: ~Copyable {
    /// What the owner of the machine has to do or to tell, in this order.
    package enum Action: Equatable, Sendable {
        case send(ATCommand)
        case readinessChanged(ModemReadiness)
        case adopt([CallListEntry])
        /// The modem would not list its calls.
        case listRefused
        /// The modem is of the family of this profile, which holds from now on.
        case identified(ModemProfile)
        case note(ModemNote)
    }

    enum Step: Equatable {
        case notStarted
        case command(ATCommand)
        case identity(index: Int)
        case voiceCheck(VoiceCheck)
        case noVoice
        case simState
        /// The tries left for this PIN are asked for.
        case simRetries(pin: String)
        case simPIN
        /// Waiting before the SIM is asked again.
        case simWait
        case callList
        case registration
        case registrationWait
        case ready
    }

    enum Timing {
        static let simBusy = Duration.seconds(2)
        static let simFault = Duration.seconds(15)
        /// A SIM may be busy for so long after power-up.
        static let simBusyLimit = Duration.seconds(30)
        static let registration = Duration.seconds(5)
        /// After a command that was never written.
        static let anew = Duration.seconds(5)
    }

    /// So often a modem may leave the question for its network unanswered.
    private static let maximumUnanswered = 3
    /// Fewer tries than this left, and the PIN is left to a person: the next wrong one could lock the SIM.
    static let minimumPINTries = 2

    var profile: ModemProfile
    let options: ModemOptions
    private let identifiesProfile: Bool
    /// The setup commands that are still to be sent.
    private var commandsLeft: [ATCommand] = []
    private var isIdentified = false
    let simPIN: String?
    var isSIMPINSpent: Bool
    var step: Step = .notStarted
    /// When to ask again; also told by ``nextDeadline``.
    var retryAt: Instant?
    private var identity: [String] = []
    /// Since when the SIM has been busy, or the question for it unanswered.
    var simBusySince: Instant?
    /// How often in a row the question for the network was left unanswered.
    private var unanswered = 0
    /// The SIM spoke up while the answer about the network is due: it is asked after that.
    private var isSIMChanged = false
    private var readiness: ModemReadiness = .noPort
    /// What the network was heard to say last; nil until then, and where the modem cannot say.
    package private(set) var registration: RegistrationStatus?
    /// True once the SIM has said that it wants no PIN, or none any more.
    package internal(set) var isSIMReady = false

    /// Remembers for its lifetime whether the PIN is spent.
    ///
    /// - Parameter identifiesProfile: true to go over to the profile that fits what the modem says it is.
    package init(profile: ModemProfile, options: ModemOptions, identifiesProfile: Bool = false) {
        self.profile = profile
        self.options = options
        self.identifiesProfile = identifiesProfile
        simPIN = options.simPIN
        isSIMPINSpent = options.isSIMPINSpent
    }

    /// When ``deadlineReached(isLineIdle:now:)`` wants to be called.
    package var nextDeadline: Instant? { retryAt }

    /// True once the setup commands and the SIM are through; the registration may still be missing.
    package var isComplete: Bool {
        switch step {
        case .registration, .registrationWait, .noVoice, .ready: true
        case .notStarted, .command, .identity, .voiceCheck, .simState, .simRetries, .simPIN, .simWait, .callList: false
        }
    }

    // MARK: Events

    /// The modem answers: begin.
    package mutating func start() -> [Action] {
        retryAt = nil
        registration = nil
        isSIMReady = false
        identity = []
        simBusySince = nil
        unanswered = 0
        isSIMChanged = false
        isIdentified = false
        commandsLeft = options.setup(for: profile)
        return change(.initializing) + sendCommand()
    }

    /// Sets modems up by another profile from the next start on.
    package mutating func use(_ profile: ModemProfile) {
        self.profile = profile
    }

    /// The port is closed, or the modem silent.
    package mutating func stop() {
        step = .notStarted
        retryAt = nil
        registration = nil
        isSIMReady = false
        readiness = .noPort
    }

    /// The command sent last has ended.
    package mutating func commandFinished(_ reply: ATReply, now: Instant) -> [Action] {
        switch reply.ending {
        case .portClosed: return []
        case .withdrawn: return commandWithdrawn(now: now)
        case .result, .timedOut: break
        }
        switch step {
        case .notStarted, .simWait, .registrationWait, .noVoice, .ready:
            return []
        case .command(let command):
            let note: [Action] = reply.isOK ? [] : [.note(.optionalCommandFailed(command.shownText))]
            return note + sendCommand()
        case .identity(let index):
            identity += reply.lines
            return sendIdentity(index + 1)
        case .voiceCheck(let check): return voiceChecked(check.verdict(reply))
        case .simState: return simStateReceived(reply, now: now)
        case .simRetries(let pin): return simRetriesReceived(reply, pin: pin, now: now)
        case .simPIN: return simPINEntered(reply, now: now)
        case .callList:
            let entries = reply.lines.compactMap { CallListEntry(line: $0) }
            return (entries.isEmpty ? [] : [.adopt(entries)]) + (reply.isOK ? [] : [.listRefused]) + askRegistration()
        case .registration: return registrationReceived(reply, now: now)
        }
    }

    /// - Parameter isLineIdle: while a call is set up nothing is asked; the question is put off.
    package mutating func deadlineReached(isLineIdle: Bool, now: Instant) -> [Action] {
        guard let deadline = retryAt, now >= deadline else { return [] }
        retryAt = nil
        switch step {
        case .simWait where isLineIdle:
            return askSIM()
        case .simWait:
            retryAt = now + Timing.simBusy
            return []
        case .registrationWait where isLineIdle:
            return askRegistration()
        case .registrationWait:
            retryAt = now + Timing.registration
            return []
        case .command, .identity, .voiceCheck, .simState, .simRetries, .simPIN, .callList, .registration:
            return start()
        case .notStarted, .noVoice, .ready:
            return []
        }
    }

    /// The modem never got the command: all is begun again, a little later.
    private mutating func commandWithdrawn(now: Instant) -> [Action] {
        switch step {
        case .notStarted, .simWait, .registrationWait, .noVoice, .ready: return []
        case .simPIN: isSIMPINSpent = false
        case .command, .identity, .voiceCheck, .simState, .simRetries, .callList, .registration: break
        }
        retryAt = now + Timing.anew
        return []
    }

    /// A +CREG line, asked for by the slow poll or not.
    package mutating func registrationReported(_ status: RegistrationStatus, now: Instant) -> [Action] {
        guard profile.kind == .gsm, isComplete, step != .registration else { return [] }
        return registered(status, now: now)
    }

    /// After the setup the modem said of itself that its SIM is not ready: it was taken out, or wants something. It is asked
    /// what.
    package mutating func simStateReported(now: Instant) {
        guard profile.kind == .gsm else { return }
        if step == .registration {
            isSIMChanged = true
            return
        }
        step = .simWait
        retryAt = now
    }

    // MARK: Commands and identity

    private mutating func sendCommand() -> [Action] {
        guard !commandsLeft.isEmpty else { return isIdentified ? checkVoice() : sendIdentity(0) }
        let command = commandsLeft.removeFirst()
        step = .command(command)
        return [.send(command)]
    }

    private var identityCommands: [String] {
        switch profile.kind {
        case .gsm: ["AT+CGMI", "AT+CGMM", "ATI"]
        // To ATI some makers answer with a number alone, and only to ATI3 with their name.
        case .analog: identifiesProfile ? ["ATI", "ATI3"] : ["ATI"]
        }
    }

    private mutating func sendIdentity(_ index: Int) -> [Action] {
        let questions = identityCommands
        guard questions.indices.contains(index) else { return identityReceived() }
        step = .identity(index: index)
        return [.send(ATCommand(questions[index], responses: .freeText))]
    }

    private mutating func identityReceived() -> [Action] {
        isIdentified = true
        let note: [Action] = identity.isEmpty ? [] : [.note(.identified(identity))]
        guard identifiesProfile, let found = ModemProfile.identified(by: identity), found.name != profile.name,
            found.kind == profile.kind
        else { return note + checkVoice() }
        let sent = options.setup(for: profile)
        profile = found
        commandsLeft = options.setup(for: found).filter { !sent.contains($0) }
        return note + [.identified(found)] + sendCommand()
    }

    private mutating func checkVoice() -> [Action] {
        guard let check = profile.voiceCheck else { return askSIM() }
        step = .voiceCheck(check)
        return [.send(check.command)]
    }

    private mutating func voiceChecked(_ verdict: VoiceCheck.Verdict) -> [Action] {
        switch verdict {
        case .fine: return askSIM()
        case .doubtful(let reason): return [.note(.voiceDoubtful(reason))] + askSIM()
        case .impossible(let reason):
            step = .noVoice
            return change(.noVoice(reason))
        }
    }

    // MARK: Calls and registration

    mutating func askCallList() -> [Action] {
        guard profile.canListCalls else { return askRegistration() }
        step = .callList
        return [.send(ModemProfile.CallListPolicy.command)]
    }

    private mutating func askRegistration() -> [Action] {
        step = .registration
        return [.send(.read("+CREG"))]
    }

    private mutating func registrationReceived(_ reply: ATReply, now: Instant) -> [Action] {
        if isSIMChanged {
            isSIMChanged = false
            step = .simWait
            retryAt = now
            return []
        }
        if let status = RegistrationStatus(answers: reply.lines) {
            return registered(status, now: now)
        }
        unanswered += 1
        let isRefused = if case .result(let result) = reply.ending { result != .ok } else { false }
        if isRefused || unanswered >= Self.maximumUnanswered {
            // The modem cannot say: the dial will tell.
            return ready()
        }
        step = .registrationWait
        retryAt = now + Timing.registration
        return []
    }

    private mutating func registered(_ status: RegistrationStatus, now: Instant) -> [Action] {
        registration = status
        unanswered = 0
        guard !status.allowsVoice else { return ready() }
        step = .registrationWait
        retryAt = now + Timing.registration
        return change(.notRegistered(status.explanation))
    }

    mutating func ready() -> [Action] {
        step = .ready
        retryAt = nil
        return change(.ready)
    }

    mutating func change(_ readiness: ModemReadiness) -> [Action] {
        guard self.readiness != readiness else { return [] }
        self.readiness = readiness
        return [.readinessChanged(readiness)]
    }
}
