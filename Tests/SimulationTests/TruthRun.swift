import ModemCore
import TestSupport

@testable import Simulation

/// The daemon's modem side and a simulated modem, wired together in virtual time: random calls, random people, random faults.
/// The simulated modem knows the truth; the run measures for how long what is reported differs from it.
final class TruthRun {
    typealias Instant = ContinuousClock.Instant

    private enum Timing {
        /// As the driver waits before it opens a port again.
        static let reopen = Duration.seconds(1)
        /// A call that is not settled by then never will be.
        static let patience = Duration.seconds(10 * 60)
        static let ready = Duration.seconds(300)
    }

    private enum Delivery {
        case fromModem(SimulatedModemMachine.Action)
        case fromDialler(ModemMachine.Action)
    }

    private let profile: ModemProfile
    private let simulated: SimulatedProfile
    private let keepsHistory: Bool
    private var random: SeededGenerator
    private var modem: SimulatedModemMachine
    private var dialler: ModemMachine
    private var now = ContinuousClock.now
    private var deliveries: [Delivery] = []
    private var isPortOpen = false
    private var reopenAt: Instant?
    private var watch: TruthWatch
    /// What happened in the call under way.
    private var history: [String] = []
    /// How the slowest reports came about.
    private(set) var slowest: [TruthReport.Lag: [String]] = [:]

    init(_ simulated: SimulatedProfile, profile: ModemProfile, seed: UInt64, keepsHistory: Bool = false) {
        self.keepsHistory = keepsHistory
        self.profile = profile
        self.simulated = simulated
        random = SeededGenerator(seed: seed)
        modem = SimulatedModemMachine(profile: simulated)
        dialler = ModemMachine(profile: profile, options: ModemOptions())
        watch = TruthWatch(profile: profile)
    }

    /// Places and takes that many calls, with a new modem on the desk for each fifty.
    func run(calls: Int) -> TruthReport {
        for index in 0..<calls {
            if index.isMultiple(of: 50) { changeModem() }
            let scenario = TruthScenario.random(simulated, number: index, using: &random)
            if play(scenario) { continue }
            if watch.report.firstFailure == nil {
                watch.report.firstFailure = index
                watch.report.failureHistory = "call \(index): \(scenario)\n  " + history.joined(separator: "\n  ")
            }
            changeModem()
        }
        return watch.report
    }

    // MARK: One call

    private func changeModem() {
        var options = SimulatedModemOptions()
        options.reaction = .ringForever
        options.seed = random.next()
        options.chunkSize = [nil, nil, 1, 5, 16].randomElement(using: &random) ?? nil
        options.noise = Bool.random(using: &random) ? ["^RSSI:19", "+CUSATEND"] + simulated.script.noise : []
        modem = SimulatedModemMachine(profile: simulated, options: options)
        dialler = ModemMachine(profile: profile, options: ModemOptions())
        watch.modemChanged()
        deliveries = []
        reopenAt = nil
        openPort()
        _ = wait(until: now + Timing.ready) { self.isSettled }
    }

    /// - Returns: false when the call was not right, or never settled.
    private func play(_ scenario: TruthScenario) -> Bool {
        let failuresBefore = watch.report.failureCount
        history = []
        // A fault that met no line in the last call meets one in this.
        let isFaultLeft = modem.output.isFaultDue || modem.brownsOut || !isSettled
        watch.callBegins(
            isFaulted: scenario.isFaulted || isFaultLeft,
            losesEnd: scenario.losesEnd && !isFaultLeft
        )
        let start = now
        for (index, (offset, event)) in scenario.events.enumerated() {
            let hasOnlyEndsLeft = scenario.events[index...].allSatisfy { $0.1.isEnd }
            if wait(until: start + offset, { hasOnlyEndsLeft && self.isSettled }) { break }
            perform(event)
        }
        let isOver = wait(until: now + Timing.patience) { self.isSettled }
        if !isOver { watch.neverSettled(isTrulyFree: modem.call == nil, isReportedFree: dialler.call == nil) }
        watch.callEnds(now: now)
        for lag in watch.newSlowest { slowest[lag] = history }
        _ = wait(until: now + scenario.pause) { false }
        return isOver && watch.report.failureCount == failuresBefore
    }

