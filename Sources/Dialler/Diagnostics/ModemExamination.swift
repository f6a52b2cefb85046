import Logging
import ModemCore
import ModemDriver
import NIOCore

/// Sets a modem up once, as a line does, and tells how far that came. Never dials, and never enters a PIN.
///
/// Bound to its event loop.
final class ModemExamination {
    struct Outcome: Sendable {
        var readiness: ModemReadiness
        /// nil if it cannot say.
        var signal: SignalQuality?
        /// Why its calls may fail.
        var doubt: String?
    }

    private enum Timing {
        /// For everything together.
        static let whole = TimeAmount.seconds(25)
        /// A modem that looks for its network may find it.
        static let network = TimeAmount.seconds(6)
        static let signal = TimeAmount.seconds(3)
    }

    private let driver: ModemDriver
    private let eventLoop: any EventLoop
    private let promise: EventLoopPromise<Outcome>
    private var outcome = Outcome(readiness: .opening)
    private var isAsking = false
    private var isOver = false

    init(_ configuration: ModemDriver.Configuration, eventLoop: any EventLoop) {
        var configuration = configuration
        configuration.options.entersSIMPIN = false
        self.eventLoop = eventLoop
        driver = ModemDriver(
            configuration: configuration,
            eventLoop: eventLoop,
            logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        )
        promise = eventLoop.makePromise(of: Outcome.self)
    }

    /// Takes half a minute at most; then the port is let go of.
    func run() -> EventLoopFuture<Outcome> {
        driver.onEvent = { [self] event in follow(event) }
        driver.onNote = { [self] note in
            if case .voiceDoubtful(let reason) = note { outcome.doubt = reason }
        }
        driver.start()
        after(Timing.whole) { [self] in end() }
        return promise.futureResult
    }

    private func follow(_ event: ModemEvent) {
        switch event {
        case .readinessChanged(let readiness): follow(readiness)
        case .received(let line):
            guard let signal = SignalQuality(line: line) else { return }
            outcome.signal = signal
            if isAsking { after(.zero) { [self] in end() } }
        case .callChanged, .dialRefused, .sent: break
        }
    }

    private func follow(_ readiness: ModemReadiness) {
        guard !isOver else { return }
        outcome.readiness = readiness
        switch readiness {
        case .opening, .settingUp: break
        case .ready, .readyInDoubt: after(.zero) { [self] in askSignal() }
        case .notRegistered: after(Timing.network) { [self] in askSignal() }
        case .notPluggedIn, .heldBy, .cannotOpen, .simNotReady, .noVoice, .keepsRestarting, .notResponding, .garbage,
            .hung:
            after(.zero) { [self] in end() }
        }
    }

    private func askSignal() {
        guard !isOver, !isAsking else { return }
        guard driver.kind == .gsm else { return end() }
        isAsking = true
        driver.probe()
        after(Timing.signal) { [self] in end() }
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        driver.onEvent = { _ in }
        driver.onNote = { _ in }
        driver.stop().assumeIsolated().whenComplete { [self] _ in promise.succeed(outcome) }
    }

    private func after(_ time: TimeAmount, _ act: @escaping () -> Void) {
        _ = eventLoop.assumeIsolated().scheduleTask(in: time) { act() }
    }
}
