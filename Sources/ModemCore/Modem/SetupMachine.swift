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
        /// Sent beside the set-up; its reply is of no interest.
        case sendAside(ATCommand)
    }

    enum Step: Equatable {
        case notStarted
        case command(ATCommand)
        case identity(index: Int)
        case voiceCheck(VoiceCheck)
        case noVoice
        case simState
        /// The SIM is asked which one it is, before this PIN is entered.
        case simIdentity(question: Int, pin: String)
        /// The tries left for this PIN are asked for.
        case simRetries(pin: String)
        /// The PIN is out; `triesLeft` as it was before, where the modem says it.
        case simPIN(triesLeft: Int?)
        /// The answer to the PIN was no judgement: the counter is compared.
        case simPINDoubt(triesBefore: Int?)
        /// Waiting before the SIM is asked again.
        case simWait
        case callList
        case registration(RegistrationDomain)
        case registrationWait
        /// `+CFUN?` is asked, because of the SIM or because of the network.
        case radio(RadioReason)
        /// `AT+CFUN=1` is out.
        case radioOn(RadioReason)
        case ready
    }

    enum Timing {
        static let simBusy = Duration.seconds(2)
        static let simFault = Duration.seconds(15)
        static let listBusy = Duration.milliseconds(500)
        /// A SIM may be busy for so long after power-up.
        static let simBusyLimit = Duration.seconds(30)
        static let registration = Duration.seconds(5)
        /// After a command that was never written.
        static let reopening = Duration.seconds(5)
        /// After `AT+CFUN=1` a module needs so long before it says anything useful.
        static let radio = Duration.seconds(2)
    }

    /// So often a modem may leave the question for its network unanswered.
    static let maximumUnanswered = 3
    /// Fewer tries than this left, and the PIN is left to a person: the next wrong one could lock the SIM.
    static let minimumPINTries = 2

    var profile: ModemProfile
    let options: ModemOptions
    private let identifiesProfile: Bool
    /// The setup commands that are still to be sent.
    private var commandsLeft: [ATCommand] = []
    private var isIdentified = false
    private var areExtrasDue = false
    private var kindEvidence = KindEvidence()
    let simPIN: String?
    /// The SIMs that this PIN was entered for and has not opened.
    package internal(set) var simsWithSpentPIN: Set<SIMCard>
    /// The SIM that wanted a PIN last.
    var sim = SIMCard.unknown
    /// Entries of the PIN that the modem answered without a judgement, on this port and since the machine began.
    var unjudgedPINs = (onPort: 0, ever: 0)
    var step: Step = .notStarted
    /// When to ask again; also told by ``nextDeadline``.
    var retryAt: Instant?
    private var identity: [String] = []
    /// Since when the SIM has been busy, or the question for it unanswered.
    var simBusySince: Instant?
    /// Since when the list of calls has been refused for the moment.
    var listBusySince: Instant?
    /// How often in a row the list of calls was refused without a reason, or not answered.
    var listRefusals = 0
    /// How often in a row the question for the network was left unanswered.
    var unanswered = 0
    /// The SIM spoke up while the answer about the network is due: it is asked after that.
    var isSIMChanged = false
    private var readiness: ModemReadiness = .opening
    var network = NetworkQuestions()
    /// What the network was heard to say last; nil until then, and where the modem cannot say.
    package internal(set) var registration: RegistrationStatus?
    /// True once the SIM has said that it wants no PIN, or none any more.
    package internal(set) var isSIMReady = false

    /// Remembers for its lifetime for which SIMs the PIN is spent.
    ///
    /// - Parameter identifiesProfile: true to go over to the profile that fits what the modem says it is.
    package init(profile: ModemProfile, options: ModemOptions, identifiesProfile: Bool = false) {
        self.profile = profile
        self.options = options
        self.identifiesProfile = identifiesProfile
        simPIN = options.simPIN
        simsWithSpentPIN = options.simsWithSpentPIN
    }

    /// When ``deadlineReached(isLineIdle:now:)`` wants to be called.
    package var nextDeadline: Instant? { retryAt }

    /// True once the setup commands and the SIM are through; the registration may still be missing.
    package var isComplete: Bool {
        switch step {
        case .registration, .registrationWait, .noVoice, .ready, .radio(.network), .radioOn(.network): true
        case .notStarted, .command, .identity, .voiceCheck, .simState, .simIdentity, .simRetries, .simPIN, .simPINDoubt,
            .simWait,
            .callList, .radio(.sim), .radioOn(.sim):
            false
        }
    }

    /// True while the SIM is asked, or waited for.
    package var isAtSIM: Bool {
        switch step {
        case .simState, .simIdentity, .simRetries, .simPIN, .simPINDoubt, .simWait, .radio(.sim), .radioOn(.sim): true
        case .notStarted, .command, .identity, .voiceCheck, .noVoice, .callList, .registration, .registrationWait,
            .radio, .radioOn, .ready:
            false
        }
    }

    /// True where an emergency call can be tried although the modem is not ready: it answers and has its setup commands
    /// (22.101 10.1: no SIM and no registration is needed).
    package var allowsEmergencyCalls: Bool { profile.kind == .gsm && (isAtSIM || isComplete) && step != .noVoice }

    /// A port was opened: what may be done once on each port may be done again.
    package mutating func portOpened() {
        network.isRadioSpent = false
        unjudgedPINs.onPort = 0
    }

    // MARK: Events

    /// The modem answers: begin.
    package mutating func start() -> [Action] {
        retryAt = nil
        registration = nil
        isSIMReady = false
        identity = []
        simBusySince = nil
        listBusySince = nil
        listRefusals = 0
        unanswered = 0
        isSIMChanged = false
        isIdentified = false
        areExtrasDue = !options.initExtra.isEmpty
        kindEvidence = KindEvidence()
        network.begin()
        commandsLeft = options.setup(for: profile)
        return change(.settingUp) + sendCommand()
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
        readiness = .opening
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
            kindEvidence.add(reply, to: command)
            let note: [Action] = reply.isOK ? [] : [.note(.optionalCommandFailed(command.shownText))]
            return note + sendCommand()
        case .identity(let index):
            if identityCommands.indices.contains(index) { kindEvidence.add(reply, to: identityCommands[index]) }
            if reply.isOK || !reply.lines.isEmpty, !Self.isKindQuestion(identityCommands, index) {
                identity += reply.lines
            }
            return sendIdentity(index + 1)
        case .voiceCheck(let check): return voiceChecked(check.verdict(reply))
        case .simState: return simStateReceived(reply, now: now)
        case .simIdentity(let question, let pin): return simIdentified(reply, question, pin: pin, now: now)
        case .simRetries(let pin): return simRetriesReceived(reply, pin: pin, now: now)
        case .simPIN(let triesLeft): return simPINEntered(reply, triesLeft: triesLeft, now: now)
        case .simPINDoubt(let triesBefore): return simTriesCompared(reply, triesBefore: triesBefore, now: now)
        case .callList: return callListReceived(reply, now: now)
        case .registration(let domain): return registrationReceived(reply, domain, now: now)
        case .radio(let reason): return radioReceived(reply, reason, now: now)
        case .radioOn(let reason): return radioSwitched(reason, now: now)
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
            return askRegistration(network.next)
        case .registrationWait:
            retryAt = now + Timing.registration
            return []
        case .callList where isListAskedAgain:
            return askCallList()
        case .command, .identity, .voiceCheck, .simState, .simIdentity, .simRetries, .simPIN, .simPINDoubt, .callList,
            .registration,
            .radio, .radioOn:
            return start()
        case .notStarted, .noVoice, .ready:
            return []
        }
    }

    /// The modem never got the command: all is begun again, a little later.
    private mutating func commandWithdrawn(now: Instant) -> [Action] {
        switch step {
        case .notStarted, .simWait, .registrationWait, .noVoice, .ready: return []
        case .simPIN: simsWithSpentPIN.remove(sim)
        case .command, .identity, .voiceCheck, .simState, .simIdentity, .simRetries, .simPINDoubt, .callList,
            .registration, .radio,
            .radioOn:
            break
        }
        retryAt = now + Timing.reopening
        return []
    }

    /// After the setup the modem said of itself that its SIM is not ready: it was taken out, or wants something. It is asked
    /// what.
    package mutating func simStateReported(now: Instant) {
        guard profile.kind == .gsm else { return }
        switch step {
        case .registration, .radio, .radioOn: isSIMChanged = true
        case .notStarted, .command, .identity, .voiceCheck, .noVoice, .simState, .simIdentity, .simRetries, .simPIN,
            .simPINDoubt,
            .simWait, .callList, .registrationWait, .ready:
            step = .simWait
            retryAt = now
        }
    }

    /// While the SIM is waited for, the modem reported its state: unless that only says that there is still nothing to ask, it
    /// is asked at once.
    package mutating func simReported(_ state: SIMState, now: Instant) {
        switch state {
        case .ready, .secondPIN, .pinWanted: simAppeared(now: now)
        case .fault(let fault) where readiness != .simNotReady(fault): simAppeared(now: now)
        case .busy, .fault: break
        }
    }

    /// While the SIM was waited for, the modem said by itself that it is there: it is asked at once.
    package mutating func simAppeared(now: Instant) {
        guard step == .simWait else { return }
        simBusySince = nil
        retryAt = now
    }

    /// The modem answers with numbers: it misread a command. V1 is sent again.
    package mutating func numericResultsSeen() -> [Action] {
        switch step {
        case .notStarted: return []
        case .command, .identity:
            // Not where it is still to come.
            if !commandsLeft.contains(Self.verboseResults) { commandsLeft.insert(Self.verboseResults, at: 0) }
            return []
        case .voiceCheck, .noVoice, .simState, .simIdentity, .simRetries, .simPIN, .simPINDoubt, .simWait, .callList,
            .registration,
            .registrationWait, .radio, .radioOn, .ready:
            return [.note(.numericResults), .sendAside(Self.verboseResults)]
        }
    }

    private static let verboseResults = ATCommand("ATV1")

    // MARK: Commands and identity

    private mutating func sendCommand() -> [Action] {
        if commandsLeft.isEmpty, isIdentified, areExtrasDue {
            areExtrasDue = false
            commandsLeft = options.extraCommands
        }
        guard !commandsLeft.isEmpty else { return isIdentified ? checkVoice() : sendIdentity(0) }
        let command = commandsLeft.removeFirst()
        step = .command(command)
        return [.send(command)]
    }

    private var identityCommands: [ATCommand] {
        switch profile.kind {
        case .gsm:
            [Self.freeText("AT+CGMI"), Self.freeText("AT+CGMM"), Self.freeText("ATI")]
                + (identifiesProfile && !kindEvidence.hasIdentity && !kindEvidence.isDecided
                    ? Self.kindQuestions : [])
        // To ATI some makers answer with a number alone, and only to ATI3 with their name.
        case .analog:
            identifiesProfile
                ? [Self.freeText("ATI"), Self.freeText("ATI3")]
                    + (kindEvidence.isDecided ? [] : [.execute("+GCAP")])
                : [Self.freeText("ATI")]
        }
    }

    private static func freeText(_ text: String) -> ATCommand { ATCommand(text, responses: .freeText) }

    /// What tells a mobile from a telephone-line modem (V.250 6.1.9, 27.007 5.1; V.253).
    private static let kindQuestions: [ATCommand] = [.execute("+GCAP"), .test("+FCLASS"), .read("+CPIN")]

    private static func isKindQuestion(_ commands: [ATCommand], _ index: Int) -> Bool {
        commands.indices.contains(index) && kindQuestions.contains(commands[index])
    }

    private mutating func sendIdentity(_ index: Int) -> [Action] {
        let questions = identityCommands
        guard questions.indices.contains(index) else { return identityReceived() }
        step = .identity(index: index)
        return [.send(questions[index])]
    }

    private mutating func identityReceived() -> [Action] {
        isIdentified = true
        let note: [Action] = identity.isEmpty ? [] : [.note(.identified(identity))]
        guard identifiesProfile else { return note + sendCommand() }
        let found = ModemProfile.identified(by: identity)
        if let kind = kindEvidence.verdict(of: profile.kind, identified: found?.kind) {
            // The other kind's questions for its maker come after its own commands.
            kindEvidence.decide()
            isIdentified = false
            identity = []
            return note + goOver(to: found?.kind == kind ? found ?? .genericGSM : kind == .gsm ? .genericGSM : .analog)
        }
        guard let found, found.name != profile.name, found.kind == profile.kind else { return note + sendCommand() }
        return note + goOver(to: found)
    }

    private mutating func goOver(to found: ModemProfile) -> [Action] {
        let sent = options.setup(for: profile)
        profile = found
        commandsLeft = options.setup(for: found).filter { !sent.contains($0) }
        return [.identified(found)] + sendCommand()
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

    // MARK: Readiness

    mutating func ready() -> [Action] {
        step = .ready
        retryAt = nil
        return change(.ready)
    }

    /// What was told last.
    var toldReadiness: ModemReadiness { readiness }

    mutating func change(_ readiness: ModemReadiness) -> [Action] {
        guard self.readiness != readiness else { return [] }
        self.readiness = readiness
        return [.readinessChanged(readiness)]
    }
}