    private var isSettled: Bool {
        isPortOpen && dialler.readiness == .ready && dialler.call == nil && modem.call == nil && watch.isAgreed
    }

    private func perform(_ event: TruthScenario.Event) {
        log("-- \(event)")
        switch event {
        case .dial(let text):
            guard let number = DialString(text) else { return }
            watch.dialAsked()
            enqueue(dialler.dial(number, now: now))
        case .hangUp:
            watch.hangUpAsked()
            enqueue(dialler.hangUp(now: now))
        case .answer: enqueue(dialler.answer(now: now))
        case .world(let action): enqueue(modem.perform(action, now: now))
        }
        deliver()
    }

    // MARK: Time

    /// Lets time pass, deadline by deadline.
    /// - Returns: true as soon as the condition holds.
    private func wait(until end: Instant, _ isDone: () -> Bool) -> Bool {
        while !isDone() {
            let deadlines = [modem.nextDeadline, dialler.nextDeadline, reopenAt].compactMap { $0 }
            guard let next = deadlines.min(), next <= end else {
                now = max(now, end)
                return false
            }
            now = max(now, next)
            if let due = modem.nextDeadline, due <= now { enqueue(modem.deadlineReached(now: now)) }
            deliver()
            if let due = dialler.nextDeadline, due <= now { enqueue(dialler.deadlineReached(now: now)) }
            deliver()
            if let due = reopenAt, due <= now { openPort() }
        }
        return true
    }

    private func openPort() {
        // Without the device the driver tries again and again.
        guard modem.isPlugged else {
            reopenAt = now + Timing.reopen
            return
        }
        reopenAt = nil
        isPortOpen = true
        log("-- port opened")
        enqueue(dialler.portOpened(now: now))
        deliver()
    }

    private func closePort() {
        guard isPortOpen else { return }
        isPortOpen = false
        reopenAt = now + Timing.reopen
        log("-- port closed")
        enqueue(dialler.portClosed(now: now))
    }

    // MARK: The wire

    private func enqueue(_ actions: [SimulatedModemMachine.Action]) {
        deliveries += actions.map { .fromModem($0) }
    }

    private func enqueue(_ actions: [ModemMachine.Action]) {
        deliveries += actions.map { .fromDialler($0) }
    }

    private func deliver() {
        var index = 0
        while index < deliveries.count {
            switch deliveries[index] {
            case .fromModem(let action): deliver(action)
            case .fromDialler(let action): deliver(action)
            }
            index += 1
        }
        deliveries = []
        watch.settled(truth: modem.call, reported: dialler.call, now: now)
    }

    private func deliver(_ action: SimulatedModemMachine.Action) {
        switch action {
        case .write(let bytes):
            if isPortOpen { enqueue(dialler.bytesReceived(bytes, now: now)) }
        case .unplug: closePort()
        case .replug: break
        case .event(let event):
            if case .callChanged(let call) = event { log("   truth: \(call.map { "\($0.state)" } ?? "free")") }
            watch.truly(event, dialler: dialler.call, now: now)
        }
    }

    private func deliver(_ action: ModemMachine.Action) {
        switch action {
        case .write(let bytes):
            if isPortOpen { enqueue(modem.bytesReceived(bytes, now: now)) }
        case .setDTR(let isOn): enqueue(modem.dtrChanged(isOn, now: now))
        case .reopenPort: closePort()
        case .callChanged(let call):
            log("   reported: \(call.state)")
            watch.reported(call, truth: modem.call)
        case .sent(let line): log(" > \(line)")
        case .received(let line): log(" < \(line)")
        case .note(let note): log("   note: \(note)")
        case .dialRefused(let refusal):
            log("   refused: \(refusal)")
            watch.dialRefused()
        case .readinessChanged(let readiness): log("   \(readiness)")
        case .operatorReplied: break
        }
    }

    private func log(_ line: @autoclosure () -> String) {
        guard keepsHistory else { return }
        let time = (now - start).components
        let milliseconds = time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000
        history.append("\(milliseconds) \(line())")
        // How it began and how it went on tell more than the middle.
        if history.count > 160 { history.remove(at: 100) }
    }

    private let start = ContinuousClock.now
}
