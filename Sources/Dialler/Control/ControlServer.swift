import Glibc
import Logging
import NIOCore
import NIOPosix

/// The control socket: takes clients in, frames their lines, and lets go of those that do not behave. It knows no request.
///
/// Bound to the event loop of the line. Anyone who may open the socket is let in: its mode is 0660, and its directory's group is
/// the line's.
final class ControlServer {
    /// One client, while it is connected.
    final class Client {
        let id: Int
        fileprivate let channel: any Channel
        fileprivate let peer: PeerCredentials?
        /// nil until it is known.
        fileprivate var userName: String?
        var isWatching = false
        /// Requests that came and are not yet looked at.
        fileprivate var lines = CircularBuffer<[UInt8]>()
        /// Requests without a reply so far.
        fileprivate var unanswered = 0
        fileprivate var lastRequest = ContinuousClock.now

        fileprivate init(id: Int, channel: any Channel) {
            self.id = id
            self.channel = channel
            peer = ControlSocket.peer(of: channel)
        }

        func isIdle(now: ContinuousClock.Instant) -> Bool {
            !isWatching && unanswered == 0 && lines.isEmpty && lastRequest + ControlServer.idleLimit < now
        }

        /// As the kernel tells it; a client's own word does not count.
        var isRoot: Bool { peer?.user == 0 }

        /// `root (process 4711)`, for the log and for the other clients.
        var name: String {
            peer.map { "\(userName ?? "user \($0.user)") (process \($0.processID))" } ?? "a process"
        }
    }

    /// More at once are turned away.
    static let clientLimit = 100
    /// Of these, root alone has so many.
    static let rootPlaces = 20
    /// Another user has so many at most.
    static let userLimit = 20
    /// A client that neither watches nor waits for a reply is let go after so long without a request.
    static let idleLimit = Duration.seconds(60)
    static let sweepInterval = TimeAmount.seconds(10)
    /// Between two requests of one client: what another one asks does not wait for all of them.
    static let requestInterval = TimeAmount.microseconds(200)
    /// After so long a socket that could not be had is tried again.
    static let retryInterval = TimeAmount.seconds(5)
    /// A client that leaves so much unread is let go: nobody waits for it.
    static let unreadLimit = 256 * 1024

    var onRequest: (Client, Result<ControlRequest, ControlRequestError>) -> Void = { _, _ in }
    var onGone: (Client) -> Void = { _ in }

    var logger: Logger

    private let eventLoop: any EventLoop
    private let hello: [UInt8]
    private var listener: (any Channel)?
    private var path: String?
    private var retry: Scheduled<Void>?
    /// What kept it from listening, as it was told.
    private var toldObstacle: String?
    private var sweep: Scheduled<Void>?
    private var clients: [Int: Client] = [:]
    private var nextID = 1
    private var isStopped = false
    private var lastTurnedAway: ContinuousClock.Instant?
    /// Those of the clients that were here before.
    private var userNames: [uid_t: String] = [0: "root"]

    init(hello: ControlMessage.Hello, eventLoop: any EventLoop, logger: Logger) {
        self.hello = ControlMessage(hello: hello).line
        self.eventLoop = eventLoop
        self.logger = logger
    }

    // MARK: Listening

