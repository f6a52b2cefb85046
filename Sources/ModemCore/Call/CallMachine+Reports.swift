/// What the modem reports by itself, and what is still to be said after an end.
extension CallMachine {
    private enum ReportTiming {
        /// An end reported before the dial's final result: for so long the result is waited for.
        static let owedResult = Duration.seconds(1)
        /// An end reported without its reason: for so long a result code that gives it is waited for.
        static let explanation = Duration.milliseconds(200)
        /// A call that comes up so soon after a hang-up is the one that was hung up.
        static let hangUpTail = Duration.seconds(10)
    }

    // MARK: Progress

    mutating func progressReported(_ progress: CallProgress, now: Instant) -> [Action] {
        let isRinging = progress.state == .incoming || progress.state == .waiting
        switch phase {
        case .idle, .ringHeldBack:
            return isRinging ? ringReported(progress, now: now) : unexpectedCallReported(progress, now: now)
        case .up where call?.state == .handedOver:
            return []
        case .up:
            if progress.id == otherID, progress.knownDirection == call?.direction { otherID = nil }
            guard isOurs(progress) else {
                otherID = progress.id ?? otherID
                otherSeen = now
                return isRinging ? [.note(.secondCall(number: progress.number))] : []
            }
            learnID(progress.id)
            isReported = true
            if isRinging { return ringReported(progress, now: now) }
            doubtedResult = nil
            return dialProgressed() + advance(to: progress.state, now: now)
        case .hangingUp:
            if isOurs(progress) { learnID(progress.id) }
            return []
        }
    }

    /// A report with another mode than voice: the network's data connection, unless it names our number or our call's id.
    mutating func dataCallReported(_ progress: CallProgress, now: Instant) -> [Action] {
        guard phase == .up, namesOurNumber(progress.number) || isReportedAsData && progress.id == reportID else {
            return []
        }
        isReportedAsData = true
        return progressReported(progress, now: now)
    }

    mutating func dataReleaseReported(id: Int, now: Instant) -> [Action] {
        guard isReportedAsData, id == reportID else { return [] }
        return releaseReported(id: id, .unexplained, now: now)
    }

    /// The call indicator is on: where the list shows no call, there is one anyway.
    mutating func someCallReported() -> [Action] {
        if phase == .up, !isDialPending || isDialInFlight { isReported = true }
        return []
    }

    /// CONNECT for a voice call that is up; on a telephone line it would be data.
    mutating func answerReported(now: Instant) -> [Action] {
        if case .hangingUp = phase { return connectedDuringHangUp(now: now) }
        guard phase == .up, profile.kind == .gsm, !isDialPending || isDialInFlight else { return [] }
        switch call?.state {
        case .dialing, .dialed, .alerting, .incoming:
            let actions = move(to: .active, now: now)
            schedulePoll(now: now)
            return actions
        case .idle, .waiting, .active, .held, .handedOver, .hangingUp, .released, nil:
            return []
        }
    }

    /// A caller gave up: the one who rings, unless the number is another's.
    mutating func missedReported(_ number: String?, now: Instant) -> [Action] {
        switch phase {
        case .ringHeldBack:
            return end(.missed, now: now)
        case .up where call?.state == .incoming && !isAnswerPending:
            if let number, call?.number != nil, !namesOurNumber(number) { return [] }
            return endByReport(.missed, now: now)
        case .idle, .up, .hangingUp:
            return []
        }
    }

    private func isOurs(_ progress: CallProgress) -> Bool {
        if let direction = progress.knownDirection, direction != call?.direction { return false }
        // Before the dial is written, a report is of some other call.
        return isOurs(id: progress.id) && (!isDialPending || isDialInFlight)
    }

    private func isOurs(id: Int?) -> Bool {
        guard let id else { return true }
        if let reportID { return id == reportID }
        // The id of a call that was taken over, or of which no report came, is the list's.
        if profile.reportIDsAreListed, let callID { return id == callID }
        return id != otherID
    }

    /// Tells our call from one that comes later.
    mutating func numbered(_ id: Int) -> [Action] {
        guard phase == .up, reportID == nil, isDialPending, isDialInFlight else { return [] }
        learnID(id)
        isReported = true
        return dialProgressed()
    }

