package import Basics

/// All that the modem side knows and decides: what the bytes mean, whether the modem can dial, where the call is, and what to
/// do when the modem falls silent. The shell opens the port, moves bytes and keeps one timer.
package struct ModemMachine: ~Copyable {
    /// What the shell has to do or to tell, in this order.
    package enum Action: Equatable, Sendable {
        case write([UInt8])
        case setDTR(Bool)
        /// Close the port, wait, open it again.
        case reopenPort
        /// Begins with `.dialing` before the dial is written, or with `.incoming`; ends with one `.released`.
        case callChanged(Call)
        case readinessChanged(ModemReadiness)
        case dialRefused(DialRefusal)
        case note(ModemNote)
        /// What became of the person's command.
        case operatorReplied(ATReply)
        /// The transcript tap: a line as it was written, secrets hidden.
        case sent(String)
        /// The transcript tap: a line as it was read.
        case received(String)
    }

    private enum Timing {
        static let probe = Duration.seconds(30)
        /// A modem that became ready is asked so soon for its network and signal, and again for what it did not know yet.
        static let firstProbe = Duration.seconds(1)
        /// A modem that cannot switch its echo off is not set up forever.
        static let setupAnew = Duration.seconds(600)
        /// A modem that answers nothing for so long has lost its call, as far as Patriot is told.
        static let silence = Duration.seconds(19)
    }

    /// How the modem is handled: as named, or as it was found out to be.
    package private(set) var profile: ModemProfile
    private let namedProfile: ModemProfile
    let options: ModemOptions
    private let identifiesProfile: Bool
    private var decoder: ATLineDecoder
    /// The next line was set apart from the one before by an empty line.
    private var isLineSeparate = false
    private var messageText = MessageText()
    var chat = ATChatMachine()
    private(set) var calls: CallMachine
    private var setup: SetupMachine
    private var translator: ReportTranslator
    private var recovery = Recovery()
    var sound = SoundMachine()
    private var isOpen = false
    private var restarts = RestartCounter()
    /// When anything that makes sense came last; nil until something did on this port.
    private var lastHeard: Instant?
    private var openedAt: Instant?
    private var probeDeadline: Instant?
    private var probesLeft: [ATCommand] = []
    /// Of the next probe out of its turn, as the network or the signal is not known yet.
    private var quickProbeDeadline: Instant?
    private var quickProbesLeft = 0
    private static let mostQuickProbes = 4
    private var network = OperatorName()
    /// Not before this is the modem set up again because it echoes.
    private var nextSetupAnew: Instant?
    /// The port is being closed to be opened again: the device is not gone.
    private var isReopening = false
    /// When the first of what is written and not answered was written.
    private var unansweredSince: Instant?
    var isOperatorWaiting = false

    /// Whether a call can be placed now.
    package private(set) var readiness: ModemReadiness = .opening
    /// From the slow status poll; nil until known, and on an analog modem.
    package private(set) var signalQuality: SignalQuality?
    /// The network, as it names itself or as its number (27.007 7.3); nil until known, and on an analog modem.
    package var operatorName: ForeignText? { network.text }

    /// One machine a modem, for as long as the daemon runs: what it learnt (a spent PIN, the pace of recovery) outlives the port.
    ///
    /// - Parameter identifiesProfile: true when nobody named the profile: once the modem has said what it is, the profile that
    ///   fits takes over, until the port is opened again.
    package init(profile: ModemProfile, options: ModemOptions, identifiesProfile: Bool = false) {
        let adjusted = options.adjusted(profile)
        namedProfile = profile
        self.profile = adjusted
        self.options = options
        self.identifiesProfile = identifiesProfile
        calls = CallMachine(profile: adjusted, options: options)
        setup = SetupMachine(profile: profile, options: options, identifiesProfile: identifiesProfile)
        decoder = ATLineDecoder(hasShieldedEvents: profile.hasShieldedEvents, tellsSeparation: true)
        translator = ReportTranslator(grammars: profile.reports)
        chat.use(adjusted)
        sound.use(options.sound(of: profile))
    }

    /// nil when the line is free.
    package var call: Call? { calls.call }

    /// What the next process of the line has to know, should this one die now.
    package var recollection: Recollection {
        if let remembered = calls.remembered { return .call(remembered) }
        return calls.isLineDoubtful ? .unknown : .free
    }

    /// True when the line has rung and the call is not told yet.
    package var isRingHeldBack: Bool { calls.phase == .ringHeldBack }

    /// What the network was heard to say last; nil until then, and on an analog modem.
    package var registration: RegistrationStatus? { setup.registration }

    /// The SIMs for which the PIN was entered and has not worked.
    package var simsWithSpentPIN: Set<SIMCard> { setup.simsWithSpentPIN }

    /// True once the SIM has said that it is ready.
    package var isSIMReady: Bool { setup.isSIMReady }

    /// The number that the modem said last it makes wait; its end may be past.
    package var redialLock: RedialLock? { calls.redialLock }

    /// When ``deadlineReached(now:)`` wants to be called; nil when nothing is awaited.
    package var nextDeadline: Instant? {
        earliest(
            chat.nextDeadline,
            calls.nextDeadline,
            setup.nextDeadline,
            probeDeadline,
            quickProbeDeadline,
            recovery.nextDeadline,
            sound.nextDeadline,
            restarts.nextDeadline
        )
    }

    // MARK: Port

    /// The port is open: the modem is looked for and set up. What lived on an earlier port is ended first.
    package mutating func portOpened(now: Instant) -> [Action] {
        // A modem that did not answer on the port that we closed has not answered yet on this one.
        var actions = portLost(.suspended, readiness: unansweredReadiness ?? .opening, now: now)
        isReopening = false
        isOpen = true
        lastHeard = nil
        openedAt = now
        setup.portOpened()
        recovery.portChanged()
        if recovery.wantsReset {
            actions += [.write(profile.reset.bytes), .sent(profile.reset.text)]
        }
        if identifiesProfile { use(namedProfile) }
        decoder = ATLineDecoder(hasShieldedEvents: profile.hasShieldedEvents, tellsSeparation: true)
        messageText = MessageText()
        actions += perform(chat.portOpened(now: now), now: now)
        return actions
    }

    /// The process starts with what an earlier one remembered; before the port is opened, or while it is being opened.
    package mutating func recall(_ recollection: Recollection, now: Instant) -> [Action] {
        perform(calls.recall(recollection, tellBy: now + Timing.silence), now: now)
    }

    /// The port is gone, unplugged or closed: the call ends at once with ``ReleaseCause/modemLost``, unless the port was closed
    /// to be opened again.
    package mutating func portClosed(now: Instant) -> [Action] {
        recovery.portChanged()
        let isGone = !isReopening
        isReopening = false
        return portLost(isGone ? .deviceGone : .suspended, readiness: unansweredReadiness ?? .opening, now: now)
    }

    /// There is no such device: nothing is to be waited for.
    package mutating func deviceMissing(now: Instant) -> [Action] {
        guard !isOpen, calls.isRecallTold else { return [] }
        return perform(calls.deviceLost(now: now), now: now)
    }

    /// The port could not be opened.
    package mutating func portUnavailable(_ fault: PortFault, now: Instant) -> [Action] {
        isOpen ? [] : become(fault.readiness, now: now)
    }

    /// What stays true while the port is closed and opened again for a modem that does not answer.
    private var unansweredReadiness: ModemReadiness? {
        switch readiness {
        case .notResponding, .garbage: readiness
        case .notPluggedIn, .heldBy, .cannotOpen, .opening, .settingUp, .simNotReady, .notRegistered, .noVoice, .ready,
            .readyInDoubt, .keepsRestarting, .hung:
            nil
        }
    }

    /// Takes what one read delivered, cut anywhere.
    package mutating func bytesReceived(_ bytes: some Sequence<UInt8>, now: Instant) -> [Action] {
        guard isOpen else { return [] }
        var actions: [Action] = []
        // Known by its type from here on: a loop over bytes of any kind takes many times as long.
        let bytes = Array(bytes)
        chat.bytesReceived(bytes)
        chat.readBegan()
        for element in decoder.decode(bytes) {
            switch element {
            case .overflow:
                if !chat.isOnline { actions.append(.note(.lineTooLong)) }
            case .separation:
                isLineSeparate = true
            case .line(let line):
                actions += lineReceived(line, now: now)
                isLineSeparate = false
            case .shielded(let code):
                actions += shieldedReceived(code, now: now)
            }
        }
        return actions + perform(chat.readEnded(now: now), now: now)
    }

    // MARK: Time

    /// The time ``nextDeadline`` named has come; a call too early is nothing.
    package mutating func deadlineReached(now: Instant) -> [Action] {
        var actions = perform(chat.deadlineReached(now: now), now: now)
        actions += perform(calls.deadlineReached(now: now), now: now)
        actions += perform(setup.deadlineReached(isLineIdle: calls.isIdle, now: now), now: now)
        if let deadline = probeDeadline, now >= deadline { actions += probe(now: now) }
        if let deadline = quickProbeDeadline, now >= deadline { actions += quickProbe(now: now) }
        if recovery.deadlineReached(now: now) { actions += reopen() }
        actions += soundDeadlineReached(now: now)
        if restarts.deadlineReached(now: now) { actions += become(setupReadiness, now: now) }
        return actions
    }

    // MARK: Requests

    /// Dials; a dial that cannot be done is refused at once, with the reason.
    ///
    /// - Parameter asked: the number as it was asked for; the call bears it to its end.
    package mutating func dial(_ number: DialString, asked: String? = nil, now: Instant) -> [Action] {
        guard
            readiness.allowsDialing || (restarts.isUnstable && setupReadiness.allowsDialing)
                || (number.isEmergency && isOpen && setup.allowsEmergencyCalls)
        else { return [.dialRefused(.notReady(readiness))] }
        if let refusal = calls.dialRefusal(now: now) { return [.dialRefused(refusal)] }
        return perform(calls.dial(number, asked: asked, now: now), now: now)
    }

    /// Ends the call whatever its state; without one it clears a line that is stuck.
    package mutating func hangUp(now: Instant) -> [Action] {
        guard isOpen || calls.isRecallTold else { return [] }
        return perform(calls.hangUp(now: now), now: now)
    }

    /// Answers the incoming call.
    package mutating func answer(now: Instant) -> [Action] {
        guard isOpen else { return [.note(.cannotAnswer)] }
        return perform(calls.answer(now: now), now: now)
    }

    // MARK: Lines

    private mutating func lineReceived(_ line: String, now: Instant) -> [Action] {
        if chat.isOnline && FinalResultCode(line: line)?.isHeardOnline != true { return [] }
        if FinalResultCode(line: line) != nil { unansweredSince = nil }
        let shown = Action.received(chat.shown(line))
        if !chat.isOnline, messageText.take(line, isSeparate: isLineSeparate, now: now) {
            chat.messageTextReceived(line)
            return [shown]
        }
        if setup.isComplete { lastHeard = now }
        return [shown] + perform(chat.lineReceived(line, now: now), now: now)
    }

    private mutating func unsolicited(_ line: String, now: Instant) -> [Action] {
        if profile.resetBanners.contains(line) { return modemReset(now: now) }
        let code = UnsolicitedResultCode(line: line)
        switch code {
        case .started where setup.isComplete:
            return modemReset(now: now)
        case .simState(let state) where setup.isAtSIM:
            setup.simReported(state, now: now)
            return []
        case .simState(.ready) where setup.isComplete:
            guard let doubt = doubtRestart(now: now) else { return modemReset(now: now) }
            return doubt + [.note(.unexpectedLine(chat.shown(line)))]
        case .simState where setup.isComplete:
            setup.simStateReported(now: now)
            return [.note(.unexpectedLine(chat.shown(line)))]
        case .registration(let status):
            return perform(
                setup.registrationReported(status, isLineIdle: calls.isIdle, now: now),
                now: now
            )
        case .ring, .dataRing, .clip, .callWaiting, .callResult, .connected, .missedCall, .started, .simState, nil:
            break
        }
        if setup.isAtSIM, Self.tellsSIM(line) { setup.simAppeared(now: now) }
        guard let reports = translator.reports(from: line, code: code) else {
            let isNoise = profile.noisePrefixes.contains { line.hasPrefix($0) }
            return isNoise ? [] : [.note(.unexpectedLine(chat.shown(line)))]
        }
        return reported(reports, now: now) + askIndicators(now: now)
    }

    /// What is done about a line that a modem says after its start, and some say of their SIM while they dial.
    private mutating func doubtRestart(now: Instant) -> [Action]? {
        calls.isDialInFlight = chat.isInFlight(.dial)
        return calls.restartSuspected(now: now).map { perform($0, now: now) }
    }

    /// Makers' lines by which a SIM that was waited for is told: Huawei's, Quectel's, and the ASR modules' start.
    private static func tellsSIM(_ line: String) -> Bool {
        switch line.prefix(while: { $0 != ":" }) {
        case "^SIMST", "+QUSIM", "*ATREADY", "+SIM", "^SIMREADY", "+QINISTAT", "+ESIMS": true
        default: line.hasPrefix("SMS R") || line == "Call Ready" || line == "PB DONE"
        }
    }

    private mutating func shieldedReceived(_ code: UInt8, now: Instant) -> [Action] {
        guard !chat.isOnline else { return [] }
        let shown = Action.received("<DLE>\(Character(UnicodeScalar(code)))")
        return [shown] + reported(translator.reports(fromShielded: code), now: now)
    }

    private mutating func reported(_ reports: [CallReport], now: Instant) -> [Action] {
        if reports.contains(where: \.isRing) { chat.ringHeard() }
        return reports.flatMap {
            calls.isDialInFlight = chat.isInFlight(.dial)
            calls.isListInFlight = chat.isInFlight(.callList)
            return perform(calls.reported($0, now: now), now: now)
        }
    }

    private mutating func use(_ profile: ModemProfile) {
        self.profile = options.adjusted(profile)
        decoder.hasShieldedEvents = profile.hasShieldedEvents
        chat.use(profile)
        calls.use(self.profile)
        setup.use(profile)
        sound.use(options.sound(of: profile))
        translator = ReportTranslator(grammars: profile.reports)
    }

    // MARK: Probe

    /// Asks whether the modem is still there, and for its network and signal: at once, and from then on in its turn.
    package mutating func probe(now: Instant) -> [Action] {
        probeDeadline = now + Timing.probe
        return askProbes(now: now)
    }

    /// The network and the signal are to be known seconds after the modem is ready.
    private mutating func quickProbe(now: Instant) -> [Action] {
        quickProbesLeft -= 1
        quickProbeDeadline = quickProbesLeft > 0 ? now + Timing.firstProbe : nil
        guard calls.isIdle, !knowsNetwork else {
            quickProbeDeadline = nil
            return []
        }
        return askProbes(now: now)
    }

    private mutating func askProbes(now: Instant) -> [Action] {
        guard setup.isComplete, !chat.isBusy else { return [] }
        // In a call that nothing proves only AT is asked: traffic alone does not show that the modem hears.
        probesLeft = calls.isIdle ? profile.probes.map { $0.text == "AT" ? chat.lifeSign : $0 } : [chat.lifeSign]
        if calls.isIdle, profile.kind == .gsm, readiness.allowsDialing, network.isDue {
            probesLeft.append(OperatorName.question)
        }
        if translator.isIndicatorOrderWanted { probesLeft.append(CallIndicators.question) }
        return nextProbe(now: now)
    }

    /// Reports by place came, and their order is not known.
    private mutating func askIndicators(now: Instant) -> [Action] {
        guard translator.isIndicatorOrderWanted, setup.isComplete, !chat.isBusy, calls.isIdle || calls.needsProbe else {
            return []
        }
        probesLeft.append(CallIndicators.question)
        return nextProbe(now: now)
    }

    /// Network and signal are asked for soon, unless they are known.
    private mutating func probeSoon(now: Instant) {
        guard profile.kind == .gsm, readiness.allowsDialing, !knowsNetwork else { return }
        quickProbesLeft = Self.mostQuickProbes
        quickProbeDeadline = now + Timing.firstProbe
    }

    /// Whether the signal is known and the network's name was asked for.
    private var knowsNetwork: Bool { signalQuality?.rssi != nil && !network.isDue }

    private mutating func nextProbe(now: Instant) -> [Action] {
        guard calls.isIdle || calls.needsProbe, !probesLeft.isEmpty else { return [] }
        let probe = probesLeft.removeFirst()
        if probe == OperatorName.question { network.asked() }
        if probe == CallIndicators.question { translator.indicatorOrderAsked() }
        return perform(chat.send(probe, for: .probe, now: now), now: now)
    }

    private mutating func probeFinished(_ reply: ATReply, now: Instant) -> [Action] {
        var actions: [Action] = []
        network.replied(reply)
        translator.indicatorOrderReplied(reply)
        if let quality = reply.lines.lazy.compactMap({ SignalQuality(line: $0) }).first { signalQuality = quality }
        if let status = RegistrationStatus(answers: reply.lines.filter { $0.hasPrefix("+CREG:") }) {
            actions = perform(
                setup.registrationReported(status, isLineIdle: calls.isIdle, now: now),
                now: now
            )
        }
        actions += nextProbe(now: now)
        return actions + (chat.isBusy ? [] : setUpAnew(now: now))
    }

    /// A modem whose echo is back has forgotten its other settings, too.
    private mutating func setUpAnew(now: Instant) -> [Action] {
        guard chat.hasEchoed, calls.isIdle, nextSetupAnew.map({ now >= $0 }) ?? true else { return [] }
        nextSetupAnew = now + Timing.setupAnew
        return [.note(.echoIsBack)] + perform(setup.start(), now: now)
    }

    // MARK: Recovery

    private mutating func modemReset(now: Instant) -> [Action] {
        restarts.restarted(now: now)
        let isKnown = restarts.isUnstable && !restarts.isNews
        let readiness: ModemReadiness = restarts.isUnstable ? .keepsRestarting(restarts.count) : .opening
        let note: ModemNote = restarts.isUnstable ? .keepsRestarting(restarts.count) : .modemReset
        let actions = portLost(.modemRestarted, readiness: readiness, now: now) + (isKnown ? [] : [.note(note)])
        isOpen = true
        return actions + perform(chat.portOpened(now: now), now: now)
    }

    /// What the set-up says, for when the restarts have stopped.
    private var setupReadiness: ModemReadiness { setup.toldReadiness }

    /// The port is of no use as it is: it is closed and opened again, not too often.
    private mutating func abandonPort(_ readiness: ModemReadiness, now: Instant) -> [Action] {
        guard isOpen else { return [] }
        let actions = portLost(.suspended, readiness: readiness, now: now)
        return actions + (recovery.failed(now: now) ? reopen() : [])
    }

    private mutating func reopen() -> [Action] {
        isReopening = true
        return [.note(.reopening(count: recovery.count)), .reopenPort]
    }

    private enum PortLoss {
        /// With the device the call is gone.
        case deviceGone
        /// The modem started again: there is no call.
        case modemRestarted
        /// Nobody can be asked for a while; the call may be up.
        case suspended
    }

    /// Ends everything that lived on the port.
    private mutating func portLost(_ loss: PortLoss, readiness: ModemReadiness, now: Instant) -> [Action] {
        isOpen = false
        calls.isDialInFlight = chat.isInFlight(.dial)
        translator = ReportTranslator(grammars: profile.reports)
        setup.stop()
        sound.portLost()
        probeDeadline = nil
        probesLeft = []
        quickProbeDeadline = nil
        signalQuality = nil
        let ended: [CallMachine.Action] =
            switch loss {
            case .deviceGone: calls.deviceLost(now: now)
            case .modemRestarted: calls.modemLost(.modemReset, now: now)
            case .suspended: calls.suspended(tellBy: (unansweredSince ?? now) + Timing.silence, now: now)
            }
        unansweredSince = nil
        var actions = perform(ended, now: now)
        actions += perform(chat.portClosed(), now: now)
        return actions + become(readiness, now: now)
    }

    private mutating func become(_ readiness: ModemReadiness, now: Instant) -> [Action] {
        guard self.readiness != readiness else { return [] }
        self.readiness = readiness
        if readiness.allowsDialing { probeSoon(now: now) } else { network.forget() }
        return [.readinessChanged(readiness)]
    }

    // MARK: The machines' actions

    mutating func perform(_ actions: [ATChatMachine.Action], now: Instant) -> [Action] {
        actions.flatMap { action -> [Action] in
            switch action {
            case .write(let bytes):
                unansweredSince = unansweredSince ?? now
                return [.write(bytes)]
            case .sent(let line): return [.sent(line)]
            case .note(let note): return [.note(note)]
            case .unsolicited(let line): return unsolicited(line, now: now)
            case .strayResult(let result): return perform(calls.strayResultReceived(result, now: now), now: now)
            case .synchronized:
                probeDeadline = now + Timing.probe
                return perform(calls.synchronized(now: now), now: now) + perform(setup.start(), now: now)
            case .silent:
                return abandonPort(unansweredReadiness ?? .notResponding(since: lastHeard ?? openedAt ?? now), now: now)
            case .garbage:
                guard unansweredReadiness == nil else { return [] }
                return [.note(.garbage)] + become(.garbage(since: openedAt ?? now), now: now)
            case .numericResults: return perform(setup.numericResultsSeen(), now: now)
            case .finished(.beforeDial, let reply):
                return reply.isOK || !calls.isDialPending ? [] : [.note(.beforeDialFailed)]
            case .escaped(let isAnswered): return perform(calls.escaped(isAnswered: isAnswered, now: now), now: now)
            case .finished(.setup, let reply): return perform(setup.commandFinished(reply, now: now), now: now)
            case .finished(.probe, let reply): return probeFinished(reply, now: now)
            case .finished(.forOperator, let reply):
                isOperatorWaiting = false
                return [.operatorReplied(reply)]
            case .finished(.sound, let reply): return perform(sound.finished(reply, now: now), now: now)
            case .finished(let purpose, let reply):
                if purpose == .dial, reply.ending == .timedOut, call?.state == .dialing { unansweredSince = now }
                return perform(calls.commandFinished(purpose, reply, now: now), now: now)
            }
        }
    }

    /// Tells a change of the call. Where calls depend on VoLTE, one that comes in or is answered proves them, and a dial that
    /// fails without a better reason names VoLTE.
    private mutating func callChanged(_ call: Call, now: Instant) -> [Action] {
        var call = call
        var actions: [Action] = []
        switch call.state {
        case .incoming, .active: actions = perform(setup.voiceProven(), now: now)
        case .released(.modemReset) where setup.isComplete:
            // The list of calls has proven the restart that was suspected.
            return [.callChanged(call)] + modemReset(now: now)
        case .released(let cause) where call.direction == .outbound:
            if case .readyInDoubt = readiness { call.state = .released(cause.whereVoLTEIsNeeded) }
            probeSoon(now: now)
        case .released: probeSoon(now: now)
        case .idle, .dialing, .dialed, .alerting, .held, .waiting, .handedOver, .hangingUp: break
        }
        return [.callChanged(call)] + actions
    }

    private mutating func perform(_ actions: [CallMachine.Action], now: Instant) -> [Action] {
        actions.flatMap { action -> [Action] in
            switch action {
            case .changed(let call):
                return callChanged(call, now: now) + perform(sound.callChanged(call.state, now: now), now: now)
            case .send(let command, let purpose):
                return (purpose == .dial ? sendBeforeDial(now: now) : [])
                    + perform(chat.send(command, for: purpose, now: now), now: now)
                    + (purpose.isUrgent ? endOperatorCommand(now: now) : [])
                    + (purpose.isUrgent && purpose != .dial ? endBeforeDial(now: now) : [])
            case .withdraw(let purpose): return perform(chat.withdraw(purpose), now: now)
            case .abort(let purpose):
                // Until now there was nothing to respond to.
                unansweredSince = nil
                return (purpose == .dial ? endBeforeDial(now: now) : [])
                    + perform(chat.abort(purpose, now: now), now: now)
            case .awaitDial(let until):
                chat.await(.dial, until: until)
                return []
            case .escape: return perform(chat.escape(now: now), now: now)
            case .setDTR(let isOn): return [.setDTR(isOn)]
            case .giveUp:
                return abandonPort(.opening, now: now)
            case .note(let note): return [.note(note)]
            }
        }
    }

    private mutating func perform(_ actions: [SetupMachine.Action], now: Instant) -> [Action] {
        actions.flatMap { action -> [Action] in
            switch action {
            case .send(let command): return perform(chat.send(command, for: .setup, now: now), now: now)
            case .readinessChanged(let readiness):
                if readiness.allowsDialing { recovery.succeeded() }
                if readiness != .settingUp { chat.forgetEcho() }
                return restarts.isUnstable ? [] : become(readiness, now: now)
            case .sendAside(let command): return perform(chat.send(command, for: .setup, now: now), now: now)
            case .adopt(let entries): return perform(calls.adopt(entries, now: now), now: now)
            case .listRefused: return perform(calls.listRefused(now: now), now: now)
            case .identified(let profile):
                use(profile)
                return [.note(.profileIdentified(profile.name))]
            case .note(let note): return [.note(note)]
            }
        }
    }
}
