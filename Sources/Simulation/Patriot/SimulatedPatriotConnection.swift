import NIOCore
import NIOWebSocket
import PatriotCore

/// One dialler's WebSocket: checks frames, authenticates either side, and reports what comes.
final class SimulatedPatriotConnection: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The error text of a refused authentication.
    static let wrongKeyText = "Invalid API key"

    /// Who connected, and so who has to prove something.
    enum Role {
        /// The dialler, which must show this key.
        case server(APIKey)
        /// We; this is the text of our first message.
        case client(introduction: [UInt8])
    }

    private let role: Role
    private let clients: SimulatedPatriotClients
    private var id = 0
    private var isAuthenticated = false
    private var isClosing = false
    private var isGoodbyeSent = false
    private var closeCode: UInt16?
    /// The text message whose last fragment is yet to come.
    private var unfinished: ByteBuffer?

    init(role: Role, clients: SimulatedPatriotClients) {
        self.role = role
        self.clients = clients
    }

    func handlerAdded(context: ChannelHandlerContext) {
        id = clients.add(context.channel)
        clients.onEvent(.connected(client: id))
        guard case .client(let introduction) = role else { return }
        // The upgrade that adds this handler drops what is written before it is over.
        context.eventLoop.assumeIsolated().execute {
            self.send(.text, ByteBuffer(bytes: introduction), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        clients.remove(id)
        clients.onEvent(.disconnected(client: id, code: closeCode))
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard !isClosing, !clients.isSilent else { return }
        guard (frame.maskKey != nil) == isServer else {
            let fault = isServer ? "a frame was not masked" : "a frame was masked"
            return refuse("\(fault) (RFC 6455 5.1)", .protocolError, context)
        }
        switch frame.opcode {
        case .text:
            guard unfinished == nil else {
                return refuse("a message began within another (RFC 6455 5.4)", .protocolError, context)
            }
            append(frame, to: ByteBuffer(), context)
        case .continuation:
            guard let unfinished else {
                return refuse("a fragment continues no message (RFC 6455 5.4)", .protocolError, context)
            }
            append(frame, to: unfinished, context)
        case .ping:
            send(.pong, frame.unmaskedData, context)
        case .connectionClose:
            answerClose(frame.unmaskedData, context)
        case .pong:
            break
        case .binary:
            refuse("a binary message", .unacceptableData, context)
        default:
            refuse("an unknown opcode (RFC 6455 5.2)", .protocolError, context)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = unwrapOutboundIn(data)
        if frame.opcode == .connectionClose { isGoodbyeSent = true }
        context.write(wrapOutboundOut(masked(frame)), promise: promise)
    }

    private var isServer: Bool {
        if case .server = role { true } else { false }
    }

    /// As RFC 6455 5.1 wants it of our role.
    private func masked(_ frame: WebSocketFrame) -> WebSocketFrame {
        guard !isServer else { return frame }
        var frame = frame
        frame.maskKey = .random()
        return frame
    }

    private func append(_ frame: WebSocketFrame, to start: ByteBuffer, _ context: ChannelHandlerContext) {
        var message = start
        message.writeImmutableBuffer(frame.unmaskedData)
        guard message.readableBytes <= PatriotMessage.maximumSize else {
            return refuse("a message of more than \(PatriotMessage.maximumSize) bytes", .messageTooLarge, context)
        }
        unfinished = frame.fin ? nil : message
        if frame.fin { messageReceived(message, context) }
    }

    private func messageReceived(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        if case .client = role, !isAuthenticated, let answer = InitResponse(decoding: bytes.readableBytesView) {
            return answered(answer)
        }
        let message: PatriotMessage
        do {
            message = try PatriotMessage(decoding: bytes.readableBytesView)
        } catch {
            return clients.onEvent(.unreadable(client: id, error))
        }
        switch message {
        case .authenticationRequest(let requestID, let offered):
            clients.onEvent(.received(client: id, message))
            authenticate(requestID, offered, context)
        case .authenticationResponse, .dialRequest, .hangupRequest, .callStatusRequest, .callStatusUpdate, .unknown:
            clients.onEvent(isAuthenticated ? .received(client: id, message) : .ignored(client: id, message))
        }
    }

    private func authenticate(_ requestID: String?, _ offered: APIKey, _ context: ChannelHandlerContext) {
        guard case .server(let apiKey) = role else { return }
        let isRight = offered == apiKey
        let answer = PatriotMessage.authenticationResponse(
            requestID: requestID,
            success: isRight,
            error: isRight ? nil : Self.wrongKeyText
        )
        clients.onEvent(.sent(client: id, answer))
        send(.text, ByteBuffer(bytes: answer.encoded()), context)
        // After the answer is on its way: a command that follows this event must not overtake it.
        authenticationEnded(isRight)
    }

    /// The dialler's answer to our introduction.
    private func answered(_ answer: InitResponse) {
        clients.onEvent(.introductionAnswered(client: id, answer))
        authenticationEnded(answer.success)
    }

    private func authenticationEnded(_ isRight: Bool) {
        isAuthenticated = isRight
        clients.setAuthenticated(id, isRight)
        clients.onEvent(isRight ? .authenticated(client: id) : .authenticationRefused(client: id))
    }

    private func answerClose(_ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        isClosing = true
        closeCode = payload.getInteger(at: payload.readerIndex)
        // When the close frame was ours, this is the answer to it.
        if !isGoodbyeSent { send(.connectionClose, payload, context) }
        context.close(promise: nil)
    }

    private func refuse(_ what: String, _ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        isClosing = true
        clients.onEvent(.violation(client: id, what))
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        send(.connectionClose, data, context)
        context.close(promise: nil)
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, data: data)
        context.writeAndFlush(wrapOutboundOut(masked(frame)), promise: nil)
    }
}