    private mutating func learnID(_ id: Int?) {
        guard let id else { return }
        reportID = id
        if profile.reportIDsAreListed { callID = id }
    }

    private mutating func ringReported(_ progress: CallProgress, now: Instant) -> [Action] {
        // The same call, in whatever form its number comes.
        let isKnown = phase == .up && progress.id != nil && progress.id == reportID
        let actions =
            isKnown
            ? stillRings(progress.number, now: now)
            : progress.number.map { callerIDReceived(.number($0), now: now) } ?? ringReceived(now: now)
        if phase == .up, call?.direction == .inbound { learnID(progress.id) }
        return actions
    }

    /// A call that came up without us, from a telephone on the same SIM or from a dial believed to be over: where the list of
    /// calls can tell its end it is taken over, elsewhere it is only told.
    private mutating func unexpectedCallReported(_ progress: CallProgress, now: Instant) -> [Action] {
        let actions = [Action.note(.unexpectedCall)]
        let isHungUp = hungUpAt.map { now - $0 < ReportTiming.hangUpTail } ?? false
        guard isHungUp || profile.callList != nil else { return actions }
        let direction = progress.knownDirection ?? (phase == .ringHeldBack ? .inbound : .outbound)
        let call = Call(direction: direction, number: progress.number, state: progress.state, isAdopted: true)
        let begun = begin(call, now: now)
        learnID(progress.id)
        // The modem took the hang-up for nothing, because it had not begun to dial.
        if isHungUp { return actions + begun + startHangUp(.localHangUp, now: now) }
        schedulePoll(now: now)
        return actions + begun
    }

    /// Reports come in order and some twice: one of an earlier state is an echo of it.
    mutating func advance(to state: CallState, now: Instant) -> [Action] {
        guard let current = call?.state, Self.rank(state) >= Self.rank(current) else { return [] }
        let actions = move(to: state, now: now)
        if !actions.isEmpty { schedulePoll(now: now) }
        return actions
    }

    private static func rank(_ state: CallState) -> Int {
        switch state {
        case .idle, .dialing, .incoming, .waiting: 0
        case .alerting: 1
        case .dialed, .active, .held, .handedOver, .hangingUp, .released: 2
        }
    }

    // MARK: End

    /// An end was reported unsolicited.
    mutating func endReported(_ result: FinalResultCode, now: Instant) -> [Action] {
        switch phase {
        case .idle:
            return trailerReceived()
        case .ringHeldBack:
            return end(.missed, now: now)
        case .up where deferredDial != nil:
            return trailerReceived()
        case .up where call?.state == .handedOver || isDialPending:
            // The handset holds the line; or the dial still waits, and the end is of something before it.
            return []
        case .up:
            let cause = ReleaseCause(result, in: call?.state ?? .idle)
            isOnline = false
            if unexplainedEnd != nil { return endExplained(cause, now: now) }
            if isOfOtherCall(now: now) { return pollCallList(now: now) }
            if isOtherKnown(now: now) { return suspectEnd(cause, now: now) }
            // An analog modem that tells a tone it hears may still hold the line.
            if call?.state == .dialed && profile.kind == .analog { return startHangUp(cause, now: now) }
            guard poll.isInFlight, isListInFlight else { return endChecked(cause, now: now) }
            // On a bad line NO CARRIER turns up inside lists that still show the call.
            poll.suspectedEnd = cause
            poll.listsSinceSuspicion = 0
            return []
        case .hangingUp(let hangUp):
            isOnline = false
            // An aborted dial still owes its final result.
            return isDialPending ? [] : end(hangUp.cause, now: now)
        }
    }

