import Logging
import ModemCore
import ModemDriver
import NIOCore
import PatriotCore
import PatriotLink

/// One line at work: the two sides, the gateway between them, and the change to another configuration.
///
/// Bound to its event loop.
final class Line {
    /// The two sides; the gateway lives as long as their callbacks.
    private struct Sides {
        let modem: ModemDriver
        let patriot: any PatriotConnection
        let control: LineControl.Subject

        /// Stops taking requests first; the modem's port is let go of last, with no word to the modem.
        func stop() -> EventLoopFuture<Void> {
            patriot.session.onRequest = { _ in }
            let closed = patriot.stop()
            modem.onEvent = { _ in }
            // Anyone who comes next, of this process or another, is to find the port free.
            let released = modem.stop()
            // Nobody else keeps the client until its connection is closed.
            closed.assumeIsolated().whenComplete { _ in withExtendedLifetime(patriot) {} }
            return closed.and(released).map { _ in }
        }
    }

    private enum State {
        case running(Sides)
        /// The old sides are closing, before these are started.
        case changing(to: Sides)
        case stopped
    }

    private let eventLoop: any EventLoop
    private let makeLogger: @Sendable (Configuration) -> Logger
    private let notifier: ServiceNotifier?
    private let watch: (LineService.Event) -> Void

    private let records: CallRecorder
    private let control: LineControl
    /// Outlives the sides, and the process.
    private let memory: LineMemory
    /// Where the control socket is, for as long as the line runs.
    private let runtimeDirectory: String?

    private var logger: Logger
    /// The one in force.
    private var configuration: Configuration
    private var state = State.stopped
    /// Taken over when the line is free.
    private var next: Configuration?

    init(
        eventLoop: any EventLoop,
        logger: @escaping @Sendable (Configuration) -> Logger,
        configuration: Configuration,
        notifier: ServiceNotifier?,
        watch: @escaping (LineService.Event) -> Void
    ) throws {
        self.eventLoop = eventLoop
        self.makeLogger = logger
        self.notifier = notifier
        self.watch = watch
        self.configuration = configuration
        self.logger = logger(configuration)
        records = CallRecorder(configuration: configuration, eventLoop: eventLoop, logger: self.logger)
        control = LineControl(records: records, eventLoop: eventLoop, logger: self.logger)
        runtimeDirectory = configuration.runtimeDirectory
        memory = LineMemory(directory: runtimeDirectory, logger: self.logger)
        let sides = try makeSides(configuration, startsModem: true)
        control.start(line: configuration.line, in: runtimeDirectory)
        start(sides)
    }

    private func start(_ sides: Sides) {
        state = .running(sides)
        control.use(sides.control)
        // Patriot is told of the call right after it has let us in.
        sides.modem.recall()
        sides.modem.start()
        sides.patriot.start()
        notifier?.ready()
    }

    /// - Parameter startsModem: so that its port is opened while the certificates are read; nobody else has it.
    private func makeSides(_ configuration: Configuration, startsModem: Bool) throws -> Sides {
        memory.forgetPINsIfTold(runtimeDirectory)
        let modem = ModemDriver(
            configuration: configuration.modemDriver,
            eventLoop: eventLoop,
            logger: logger,
            memory: memory
        )
        if startsModem { modem.start() }
        let patriot: any PatriotConnection
        do {
            patriot = try configuration.patriotConnection(eventLoop: eventLoop, logger: logger)
        } catch {
            modem.stop()
            throw error
        }
        let gateway = Gateway(
            modem: modem,
            patriot: patriot.session,
            configuration: configuration,
            eventLoop: eventLoop,
            logger: logger
        )
        gateway.onDialRefused = { [weak self] reason in self?.tell(.dialRefused(reason)) }
        patriot.session.onRequest = { request in gateway.perform(request) }
        patriot.session.onMessage = { [weak self] direction, message in self?.tell(.patriot(direction, message)) }
        patriot.session.onDialDropped = { [weak self] note in
            let reason = note.dialRefusal ?? note.description
            self?.tell(note.concernsQueuedDial ? .queuedDialDropped(reason) : .dialRefused(reason))
        }
        patriot.onLinkChanged = { [weak self] link in self?.tell(.link(link)) }
        modem.onEvent = { [weak self] event in
            self?.show(.modem(event))
            gateway.modemEvent(event)
            // A record is written to a file at once: Patriot's frame goes before it, the dial of a new call after it.
            self?.records.follow(.modem(event))
            self?.changeIfFree()
        }
        modem.onNote = { [weak self] note in self?.control.follow(note) }
        let control = LineControl.Subject(
            modem: modem,
            patriot: patriot.session,
            gateway: gateway,
            numbers: configuration.logging.numbers,
            allowsServiceCodes: configuration.dialling.allowsMMI,
            line: configuration.line,
            logger: logger
        )
        return Sides(modem: modem, patriot: patriot, control: control)
    }

