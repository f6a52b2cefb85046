/// The remote party, the network, the cables and the faults.
extension SimulatedModemMachine {
    mutating func remoteActed(_ action: RemoteAction, now: Instant) {
        switch action {
        case .answer: remoteAnswered(now: now)
        case .busy: remoteRefused(.busy, now: now)
        case .reject: remoteRefused(.rejected, now: now)
        case .noAnswer: remoteRefused(.noAnswer, now: now)
        case .hangUp: remoteHungUp(now: now)
        case .ring(let caller, let times): remoteCalled(caller, times: times, now: now)
        case .stopRinging:
            guard call?.state == .incoming else { return note(.ignored("Nobody is calling.")) }
            endCall(.remote, now: now)
        case .handset(let lifted): handsetMoved(lifted: lifted)
        case .lineCord(let plugged): isLineCordPlugged = plugged
        case .registration(let status): registrationChanged(status, now: now)
        case .signal(let strength): signal = strength
        case .unplug: unplugged()
        case .replug: replugged(now: now)
        case .silence(let silent):
            isSilent = silent
            forgetInput()
        case .reset where !script.isAnalog && script.banner.isEmpty:
            // A stick that says nothing when it starts leaves the bus for as long.
            remoteActed(.unplug, now: now)
            schedule(.powered, after: .seconds(2), now: now)
        case .reset: restart(after: .zero, now: now)
        case .echo(let on): registers.echo = on
        case .noise(let line): unsolicited(line, now: now)
        case .replyDelay(let delay): replyDelay = max(.zero, delay)
        case .dropNextLine: output.dropsNextLine = true
        case .duplicateNextLine: output.duplicatesNextLine = true
        case .corruptNextLine: output.corruptsNextLine = true
        case .loseNextEnd(let loses): losesNextEnd = loses
        case .brownOut: brownsOut = true
        case .wait(let caller): remoteWaits(caller, now: now)
        case .lyingHangUp(let lies): isHangUpLying = lies
        case .reaction(let reaction): nextReaction = reaction
        }
    }

    private mutating func remoteAnswered(now: Instant) {
        guard let call, call.isOutbound, call.state == .dialing || call.state == .alerting else {
            return note(.ignored("There is no outgoing call to answer."))
        }
        guard isNumberOut else {
            return note(.ignored("The modem is still dialling."))
        }
        unschedule { $0 != .carrierTimeout && $0.belongsToCall }
        set(.active)
        answeredAt = now
        tell(.answered, now: now)
        if isVoiceCall, isResultPending, !script.isAnalog {
            finishDial(script.dialResult == .connect ? .voiceConnect : .ok, now: now)
        } else if isResultPending, registers.serviceClass == 8 {
            schedule(.voiceConnected, after: voiceAnswerTime, now: now)
        }
        if !isVoiceCall, case .modemAnswersAfter = reaction {
            unschedule { $0 == .carrierTimeout }
            isResultPending = false
            send(.connect, now: now)
            enterDataMode(now: now)
        }
    }

    /// The call attempt fails. A voice call of an analog modem hears that, but does not tell.
    private mutating func remoteRefused(_ end: SimulatedEnd, now: Instant) {
        guard let call, call.isOutbound, call.state == .dialing || call.state == .alerting else {
            return note(.ignored("There is no outgoing call attempt."))
        }
        guard script.isAnalog else { return endCall(end, now: now) }
        if isVoiceCall, !isResultPending {
            unschedule(where: \.belongsToCall)
            return remotePartyGone(now: now)
        }
        endCall()
        let result: SimulatedModemResult = end == .rejected ? .busy : end.result
        send(result.atLevel(registers.resultLevel), now: now)
    }

    private mutating func remoteHungUp(now: Instant) {
        guard let call else { return note(.ignored("There is no call.")) }
        switch call.state {
        case .incoming, .handset: endCall(.remote, now: now)
        case .offHook: note(.ignored("The remote party is gone already."))
        case .dialing, .alerting, .active:
            guard script.isAnalog else { return endCall(.remote, now: now) }
            if hasCarrier {
                endCall()
                send(.noCarrier, now: now)
            } else if isResultPending, registers.serviceClass == 8, call.state == .active {
                // The tone comes before the modem has made up its mind.
                endCall()
                send(.busy, now: now)
            } else {
                // Class 0 hears no hang-up; a data dial goes on until S7.
                unschedule { $0 != .carrierTimeout && $0.belongsToCall }
                remotePartyGone(now: now)
            }
        }
    }

    /// Off hook with nobody there: a tone, which a class 8 modem hears.
    private mutating func remotePartyGone(now: Instant) {
        set(.offHook)
        if registers.serviceClass == 8 { schedule(.busyTone, after: .seconds(1), now: now) }
    }

    private mutating func remoteWaits(_ caller: SimulatedCaller, now: Instant) {
        guard !script.isAnalog, call?.state == .active else {
            return note(.ignored("A second call needs a first one that is answered."))
        }
        waitingCaller = caller
        ringsLeft = 4
        schedule(.waitingTone, after: .zero, now: now)
    }

    private mutating func remoteCalled(_ caller: SimulatedCaller, times: Int, now: Instant) {
        guard call == nil else { return note(.ignored("The line is busy: the caller hears that.")) }
        guard isPlugged, !isBooting else { return note(.ignored("The modem is off.")) }
        guard script.isAnalog ? isLineCordPlugged : isRegistered else {
            return note(.ignored("The modem has no line: nobody can call it."))
        }
        self.caller = caller
        ringsGiven = 0
        ringsLeft = max(1, times)
        answeredAt = nil
        lingering = nil
        set(SimulatedCall(isOutbound: false, number: caller.number, state: .incoming))
        schedule(.ring, after: .zero, now: now)
    }

    private mutating func handsetMoved(lifted: Bool) {
        guard script.isAnalog else { return note(.ignored("A GSM modem has no handset.")) }
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
        if !isRegistered, !script.isAnalog, call != nil { endCall(.networkLost, now: now) }
        if registers.registrationReports > 0 { unsolicited("+CREG: \(status)", now: now) }
    }

    private mutating func unplugged() {
        guard isPlugged else { return note(.ignored("The modem is unplugged already.")) }
        endCall()
        unschedule { _ in true }
        output.lastInstant = nil
        output.lastReply = nil
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
