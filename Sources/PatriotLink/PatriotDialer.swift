package import Logging
package import NIOCore
package import NIOOpenSSL
package import PatriotCore

/// The connection to Patriot, kept up for ever: TCP, TLS, WebSocket, and the session on it.
///
/// Belongs to its event loop: every method is called on it, every callback is called on it, synchronously. A
/// `dial-request` reaches ``onRequest`` in the same tick in which its frame arrived.
package final class PatriotDialer {
    /// What Patriot wants done with the line. May call ``lineChanged(_:)`` and ``dialFailed()`` at once.
    package var onRequest: (LineRequest) -> Void = { _ in }
    /// Told why a `dial-request` did not reach ``onRequest``: the oldest of those that have not yet.
    package var onDialDropped: (String) -> Void = { _ in }
    /// Each change of how we stand, tries included.
    package var onLinkChanged: (PatriotLink) -> Void = { _ in }
    /// Each message in the order it went over the wire, for transcripts.
    package var onMessage: (MessageDirection, PatriotMessage) -> Void = { _, _ in }

    private enum Phase {
        case stopped
        /// Between two connections.
        case waiting(Scheduled<Void>)
        /// Name and TCP.
        case connecting
        /// TLS and the upgrade.
        case opening(any Channel, WebSocketHandler)
        case open(WebSocketHandler)
        case stopping(EventLoopPromise<Void>)
    }

    /// When Patriot was heard last, pings and pongs included; nil before the first connection.
    package private(set) var lastFrame: ContinuousClock.Instant?

    private let eventLoop: any EventLoop
    private let connector: PatriotConnector
    private let request: WebSocketOpening.Request
    private let apiKey: APIKey
    private let clock: LoopClock
    private var log: LinkLog
    private var phase = Phase.stopped
    /// Counts the connections, so that what comes late from one given up is told apart.
    private var attempt = 0
    private var session: SessionMachine
    private var liveness: LivenessMachine?
    private var schedule = ReconnectSchedule()
    /// Why the session had the present connection closed.
    private var sessionEnd: SessionEnd?
    private var actions = CircularBuffer<SessionMachine.Action>()
    private var isPerforming = false
    private lazy var timer = DeadlineTimer(clock: clock) { [weak self] in self?.deadlineReached() }

    private enum SessionEnd {
        case refused
        case other(String)
    }

    /// - Throws: what is wrong with the trust settings; nothing is connected yet.
    package convenience init(
        configuration: Configuration,
        eventLoop: any EventLoop,
        logger: Logger
    ) throws(TLSError) {
        let endpoint = PatriotEndpoint(
            host: configuration.host,
            port: configuration.port,
            address: configuration.address
        )
        let context = try TLSContext.client(trust: configuration.trust)
        let connector = PatriotConnector.tls(to: endpoint, context: context, serverName: configuration.host)
        self.init(configuration: configuration, connector: connector, eventLoop: eventLoop, logger: logger)
    }

    init(configuration: Configuration, connector: PatriotConnector, eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.connector = connector
        request = WebSocketOpening.Request(
            host: configuration.host,
            port: configuration.port,
            path: configuration.path
        )
        apiKey = configuration.apiKey
        clock = LoopClock(eventLoop)
        log = LinkLog(logger: logger)
        session = SessionMachine(apiKey: configuration.apiKey, policy: configuration.dialDuringCall)
    }

    /// Connects, and connects again whenever the connection is lost. Does nothing when started already.
    package func start() {
        guard case .stopped = phase else { return }
        connect()
    }

    /// Closes with 1001 and stays away; a call goes on. Ready when the connection is closed, a second later at most.
    package func stop() -> EventLoopFuture<Void> {
        let left = phase
        switch left {
        case .open(let webSocket):
            let promise = eventLoop.makePromise(of: Void.self)
            phase = .stopping(promise)
            webSocket.close(.goingAway, reason: "the dialler stops")
            return promise.futureResult
        case .stopping(let promise):
            return promise.futureResult
        case .stopped, .connecting, .waiting, .opening:
            // First, so that what the end of an attempt brings about is no concern of ours any more.
            attempt += 1
            phase = .stopped
        }
        if case .waiting(let retry) = left { retry.cancel() }
        if case .opening(let channel, _) = left { channel.close(promise: nil) }
        return eventLoop.makeSucceededVoidFuture()
    }

    /// The line does something else now.
    package func lineChanged(_ activity: LineActivity) {
        perform(session.lineChanged(activity, now: clock.now))
    }

    /// A dial that ``onRequest`` asked for cannot be done.
    package func dialFailed() {
        perform(session.dialFailed(now: clock.now))
    }

    /// The line began to ring before the dial that ``onRequest`` asked for: it waits until the ringing is ended.
    package func dialPostponed(_ phoneNo: String) {
        perform(session.dialPostponed(phoneNo, now: clock.now))
    }

    /// Somebody at this computer wants what Patriot could want, whether Patriot is connected or not. Ends in ``onRequest`` or
    /// ``onDialDropped``.
    package func order(_ request: LineRequest) {
        perform(session.ordered(request, now: clock.now))
    }
}

// MARK: - Connecting

extension PatriotDialer {
    private func connect() {
        attempt += 1
        let attempt = attempt
        phase = .connecting
        sessionEnd = nil
        onLinkChanged(.connecting)
        connector.connect(eventLoop).assumeIsolated().whenComplete { [weak self] result in
            self?.connectEnded(result, attempt: attempt)
        }
    }

