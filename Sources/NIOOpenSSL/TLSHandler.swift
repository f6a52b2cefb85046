package import NIOCore

/// The inbound event after which data flows: the handshake is complete and, for a client, the server is trusted.
package struct TLSHandshakeCompleted: Equatable, Sendable {
    /// As negotiated.
    package let version: TLSVersion
    /// The server's certificate; nil on the server's side.
    package let peer: TLSCertificate?

    package init(version: TLSVersion, peer: TLSCertificate?) {
        self.version = version
        self.peer = peer
    }
}

/// TLS between a channel's bytes (below) and plaintext (above), client or server.
///
/// Nothing written above leaves, and nothing received is released, before `TLSHandshakeCompleted`. Whatever goes wrong is
/// one `errorCaught(TLSError)`, every waiting write fails with it, and the channel closes. `close` sends close_notify first and
/// waits for the peer's, but no longer than `closeTimeout`. Half-closing is not supported.
package final class TLSHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Bytes that may be written before the handshake is complete; more is a mistake of the writer and ends the connection.
    package static let maximumEarlyBytes = 1 << 20
    /// A handshake that takes longer is given up.
    package static let handshakeTimeout: TimeAmount = .seconds(10)
    /// How long the peer's close_notify is awaited after ours.
    package static let closeTimeout: TimeAmount = .seconds(1)

    private enum State {
        /// The channel is not active yet.
        case idle
        case handshaking
        case open
        /// Our close_notify is on its way; nothing is written or released any more.
        case closing
        case closed
    }

    private struct PendingWrite {
        let plaintext: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private let tls: TLSContext
    private let serverName: String
    private let peerName: String
    private var state = State.idle
    private var session: TLSSession?
    private var pending = MarkedCircularBuffer<PendingWrite>(initialCapacity: 4)
    private var earlyBytes = 0
    private var hasReceived = false
    private var isProcessing = false
    private var wantsRead = false
    private var timer: Scheduled<Void>?
    private var closePromise: EventLoopPromise<Void>?
    /// Why the connection failed, until the handlers above know.
    private var untoldFailure: TLSError?
    private var isGoodbyeSent = false
    private var isGoodbyeReceived = false

    /// - Parameter serverName: the host name or IP address that the server's certificate must be for.
    package init(client context: TLSContext, serverName: String) {
        tls = context
        self.serverName = serverName
        peerName = serverName
    }

    package init(server context: TLSContext) {
        tls = context
        serverName = ""
        peerName = "the client"
    }
}

// MARK: - Life of the channel

