package import ModemCore
import NIOConcurrencyHelpers
package import NIOCore

/// A simulated modem on a pseudo-terminal, with the telephone network behind it.
///
/// Thread-safe: actions are carried out on the event loop, in order.
package final class SimulatedModem: Sendable {
    /// How the modem behaves.
    package typealias Options = SimulatedModemOptions

    private struct Snapshot {
        var path: String
        var call: SimulatedCall?
        var abortedDials = 0
    }

    private let eventLoop: any EventLoop
    private let runner: NIOLoopBound<SimulatedModemRunner>
    private let snapshot: NIOLockedValueBox<Snapshot>
    private let onEvent: @Sendable (SimulatedModemEvent) -> Void

    private init(
        eventLoop: any EventLoop,
        runner: NIOLoopBound<SimulatedModemRunner>,
        path: String,
        onEvent: @escaping @Sendable (SimulatedModemEvent) -> Void
    ) {
        self.eventLoop = eventLoop
        self.runner = runner
        self.onEvent = onEvent
        snapshot = NIOLockedValueBox(Snapshot(path: path))
    }

    /// Plugs a modem in. It answers as soon as the event loop runs.
    /// - Parameter onEvent: called on the event loop with all that truly happens, in order.
    /// - Throws: `SimulatedModemError` when there is no pseudo-terminal, or no place for the link.
    package static func start(
        _ profile: SimulatedProfile,
        options: Options = Options(),
        on eventLoop: any EventLoop,
        onEvent: @escaping @Sendable (SimulatedModemEvent) -> Void = { _ in }
    ) async throws -> SimulatedModem {
        let machine = SimulatedModemMachine(profile: profile, options: options)
        return try await start(machine, linkPath: options.linkPath, on: eventLoop, onEvent: onEvent)
    }

    /// Plugs a modem in that says what another one was recorded to say.
    /// - Parameter speed: all pauses are divided by it.
    /// - Throws: as the other.
    package static func start(
        playing transcript: ModemTranscript,
        speed: Double = 1,
        linkPath: String? = nil,
        on eventLoop: any EventLoop,
        onEvent: @escaping @Sendable (SimulatedModemEvent) -> Void = { _ in }
    ) async throws -> SimulatedModem {
        let player = TranscriptPlayer(transcript: transcript, speed: speed, now: .now)
        return try await start(player, linkPath: linkPath, on: eventLoop, onEvent: onEvent)
    }

    private static func start(
        _ machine: any SimulatedModemPlayer,
        linkPath: String?,
        on eventLoop: any EventLoop,
        onEvent: @escaping @Sendable (SimulatedModemEvent) -> Void
    ) async throws -> SimulatedModem {
        try await eventLoop.submit {
            try make(machine, linkPath: linkPath, on: eventLoop, onEvent: onEvent)
        }.get()
    }

    /// What the daemon opens: the link of the options, or else the device node, which changes with each replug.
    package var devicePath: String { snapshot.withLockedValue { $0.path } }

    /// The true state of the line; nil: free.
    package var call: SimulatedCall? { snapshot.withLockedValue { $0.call } }

    /// How many dials a character has aborted so far.
    package var abortedDials: Int { snapshot.withLockedValue { $0.abortedDials } }

    /// Does what somebody outside does: the other side, the network, a hand on the cable.
    package func perform(_ action: RemoteAction) {
        eventLoop.execute { self.runner.value.perform(action) }
    }

    /// Unplugs the modem for good and removes the link.
    package func stop() async {
        try? await eventLoop.submit { self.runner.value.stop() }.get()
    }

    private static func make(
        _ machine: any SimulatedModemPlayer,
        linkPath: String?,
        on eventLoop: any EventLoop,
        onEvent: @escaping @Sendable (SimulatedModemEvent) -> Void
    ) throws -> SimulatedModem {
        let runner = try SimulatedModemRunner(machine: machine, linkPath: linkPath, eventLoop: eventLoop)
        let modem = SimulatedModem(
            eventLoop: eventLoop,
            runner: NIOLoopBound(runner, eventLoop: eventLoop),
            path: runner.path,
            onEvent: onEvent
        )
        runner.onEvent = { [weak modem] in modem?.eventHappened($0) }
        runner.start()
        return modem
    }

    private func eventHappened(_ event: SimulatedModemEvent) {
        snapshot.withLockedValue { snapshot in
            switch event {
            case .callChanged(let call): snapshot.call = call
            case .dialAborted: snapshot.abortedDials += 1
            case .plugged(let path): snapshot.path = path
            case .received, .sent, .tones, .serviceCode, .unplugged, .started, .ignored: break
            }
        }
        onEvent(event)
    }
}
