/// Knows the call: from the dial or the first ring to exactly one end.
///
/// It is told what the modem reports (``CallReport``), how its commands ended (``ATReply``) and what the operator wants, and it
/// answers with commands and with the call's changes. Each state but idle has a deadline and a way out.
package struct CallMachine: ~Copyable {
    /// What the owner of the machine has to do or to tell, in this order.
    package enum Action: Equatable, Sendable {
        case changed(Call)
        case send(ATCommand, CommandPurpose)
        /// Take the command back if it still waits.
        case withdraw(CommandPurpose)
        /// Take the command back, also when it is already in flight.
        case abort(CommandPurpose)
        /// The modem works on the dial: its answer is waited for until then.
        case awaitDial(until: Instant)
        /// Leave the data mode.
        case escape
        case setDTR(Bool)
        /// Nothing ends the call: the port has to be opened again.
        case giveUp
        case note(ModemNote)
    }

    enum Phase: Equatable {
        case idle
        /// The line rang once and nothing is reported yet: a caller ID or a second ring will tell more.
        case ringHeldBack
        /// ``CallMachine/call`` is reported.
        case up
        case hangingUp(HangUp)
    }

    var profile: ModemProfile
    let options: ModemOptions
    var phase: Phase = .idle
    /// The call, nil when the line is free or has rung only once.
    package internal(set) var call: Call?
    /// The end of the state: by then the call has moved on or is hung up.
    var stateDeadline: Instant?
    var handoverDeadline: Instant?
    var poll = Poll()
    /// The modem's own number for the call in `+CLCC`, once it was told.
    var callID: Int?
    /// The number for the call in the maker's reports.
    var reportID: Int?
    /// The number there of a call that is not ours, while ours is not known.
    var otherID: Int?
    /// When anything was heard of a second call, and when its end was.
    var otherSeen: Instant?
    var otherReleased: Instant?
    /// The question whether a call that was reported as over is over.
    var endCheck: EndCheck?
    /// A list of calls has shown a voice call since the process began: a list without one means something on this modem.
    var listHasShownCalls = false
    /// The modem has reported something of the call: its list is not all that is known.
    var isReported = false
    /// Its reports give it another mode than voice.
    var isReportedAsData = false
    /// When the modem took the dial.
    var dialTaken: Instant?
    var hasAlerted = false
    /// Answered, or on an analog modem probably so.
    var hasAnswered = false
    /// The dial is queued or in flight.
    var isDialPending = false
    /// When the dial was asked for.
    var dialedAt: Instant?
    /// When the line was free last, as far as it was known: what a modem still says about that end may cross the next dial.
    var lineFreed: Instant?
    /// The result that ended the dial, while the modem may have said it about the call before.
    var doubtedResult: FinalResultCode?
    /// The modem has not answered the dial: by then it answers something else, or is not waited for.
    var answerDeadline: Instant?
    /// The dial is written and its final result is awaited. The owner of the chat knows, and says so before each report.
    var isDialInFlight = false
    /// The same of the list of calls.
    var isListInFlight = false
    var deferredDial: DeferredDial?
    /// Until then the modem may still tell the last end in other words.
    var trailerEnd: Instant?
    /// True when the maker's report came first, and only NO CARRIER or its kin may still follow.
    var isTrailerResult = false
    /// When the last dialled call was hung up here.
    var hungUpAt: Instant?
    /// The end that was reported while the dial is in flight.
    var endDuringDial: EarlyEnd?
    /// The modem told the end without its reason, and a result code that gives it may follow.
    var unexplainedEnd: ReleaseCause?
    var awaitsSecondOK = false
    /// The number of which the modem said last that it makes it wait.
    package internal(set) var redialLock: RedialLock?
    /// Its time is being asked for.
    var delayedNumber: String?
    var lockQuestions: ArraySlice<ATCommand> = []
    /// The time for the state is over, and the list of calls is asked before the call is hung up. A new state is no longer
    /// in doubt.
    var isDoubted = false
    var isAnswerPending = false
    /// The data mode is on.
    var isOnline = false
    /// The answer was asked for and is tried again at each ring, until the call is answered or over.
    var isAnswerWanted = false
    var answerSent: Instant?
    /// The ring that is held back.
    var heldRing: Instant?
    var lastRing: Instant?
    var ringTail: RingTail?
    /// A lone ring that the list of calls took for nothing: another one proves that the line rings.
    var unlistedRing: Instant?
    /// A caller ID without a number came before any ring.
    var callerIDBeforeRing: Instant?
    /// Which rungs have ended calls on this modem.
    var hangUpMemory = HangUpMemory()
    /// The line is being cleared of calls that are not known here.
    var clearing: Clearing?
    /// A call that was known before the modem fell silent or the process was started, and of which the modem has not spoken yet.
    var recall: Recall?
    /// Nothing is known of what was before: a modem that cannot list its calls may hold one.
    var isLineDoubtful = false
    /// When the call began.
    var begun: Instant?

    /// - Parameter profile: as the site wants it.
    package init(profile: ModemProfile, options: ModemOptions) {
        self.profile = profile
        self.options = options
    }

    /// True when there is neither a call nor a ring: the moment for probes and status polls.
    package var isIdle: Bool { phase == .idle }

    /// The modem was found out to be of another family.
    package mutating func use(_ profile: ModemProfile) {
        if self.profile.hangUp != profile.hangUp { hangUpMemory = HangUpMemory() }
        self.profile = profile
    }

    /// True when a call is up that no list of calls proves: then a plain AT has to show that the modem hears.
    package var needsProbe: Bool {
        guard phase == .up, profile.kind == .gsm, poll.due == nil, !poll.isInFlight, !isOnline, recall == nil else {
            return false
        }
        switch call?.state {
        case .dialing: return !isDialPending
        case .dialed, .alerting, .active, .held: return true
        case .idle, .incoming, .waiting, .handedOver, .hangingUp, .released, nil: return false
        }
    }

    /// When ``deadlineReached(now:)`` wants to be called.
    package var nextDeadline: Instant? {
        earliest(
            stateDeadline,
            handoverDeadline,
            poll.due,
            hangUpDeadline,
            deferredDial?.due,
            recall?.due,
            recall?.tellBy,
            endCheck?.due,
            clearing?.due,
            answerDeadline
        )
    }

    // MARK: Requests

    /// Why a dial cannot be done now; nil when it can.
    package func dialRefusal(now: Instant) -> DialRefusal? {
        if isLineRinging(now: now) { return .lineRinging }
        return switch phase {
        case .idle: nil
        // The ring is older than the cadence: the caller has given up.
        case .ringHeldBack where profile.kind == .analog: nil
        case .up where profile.kind == .analog && call?.state == .incoming: nil
        case .ringHeldBack: .lineRinging
        case .up where call?.state == .handedOver: nil
        case .up: .callInProgress(call?.state ?? .idle)
        case .hangingUp: .callInProgress(.hangingUp)
        }
    }

    /// Dials. Only when ``dialRefusal(now:)`` is nil; a call handed over is let go first, one that rang has been missed.
    ///
    /// - Parameter asked: the number as it was asked for.
    package mutating func dial(_ number: DialString, asked: String? = nil, now: Instant) -> [Action] {
        guard dialRefusal(now: now) == nil else { return [] }
        var actions = end(call?.state == .incoming ? .missed : .localHangUp, now: now)
        let form = dialForm
        ringTail = nil
        var call = Call(direction: .outbound, number: number.text, state: .dialing)
        call.asked = asked
        actions += begin(call, now: now)
        // Behind the dial they would go out while the line is held, or while the network sets the call up.
        actions += [.withdraw(.redialLock), .withdraw(.explain)]
        isDialPending = true
        dialedAt = now
        // The dial in flight has its own deadline; this one is for a modem that took it and then says nothing.
        stateDeadline = now + form.timeout + profile.limits.dialing
        return actions + sendDial(form.command(for: number), now: now)
    }

    /// Answers the incoming call; once it is being answered nothing more.
    package mutating func answer(now: Instant) -> [Action] {
        guard !isAnswerPending else { return [] }
        guard phase == .up, call?.state == .incoming, profile.answer != nil else {
            return [.note(.cannotAnswer)]
        }
        isAnswerWanted = true
        return sendAnswer(now: now)
    }

    // MARK: From the modem

    /// A line of the modem's that says something about the call.
    package mutating func reported(_ report: CallReport, now: Instant) -> [Action] {
        switch report {
        case .ringing: ringReceived(now: now)
        case .callerID(let callerID): callerIDReceived(callerID, now: now)
        case .secondCall(let number): secondCallReported(number, now: now)
        case .progress(let progress): progressReported(progress, now: now)
        case .dataCall(let progress): dataCallReported(progress, now: now)
        case .dataReleased(let id): dataReleaseReported(id: id, now: now)
        case .someCallUp: someCallReported()
        case .answered: answerReported(now: now)
        case .missed(let number): missedReported(number, now: now)
        case .numbered(let id): numbered(id)
        case .handsetLifted: handsetLifted(now: now)
        case .ended(let result): endReported(result, now: now)
        case .released(let id, let reason): releaseReported(id: id, reason, now: now)
        case .someReleased(let reason): someReleaseReported(reason, now: now)
        }
    }

    /// A command sent for the call has ended; those of others are nothing.
    package mutating func commandFinished(_ purpose: CommandPurpose, _ reply: ATReply, now: Instant) -> [Action] {
        if case .result = reply.ending { answerDeadline = nil }
        return switch purpose {
        case .dial: dialFinished(reply, now: now)
        case .answer: answerFinished(reply, now: now)
        case .hangUp: hangUpFinished(reply, now: now)
        case .callList: callListFinished(reply, now: now)
        case .handOver: handOverFinished(reply, now: now)
        case .explain: explanationReceived(reply)
        case .redialLock: redialLockAnswered(reply, now: now)
        case .clear: clearingFinished(reply, now: now)
        case .setup, .beforeDial, .probe, .forOperator, .sound: []
        }
    }

    /// The data mode was left, or could not be.
    package mutating func escaped(isAnswered: Bool, now: Instant) -> [Action] {
        isOnline = false
        return hangUpEscaped(isAnswered: isAnswered, now: now)
    }

    /// The device is gone, or has started again: with it went the call.
    package mutating func modemLost(_ cause: ReleaseCause, now: Instant) -> [Action] {
        let actions = end(cause, now: now)
        isOnline = false
        clearing = nil
        ringTail = nil
        unlistedRing = nil
        callerIDBeforeRing = nil
        hungUpAt = nil
        lineFreed = nil
        dialedAt = nil
        trailerEnd = nil
        return actions
    }

    /// The time ``nextDeadline`` named has come; a call too early is nothing.
    package mutating func deadlineReached(now: Instant) -> [Action] {
        if let deadline = clearing?.due, now >= deadline { return listForClearing() }
        if recall != nil, call != nil { return recallDeadlineReached(now: now) }
        let recalled = recallDeadlineReached(now: now)
        if !recalled.isEmpty { return recalled }
        if let deadline = answerDeadline, now >= deadline { return giveUp(.notResponding, now: now) }
        if let deadline = hangUpDeadline, now >= deadline { return hangUpDeadlineReached(now: now) }
        if let deadline = stateDeadline, now >= deadline { return stateTimedOut(now: now) }
        var actions: [Action] = []
        if let dial = deferredDial, now >= dial.due { actions += sendDeferredDial() }
        if let deadline = handoverDeadline, now >= deadline { actions += handOver(now: now) }
        if let deadline = poll.due, now >= deadline { actions += pollCallList(now: now) }
        if let deadline = endCheck?.due, now >= deadline { actions += checkEnd(now: now) }
        return actions
    }

    // MARK: Beginning, moving on, end

    var dialForm: ModemProfile.DialForm {
        switch options.dialMode {
        case .voice: profile.voiceDial
        case .data: profile.dataDial ?? profile.voiceDial
        }
    }

    mutating func begin(_ call: Call, now: Instant) -> [Action] {
        phase = .up
        forgetLastCall()
        recall = nil
        begun = now
        self.call = call
        reached(call.state)
        stateDeadline = now + limit(for: call.state)
        return [.changed(call)]
    }

    /// Tells a new state, and gives it its deadline; the same state again is nothing.
    mutating func move(to state: CallState, now: Instant) -> [Action] {
        guard var call, call.state != state else { return [] }
        call.state = state
        self.call = call
        unexplainedEnd = nil
        doubtedResult = nil
        isDoubted = false
        reached(state)
        stateDeadline = now + limit(for: state)
        return [.changed(call)]
    }

    private mutating func reached(_ state: CallState) {
        switch state {
        case .alerting, .incoming, .waiting: hasAlerted = true
        case .active, .held:
            hasAlerted = true
            hasAnswered = true
        case .idle, .dialing, .dialed, .handedOver, .hangingUp, .released: break
        }
    }

    mutating func forgetLastCall() {
        poll = Poll()
        callID = nil
        reportID = nil
        otherID = nil
        otherSeen = nil
        otherReleased = nil
        endCheck = nil
        isReported = false
        isReportedAsData = false
        dialTaken = nil
        hasAlerted = false
        hasAnswered = false
        isDialPending = false
        answerDeadline = nil
        doubtedResult = nil
        isAnswerPending = false
        isAnswerWanted = false
        answerSent = nil
        deferredDial = nil
        endDuringDial = nil
        unexplainedEnd = nil
        awaitsSecondOK = false
        isDoubted = false
        delayedNumber = nil
        lockQuestions = []
    }

    /// The one end of a call; nothing when there is none.
    mutating func end(_ cause: ReleaseCause, now: Instant) -> [Action] {
        // A command for this call must not come to bear on the next one.
        var actions: [Action] = isAnswerPending ? [.withdraw(.answer)] : []
        if case .hangingUp(let hangUp) = phase {
            if cause == hangUp.cause { rememberRung(of: hangUp) }
            actions += abandoned(hangUp, cause)
        }
        if poll.isInFlight { actions.append(.withdraw(.callList)) }
        phase = .idle
        stateDeadline = nil
        handoverDeadline = nil
        forgetLastCall()
        recall = nil
        guard var call else { return actions }
        self.call = nil
        trailerEnd = profile.endTrailer.map { now + $0 }
        isTrailerResult = false
        hungUpAt = call.direction == .outbound && cause == .localHangUp ? now : nil
        // Of a call that was left to the handset the modem says nothing more.
        lineFreed = call.state == .handedOver ? nil : now
        if call.direction == .inbound && cause == .localHangUp {
            ringTail = RingTail(number: call.number, since: now, last: lastRing ?? now)
        }
        call.state = .released(cause)
        return [.changed(call)] + actions + afterthoughts(call, cause)
    }

    func limit(for state: CallState) -> Duration {
        switch state {
        case .idle, .dialing, .hangingUp, .released: profile.limits.dialing
        case .alerting: profile.limits.alerting
        case .dialed, .active, .held, .handedOver: profile.limits.talking
        case .incoming, .waiting: profile.limits.ringGap
        }
    }

    private mutating func stateTimedOut(now: Instant) -> [Action] {
        switch phase {
        case .idle, .hangingUp:
            stateDeadline = nil
            return []
        case .ringHeldBack:
            return end(.missed, now: now) + [.note(.singleRing)]
        case .up where call?.state == .incoming:
            return isAnswerPending ? startHangUp(.timeout, now: now) : end(.missed, now: now)
        case .up where call?.state == .handedOver:
            return end(.timeout, now: now)
        case .up:
            if let result = doubtedResult { return decideDoubtedResult(result, now: now) }
            if let endDuringDial { return startHangUp(endDuringDial.cause, now: now) }
            if let cause = unexplainedEnd { return endByReport(cause, now: now) }
            return timedOut(now: now)
        }
    }
}
