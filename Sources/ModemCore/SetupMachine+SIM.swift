/// The SIM on the way to a modem that can dial: its state, and its PIN without locking it (27.007 8.3, 8.65).
extension SetupMachine {
    mutating func askSIM() -> [Action] {
        guard profile.kind == .gsm else { return ready() }
        step = .simState
        return [.send(.read("+CPIN", timeout: .seconds(5)))]
    }

    mutating func simStateReceived(_ reply: ATReply, now: Instant) -> [Action] {
        // Some old modems give the state and never the OK after it.
        guard let line = reply.lines.last(where: { $0.hasPrefix("+CPIN:") }) else {
            return simFailed(reply, now: now)
        }
        simBusySince = nil
        switch line.dropFirst("+CPIN:".count).trimmed {
        case "READY":
            // A PIN that was right may be entered again when the modem restarts.
            isSIMPINSpent = false
            isSIMReady = true
            return askCallList()
        case "SIM PIN":
            return simPINWanted(now: now)
        case "SIM PUK":
            return waitForSIM("it is locked and wants its PUK: put it into a telephone and unlock it there", now: now)
        case let other:
            return waitForSIM("it asks for \(other): remove that lock with a telephone", now: now)
        }
    }

    private mutating func simFailed(_ reply: ATReply, now: Instant) -> [Action] {
        switch reply.ending {
        case .result(.cmeError(14)), .result(.cmeError(515)), .timedOut:
            return simBusy(now: now)
        case .result, .withdrawn, .portClosed:
            simBusySince = nil
        }
        switch reply.ending {
        case .result(.cmeError(10)):
            return waitForSIM("there is none: put a SIM in and plug the modem in again", now: now)
        case .result(.cmeError(13)), .result(.cmeError(15)):
            return waitForSIM("it is faulty or not seated: take it out, clean it, put it back", now: now)
        case .result(.unsupported), .result(.error):
            // A modem that has no question for it may have no SIM either (CDMA): the registration decides.
            return askCallList()
        case .result(let result):
            return waitForSIM("the modem answered \(result): take the SIM out, clean it, put it back", now: now)
        case .timedOut, .withdrawn, .portClosed:
            return []
        }
    }

    private mutating func simBusy(now: Instant) -> [Action] {
        let since = simBusySince ?? now
        simBusySince = since
        guard now - since < Timing.simBusyLimit else {
            return waitForSIM("it stays busy: take it out and put it back, or try it in a telephone", now: now)
        }
        // No reason to change what is told.
        step = .simWait
        retryAt = now + Timing.simBusy
        return []
    }

    private static let newPINAdvice =
        "correct the file that SIM_PIN_FILE names, then restart the line (only another PIN is tried)"

    private mutating func simPINWanted(now: Instant) -> [Action] {
        guard let simPIN, !simPIN.isEmpty, simPIN.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return waitForSIM(
                "it wants a PIN: put its digits into the file that SIM_PIN_FILE names (/etc/patriot-dialler/LINE.pin), "
                    + "or remove the PIN",
                now: now
            )
        }
        guard !isSIMPINSpent else {
            return waitForSIM("the PIN was tried once and not taken: \(Self.newPINAdvice)", now: now)
        }
        step = .simRetries(pin: simPIN)
        // 27.007 8.65; where it is unknown the counter is too.
        return [.send(ATCommand("AT+CPINR=\"SIM PIN\"", responses: .prefix("+CPINR:"), timeout: .seconds(5)))]
    }

    mutating func simRetriesReceived(_ reply: ATReply, pin: String, now: Instant) -> [Action] {
        let left = reply.lines.lazy.map { ATFields($0) }.first { $0[0] == "SIM PIN" }?.integer(1)
        if let left, left < Self.minimumPINTries {
            let tries = left == 1 ? "1 PIN try is" : "\(left) PIN tries are"
            return waitForSIM("only \(tries) left, so none is made: unlock it with a telephone", now: now)
        }
        guard options.entersSIMPIN else { return waitForSIM(ModemReadiness.heldBackPIN, now: now) }
        step = .simPIN
        isSIMPINSpent = true
        let command = ATCommand("AT+CPIN=\(pin)", timeout: .seconds(20), secret: pin)
        return [.note(.simPINEntered), .send(command)]
    }

    mutating func simPINEntered(_ reply: ATReply, now: Instant) -> [Action] {
        if reply.isOK {
            step = .simWait
            retryAt = now + Timing.simBusy
            return []
        }
        return waitForSIM("it refused the PIN: \(Self.newPINAdvice)", now: now)
    }

    private mutating func waitForSIM(_ reason: String, now: Instant) -> [Action] {
        isSIMReady = false
        step = .simWait
        retryAt = now + Timing.simFault
        return change(.simNotReady(reason))
    }
}
