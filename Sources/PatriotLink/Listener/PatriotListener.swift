package import Logging
package import NIOCore
package import NIOOpenSSL
import NIOPosix
import PatriotCore

/// Waits for Patriot to connect ("Patriot as Client"), lets in only who shows the line's key, and runs the session with it.
///
/// One session a line: the newest that proves the key has it. Everything a peer can do before that is bounded in number,
/// size and time. Belongs to its event loop: every method is called on it, every callback is called on it.
package final class PatriotListener: PatriotConnection {
    /// How many connections may be in the making; one more, and one of the network that has most of them is dropped.
    package static let maximumUnproven = 8
    /// Between two attempts to open the port.
    static let retryTime: Duration = .seconds(2)

    /// What is said with Patriot; the same one across all connections.
    package let session: PatriotSession
    /// Each change of the link, attempts included.
    package var onLinkChanged: (PatriotLink) -> Void = { _ in }

    private enum Phase {
        case stopped
        case opening
        case waitingToRetry(Scheduled<Void>)
        case listening(any Channel)
        case stopping
    }

    private let configuration: Configuration
    private let eventLoop: any EventLoop
    private var context: TLSContext
    private var log: ListenerLog
    private var phase = Phase.stopped
    private var admission = AdmissionGuard()
    /// Connections that have proven nothing, oldest first.
    private var unproven: [ListenerConnection] = []
    private var current: ListenerConnection?
    private var takeovers = TakeoverWatch()
    private var clock: LoopClock { session.clock }

    /// - Throws: what is wrong with the certificate; no port is open yet.
    package init(configuration: Configuration, eventLoop: any EventLoop, logger: Logger) throws(TLSError) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        context = try TLSContext.server(identity: configuration.identity)
        log = ListenerLog(logger: logger)
        session = PatriotSession(
            apiKey: configuration.apiKey,
            policy: configuration.dialDuringCall,
            clock: LoopClock(eventLoop),
            log: LinkLog(logger: logger)
        )
    }

    /// The port that is listened on; nil while it is not open.
    package var port: Int? {
        guard case .listening(let server) = phase else { return nil }
        return server.localAddress?.port
    }

    /// What peers are shown from the next connection on; the present session goes on.
    /// - Throws: what is wrong with it; the one before stays.
    package func use(_ identity: TLSIdentity) throws(TLSError) {
        context = try TLSContext.server(identity: identity)
        log.certificateChanged()
    }

    /// Opens the port, and tries again every 2 s while it cannot be opened. Does nothing when started already.
    package func start() {
        guard case .stopped = phase else { return }
        open()
    }

    /// Closes with 1001 and stays away; a call goes on. Ready when the connection is closed, a second later at most.
    package func stop() -> EventLoopFuture<Void> {
        var closing = unproven.map(\.channel)
        switch phase {
        case .listening(let server):
            closing.append(server)
            server.close(promise: nil)
        case .waitingToRetry(let retry):
            retry.cancel()
        case .stopped, .opening, .stopping:
            break
        }
        phase = .stopping
        for connection in unproven { connection.drop() }
        if let current {
            closing.append(current.channel)
            current.close(.goingAway, reason: "the dialler stops")
            self.current = nil
            session.disconnected()
        }
        return EventLoopFuture.andAllComplete(closing.map(\.closeFuture), on: eventLoop)
    }
}

// MARK: - The port

