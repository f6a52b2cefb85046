/// What happens by itself when its time has come.
extension SimulatedModemMachine {
    mutating func run(_ step: SimulatedModemStep, now: Instant) {
        switch step {
        case .write(let bytes, let line): write(bytes, line: line)
        case .send(let bytes, let line): send(bytes, line: line, now: now)
        case .accepted:
            isNumberOut = true
            if script.dialResult == .atOnce { finishDial(.ok, now: now) }
            tell(.originated, now: now)
            scheduleReaction(now: now)
        case .dialled: digitsSent(now: now)
        case .alerting: alerted(now: now)
        case .ringBack: ringBack(now: now)
        case .voiceConnected: finishDial(.voiceConnected, now: now)
        case .busyTone: busyTone(now: now)
        case .waitingTone: waitingTone(now: now)
        case .powered: remoteActed(.replug, now: now)
        case .remote(let action): remoteActed(action, now: now)
        case .failed(let result): dialFailed(result, now: now)
        case .carrierTimeout:
            let result: SimulatedModemResult = call?.state == .active ? .noCarrier : .noAnswer
            endCall()
            send(result, now: now)
        case .ring: ring(now: now)
        case .callerID: sendCallerID(now: now)
        case .booted: booted(now: now)
        case .escaped:
            isOnline = false
            send(.ok, now: now)
        case .unsolicited(let text): unsolicited(text, now: now)
        }
    }

    private mutating func write(_ bytes: [UInt8], line: String?) {
        guard isPlugged, !isSilent else { return }
        act(.write(bytes))
        if let line { note(.sent(line)) }
    }

    /// The analog modem has dialled. With `;` that is all it ever tells.
    private mutating func digitsSent(now: Instant) {
        isNumberOut = true
        if registers.serviceClass == 8 {
            // It listens on, and answers when it hears what became of the call.
        } else if isVoiceCall {
            finishDial(.ok, now: now)
        } else {
            schedule(.carrierTimeout, after: .seconds(registers.value(7)), now: now)
        }
        if isLineCordPlugged {
            scheduleReaction(now: now)
        } else {
            set(.offHook)
        }
    }

    private mutating func dialFailed(_ result: SimulatedModemResult, now: Instant) {
        guard script.isAnalog else { return endCall(.unobtainable, now: now) }
        guard isResultPending else { return set(.offHook) }
        endCall()
        send(result.atLevel(registers.resultLevel), now: now)
    }

    /// One ring of an incoming call; the caller ID after each on GSM, after the first on a line.
    private mutating func ring(now: Instant) {
        guard call?.state == .incoming else { return }
        guard ringsLeft > 0 else { return endCall(.remote, now: now) }
        ringsLeft -= 1
        ringsGiven += 1
        if script.isAnalog {
            send(.ring, now: now)
            if ringsGiven == 1, registers.callerID > 0 { schedule(.callerID, after: .seconds(2), now: now) }
        } else {
            ringGSM(now: now)
        }
        if registers.value(0) > 0, ringsGiven >= registers.value(0) {
            if case .finish(let result) = answer(now: now) { send(result, now: now) }
        } else {
            schedule(.ring, after: script.ringInterval, now: now)
        }
    }

    private mutating func ringGSM(now: Instant) {
        tell(.ringing, now: now)
        switch script.ring {
        case .never: return
        case .always, .withCRC:
            if registers.isOn("+CRC") {
                let end = script.cringLineEnd
                tell([.raw("\(end)+CRING: VOICE\(end)")], now: now)
            } else if script.ring == .always {
                send(.ring, now: now)
            }
        }
        if registers.isOn("+CLIP"), let line = callerLine { unsolicited(line, now: now) }
    }

    /// 27.007 7.11
    private var callerLine: String? {
        switch caller {
        case .number(let number, _): "+CLIP: \"\(number)\",\(number.hasPrefix("+") ? 145 : 129),,,,0"
        case .withheld: "+CLIP: \"\",128,,,,1"
        case .unavailable: "+CLIP: \"\",128,,,,2"
        case .unidentified: nil
        }
    }

    /// The modem starts again: calls, settings and half a command line are gone.
    mutating func restart(after delay: Duration, now: Instant) {
        endCall()
        forgetInput()
        registers = SimulatedModemRegisters(options: options, script: script)
        isPINWanted = options.simPIN != nil
        isBooting = true
        schedule(.booted, after: delay + .seconds(2), now: now)
    }

    private mutating func booted(now: Instant) {
        isBooting = false
        note(.started)
        guard !script.isAnalog else { return }
        let card = isPINWanted ? pinAttempts > 0 ? "SIM PIN" : "SIM PUK" : "READY"
        for line in script.banner {
            unsolicited(line == "+CPIN: READY" ? "+CPIN: \(card)" : line, now: now)
        }
    }
}
