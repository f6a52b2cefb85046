import Dialler
import ModemCore
import ModemDriver
import PatriotCore
import PatriotLink

/// What happens on a line, side by side: Patriot's messages, the state of the line, the modem's AT lines.
/// Arrows are as the daemon sees them: `→` it sends, `←` it receives.
struct Transcript {
    private enum Column: Int {
        case patriot, line, modem
    }

    private static let patriotWidth = 52
    private static let lineWidth = 14

    private let start: ContinuousClock.Instant

    init(start: ContinuousClock.Instant) {
        self.start = start
    }

    /// The names of the columns.
    var header: ScreenLine {
        let text =
            pad("time", to: 8) + "  " + pad("Patriot", to: Self.patriotWidth) + pad("line", to: Self.lineWidth)
            + "modem"
        return ScreenLine(text, .dim)
    }

    func heading(_ text: String) -> ScreenLine {
        ScreenLine(text, .bold)
    }

    /// One event as one line, or `nil` for what is not worth a line.
    func line(for event: LineService.Event, at instant: ContinuousClock.Instant) -> ScreenLine? {
        switch event {
        case .patriot(.sent, let message): row("→ " + text(message), .patriot, .blue, instant)
        case .patriot(.received, let message): row("← " + text(message), .patriot, .blue, instant)
        case .link(let link): text(link).map { row($0, .patriot, .dim, instant) }
        case .modem(.sent(let line)): row("→ " + line, .modem, .green, instant)
        case .modem(.received(let line)): row("← " + line, .modem, .green, instant)
        case .modem(.callChanged(let call)): row("\(call.state)", .line, .yellow, instant)
        case .modem(.readinessChanged(let readiness)): row("\(readiness)", .line, .yellow, instant)
        case .modem(.dialRefused): nil
        case .dialRefused(let reason), .queuedDialDropped(let reason):
            row("not dialled: \(reason)", .line, .yellow, instant)
        }
    }

    // MARK: Words

    private func text(_ message: PatriotMessage) -> String {
        switch message {
        case .authenticationRequest: "authentication-request (key not shown)"
        case .authenticationResponse(_, let success, let error):
            "authentication-response " + (success ? "success" : "refused: \(error ?? "no reason given")")
        case .dialRequest(let phoneNo, _): "dial-request \(phoneNo)"
        case .hangupRequest: "hangup-request"
        case .callStatusRequest: "call-status-request"
        case .callStatusUpdate(let status): "call-status-update " + text(status)
        case .unknown(let type): "\(type) (unknown)"
        }
    }

    private func text(_ status: CallStatus) -> String {
        guard status.callActive else { return "not active" }
        let direction = status.outbound.map { $0 ? "outbound" : "inbound" }
        return ["active", direction, status.callerID].compactMap { $0 }.joined(separator: " ")
    }

    private func text(_ link: PatriotLink) -> String? {
        switch link {
        case .connecting, .connected: nil
        case .authenticated: "authenticated"
        case .listening(let place): "waiting on \(place)"
        case .admitted(let address, _): "connected from \(address)"
        case .refused(let reason): "refused: \(reason)"
        case .disconnected(let reason, let detail, _): "disconnected: \(detail ?? reason)"
        }
    }

    // MARK: Layout

    private func row(
        _ text: String,
        _ column: Column,
        _ style: TextStyle,
        _ instant: ContinuousClock.Instant
    ) -> ScreenLine {
        let indent =
            switch column {
            case .patriot: 0
            case .line: Self.patriotWidth
            case .modem: Self.patriotWidth + Self.lineWidth
            }
        var line = ScreenLine(time(instant), .dim)
        line.pad(to: line.count + 2 + indent)
        line.append(text, style)
        return line
    }

    /// Seconds since the start, to the millisecond, eight characters wide.
    private func time(_ instant: ContinuousClock.Instant) -> String {
        // The line may have begun before the transcript.
        let milliseconds = max(0, start.duration(to: instant).milliseconds)
        let fraction = "\(milliseconds % 1000)"
        let seconds = "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
        return String(repeating: " ", count: max(0, 8 - seconds.count)) + seconds
    }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
