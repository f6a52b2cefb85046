/// What happens by itself when its time has come.
extension SimulatedModemMachine {
    mutating func run(_ step: SimulatedModemStep, now: Instant) {
        switch step {
        case .write(let bytes, let line): write(bytes, line: line)
        case .send(let bytes, let line): send(bytes, line: line, now: now)
        case .accepted:
            isResultPending = false
            send(.ok, now: now)
            scheduleReaction(now: now)
        case .dialled: digitsSent(now: now)
        case .alerting: set(.alerting)
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
        if isVoiceCall {
            isResultPending = false
            send(.ok, now: now)
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
        lastCause = 1
        guard profile == .genericGSM || isResultPending else { return set(.offHook) }
        endCall()
        send(profile == .analog ? result.atLevel(registers.resultLevel) : result, now: now)
    }

    /// One ring of an incoming call; the caller ID after each on GSM, after the first on a line.
    private mutating func ring(now: Instant) {
        guard call?.state == .incoming else { return }
        guard ringsLeft > 0 else { return endCall() }
        ringsLeft -= 1
        ringsGiven += 1
        switch profile {
        case .genericGSM:
            if registers.isOn("+CRC") {
                unsolicited("+CRING: VOICE", now: now)
            } else {
                send(.ring, now: now)
            }
            if registers.isOn("+CLIP"), let line = callerLine { unsolicited(line, now: now) }
        case .analog:
            send(.ring, now: now)
            if ringsGiven == 1, registers.callerID > 0 { schedule(.callerID, after: .seconds(2), now: now) }
        }
        if registers.value(0) > 0, ringsGiven >= registers.value(0) {
            if case .finish(let result) = answer(now: now) { send(result, now: now) }
        } else {
            schedule(.ring, after: profile.ringInterval, now: now)
        }
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

    /// The modem starts anew: calls, settings and half a command line are gone.
    mutating func restart(after delay: Duration, now: Instant) {
        endCall()
        forgetInput()
        registers = SimulatedModemRegisters(options: options)
        isPINWanted = options.simPIN != nil
        isBooting = true
        schedule(.booted, after: delay + .seconds(2), now: now)
    }

    private mutating func booted(now: Instant) {
        isBooting = false
        note(.started)
        guard profile == .genericGSM else { return }
        let card = isPINWanted ? pinAttempts > 0 ? "SIM PIN" : "SIM PUK" : "READY"
        for line in ["RDY", "+CFUN: 1", "+CPIN: \(card)", "Call Ready"] { unsolicited(line, now: now) }
    }
}