    private func tell(_ event: LineService.Event) {
        show(event)
        records.follow(event)
    }

    /// Tells all but the records.
    private func show(_ event: LineService.Event) {
        watch(event)
        notifier?.follow(event)
        control.follow(event)
    }

    // MARK: Another configuration

    /// Goes over to another configuration, once no call is up. One with errors changes nothing but the status.
    func reload(_ loaded: LoadedConfiguration) {
        for problem in loaded.problems {
            logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
        }
        guard var configuration = loaded.configuration else { return refused("it has errors") }
        if configuration.runtimeDirectory != runtimeDirectory {
            let old = runtimeDirectory.map { "\($0) stays in use" } ?? "there is none"
            logger.warning("RUNTIME_DIRECTORY is changed, which takes a restart of the line: until then \(old)")
            configuration.runtimeDirectory = runtimeDirectory
        }
        if useCertificate(of: configuration) { return }
        next = configuration
        if case .running(let sides) = state, sides.modem.call != nil {
            logger.notice("the new configuration is taken over when the call is over")
        }
        changeIfFree()
    }

    /// Where Patriot connects to us and nothing but the certificate may have changed: it is used at once, call or not, and
    /// the session goes on.
    private func useCertificate(of new: Configuration) -> Bool {
        guard next == nil, case .running(let sides) = state, let listener = sides.patriot as? PatriotListener,
            let identity = new.patriot.listening?.identity
        else { return false }
        var old = configuration
        old.patriot.listening?.identity = identity
        guard old == new else { return false }
        do {
            try listener.use(identity)
            configuration = new
        } catch {
            refused("\(error)")
        }
        return true
    }

    private func changeIfFree() {
        guard next != nil, case .running(let sides) = state, sides.modem.call == nil else { return }
        // Not in the middle of what the driver is telling.
        eventLoop.assumeIsolated().execute { [self] in change() }
    }

    private func change() {
        guard let configuration = next, case .running(let old) = state, old.modem.call == nil else { return }
        next = nil
        let formerLogger = logger
        logger = makeLogger(configuration)
        do {
            let new = try makeSides(configuration, startsModem: false)
            logger.notice("going over to the new configuration")
            notifier?.reloading()
            records.use(configuration, logger: logger)
            state = .changing(to: new)
            self.configuration = configuration
            control.suspend()
            // Patriot is to see the old dialler go before the new one comes.
            old.stop().assumeIsolated().whenComplete { [self] _ in
                guard case .changing = state else { return }
                tell(.modem(.readinessChanged(.opening)))
                start(new)
                changeIfFree()
            }
        } catch {
            logger = formerLogger
            refused("\(error)")
        }
    }

    private func refused(_ reason: String) {
        logger.error("new configuration rejected: \(reason); keeping the old one")
        notifier?.configurationRefused()
    }

    // MARK: End

    /// Lets go of both sides. A call that is up goes on.
    func stop() -> EventLoopFuture<Void> {
        notifier?.stopping()
        control.stop()
        next = nil
        let last = state
        state = .stopped
        let recorded = records.stop()
        return switch last {
        case .running(let sides): sides.stop().and(recorded).map { _ in }
        case .changing, .stopped: recorded
        }
    }
}