    private func connectEnded(_ result: Result<any Channel, any Error>, attempt: Int) {
        switch result {
        case .failure(let error):
            failed(.channel(error), attempt: attempt)
        case .success(let channel):
            guard attempt == self.attempt else { return channel.close(promise: nil) }
            open(channel, attempt: attempt)
        }
    }

    private func open(_ channel: any Channel, attempt: Int) {
        let webSocket = WebSocketHandler { [weak self] event in
            self?.eventReceived(event, attempt: attempt)
        }
        phase = .opening(channel, webSocket)
        do {
            try WebSocketOpening.addHandlers(to: channel, request: request, webSocket: webSocket) { [weak self] error in
                self?.failed(error, attempt: attempt)
            }
        } catch {
            channel.close(promise: nil)
            failed(.channel(error), attempt: attempt)
        }
    }

    private func failed(_ error: WebSocketOpeningError, attempt: Int) {
        guard attempt == self.attempt else { return }
        disconnected(reason: error.description)
    }

    private func disconnected(reason: String) {
        let reason = apiKey.hidden(in: reason)
        let wait = scheduleRetry()
        log.disconnected(reason: reason)
        onLinkChanged(.disconnected(reason: reason, retryIn: wait))
    }

    @discardableResult
    private func scheduleRetry() -> Duration {
        let wait = schedule.next(jitter: .random(in: 0..<1), now: clock.now)
        phase = .waiting(
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in self?.connect() }
        )
        return wait
    }
}

// MARK: - The open connection

extension PatriotDialer {
    private func eventReceived(_ event: WebSocketHandler.Event, attempt: Int) {
        guard attempt == self.attempt else { return }
        let now = clock.now
        switch event {
        case .opened:
            guard case .opening(_, let webSocket) = phase else { return }
            phase = .open(webSocket)
            liveness = LivenessMachine(now: now)
            onLinkChanged(.connected)
            perform(session.connected(now: now))
        case .frameReceived:
            liveness?.frameReceived(now: now)
            lastFrame = now
        case .messageReceived(let message):
            messageReceived(message.payload, now: now)
        case .closed(let closure):
            closed(closure, now: now)
        }
    }

    /// Text or binary: what counts is whether it is one of Patriot's messages.
    private func messageReceived(_ payload: ByteBuffer, now: ContinuousClock.Instant) {
        // Once told to stop, nothing more is obeyed.
        guard case .open = phase else { return }
        do throws(PatriotMessageError) {
            let message = try PatriotMessage(decoding: payload.readableBytesView).hiding(apiKey)
            log.message(.received, message)
            onMessage(.received, message)
            perform(session.messageReceived(message, now: now))
        } catch {
            perform(session.undecodableMessageReceived(error, now: now))
        }
    }

    private func closed(_ closure: WebSocketClosure, now: ContinuousClock.Instant) {
        liveness = nil
        perform(session.disconnected(now: now))
        if case .stopping(let promise) = phase {
            attempt += 1
            phase = .stopped
            return promise.succeed()
        }
        switch sessionEnd {
        case .refused:
            schedule.refused()
            scheduleRetry()
        case .other(let reason):
            disconnected(reason: reason)
        case nil:
            disconnected(reason: closure.description)
        }
    }

    private func deadlineReached() {
        let now = clock.now
        switch liveness?.deadlineReached(now: now) {
        case .ping:
            if case .open(let webSocket) = phase { webSocket.sendPing() }
        case .dead:
            if case .open(let webSocket) = phase { webSocket.abort(.silence) }
        case nil:
            break
        }
        perform(session.deadlineReached(now: now))
    }

    /// Performs the session's actions in order. What a callback brings about while they are performed waits its turn.
    private func perform(_ new: [SessionMachine.Action]) {
        actions.append(contentsOf: new)
        guard !isPerforming else { return }
        isPerforming = true
        while let action = actions.popFirst() { perform(action) }
        isPerforming = false
        timer.set([session.nextDeadline, liveness?.nextDeadline].compactMap { $0 }.min())
    }

    private func perform(_ action: SessionMachine.Action) {
        switch action {
        case .send(let message):
            send(message)
        case .perform(let request):
            onRequest(request)
        case .close(let code, let reason):
            if case .open(let webSocket) = phase { webSocket.close(code, reason: reason) }
        case .authenticated:
            schedule.authenticated(now: clock.now)
            log.authenticated()
            onLinkChanged(.authenticated)
        case .refused(let error):
            sessionEnd = .refused
            log.refused(error)
            onLinkChanged(.refused(error))
        case .note(.authenticationTimeout):
            // It ends each try the same way; as the reason of the loss it is logged once.
            sessionEnd = .other(SessionNote.authenticationTimeout.description)
        case .note(let note):
            log.note(note)
            if note.isEndOfDialRequest { onDialDropped(note.description) }
        case .dialDropped(let note):
            onDialDropped(note.description)
        }
    }

    private func send(_ message: PatriotMessage) {
        guard case .open(let webSocket) = phase else { return }
        webSocket.send(WebSocketMessage(kind: .text, payload: ByteBuffer(bytes: message.encoded())))
        log.message(.sent, message)
        onMessage(.sent, message)
    }
}
