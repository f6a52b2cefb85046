/// The remote party, the network, the cables and the faults.
extension SimulatedModemMachine {
    mutating func remoteActed(_ action: RemoteAction, now: Instant) {
        switch action {
        case .answer: remoteAnswered(now: now)
        case .busy: remoteRefused(.busy, cause: 17, now: now)
        case .reject: remoteRefused(profile == .analog ? .busy : .noCarrier, cause: 21, now: now)
        case .noAnswer: remoteRefused(.noAnswer, cause: 19, now: now)
        case .hangUp: remoteHungUp(now: now)
        case .ring(let caller, let times): remoteCalled(caller, times: times, now: now)
        case .stopRinging:
            guard call?.state == .incoming else { return note(.ignored("Nobody is calling.")) }
            endCall()
        case .handset(let lifted): handsetMoved(lifted: lifted)
        case .lineCord(let plugged): isLineCordPlugged = plugged
        case .registration(let status): registrationChanged(status, now: now)
        case .signal(let strength): signal = strength
        case .unplug: unplugged()
        case .replug: replugged(now: now)
        case .silence(let silent):
            isSilent = silent
            forgetInput()
        case .reset: restart(after: .zero, now: now)
        case .echo(let on): registers.echo = on
        case .noise(let line): unsolicited(line, now: now)
        case .replyDelay(let delay): replyDelay = max(.zero, delay)
        case .dropNextLine: output.dropsNextLine = true
        case .duplicateNextLine: output.duplicatesNextLine = true
        case .lyingHangUp(let lies): isHangUpLying = lies
        case .reaction(let reaction): nextReaction = reaction
        }
    }

    private mutating func remoteAnswered(now: Instant) {
        guard let call, call.isOutbound, call.state == .dialing || call.state == .alerting else {
            return note(.ignored("There is no outgoing call to answer."))
        }
        guard !isResultPending || !isVoiceCall else {
            return note(.ignored("The modem is still dialling."))
        }
        unschedule { $0 != .carrierTimeout && $0.belongsToCall }
        set(.active)
        if !isVoiceCall, case .modemAnswersAfter = reaction {
            unschedule { $0 == .carrierTimeout }
            isResultPending = false
            send(.connect, now: now)
            enterDataMode(now: now)
        }
    }

    /// The call attempt fails. A voice call of an analog modem hears that, but does not tell.
    private mutating func remoteRefused(_ result: SimulatedModemResult, cause: Int, now: Instant) {
        guard let call, call.isOutbound, call.state == .dialing || call.state == .alerting else {
            return note(.ignored("There is no outgoing call attempt."))
        }
        lastCause = cause
        if profile == .analog, isVoiceCall, !isResultPending {
            unschedule(where: \.belongsToCall)
            return set(.offHook)
        }
        endCall()
        send(profile == .analog ? result.atLevel(registers.resultLevel) : result, now: now)
    }

    private mutating func remoteHungUp(now: Instant) {
        guard let call else { return note(.ignored("There is no call.")) }
        lastCause = 16
        switch (call.state, profile) {
        case (.incoming, _), (.handset, _): endCall()
        case (.offHook, _): note(.ignored("The remote party is gone already."))
        case (.dialing, .genericGSM), (.alerting, .genericGSM), (.active, .genericGSM):
            endCall()
            send(.noCarrier, now: now)
        case (.dialing, .analog), (.alerting, .analog), (.active, .analog):
            if hasCarrier {
                endCall()
                send(.noCarrier, now: now)
            } else {
                // Class 0 hears no hang-up; a data dial goes on until S7.
                unschedule { $0 != .carrierTimeout && $0.belongsToCall }
                set(.offHook)
            }
        }
    }

    private mutating func remoteCalled(_ caller: SimulatedCaller, times: Int, now: Instant) {
        guard call == nil else { return note(.ignored("The line is busy: the caller hears that.")) }
        guard isPlugged, !isBooting else { return note(.ignored("The modem is off.")) }
        guard profile == .analog ? isLineCordPlugged : isRegistered else {
            return note(.ignored("The modem has no line: nobody can call it."))
        }
        self.caller = caller
        ringsGiven = 0
        ringsLeft = max(1, times)
        set(SimulatedCall(isOutbound: false, number: caller.number, state: .incoming))
        schedule(.ring, after: .zero, now: now)
    }

    private mutating func handsetMoved(lifted: Bool) {
        guard profile == .analog else { return note(.ignored("A GSM modem has no handset.")) }
        isHandsetLifted = lifted
        if lifted, call?.state == .incoming {
            unschedule(where: \.belongsToCall)
            set(.handset)
        } else if !lifted, call?.state == .handset {
            endCall()
        }
    }

    private mutating func registrationChanged(_ status: Int, now: Instant) {
        registration = status
        if !isRegistered, profile == .genericGSM, call != nil {
            lastCause = 27
            endCall()
            send(.noCarrier, now: now)
        }
        if registers.registrationReports > 0 { unsolicited("+CREG: \(status)", now: now) }
    }

    private mutating func unplugged() {
        guard isPlugged else { return note(.ignored("The modem is unplugged already.")) }
        endCall()
        unschedule { _ in true }
        output.lastInstant = nil
        isPlugged = false
        act(.unplug)
        note(.unplugged)
    }

    private mutating func replugged(now: Instant) {
        guard !isPlugged else { return note(.ignored("The modem is plugged in already.")) }
        isPlugged = true
        act(.replug)
        restart(after: .zero, now: now)
    }
}
