/// The hang-up of an analog modem that does not respond: it may still dial, or carry data without our knowing.
///
/// It cannot be asked whether it hears, as the question would be data, too. So the ways that end a call there are tried without
/// a response: the escape, the hang-up, DTR. Any response shows that the modem is in command mode, and the ladder begins again.
extension CallMachine {
    mutating func hangUpBlindly(_ hangUp: HangUp, now: Instant) -> [Action] {
        var next = hangUp
        next.blindness = .trying
        next.step = .leavingDataMode
        next.deadline = now + HangUpTiming.backstop
        next.ladder = Self.blindLadder(profile)
        next.rung = 0
        phase = .hangingUp(next)
        return [.note(.hangUpNotConfirmed(rung: name(of: hangUp))), .escape]
    }

    private func name(of hangUp: HangUp) -> String {
        hangUp.step == .commandSent && hangUp.ladder.indices.contains(hangUp.rung)
            ? hangUp.ladder[hangUp.rung].name : "CR"
    }

    /// Short enough for the time in which Patriot has to hear of a modem that does not respond.
    private static func blindLadder(_ profile: ModemProfile) -> [HangUpRung] {
        let command = profile.hangUp.first {
            if case .command(let text) = $0.means { text != profile.reset.text } else { false }
        }
        return [command, profile.hangUp.first { $0.means == .dropDTR }].compactMap(\.self)
    }

    mutating func hangUpEscaped(isAnswered: Bool, now: Instant) -> [Action] {
        guard case .hangingUp(var hangUp) = phase, hangUp.step == .leavingDataMode else { return [] }
        if isAnswered { return startFullLadder(of: hangUp, now: now) }
        guard profile.kind == .analog, hangUp.blindness != .tried else { return startRung(of: hangUp, now: now) }
        hangUp.blindness = .trying
        hangUp.ladder = Self.blindLadder(profile)
        hangUp.rung = 0
        return startRung(of: hangUp, now: now)
    }

    /// The modem is in command mode, or there is nothing left that could be tried without a response.
    mutating func startFullLadder(of hangUp: HangUp, now: Instant) -> [Action] {
        var next = hangUp
        if next.blindness == .trying { next.blindness = .tried }
        next.ladder = hangUp.fullLadder
        next.rung = 0
        return startRung(of: next, now: now)
    }

    /// CONNECT after all: from here on the modem takes commands for data.
    mutating func connectedDuringHangUp(now: Instant) -> [Action] {
        guard case .hangingUp(var hangUp) = phase, profile.kind == .analog, dialForm.connectIsData, !isDialPending,
            call?.direction == .outbound
        else { return [] }
        isOnline = true
        hangUp.step = .leavingDataMode
        hangUp.deadline = now + HangUpTiming.backstop
        phase = .hangingUp(hangUp)
        return [.escape]
    }
}