extension PatriotListener {
    private func open() {
        phase = .opening
        let bootstrap = ServerBootstrap(group: eventLoop)
            // A restart listens at once, whatever the kernel still remembers of the connections before.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [bound = NIOLoopBound(self, eventLoop: eventLoop)] channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel) }
            }
        bind(bootstrap, to: configuration.address ?? "::", fallback: configuration.address == nil ? "0.0.0.0" : nil)
    }

    /// No name is resolved: the resolver would refuse `::` on a computer that has no IPv6 address yet (AI_ADDRCONFIG).
    private func bind(_ bootstrap: ServerBootstrap, to address: String) -> EventLoopFuture<any Channel> {
        do {
            return bootstrap.bind(to: try SocketAddress(ipAddress: address, port: configuration.port))
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }

    private func bind(_ bootstrap: ServerBootstrap, to host: String, fallback: String?) {
        bind(bootstrap, to: host).assumeIsolated().whenComplete { [weak self] result in
            guard let self else { return }
            switch (result, phase) {
            case (.success(let server), .opening):
                phase = .listening(server)
                log.listening(configuration.place)
                if current == nil { onLinkChanged(.listening(on: configuration.place)) }
            case (.success(let server), _):
                server.close(promise: nil)
            case (.failure, .opening) where fallback != nil:
                // A kernel without IPv6.
                bind(bootstrap, to: fallback ?? host, fallback: nil)
            case (.failure(let error), .opening):
                failed(error)
            case (.failure, _):
                break
            }
        }
    }

    private func failed(_ error: any Error) {
        let reason = "cannot listen on \(configuration.place): \(listenFailureReason(error))"
        log.cannotListen(reason)
        phase = .waitingToRetry(
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.retryTime)) { [weak self] in self?.open() }
        )
        onLinkChanged(.disconnected(reason: reason, retryIn: Self.retryTime))
    }

    private func accept(_ channel: any Channel) throws {
        let address = PeerAddress(channel.remoteAddress)
        guard case .listening = phase, admission.admits(address.network, now: clock.now) else {
            log.turnedAway(address.text, now: clock.now)
            throw ChannelError.ioOnClosedChannel
        }
        let connection = ListenerConnection(channel: channel, address: address, apiKey: configuration.apiKey) {
            [weak self] connection, event in self?.happened(event, to: connection)
        }
        unproven.append(connection)
        if unproven.count > Self.maximumUnproven { makeRoom() }
        try connection.start(context: context, path: configuration.path)
    }

    /// Drops the oldest connection of the network that has most of them: a flood from one place keeps nobody else out.
    private func makeRoom() {
        var counts: [String: Int] = [:]
        for connection in unproven { counts[connection.address.network, default: 0] += 1 }
        guard let most = counts.values.max(),
            let index = unproven.firstIndex(where: { counts[$0.address.network] == most })
        else { return }
        unproven.remove(at: index).drop()
    }
}

// MARK: - Connections

extension PatriotListener {
    private func happened(_ event: ListenerConnection.Event, to connection: ListenerConnection) {
        switch event {
        case .admitted:
            admitted(connection)
        case .refused(let refusal):
            let wait = admission.keyWasWrong(from: connection.address.network, now: clock.now)
            log.refused(connection.address.text, refusal, wait: wait, now: clock.now)
        case .frameReceived:
            if connection === current { session.frameReceived() }
        case .messageReceived(let payload):
            if connection === current { session.messageReceived(payload) }
        case .closed(let closure):
            unproven.removeAll { $0 === connection }
            if connection === current { lost(closure) }
        }
    }

    private func admitted(_ connection: ListenerConnection) {
        unproven.removeAll { $0 === connection }
        guard case .listening = phase else { return connection.close(.goingAway, reason: "the dialler stops") }
        let address = connection.address.text
        let formerAddress = current?.address.text
        admission.keyWasRight(from: connection.address.network)
        let former = current
        current = connection
        if let former {
            session.disconnected()
            former.close(.policyViolation, reason: "another Patriot connected with the same key")
        }
        let rivals = takeovers.admitted(address, replacing: formerAddress, now: clock.now)
        log.admitted(address, replacing: formerAddress, rivals: rivals)
        onLinkChanged(.admitted(from: address, rivals: rivals))
        session.admitted(connection.webSocket)
    }

    private func lost(_ closure: WebSocketClosure?) {
        current = nil
        session.disconnected()
        log.disconnected(closure?.description ?? "the connection ended")
        onLinkChanged(.listening(on: configuration.place))
    }
}