    /// Listens on `control` in that directory. What keeps it from it is logged, tried again, and no reason not to serve calls.
    func start(in directory: String) {
        let path = ControlSocket.path(in: directory)
        if let obstacle = ControlSocket.clear(path) { return cannotListen(": \(obstacle)", in: directory) }
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 16)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 1, high: Self.unreadLimit))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try this.value.admit(channel) }
            }
            .bind(unixDomainSocketPath: path)
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .success(let channel): listening(channel, path)
                case .failure(let error): cannotListen(" at \(path): \(error)", in: directory)
                }
            }
    }

    private func cannotListen(_ reason: String, in directory: String) {
        retry = eventLoop.assumeIsolated().scheduleTask(in: Self.retryInterval) { [self] in start(in: directory) }
        guard reason != toldObstacle else { return }
        toldObstacle = reason
        logger.warning(
            """
            no control socket\(reason); status, dial and console do not work until it is mended: check RUNTIME_DIRECTORY
            """
        )
    }

    private func listening(_ channel: any Channel, _ path: String) {
        guard !isStopped else { return channel.close(promise: nil) }
        listener = channel
        self.path = path
        if toldObstacle != nil { logger.notice("the control socket is there now") }
        toldObstacle = nil
        // The group may ask and order; the mask of the process made it the user's alone.
        if chmod(path, 0o660) != 0 {
            logger.warning("the control socket \(path) is for this user alone: \(String(cString: strerror(errno)))")
        }
    }

    func stop() {
        isStopped = true
        retry?.cancel()
        sweep?.cancel()
        listener?.close(promise: nil)
        listener = nil
        if let path { unlink(path) }
        path = nil
        for client in clients.values { client.channel.close(promise: nil) }
    }

    // MARK: Clients

    private func admit(_ channel: any Channel) throws {
        let client = Client(id: nextID, channel: channel)
        nextID += 1
        client.userName = client.peer.flatMap { userNames[$0.user] }
        if let obstacle = obstacle(to: client) {
            if lastTurnedAway.map({ $0.duration(to: .now) >= .seconds(10) }) ?? true {
                logger.warning("control: \(client.name) was turned away: \(obstacle)")
                lastTurnedAway = .now
            }
            return turnAway(client, because: "too many clients are connected")
        }
        clients[client.id] = client
        watchIdleness()
        if client.userName == nil { learnName(of: client) }
        logger.debug("control: \(client.name) connected")
        let handler = ControlLineHandler(
            lineReceived: { [self] line in enqueue(line, from: client) },
            overflow: { [self] in turnAway(client, because: "a line of more than \(ControlMessage.maximumLine) bytes")
            },
            gone: { [self] in gone(client) }
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        write(hello, to: client)
    }

    /// - Returns: why the client has no place; nil when it has one.
    private func obstacle(to client: Client) -> String? {
        guard clients.count < Self.clientLimit else { return "\(Self.clientLimit) clients are connected" }
        guard let user = client.peer?.user, user != 0 else { return nil }
        let others = clients.values.filter { $0.peer?.user != 0 }
        if others.count >= Self.clientLimit - Self.rootPlaces { return "\(others.count) clients are connected" }
        let own = others.count { $0.peer?.user == user }
        return own < Self.userLimit ? nil : "\(own) clients of this user are connected"
    }

    /// Lets go, while there are any, of clients that only take a place.
    private func watchIdleness() {
        guard sweep == nil else { return }
        sweep = eventLoop.assumeIsolated().scheduleTask(in: Self.sweepInterval) { [self] in
            sweep = nil
            for client in clients.values where client.isIdle(now: .now) {
                turnAway(client, because: "no request for \(Self.idleLimit.components.seconds) s")
            }
            if !clients.isEmpty { watchIdleness() }
        }
    }

    private func learnName(of client: Client) {
        guard let user = client.peer?.user else { return }
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { ControlSocket.userName(user) }
            .assumeIsolated()
            .whenSuccess { [weak self] name in
                client.userName = name
                self?.userNames[user] = name
            }
    }

    /// One request of a client a turn: the next ones wait, and the client is not read meanwhile.
    private func enqueue(_ line: [UInt8], from client: Client) {
        client.lastRequest = .now
        client.lines.append(line)
        guard client.lines.count == 1 else { return }
        setReading(false, client)
        takeNext(of: client)
    }

    private func takeNext(of client: Client) {
        guard clients[client.id] != nil, let line = client.lines.first else { return }
        client.unanswered += 1
        received(line, from: client)
        eventLoop.assumeIsolated().scheduleTask(in: Self.requestInterval) { [self] in
            client.lines.removeFirst()
            if client.lines.isEmpty { setReading(true, client) } else { takeNext(of: client) }
        }
    }

    private func setReading(_ on: Bool, _ client: Client) {
        try? client.channel.syncOptions?.setOption(.autoRead, value: on)
    }

    private func received(_ line: [UInt8], from client: Client) {
        do throws(ControlRequestError) {
            onRequest(client, .success(try ControlRequest(line: line)))
        } catch {
            onRequest(client, .failure(error))
        }
    }

    /// With a reason as the last word.
    private func turnAway(_ client: Client, because reason: String) {
        let farewell = ControlMessage(reply: .init(id: 0, error: "closing: \(reason)"))
        client.channel.writeAndFlush(ByteBuffer(bytes: farewell.line)).assumeIsolated().whenComplete { _ in
            client.channel.close(promise: nil)
        }
    }

    private func gone(_ client: Client) {
        guard clients.removeValue(forKey: client.id) != nil else { return }
        logger.debug("control: \(client.name) is gone")
        onGone(client)
    }

    /// The reply to a request.
    func answer(_ reply: ControlMessage.Reply, to client: Client) {
        client.unanswered -= 1
        client.lastRequest = .now
        write(ControlMessage(reply: reply).line, to: client)
    }

    func send(_ message: ControlMessage, to client: Client) {
        write(message.line, to: client)
    }

    /// Whether anybody is told what happens.
    var isWatched: Bool { clients.values.contains(where: \.isWatching) }

    /// To all that watch.
    func tell(_ event: @autoclosure () -> ControlMessage.Event) {
        let watching = clients.values.filter(\.isWatching)
        guard !watching.isEmpty else { return }
        let line = ControlMessage(event: event()).line
        for client in watching { write(line, to: client) }
    }

    private func write(_ line: [UInt8], to client: Client) {
        guard client.channel.isWritable else {
            if client.channel.isActive { logger.warning("control: disconnected \(client.name): not reading") }
            return client.channel.close(promise: nil)
        }
        client.channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil)
    }
}

/// Cuts what a client sends into lines.
private final class ControlLineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lineReceived: ([UInt8]) -> Void
    private let overflow: () -> Void
    private let gone: () -> Void
    private var line: [UInt8] = []
    private var isOverflown = false

    init(
        lineReceived: @escaping ([UInt8]) -> Void,
        overflow: @escaping () -> Void,
        gone: @escaping () -> Void
    ) {
        self.lineReceived = lineReceived
        self.overflow = overflow
        self.gone = gone
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for byte in unwrapInboundIn(data).readableBytesView where !isOverflown {
            if byte == UInt8(ascii: "\n") {
                let whole = line
                line = []
                if !whole.isEmpty { lineReceived(whole) }
            } else if line.count < ControlMessage.maximumLine {
                line.append(byte)
            } else {
                isOverflown = true
                overflow()
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
