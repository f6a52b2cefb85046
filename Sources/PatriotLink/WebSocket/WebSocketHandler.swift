import Basics
package import NIOCore
package import NIOWebSocket
package import PatriotCore

/// One end of an open WebSocket (RFC 6455): whole messages in and out, pings answered, the close handshake with a deadline.
/// It knows nothing of Patriot.
///
/// Lives above NIO's frame decoder and encoder, belongs to the channel's event loop, and calls ``onEvent`` on it, in
/// the same tick in which the bytes arrived.
package final class WebSocketHandler: ChannelInboundHandler {
    package typealias InboundIn = WebSocketFrame
    package typealias OutboundOut = WebSocketFrame

    /// The largest message, and so the largest frame, that is taken in.
    package static let maximumMessageSize = 64 * 1024
    /// Two bytes, the length in eight more, the mask in four (RFC 6455 5.2).
    private static let maximumHeaderSize = 14
    /// How long the peer has for its half of the close handshake; then the connection is dropped.
    package static let closeTime: TimeAmount = .seconds(1)

    /// Which end of the connection this is: a client masks its frames, a server does not (RFC 6455 5.1).
    package enum Role: Sendable {
        case client, server
    }

    /// What happens on the connection.
    package enum Event {
        /// The first event: messages may be sent.
        case opened
        /// A frame of any kind came in: the peer lives.
        case frameReceived
        case messageReceived(WebSocketMessage)
        /// The last event.
        case closed(WebSocketClosure)
    }

    private enum State {
        case idle
        case open(ChannelHandlerContext)
        /// Our close frame is out; what the peer still sends but its own is ignored.
        case closing(ChannelHandlerContext, WebSocketClosure, deadline: Scheduled<Void>)
        case closed
    }

    private var state = State.idle
    private var assembler = MessageAssembler(maximumSize: maximumMessageSize)
    /// Frames beyond the peer's share of the loop's turn.
    private var waiting = CircularBuffer<WebSocketFrame>()
    private var share = FrameShare()
    private let role: Role
    private let onEvent: (Event) -> Void

    package init(role: Role, onEvent: @escaping (Event) -> Void) {
        self.role = role
        self.onEvent = onEvent
    }

    /// Sends a whole message; on a connection that closes or is closed it is dropped.
    package func send(_ message: WebSocketMessage) {
        guard case .open(let context) = state else { return }
        write(message.kind == .text ? .text : .binary, message.payload, context: context)
    }

    /// Asks for a sign of life (RFC 6455 5.5.2).
    package func sendPing() {
        guard case .open(let context) = state else { return }
        write(.ping, ByteBuffer(), context: context)
    }

    /// Begins the close handshake. `.closed` follows, after ``closeTime`` at the latest.
    package func close(_ code: CloseCode, reason: String) {
        guard case .open(let context) = state else { return }
        beginClosing(
            ClosePayload(code: code.rawValue, reason: reason),
            as: .local(code, reason: reason),
            context: context
        )
    }

    /// Drops the connection without a word to a peer that does not listen any more.
    package func abort(_ closure: WebSocketClosure) {
        guard case .open(let context) = state else { return }
        drop(closure, context: context)
    }
}

// MARK: - Channel events

extension WebSocketHandler {
    package func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        open(context: context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        ended(.connectionLost(nil))
    }

    package func channelActive(context: ChannelHandlerContext) {
        open(context: context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        handleWaiting(context: context)
        ended(.connectionLost(nil))
        context.fireChannelInactive()
    }

    /// A peer that only stops sending is gone too: a WebSocket has no half closure.
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            handleWaiting(context: context)
            drop(.connectionLost(nil), context: context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        guard waiting.isEmpty, share.admit(now: context.eventLoop.now) else {
            waiting.append(frame)
            if waiting.count == 1 { goOnLater(context: context) }
            return
        }
        handle(frame, context: context)
    }

    /// A flood of frames leaves time for everything else on the loop, and is not read faster than it is handled.
    private func goOnLater(context: ChannelHandlerContext) {
        updateReading(context: context)
        context.eventLoop.assumeIsolated().scheduleTask(in: FrameShare.turn) { [self] in
            while !waiting.isEmpty, share.admit(now: context.eventLoop.now) {
                handle(waiting.removeFirst(), context: context)
            }
            if waiting.isEmpty { updateReading(context: context) } else { goOnLater(context: context) }
        }
    }

    /// Before the connection ends, what came before its end.
    private func handleWaiting(context: ChannelHandlerContext) {
        while let frame = waiting.popFirst() { handle(frame, context: context) }
    }

    private func handle(_ frame: WebSocketFrame, context: ChannelHandlerContext) {
        if share.isFlooded { close(.policyViolation, reason: FrameShare.complaint) }
        switch state {
        case .open:
            onEvent(.frameReceived)
            do throws(WebSocketViolation) {
                try frameReceived(frame, context: context)
            } catch {
                fail(error, context: context)
            }
        case .closing:
            if frame.opcode == .connectionClose { context.close(promise: nil) }
        case .idle, .closed:
            break
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength:
            fail(.messageTooBig, context: context)
        case NIOWebSocketError.fragmentedControlFrame:
            fail(.framing("a fragmented control frame"), context: context)
        case NIOWebSocketError.multiByteControlFrameLength:
            fail(.framing("a control frame of more than 125 bytes"), context: context)
        default:
            drop(.connectionLost(error), context: context)
        }
    }

    /// A peer that sends without reading what it is answered must not make us hold the answers.
    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        updateReading(context: context)
        context.fireChannelWritabilityChanged()
    }

