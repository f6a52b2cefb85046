package import Logging
package import NIOCore
package import NIOOpenSSL
import PatriotCore

/// The connection that we open to Patriot, and keep opening: TCP, TLS, WebSocket, and the session on it.
///
/// Belongs to its event loop: every method is called on it, every callback is called on it, synchronously.
package final class PatriotDialer: PatriotConnection {
    /// What is said with Patriot; the same one across all connections.
    package let session: PatriotSession
    /// Each change of the link, attempts included.
    package var onLinkChanged: (PatriotLink) -> Void = { _ in }

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

    private let eventLoop: any EventLoop
    private let connector: PatriotConnector
    private let request: WebSocketOpening.Request
    private let endpoint: PatriotEndpoint
    private let clock: LoopClock
    private var log: LinkLog
    private var phase = Phase.stopped
    /// Counts the connections, so that what comes late from one given up is told apart.
    private var attempt = 0
    private var schedule = ReconnectSchedule()
    /// Why the session had the present connection closed.
    private var sessionEnd: SessionEnd?
    /// The HTTP status of the last answer that was no upgrade; nil since a WebSocket opened, or another attempt failed otherwise.
    package private(set) var refusedUpgrade: Int?

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
        let endpoint = PatriotEndpoint(configuration)
        let context = try TLSContext.client(trust: configuration.trust)
        let connector = PatriotConnector.tls(to: endpoint, context: context, serverName: configuration.host)
        self.init(configuration: configuration, connector: connector, eventLoop: eventLoop, logger: logger)
    }

    init(configuration: Configuration, connector: PatriotConnector, eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.connector = connector
        endpoint = PatriotEndpoint(configuration)
        request = WebSocketOpening.Request(
            host: configuration.host,
            port: configuration.port,
            path: configuration.path
        )
        clock = LoopClock(eventLoop)
        log = LinkLog(logger: logger)
        session = PatriotSession(
            apiKey: configuration.apiKey,
            policy: configuration.dialDuringCall,
            clock: clock,
            log: log
        )
        session.onAuthenticated = { [weak self] in
            guard let self else { return }
            schedule.authenticated(now: clock.now)
            log.authenticated()
            onLinkChanged(.authenticated)
        }
        session.onRefused = { [weak self] error in
            guard let self else { return }
            sessionEnd = .refused
            log.refused(error)
            onLinkChanged(.refused(error))
        }
        session.onGivenUp = { [weak self] reason in self?.sessionEnd = .other(reason) }
    }

    /// Connects, and connects again whenever the connection is lost.
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
            session.disconnected()
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
        let webSocket = WebSocketHandler(role: .client) { [weak self] event in
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
        refusedUpgrade = if case .refused(let status) = error { status } else { nil }
        disconnected(reason: error.summary, detail: error.description)
    }

    /// - Parameter detail: the whole reason, where the first says only what fits into a line.
    private func disconnected(reason: String, detail: String? = nil) {
        let detail = detail == reason ? nil : detail.map(session.apiKey.hidden)
        let reason = "\(endpoint): \(session.apiKey.hidden(in: reason))"
        let wait = scheduleRetry()
        log.disconnected(reason: detail.map { "\(endpoint): \($0)" } ?? reason)
        onLinkChanged(.disconnected(reason: reason, detail: detail, retryIn: wait))
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
        switch event {
        case .opened:
            guard case .opening(_, let webSocket) = phase else { return }
            phase = .open(webSocket)
            refusedUpgrade = nil
            onLinkChanged(.connected)
            session.connected(webSocket)
        case .frameReceived:
            session.frameReceived()
        case .messageReceived(let message):
            // Once we are to stop, nothing more is carried out.
            if case .open = phase { session.messageReceived(message.payload) }
        case .closed(let closure):
            closed(closure)
        }
    }

    private func closed(_ closure: WebSocketClosure) {
        session.disconnected()
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
}
