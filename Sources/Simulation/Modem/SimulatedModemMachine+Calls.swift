/// The calls that the modem's own commands make, take and end.
extension SimulatedModemMachine {
    mutating func dial(_ dialled: SimulatedDialString, now: Instant) -> SimulatedModemOutcome {
        script.isAnalog ? dialAnalog(dialled, now: now) : dialGSM(dialled, now: now)
    }

    /// OK at once; what becomes of the call shows in +CLCC and in its end only (27.007 6.2).
    private mutating func dialGSM(_ dialled: SimulatedDialString, now: Instant) -> SimulatedModemOutcome {
        if isPINWanted { return .finish(.cmeError(pinAttempts > 0 ? 11 : 12)) }
        guard dialled.isValid, !dialled.number.isEmpty else { return .finish(.cmeError(27)) }
        if dialled.isServiceCode {
            note(.serviceCode(dialled.number))
            schedule(.unsolicited("+CUSD: 0,\"Simulation: \(dialled.number)\",15"), after: .seconds(1), now: now)
            return .done
        }
        guard isRegistered else { return .finish(.cmeError(30)) }
        // No data service, and no second call beside the first.
        guard dialled.isVoice, call == nil else { return .finish(.noCarrier) }
        begin(dialled)
        if brownsOut { return brownOut(now: now) }
        schedule(.accepted, after: replyDelay, now: now)
        return .pending
    }

    /// Nothing is answered before the digits are out, or the line refuses them.
    private mutating func dialAnalog(_ dialled: SimulatedDialString, now: Instant) -> SimulatedModemOutcome {
        guard dialled.isValid else { return .finish(.error) }
        // A line that is off hook already takes more digits.
        if call?.state == .incoming || hasCarrier { return .finish(.noCarrier) }
        begin(dialled)
        if brownsOut { return brownOut(now: now) }
        isVoiceCall = dialled.isVoice || registers.serviceClass == 8
        let waitsForTone = registers.resultLevel == 2 || registers.resultLevel >= 4
        if !isLineCordPlugged, waitsForTone {
            schedule(.failed(.noDialtone), after: .seconds(3), now: now)
            return .pending
        }
        switch reaction {
        case .lineInUse: schedule(.failed(.lineInUse), after: .milliseconds(500), now: now)
        case .delayed: schedule(.failed(.delayed), after: .milliseconds(100), now: now)
        case .blacklisted: schedule(.failed(.blacklisted), after: .milliseconds(100), now: now)
        case .answerAfter, .modemAnswersAfter, .busyAfter, .rejectAfter, .ringForever, .noAnswer, .unobtainable:
            schedule(.dialled, after: dialingTime(dialled), now: now)
        }
        return .pending
    }

    /// Dial tone, then a tone and a gap for each digit, then the pauses.
    private func dialingTime(_ dialled: SimulatedDialString) -> Duration {
        let digit = Duration.milliseconds(2 * registers.value(11))
        return .seconds(2) + digit * dialled.number.utf8.count
            + .seconds(registers.value(8) * dialled.pauses + 2 * dialled.toneWaits)
    }

    private mutating func begin(_ dialled: SimulatedDialString) {
        isResultPending = true
        isNumberOut = false
        answeredAt = nil
        lingering = nil
        isVoiceCall = dialled.isVoice
        reaction = nextReaction ?? options.reactions[dialled.number] ?? options.reaction
        nextReaction = nil
        set(SimulatedCall(isOutbound: true, number: dialled.number, state: .dialing))
    }

    /// The digits are out, and nothing rings yet.
    var isSetupUnderWay: Bool { call?.isOutbound == true && call?.state == .dialing }

    mutating func answer(now: Instant) -> SimulatedModemOutcome {
        guard call?.state == .incoming else { return .finish(.noCarrier) }
        unschedule(where: \.belongsToCall)
        set(.active)
        answeredAt = now
        tell(.answered, after: replyDelay, now: now)
        if script.isAnalog, registers.serviceClass != 8 {
            // Class 0 answers with a data carrier, and a person never answers that.
            isResultPending = true
            schedule(.carrierTimeout, after: .seconds(registers.value(7)), now: now)
            return .pending
        }
        return .finish(.ok)
    }

    /// ATH1: off hook without dialling, or into the call that rings.
    mutating func goOffHook() -> SimulatedModemOutcome {
        if call?.state == .incoming {
            unschedule(where: \.belongsToCall)
            set(.active)
        } else if call == nil {
            set(SimulatedCall(isOutbound: true, number: nil, state: .offHook))
        }
        return .finish(.ok)
    }

    /// ATH: ignored but answered where +CVHU says so (27.007 6.20).
    mutating func hangUpCommand(now: Instant) -> SimulatedModemOutcome {
        if script.isAnalog || (registers.hangUpControl != 1 && !isHangUpLying) { hangUp(now: now) }
        return .finish(.ok)
    }

    /// The local end of the call. A lifted handset keeps the line.
    mutating func hangUp(now: Instant) {
        guard let call else { return }
        switch call.state {
        case .active, .alerting, .offHook:
            if script.isAnalog, isHandsetLifted {
                isResultPending = false
                isOnline = false
                hasCarrier = false
                set(.handset)
            } else {
                endCall(.local, now: now)
            }
        case .dialing, .incoming: endCall(.local, now: now)
        case .handset: break
        }
    }

    /// Any character during dialling: on hook at once.
    mutating func abortDial(now: Instant) {
        let result: SimulatedModemResult = script.dialResult == .connect && !script.isAnalog ? .ok : .noCarrier
        isResultPending = false
        endCall(.local, now: now)
        send(result, after: replyDelay, now: now)
    }

    /// Power fails under the load of the dial: the modem vanishes and comes back.
    private mutating func brownOut(now: Instant) -> SimulatedModemOutcome {
        brownsOut = false
        remoteActed(.unplug, now: now)
        schedule(.powered, after: .seconds(3), now: now)
        return .pending
    }

    mutating func endCall() {
        unschedule(where: \.belongsToCall)
        isResultPending = false
        isNumberOut = false
        isOnline = false
        hasCarrier = false
        waitingCaller = nil
        if call != nil { set(nil) }
    }

    mutating func set(_ state: SimulatedCall.State) {
        guard var call, call.state != state else { return }
        call.state = state
        set(call)
    }

    mutating func set(_ call: SimulatedCall?) {
        self.call = call
        note(.callChanged(call))
    }

    /// The called number's habit, from the moment the network has the digits.
    mutating func scheduleReaction(now: Instant) {
        switch reaction {
        case .answerAfter(let time), .modemAnswersAfter(let time):
            schedule(.alerting, after: min(.seconds(1), time / 2), now: now)
            schedule(.remote(.answer), after: time, now: now)
        case .busyAfter(let time):
            schedule(.remote(.busy), after: time, now: now)
        case .rejectAfter(let time):
            schedule(.alerting, after: min(.seconds(1), time / 2), now: now)
            schedule(.remote(.reject), after: time, now: now)
        case .ringForever:
            schedule(.alerting, after: .seconds(1), now: now)
        case .noAnswer:
            schedule(.alerting, after: .seconds(1), now: now)
            schedule(.remote(.noAnswer), after: .seconds(60), now: now)
        case .unobtainable, .lineInUse, .delayed, .blacklisted:
            schedule(.failed(.noCarrier), after: .seconds(1), now: now)
        }
    }
}