    private func updateReading(context: ChannelHandlerContext) {
        let isReading = context.channel.isWritable && waiting.isEmpty
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    private func open(context: ChannelHandlerContext) {
        guard case .idle = state else { return }
        state = .open(context)
        onEvent(.opened)
    }
}

// MARK: - Frames

extension WebSocketHandler {
    private func frameReceived(_ frame: WebSocketFrame, context: ChannelHandlerContext) throws(WebSocketViolation) {
        let frame = try unmasked(frame)
        guard frame.reservedBits.isEmpty else { throw .framing("a reserved bit is set") }
        switch frame.opcode {
        case .text, .binary, .continuation:
            if let message = try assembler.append(frame) { onEvent(.messageReceived(message)) }
        case .ping:
            write(.pong, frame.data, context: context)
        case .pong:
            break
        case .connectionClose:
            let payload = try ClosePayload(frame.data)
            beginClosing(
                ClosePayload(code: payload.code, reason: ""),
                as: .remote(code: payload.code, reason: ForeignText(payload.reason)),
                context: context
            )
            // Both halves of the handshake are done once ours is written.
            context.close(promise: nil)
        default:
            throw .framing("a reserved opcode")
        }
    }

    /// A frame masked as its sender's role demands, with its data readable (RFC 6455 5.1, 5.3).
    private func unmasked(_ frame: WebSocketFrame) throws(WebSocketViolation) -> WebSocketFrame {
        switch (role, frame.maskKey) {
        case (.client, nil): return frame
        case (.client, _): throw .framing("a masked frame from a server")
        case (.server, nil): throw .framing("an unmasked frame from a client")
        case (.server, _):
            var frame = frame
            frame.data = frame.unmaskedData
            frame.maskKey = nil
            return frame
        }
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, context: ChannelHandlerContext) {
        // With room in front, into which the encoder writes the header: the frame is one buffer, and one TLS record.
        let room = Self.maximumHeaderSize
        var data = context.channel.allocator.buffer(capacity: room + payload.readableBytes)
        data.moveWriterIndex(to: room)
        data.moveReaderIndex(to: room)
        data.writeImmutableBuffer(payload)
        let maskKey: WebSocketMaskingKey? = role == .client ? .random() : nil
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: maskKey, data: data)
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }
}

// MARK: - Closing

extension WebSocketHandler {
    private func fail(_ violation: WebSocketViolation, context: ChannelHandlerContext) {
        guard case .open = state else { return }
        let payload = ClosePayload(code: violation.closeCode.rawValue, reason: "")
        beginClosing(payload, as: .violation(violation), context: context)
    }

    private func beginClosing(_ payload: ClosePayload, as closure: WebSocketClosure, context: ChannelHandlerContext) {
        let deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeTime) {
            // First, as TLS takes its time for its own closing.
            self.ended(closure)
            context.close(promise: nil)
        }
        state = .closing(context, closure, deadline: deadline)
        write(.connectionClose, payload.encoded(), context: context)
    }

    private func drop(_ closure: WebSocketClosure, context: ChannelHandlerContext) {
        switch state {
        case .open:
            // The deadline has nothing more to do than this.
            ended(closure)
            context.close(promise: nil)
        case .closing:
            context.close(promise: nil)
        case .idle, .closed:
            break
        }
    }

    /// The one place where `.closed` comes from.
    private func ended(_ closure: WebSocketClosure) {
        switch state {
        case .open:
            state = .closed
            onEvent(.closed(closure))
        case .closing(_, let begun, let deadline):
            deadline.cancel()
            state = .closed
            onEvent(.closed(begun))
        case .idle, .closed:
            state = .closed
        }
    }
}
