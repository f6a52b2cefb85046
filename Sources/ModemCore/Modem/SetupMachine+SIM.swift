/// The SIM on the way to a modem that can dial: its state, and its PIN without locking it (27.007 8.3, 8.65).
extension SetupMachine {
    mutating func askSIM() -> [Action] {
        guard profile.kind == .gsm else { return ready() }
        step = .simState
        return [.send(.read("+CPIN", timeout: .seconds(5)))]
    }

    mutating func simStateReceived(_ reply: ATReply, now: Instant) -> [Action] {
        // Some old modems give the state and never the OK after it.
        guard let state = reply.lines.lazy.compactMap({ SIMState(line: $0) }).last else {
            return simFailed(reply, now: now)
        }
        switch state {
        case .ready, .secondPIN:
            simBusySince = nil
            pinWorked()
            unjudgedPINs = (0, 0)
            isSIMReady = true
            return askCallList()
        case .pinWanted:
            simBusySince = nil
            return simPINWanted(now: now)
        case .busy:
            return simBusy(now: now)
        case .fault(let fault):
            return simFault(fault, now: now)
        }
    }

    private mutating func simFailed(_ reply: ATReply, now: Instant) -> [Action] {
        switch reply.ending {
        case .result(.cmeError(14)), .result(.cmeError(515)), .timedOut:
            return simBusy(now: now)
        case .result(.cmeError(10)):
            return simFault(.absent, now: now)
        case .result(.cmeError(11)):
            return simPINWanted(now: now)
        case .result(.cmeError(12)):
            return simFault(.pukLocked, now: now)
        case .result(.cmeError(13)), .result(.cmeError(15)):
            return simFault(.faulty, now: now)
        case .result(.unsupported), .result(.error):
            simBusySince = nil
            // A modem that has no question for it may have no SIM either (CDMA): the registration decides.
            return askCallList()
        case .result(let result):
            return simFault(.refused(result), now: now)
        case .withdrawn, .portClosed:
            return []
        }
    }

    private mutating func simFault(_ fault: SIMFault, now: Instant) -> [Action] {
        switch fault {
        case .absent, .faulty, .refused, .other:
            // With its radio off a module may have no power for its SIM either.
            if network.isRadioDue { return askRadio(.sim) }
        case .busy, .pukLocked, .blocked, .pinMissing, .pinRefused, .pinTried, .pinNotUnderstood, .fewTries,
            .pinHeldBack, .deviceLock:
            break
        }
        simBusySince = nil
        return waitForSIM(fault, now: now)
    }

    private mutating func simBusy(now: Instant) -> [Action] {
        let since = simBusySince ?? now
        simBusySince = since
        if network.isRadioDue { return askRadio(.sim) }
        guard now - since < Timing.simBusyLimit else { return waitForSIM(.busy, now: now) }
        // No reason to change what is told.
        step = .simWait
        retryAt = now + Timing.simBusy
        return []
    }