extension TLSHandler {
    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(failingWritesWith: ChannelError.ioOnClosedChannel)
        takeClosePromise()?.fail(ChannelError.inappropriateOperationForState)
    }

    package func channelActive(context: ChannelHandlerContext) {
        // First, so that a handshake that fails at once does not let the handlers above see the end before the start.
        context.fireChannelActive()
        start(context)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        endOfInput(context)
        tellFailure(context)
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { endOfInput(context) }
        context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream that broke below cannot be trusted further; the cause is reported once, by the code that found it.
        let wasLive = session != nil
        end(failingWritesWith: error)
        context.fireErrorCaught(error)
        if wasLive { context.close(promise: takeClosePromise()) }
    }

    private func start(_ context: ChannelHandlerContext) {
        guard case .idle = state else { return }
        do {
            session = try TLSSession(tls, serverName: serverName, peerName: peerName)
        } catch {
            return fail(error, context)
        }
        state = .handshaking
        let seconds = Self.handshakeTimeout.nanoseconds / 1_000_000_000
        arm(Self.handshakeTimeout, context) { handler, context in
            handler.fail(.handshakeTimeout(peer: handler.peerName, seconds: seconds), context)
        }
        process(context)
    }

    private func endOfInput(_ context: ChannelHandlerContext) {
        switch state {
        case .handshaking: fail(.closedInHandshake(peer: peerName), context)
        case .open: fail(.truncated(peer: peerName), context)
        // We wanted the end anyway.
        case .closing: closeNow(context)
        case .idle, .closed: break
        }
    }

    /// One timer at a time: the handshake's, later the closing's.
    private func arm(
        _ delay: TimeAmount,
        _ context: ChannelHandlerContext,
        _ body: @escaping (TLSHandler, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { body(self, context) }
    }

    /// Leaves the live states for good: no timer, no session, no waiting write.
    private func end(failingWritesWith error: any Error) {
        state = .closed
        session = nil
        timer?.cancel()
        timer = nil
        while let write = pending.popFirst() { write.promise?.fail(error) }
    }

    private func fail(_ error: TLSError, _ context: ChannelHandlerContext) {
        let session = session
        // Before anything is told to anyone, so that anyone who calls back finds the connection closed.
        state = .closed
        untoldFailure = error
        if let alert = session?.takeOutput(context.channel.allocator) {
            // Where that fails, the channel is closed at once, and its end goes up from within.
            context.writeAndFlush(wrapOutboundOut(alert), promise: nil)
        }
        end(failingWritesWith: error)
        tellFailure(context)
        context.close(promise: takeClosePromise())
    }

    /// Once, and before the end of the channel.
    private func tellFailure(_ context: ChannelHandlerContext) {
        guard let error = untoldFailure else { return }
        untoldFailure = nil
        context.fireErrorCaught(error)
    }

    private func takeClosePromise() -> EventLoopPromise<Void>? {
        defer { closePromise = nil }
        return closePromise
    }
}

// MARK: - Inbound

extension TLSHandler {
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let session else { return }
        let ciphertext = unwrapInboundIn(data)
        if !hasReceived, let first = ciphertext.readableBytesView.first {
            hasReceived = true
            guard Self.startsTLS(first) else {
                let start = TLSCertificate.printable(ciphertext.readableBytesView.prefix(Self.shownBytes))
                return fail(.notTLS(peer: peerName, start: start), context)
            }
        }
        session.receive(ciphertext)
        process(context)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // What came was not enough to release anything: the read that was asked for is still owed. The handshake asks by itself.
        switch state {
        case .handshaking: context.read()
        case .open, .closing: if wantsRead { context.read() }
        case .idle, .closed: break
        }
    }

    package func read(context: ChannelHandlerContext) {
        wantsRead = true
        context.read()
    }

    /// How much of a foreign protocol's first words a message shows.
    private static let shownBytes = 40

    /// The first record of either side is a handshake (22) or an alert (21), RFC 8446 5.1.
    private static func startsTLS(_ byte: UInt8) -> Bool {
        byte == 22 || byte == 21
    }

    /// Works through the input. When called from within itself, by what it released, the outer call goes on with the new input.
    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        do {
            while let session, try proceed(session, context) {}
        } catch {
            switch state {
            case .handshaking, .open: fail(error, context)
            case .closing: closeNow(context)
            case .idle, .closed: break
            }
        }
    }

    /// One step; false when it takes more input.
    private func proceed(_ session: TLSSession, _ context: ChannelHandlerContext) throws(TLSError) -> Bool {
        switch state {
        case .handshaking:
            let isComplete = try session.handshake()
            send(session.takeOutput(context.channel.allocator), context)
            if isComplete { handshakeCompleted(session, context) }
            return isComplete
        case .open, .closing:
            return try release(session, context)
        case .idle, .closed:
            return false
        }
    }

    private func release(_ session: TLSSession, _ context: ChannelHandlerContext) throws(TLSError) -> Bool {
        var plaintext = context.channel.allocator.buffer(capacity: TLSSession.maximumRecord)
        let outcome = try session.read(into: &plaintext)
        // The answer to a change of keys, for one.
        send(session.takeOutput(context.channel.allocator), context)
        switch outcome {
        case .plaintext:
            if case .open = state {
                wantsRead = false
                // Cut to what it holds: frames that wait for their turn must not keep a whole record's room each.
                context.fireChannelRead(wrapInboundOut(context.channel.allocator.buffer(buffer: plaintext)))
            }
            return true
        case .needsInput:
            return false
        case .closed:
            isGoodbyeReceived = true
            switch state {
            case .open: startClosing(session, context)
            case .closing: closeWhenSaid(context)
            case .idle, .handshaking, .closed: break
            }
            return false
        }
    }

    private func handshakeCompleted(_ session: TLSSession, _ context: ChannelHandlerContext) {
        guard case .handshaking = state else { return }
        timer?.cancel()
        timer = nil
        state = .open
        let event = TLSHandshakeCompleted(version: session.version, peer: session.peerCertificate)
        context.fireUserInboundEventTriggered(event)
        encryptFlushed(context)
    }
}

