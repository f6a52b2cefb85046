import Dialler
import ModemCore
import ModemDriver
import PatriotCore
import PatriotLink

/// Shows the line's events as they happen, and lets a scene wait for the one it needs.
struct DemoDirector {
    private var events: AsyncStream<Stage.Moment>.Iterator
    private let transcript: Transcript

    init(stage: Stage) {
        events = stage.events.makeAsyncIterator()
        transcript = Transcript(start: .now)
        StandardOutput.write(row: transcript.header)
    }

    func show(heading: String) {
        StandardOutput.write("\n")
        StandardOutput.write(row: transcript.heading(heading))
    }

    /// Shows one event after another, until one is what the scene waits for.
    mutating func until(_ isAwaited: (LineService.Event) -> Bool) async throws {
        while let (event, instant) = await events.next(isolation: #isolation) {
            if let line = transcript.line(for: event, at: instant) { StandardOutput.write(row: line) }
            if isAwaited(event) { return }
        }
        throw CancellationError()
    }

    /// Shows everything until the stage is cleared.
    mutating func untilEnd() async {
        try? await until { _ in false }
    }

    mutating func until(call states: CallState...) async throws {
        try await until { event in
            guard case .modem(.callChanged(let call)) = event else { return false }
            return states.contains(call.state)
        }
    }

    /// Until Patriot was told that nothing is up.
    mutating func untilNotActive() async throws {
        try await until { $0 == .patriot(.sent, .callStatusUpdate(CallStatus(callActive: false))) }
    }

    /// Until Patriot and the modem are both there, in whichever order.
    mutating func untilReady() async throws {
        var isAuthenticated = false
        var isModemReady = false
        try await until { event in
            switch event {
            case .link(.authenticated), .link(.admitted): isAuthenticated = true
            default: break
            }
            if event == .modem(.readinessChanged(.ready)) { isModemReady = true }
            return isAuthenticated && isModemReady
        }
    }
}