    mutating func releaseReported(id: Int?, _ reason: EndReason, now: Instant) -> [Action] {
        switch phase {
        case .idle:
            return []
        case .ringHeldBack:
            return profile.kind == .gsm ? end(.missed, now: now) : []
        case .up where call?.state == .handedOver || deferredDial != nil || !isOurs(id: id):
            // The next call of that number may be ours.
            if id == otherID { otherID = nil }
            if phase == .up, !isOurs(id: id) {
                otherSeen = now
                otherReleased = now
            }
            return []
        case .up where isDialPending:
            return releaseReportedWhileDialing(reason, now: now)
        case .up where profile.kind == .analog:
            // A tone or a break on a line that the modem still holds; on one that rings it is noise.
            return call?.direction == .inbound ? [] : startHangUp(cause(reason), now: now)
        case .up where id == nil && isOtherKnown(now: now):
            return suspectEnd(cause(reason), now: now)
        case .up where reason == .unexplained && call?.direction == .outbound && !hasAnswered:
            return endReportedUnexplained(now: now)
        case .up:
            return endByReport(cause(reason), now: now)
        case .hangingUp(let hangUp):
            guard profile.kind == .gsm, isOurs(id: id), !isDialPending else { return [] }
            return endByReport(hangUp.cause, now: now)
        }
    }

    /// Nobody answered, and BUSY or one of its kin may follow at once: it tells the operator more than the report does.
    private mutating func endReportedUnexplained(now: Instant) -> [Action] {
        guard unexplainedEnd == nil else { return [] }
        unexplainedEnd = cause(.unexplained)
        stateDeadline = now + ReportTiming.explanation
        return []
    }

    /// Both the report and the result code have come: nothing more is to be said about this call.
    mutating func endExplained(_ cause: ReleaseCause, now: Instant) -> [Action] {
        let actions = endChecked(cause, now: now)
        trailerEnd = nil
        return actions
    }

    mutating func endByReport(_ cause: ReleaseCause, now: Instant) -> [Action] {
        let actions = endChecked(cause, now: now)
        isTrailerResult = true
        return actions
    }

    /// The dial still owes its final result, and the next command must not get it.
    private mutating func releaseReportedWhileDialing(_ reason: EndReason, now: Instant) -> [Action] {
        // A dial tone or a loop break while an analog modem dials is part of the dialling.
        guard isDialInFlight, profile.kind == .gsm || reason != .unexplained else { return [] }
        if endDuringDial?.isExplained != true {
            endDuringDial = EarlyEnd(cause: cause(reason), isExplained: reason != .unexplained)
        }
        // One that may be of the call before breaks no dial off.
        if !wasFreedJustNow(now: now) { stateDeadline = now + ReportTiming.owedResult }
        return []
    }

    func cause(_ reason: EndReason) -> ReleaseCause {
        // Busy tone after an answer is how an exchange says that the other side is gone.
        if hasAnswered && reason == .cause(.busy) { return .remoteHangUp }
        return ReleaseCause(reason, in: call?.state ?? .idle)
    }

    // MARK: After the end

    /// What is worth knowing about a call that failed; the end itself waits for none of it.
    mutating func afterthoughts(_ call: Call, _ cause: ReleaseCause) -> [Action] {
        guard call.direction == .outbound else { return [] }
        switch cause {
        case .noCarrier, .modemError, .cmeError:
            guard profile.explainsFailures else { return [] }
            return [.send(.execute("+CEER", timeout: .seconds(2)), .explain)]
        case .delayed, .blacklisted:
            return askForRedialLock(call.number)
        case .localHangUp, .remoteHangUp, .busy, .noAnswer, .rejected, .noDialtone, .lineInUse, .noLine, .barred,
            .fixedDialingOnly, .unassignedNumber, .numberChanged, .invalidNumber, .noRoute,
            .outOfOrder, .congestion, .networkFailure, .signalLost, .noCredit, .noVoiceService, .noVoLTE,
            .emergencyOnly,
            .network, .noNetwork, .simNotReady, .notSupported, .modemLost, .modemReset, .missed, .timeout,
            .unverified, .notResponding, .unknownEnd:
            return []
        }
    }

    func explanationReceived(_ reply: ATReply) -> [Action] {
        guard reply.isOK, let text = FailureExplanation.text(reply.lines) else { return [] }
        return [.note(.failureExplained(text))]
    }

    // MARK: Handset

    mutating func handsetLifted(now: Instant) -> [Action] {
        guard phase == .up, call?.state == .dialed, !isDialPending else { return [] }
        return handOver(now: now)
    }
}