// MARK: - Outbound

extension TLSHandler {
    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let plaintext = unwrapOutboundIn(data)
        switch state {
        case .idle, .handshaking:
            earlyBytes += plaintext.readableBytes
            pending.append(PendingWrite(plaintext: plaintext, promise: promise))
            if earlyBytes > Self.maximumEarlyBytes {
                fail(.tooMuchWrittenEarly(limit: Self.maximumEarlyBytes), context)
            }
        case .open:
            pending.append(PendingWrite(plaintext: plaintext, promise: promise))
        case .closing, .closed:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    package func flush(context: ChannelHandlerContext) {
        pending.mark()
        encryptFlushed(context)
    }

    private func encryptFlushed(_ context: ChannelHandlerContext) {
        guard case .open = state, pending.hasMark else { return }
        while case .open = state, let session, pending.hasMark, let write = pending.first {
            do {
                try session.write(write.plaintext)
            } catch {
                // The write fails with all that wait, once the connection is closed.
                return fail(error, context)
            }
            _ = pending.popFirst()
            // An empty write has no ciphertext, but its promise keeps its place in the order.
            let ciphertext = session.takeOutput(context.channel.allocator) ?? ByteBuffer()
            context.write(wrapOutboundOut(ciphertext), promise: write.promise)
        }
        context.flush()
    }

    private func send(_ ciphertext: ByteBuffer?, _ context: ChannelHandlerContext) {
        guard let ciphertext else { return }
        context.writeAndFlush(wrapOutboundOut(ciphertext), promise: nil)
    }
}

// MARK: - Close

extension TLSHandler {
    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        switch state {
        case .open:
            closePromise = promise
            guard let session else { return closeNow(context) }
            startClosing(session, context)
        case .closing:
            if let closePromise {
                closePromise.futureResult.cascade(to: promise)
            } else {
                closePromise = promise
            }
        case .idle, .handshaking, .closed:
            end(failingWritesWith: ChannelError.ioOnClosedChannel)
            context.close(mode: .all, promise: promise)
        }
    }

    private func startClosing(_ session: TLSSession, _ context: ChannelHandlerContext) {
        state = .closing
        // Flushed writes are encrypted and on their way; the others were never asked to leave.
        while let write = pending.popFirst() { write.promise?.fail(ChannelError.ioOnClosedChannel) }
        arm(Self.closeTimeout, context) { handler, context in handler.closeNow(context) }
        session.sayGoodbye()
        let closeNotify = session.takeOutput(context.channel.allocator) ?? ByteBuffer()
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.isGoodbyeSent = true
            self.closeWhenSaid(context)
        }
        context.writeAndFlush(wrapOutboundOut(closeNotify), promise: sent)
    }

    private func closeWhenSaid(_ context: ChannelHandlerContext) {
        if isGoodbyeSent, isGoodbyeReceived { closeNow(context) }
    }

    private func closeNow(_ context: ChannelHandlerContext) {
        guard case .closing = state else { return }
        end(failingWritesWith: ChannelError.ioOnClosedChannel)
        let promise = takeClosePromise()
        // The peer was faster: what was asked for is done.
        if context.channel.isActive { context.close(mode: .all, promise: promise) } else { promise?.succeed() }
    }
}
