/// What is told of a call, in the words of the modem's script.
extension SimulatedModemMachine {
    mutating func tell(_ progress: SimulatedProgress, after delay: Duration = .zero, now: Instant) {
        guard let call else { return }
        tell(script.reports(progress, context(of: call, now: now)), after: delay, now: now)
    }

    /// - Parameter now: nil where the length of the conversation does not matter.
    func context(of call: SimulatedCall, now: Instant?) -> SimulatedReportContext {
        let talk = answeredAt.flatMap { answeredAt in now.map { $0 - answeredAt } } ?? .zero
        return SimulatedReportContext(
            id: script.callID,
            isOutbound: call.isOutbound,
            number: call.number ?? "",
            wasAnswered: answeredAt != nil,
            seconds: Int(talk.components.seconds),
            settings: registers.settings
        )
    }

    /// Ends the call and tells it as the maker does. A dial that waits gets its result code.
    mutating func endCall(_ end: SimulatedEnd, now: Instant) {
        guard let call else { return }
        lastCause = end.cause
        var lines = script.reports(.ended(end), context(of: call, now: now))
        if isResultPending, !script.isAnalog {
            switch script.dialResult {
            case .atOnce, .whenAnswered: break
            case .whenAlerting, .connect: lines = lines.filter { $0 != .result(end.result) } + [.result(.ok)]
            }
        }
        if let status = script.lingeringStatus {
            lingering = (row(call, status: status), now + scaled(.milliseconds(300)))
        }
        endCall()
        if losesNextEnd {
            losesNextEnd = false
            return
        }
        // The end of a call that we hang up follows the OK of the command, or comes before it.
        let isLate = end == .local && !script.tellsEndBeforeOK
        tell(lines, after: isLate ? replyDelay + .milliseconds(10) : .zero, now: now)
    }

    /// The dial command gets its result code; from now on other commands are heard.
    mutating func finishDial(_ result: SimulatedModemResult, now: Instant) {
        isResultPending = false
        send(result, now: now)
    }

    mutating func alerted(now: Instant) {
        set(.alerting)
        tell(.alerting, now: now)
        if isResultPending, script.dialResult == .whenAlerting { finishDial(.ok, now: now) }
        if isResultPending, registers.serviceClass == 8 { schedule(.ringBack, after: .zero, now: now) }
    }

    // MARK: Tones

    mutating func ringBack(now: Instant) {
        guard call?.state == .alerting, isResultPending else { return }
        unsolicited("RINGING", now: now)
        schedule(.ringBack, after: script.ringInterval, now: now)
    }

    /// +VRA, in tenths of a second: a silence of that length after a ring-back is taken for an answer.
    var voiceAnswerTime: Duration {
        .milliseconds(100 * (registers.settings["+VRA"].flatMap { Int($0) } ?? 50))
    }

    /// `<DLE>b`, every four seconds for as long as the modem is off hook (V.253 table 17).
    mutating func busyTone(now: Instant) {
        guard call?.state == .offHook else { return }
        tell([.raw("\u{10}b")], now: now)
        schedule(.busyTone, after: .seconds(4), now: now)
    }

    mutating func waitingTone(now: Instant) {
        guard call?.state == .active, let caller = waitingCaller, ringsLeft > 0 else {
            waitingCaller = nil
            return
        }
        ringsLeft -= 1
        let number = caller.number ?? ""
        if registers.isOn("+CCWA") {
            unsolicited("+CCWA: \"\(number)\",\(number.isEmpty ? 128 : 129),1", now: now)
        }
        schedule(.waitingTone, after: script.ringInterval, now: now)
    }
}
