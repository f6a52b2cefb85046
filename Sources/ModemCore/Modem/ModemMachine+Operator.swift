/// A person's commands, beside what the dialler itself has to say to the modem.
extension ModemMachine {
    /// Sends a person's command. Refused, or answered by exactly one `.operatorReplied`; a dial, an answer
    /// and a hang-up do not wait for it.
    package mutating func send(_ operatorCommand: OperatorCommand, now: Instant) throws(OperatorCommand.Refusal)
        -> [Action]
    {
        if let refusal = operatorRefusal { throw refusal }
        if call != nil, let part = operatorCommand.slowPart { throw .slowInACall(part) }
        return sendForOperator(operatorCommand.command, now: now)
    }

    /// Sends tones to the other side of an answered call.
    package mutating func sendTones(_ tones: OperatorCommand, now: Instant) throws(OperatorCommand.Refusal) -> [Action]
    {
        guard profile.kind == .gsm else { throw .noTones }
        guard call?.state == .active else { throw .notInACall }
        if let refusal = operatorRefusal { throw refusal }
        return sendForOperator(tones.command, now: now)
    }

    /// Why nothing may be sent for a person now.
    private var operatorRefusal: OperatorCommand.Refusal? {
        if isOperatorWaiting { return .busy }
        switch readiness {
        case .notPluggedIn, .heldBy, .cannotOpen, .opening, .settingUp, .notResponding, .garbage, .hung:
            return .noModem(readiness)
        case .simNotReady, .notRegistered, .noVoice, .keepsRestarting, .ready, .readyInDoubt: break
        }
        guard let state = call?.state else { return calls.isIdle ? nil : .duringCall(.incoming) }
        switch state {
        case .active, .handedOver: return chat.isOnline ? .duringCall(state) : nil
        case .idle, .dialing, .dialed, .alerting, .held, .incoming, .waiting, .hangingUp, .released:
            return .duringCall(state)
        }
    }

    private mutating func sendForOperator(_ command: ATCommand, now: Instant) -> [Action] {
        isOperatorWaiting = true
        return perform(chat.send(command, for: .forOperator, now: now), now: now)
    }

    /// What moves the call does not wait for the person: a command of theirs may take minutes.
    mutating func endOperatorCommand(now: Instant) -> [Action] {
        isOperatorWaiting ? perform(chat.abort(.forOperator, now: now), now: now) : []
    }
}
