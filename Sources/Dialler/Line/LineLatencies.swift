import ModemCore
import ModemDriver
import PatriotCore
import PatriotLink

/// How long the line takes where an operator would notice.
struct LineLatencies {
    typealias Instant = ContinuousClock.Instant

    private(set) var report = StatusReport.Latencies()
    private var isCallUp = false
    private var dialRequest: Instant?
    private var hangUpRequest: Instant?
    /// Of the call, since the last word of the modem or of Patriot.
    private var change: Instant?

    mutating func follow(_ event: LineService.Event, now: Instant) {
        switch event {
        case .patriot(.received, let message):
            change = nil
            switch message {
            case .dialRequest: dialRequest = now
            case .hangupRequest:
                dialRequest = nil
                hangUpRequest = isCallUp ? now : nil
            case .authenticationRequest, .authenticationResponse, .callStatusRequest, .callStatusUpdate, .unknown: break
            }
        case .patriot(.sent, .callStatusUpdate):
            if let change { report.report.add(change.duration(to: now)) }
            change = nil
        case .modem(.sent(let line)):
            guard line.hasPrefix("ATD"), let request = dialRequest else { return }
            report.dial.add(request.duration(to: now))
            dialRequest = nil
        case .modem(.received): change = nil
        case .modem(.callChanged(let call)): callChanged(call, now: now)
        case .dialRefused: dialRequest = nil
        case .queuedDialDropped, .patriot, .link, .modem: break
        }
    }

    private mutating func callChanged(_ call: Call, now: Instant) {
        change = now
        if case .released = call.state {
            isCallUp = false
            if let request = hangUpRequest { report.hangUp.add(request.duration(to: now)) }
            hangUpRequest = nil
        } else {
            isCallUp = true
        }
    }
}
