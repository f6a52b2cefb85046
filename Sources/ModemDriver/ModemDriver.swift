package import Basics
package import Logging
package import ModemCore
package import NIOCore
package import SerialDevice

/// One modem: finds and opens its port, runs the ``ModemMachine`` over it, and opens it again when it went away.
///
/// Bound to its event loop: every method is called there, and `onEvent` is called there, synchronously. A request is on
/// the tty when the method returns, unless the modem still has another command to answer, the last call's end is not over
/// yet, or the method was called from within `onEvent`.
package final class ModemDriver {
    private enum Port {
        case closed
        case opening(PortThread)
        case open(PortThread, path: String)
        case releasing(PortThread)
        case stopped
    }

    /// What happens on the modem side; set before `start`.
    package var onEvent: (ModemEvent) -> Void = { _ in }
    /// What is worth a line in the log, as it is logged; set before `start`.
    package var onNote: (ModemNote) -> Void = { _ in }

    private let configuration: Configuration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let memory: LineMemory

    private var modem: ModemMachine
    private var port = Port.closed
    private var lastOpenFailure: String?
    /// When a call on the port must have come back from the kernel.
    private var patience: Scheduled<Void>?
    /// One has not.
    private var isHung = false
    /// Those who wait for the port to be free for others.
    private var released: EventLoopPromise<Void>?
    private var monitor: ModemMonitor?
    private var retry: Scheduled<Void>?
    /// A port that may be ours appeared while another try was under way.
    private var isPortNew = false
    private var timer: (deadline: ContinuousClock.Instant, scheduled: Scheduled<Void>)?

    /// Actions not yet performed. What one of them causes waits its turn behind those that came before it.
    private var actions = CircularBuffer<ModemMachine.Action>()
    private var isPerforming = false
    private var operatorCompletion: ((ATReply) -> Void)?
    private var unexpectedLines = RateLimiter()

    /// - Parameter memory: what is known of the line from earlier drivers, of this process or another, and told to later ones.
    package init(
        configuration: Configuration,
        eventLoop: any EventLoop,
        logger: Logger,
        memory: LineMemory = LineMemory()
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        self.memory = memory
        let profile = configuration.profile ?? .genericGSM
        portProfile = profile
        modem = Self.machine(profile, configuration, memory)
    }

    private static func machine(
        _ profile: ModemProfile,
        _ configuration: Configuration,
        _ memory: LineMemory
    ) -> ModemMachine {
        var options = configuration.options
        options.simsWithSpentPIN = memory.sims(thatRefused: options.simPIN)
        return ModemMachine(profile: profile, options: options, identifiesProfile: configuration.profile == nil)
    }

    // MARK: Requests

    /// Tells of the call that is remembered from before, once, before Patriot is told anything.
    package func recall() {
        perform(modem.recall(memory.recollection, now: .now))
    }

    /// Opens the port, now and whenever it is gone, until `stop`.
    package func start() {
        guard case .closed = port else { return }
        // Before the first look, so that a port which appears after it is not missed.
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        monitor = ModemMonitor.start { [eventLoop] event in
            eventLoop.execute { this.value.deviceEvent(event) }
        }
        openPort()
    }

    /// A serial port came or went. One that may be ours is opened at once, without waiting for the next try.
    package func deviceEvent(_ event: DeviceEvent) {
        switch event.action {
        case .remove: return
        case .add, .change: guard configuration.selector.admits(event.port) else { return }
        }
        switch port {
        case .closed: openPort()
        case .opening(let thread), .releasing(let thread):
            guard isHung else {
                isPortNew = true
                return
            }
            // The device that holds that thread may be the one that is plugged in again, under another name.
            thread.close()
            openPort()
        case .open, .stopped: break
        }
    }

    /// Lets go of the port. A call that is up goes on: DTR is not dropped and nothing is sent.
    ///
    /// A client that waits for the answer to a person's command gets "the port is closed" instead.
    /// - Returns: ready when another process can open the port, or after a second when the device does not let go of it.
    @discardableResult
    package func stop() -> EventLoopFuture<Void> {
        let last = port
        port = .stopped
        timer?.scheduled.cancel()
        timer = nil
        retry?.cancel()
        retry = nil
        patience?.cancel()
        patience = nil
        monitor?.stop()
        monitor = nil
        operatorReplied(ATReply(.portClosed))
        switch last {
        case .closed, .stopped: return eventLoop.makeSucceededVoidFuture()
        case .opening(let thread), .open(let thread, _), .releasing(let thread):
            thread.close()
            let promise = eventLoop.makePromise(of: Void.self)
            released = promise
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.farewell)) { [self] in becomeFree() }
            return promise.futureResult
        }
    }

    /// Dials. Answered by `.callChanged(.dialing)` before the first byte is written, or by `.dialRefused`.
    ///
    /// - Parameter asked: the number as it was asked for.
    package func dial(_ number: DialString, asked: String? = nil) {
        perform(modem.dial(number, asked: asked, now: .now))
    }

    /// Ends the call, whatever its state; also clears a state that got stuck.
    package func hangUp() {
        perform(modem.hangUp(now: .now))
    }

    /// Takes an incoming call.
    package func answer() {
        perform(modem.answer(now: .now))
    }

    /// Asks the modem now for what it is asked every half minute, its signal among it, unless it is being set up.
    package func probe() {
        perform(modem.probe(now: .now))
    }

    /// Sends a person's command, or tones into the call; `completion` is called once, when the modem answered or did not.
    /// - Throws: why it is not sent.
    package func send(
        _ command: OperatorCommand,
        asTones: Bool = false,
        completion: @escaping (ATReply) -> Void
    ) throws(OperatorCommand.Refusal) {
        let actions = asTones ? try modem.sendTones(command, now: .now) : try modem.send(command, now: .now)
        operatorCompletion = completion
        perform(actions)
    }

    /// What the network says of its reception; `nil` until known, and on an analog modem.
    package var signalQuality: SignalQuality? { modem.signalQuality }

    /// The network's name; `nil` until known, and on an analog modem.
    package var operatorName: ForeignText? { modem.operatorName }

    /// What the network was heard to say last of the registration; `nil` until then, and on an analog modem.
    package var registration: RegistrationStatus? { modem.registration }

    /// Whether the SIM has said that it is ready.
    package var isSIMReady: Bool { modem.isSIMReady }

    /// The number that the modem said last it makes wait.
    package var redialLock: RedialLock? { modem.redialLock }

    /// The device node, while the port is open.
    package var portPath: String? {
        if case .open(_, let path) = port { path } else { nil }
    }

    /// The name of the profile in use, also when the modem itself said what it is.
    package var profileName: String { modem.profile.name }

    /// Whether a call that rings can be made to stop.
    package var canReject: Bool { modem.profile.canReject }

    /// Whether the line has rung and the call is not reported yet.
    package var isRingHeldBack: Bool { modem.isRingHeldBack }

    /// Whether an incoming call can be taken at all.
    package var canAnswer: Bool { modem.profile.answer != nil }

    /// The call that is up, or `nil` when the line is free.
    package var call: Call? { modem.call }

    /// Whether a call can be placed now, and if not, why.
    package var readiness: ModemReadiness { isHung ? .hung : modem.readiness }

    /// What the modem is taken for by its port: as configured, else by its identity on the USB, else a GSM modem. Its own
    /// answers may say otherwise.
    private var portProfile: ModemProfile

    /// GSM module or analog modem, by what is known now.
    package var kind: ModemProfile.Kind { modem.profile.kind }

    // MARK: Actions

    private func perform(_ new: [ModemMachine.Action]) {
        // Before a byte of it goes to the modem.
        remember()
        actions.append(contentsOf: new)
        guard !isPerforming else { return }
        isPerforming = true
        while let action = actions.popFirst() {
            perform(action)
        }
        isPerforming = false
        armTimer()
    }

    private func perform(_ action: ModemMachine.Action) {
        switch action {
        case .write(let bytes):
            write(bytes)
        case .setDTR(let on):
            if case .open(let thread, _) = port { thread.setDTR(on) }
        case .reopenPort:
            if case .open(let thread, _) = port { closePort(thread) }
        case .callChanged(let call):
            onEvent(.callChanged(call))
        case .readinessChanged(let readiness):
            onEvent(.readinessChanged(isHung ? .hung : readiness))
        case .dialRefused(.notReady) where isHung:
            onEvent(.dialRefused(.notReady(.hung)))
        case .dialRefused(let refusal):
            onEvent(.dialRefused(refusal))
        case .note(let note):
            log(note)
            onNote(note)
        case .operatorReplied(let reply):
            operatorReplied(reply)
        case .sent(let line):
            logger.debug("to modem", metadata: ["at.line": "\(line)"])
            onEvent(.sent(line))
        case .received(let line):
            logger.debug("from modem", metadata: ["at.line": "\(line)"])
            onEvent(.received(line))
        }
    }

    private func remember() {
        memory.remember(modem.recollection)
        memory.remember(configuration.options.simPIN, refusedBy: modem.simsWithSpentPIN)
    }

    private func operatorReplied(_ reply: ATReply) {
        let completion = operatorCompletion
        operatorCompletion = nil
        completion?(reply)
    }

    private func log(_ note: ModemNote) {
        if case .unexpectedLine(let line) = note {
            let verdict = unexpectedLines.admit(now: .now)
            if verdict.suppressed > 0 {
                logger.notice("suppressed \(verdict.suppressed) unsolicited lines from the modem (log rate limit)")
            }
            if verdict.isAdmitted { logger.notice("\(note.message)", metadata: ["at.line": "\(line)"]) }
            return
        }
        let isRoutine = if case .synchronizing = note { true } else { false }
        // What the modem said or was sent may hold a number: only the metadata are masked.
        let metadata: Logger.Metadata = note.atText.map { ["at.line": "\($0)"] } ?? [:]
        logger.log(level: isRoutine ? .debug : .notice, "\(note.message)", metadata: metadata)
    }

    private func write(_ bytes: [UInt8]) {
        // A closed port's commands were all answered by `portClosed`; one decided in that same moment has nowhere to go.
        if case .open(let thread, _) = port { thread.write(bytes) }
    }

    /// A deadline that only moves later, as with each read, leaves the timer alone: it goes off too early, which the machine
    /// takes for nothing, and is armed again.
    private func armTimer() {
        let next = modem.nextDeadline
        if let timer {
            if let next, timer.deadline <= next { return }
            timer.scheduled.cancel()
        }
        timer = nil
        guard let deadline = next else { return }
        if case .stopped = port { return }
        let scheduled = eventLoop.assumeIsolated().scheduleTask(
            in: TimeAmount(ContinuousClock.now.duration(to: deadline))
        ) {
            [self] in
            timer = nil
            perform(modem.deadlineReached(now: .now))
        }
        timer = (deadline, scheduled)
    }

    // MARK: The port

    /// How long a device may take over a call on its port before it is told of. Opening one takes some of them a second or two.
    private static let patienceLimit = Duration.seconds(5)
    /// How long anyone who stops the line waits for the device.
    private static let farewell = Duration.seconds(1)

    /// The device may hold each call on its port, so all of them are made on a thread of the port's own.
    private func openPort() {
        retry?.cancel()
        retry = nil
        isPortNew = false
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        let thread = PortThread.open(configuration.selector, settings: configuration.lineSettings, on: eventLoop) {
            this.value.portEvent($1, of: $0)
        }
        port = .opening(thread)
        if !isHung { beginPatience() }
    }

    private func portEvent(_ event: PortThread.Event, of thread: PortThread) {
        switch (event, port) {
        case (.opened(let device), .opening(thread)):
            endPatience()
            identify(device)
            portOpened(thread, device.node)
        case (.openFailed(SerialPortError.notReleased), .opening(thread)):
            port = .closed
            becomeHung()
            openPortLater()
        case (.openFailed(let error), .opening(thread)):
            endPatience()
            openFailed(error)
        case (.received(let bytes), .open(thread, _)):
            perform(modem.bytesReceived(bytes, now: .now))
        case (.ended, .open(thread, _)):
            closePort(thread)
        case (.released, .releasing(thread)):
            let wasHung = isHung
            port = .closed
            endPatience()
            if wasHung { openPort() } else { openPortLater() }
        case (.released, .stopped):
            becomeFree()
        case (.released, .closed) where isHung:
            // Of a thread that was given up: the port may be had again.
            openPort()
        case (.opened, _):
            thread.close()
        case (.openFailed, _), (.received, _), (.ended, _), (.released, _):
            break
        }
    }

    private func becomeFree() {
        released?.succeed()
        released = nil
    }

    private func beginPatience() {
        patience?.cancel()
        patience = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.patienceLimit)) { [self] in
            becomeHung()
        }
    }

    private func becomeHung() {
        patience?.cancel()
        patience = nil
        guard !isHung else { return }
        isHung = true
        logger.warning("\(ModemReadiness.hung)")
        onEvent(.readinessChanged(.hung))
    }

    private func endPatience() {
        patience?.cancel()
        patience = nil
        guard isHung else { return }
        isHung = false
        logger.notice("the modem's device has let go of its port")
        onEvent(.readinessChanged(modem.readiness))
    }

    /// Another kind of modem than the last one needs a machine of its own; the last one's port is closed, so no call is lost.
    private func identify(_ device: DiscoveredModem) {
        guard configuration.profile == nil else { return }
        let identified: ModemProfile =
            switch device.role {
            case .analogModem: .analog
            case .gsmModem, .audioPort, .otherModemPort, .serialAdapter, .unknown: .genericGSM
            }
        guard identified != portProfile else { return }
        portProfile = identified
        modem = Self.machine(identified, configuration, memory)
        recall()
    }

    private func portOpened(_ thread: PortThread, _ path: String) {
        port = .open(thread, path: path)
        lastOpenFailure = nil
        isPortNew = false
        logger.notice("modem port opened", metadata: ["port": "\(path)"])
        perform(modem.portOpened(now: .now))
    }

    /// For the line the port is closed at once; for others, when the device lets go of it.
    private func closePort(_ thread: PortThread) {
        guard case .open(_, let path) = port else { return }
        port = .releasing(thread)
        thread.close()
        beginPatience()
        perform(modem.portClosed(now: .now))
        logger.warning("modem port closed", metadata: ["port": "\(path)"])
    }

    /// Tells a failure once, not at each try: a modem that is not plugged in is a normal state.
    private func openFailed(_ error: any Error) {
        guard case .opening = port else { return }
        port = .closed
        let failure = "\(error)"
        if failure != lastOpenFailure { logger.warning("\(failure)") }
        lastOpenFailure = failure
        if error.isDeviceMissing { perform(modem.deviceMissing(now: .now)) }
        perform(modem.portUnavailable(portFault(error), now: .now))
        openPortLater()
    }

    private func portFault(_ error: any Error) -> PortFault {
        switch error {
        case let error as SerialPortError:
            switch error {
            case .notFound(let path): .absent(selector: path)
            case .busy(_, let holder): .held(by: holder.map { "\($0)" } ?? "another process")
            case .permissionDenied, .deviceNotAllowed, .notATerminal, .settingsRefused, .notReleased, .system:
                .failed("\(error.cause): \(error.advice)")
            }
        case let error as DiscoveryError:
            switch error {
            case .noModem, .notFound, .noMatch: .absent(selector: "\(configuration.selector)")
            case .ambiguous, .udevUnavailable: .failed("\(error.cause): \(error.advice)")
            }
        default: .failed("\(error)")
        }
    }

    private func openPortLater() {
        guard !isPortNew else { return openPort() }
        retry?.cancel()
        retry = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.retryInterval)) { [self] in
            if case .closed = port { openPort() }
        }
    }
}