    private mutating func simPINWanted(now: Instant) -> [Action] {
        guard let simPIN, !simPIN.isEmpty, simPIN.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return waitForSIM(.pinMissing, now: now)
        }
        return askSIMIdentity(0, pin: simPIN)
    }

    /// The tries of a PIN belong to a SIM: another one gets its own.
    private static let identityQuestions: [ATCommand] = [
        // EF ICCID (31.102 4.2, 102.221 13.2), which needs no PIN, read as 27.007 8.18 says; then the makers' questions.
        .set("+CRSM", "176,12258,0,0,10", timeout: .seconds(5)), identityQuestion("AT+CCID"),
        identityQuestion("AT+ICCID"), identityQuestion("AT+QCCID"), identityQuestion("AT^ICCID?"),
        identityQuestion("AT#CCID"),
    ]

    private static func identityQuestion(_ text: String) -> ATCommand {
        ATCommand(text, responses: .freeText, timeout: .seconds(5))
    }

    private mutating func askSIMIdentity(_ question: Int, pin: String) -> [Action] {
        step = .simIdentity(question: question, pin: pin)
        return [.send(Self.identityQuestions[question])]
    }

    mutating func simIdentified(_ reply: ATReply, _ question: Int, pin: String, now: Instant) -> [Action] {
        let card = question == 0 ? SIMCard(file: reply.lines) : SIMCard(answer: reply.lines)
        if card == nil, reply.ending != .timedOut, Self.identityQuestions.indices.contains(question + 1) {
            return askSIMIdentity(question + 1, pin: pin)
        }
        sim = card ?? .unknown
        return askSIMTries(pin: pin, now: now)
    }

    /// Where the SIM does not say which it is, or did not then, it may be the one that refused the PIN.
    private var isPINSpent: Bool {
        sim == .unknown
            ? !simsWithSpentPIN.isEmpty : simsWithSpentPIN.contains(sim) || simsWithSpentPIN.contains(.unknown)
    }

    /// One that was right may be entered again when the modem restarts.
    private mutating func pinWorked() {
        simsWithSpentPIN.remove(sim)
        simsWithSpentPIN.remove(.unknown)
    }

    private mutating func askSIMTries(pin: String, now: Instant) -> [Action] {
        guard !isPINSpent else { return waitForSIM(.pinTried, now: now) }
        // Without a counter nobody knows what an unjudged entry cost: two of them leave the last try to a person.
        guard unjudgedPINs.onPort < 1, unjudgedPINs.ever < 2 else { return waitForSIM(.pinNotUnderstood, now: now) }
        step = .simRetries(pin: pin)
        return [.send(Self.triesQuestion)]
    }

    /// 27.007 8.65; where it is unknown the counter is too.
    private static let triesQuestion = ATCommand(
        "AT+CPINR=\"SIM PIN\"",
        responses: .prefix("+CPINR:"),
        timeout: .seconds(5)
    )

    private static func triesLeft(_ reply: ATReply) -> Int? {
        reply.lines.lazy.map { ATFields($0) }.first { $0[0] == "SIM PIN" }?.integer(1)
    }

    mutating func simRetriesReceived(_ reply: ATReply, pin: String, now: Instant) -> [Action] {
        let left = Self.triesLeft(reply)
        if let left, left < Self.minimumPINTries { return waitForSIM(.fewTries(left), now: now) }
        guard options.entersSIMPIN else { return waitForSIM(.pinHeldBack, now: now) }
        step = .simPIN(triesLeft: left)
        simsWithSpentPIN.insert(sim)
        // A string is quoted (V.250 5.4.2.2, 27.007 8.3); without quotes many modems refuse it.
        let command = ATCommand("AT+CPIN=\"\(pin)\"", timeout: .seconds(20), secret: pin)
        return [.note(.simPINEntered), .send(command)]
    }

    /// Only +CME ERROR 16, a PUK that is wanted now, or a lowered counter is a judgement of the PIN.
    mutating func simPINEntered(_ reply: ATReply, triesLeft: Int?, now: Instant) -> [Action] {
        switch reply.ending {
        case .result(.ok):
            step = .simWait
            retryAt = now + Timing.simBusy
            return []
        case .result(.cmeError(16)), .result(.cmeError(12)):
            return waitForSIM(.pinRefused(triesLeft: nil), now: now)
        case .result, .timedOut, .withdrawn, .portClosed:
            step = .simPINDoubt(triesBefore: triesLeft)
            return [.send(Self.triesQuestion)]
        }
    }

    mutating func simTriesCompared(_ reply: ATReply, triesBefore: Int?, now: Instant) -> [Action] {
        let left = Self.triesLeft(reply)
        if let left, let triesBefore, left < triesBefore {
            return waitForSIM(.pinRefused(triesLeft: left), now: now)
        }
        simsWithSpentPIN.remove(sim)
        unjudgedPINs.onPort += 1
        if left == nil || triesBefore == nil { unjudgedPINs.ever += 1 }
        let told = waitForSIM(.pinNotUnderstood, now: now)
        // Perhaps only the answer was lost, and the SIM is open.
        retryAt = now + Timing.simBusy
        return [.note(.simPINNotJudged)] + told
    }

    private mutating func waitForSIM(_ fault: SIMFault, now: Instant) -> [Action] {
        isSIMReady = false
        step = .simWait
        retryAt = now + Timing.simFault
        return change(.simNotReady(fault))
    }
}
