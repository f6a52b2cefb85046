import NIOCore
import NIOOpenSSL
import PatriotCore

/// One connection of a peer that has yet to prove that it is this line's Patriot, and of the one that has.
///
/// Belongs to its event loop.
final class ListenerConnection {
    /// What becomes of the connection.
    enum Event {
        /// The peer showed the line's key; the answer is on its way.
        case admitted
        /// The peer was sent away; what for.
        case refused(AdmissionRefusal)
        /// Another frame of the peer that was admitted.
        case frameReceived
        case messageReceived(ByteBuffer)
        /// The last event; nil when it was over before a WebSocket was open.
        case closed(WebSocketClosure?)
    }

    /// How long TLS and the upgrade may take together.
    static let openingTime: TimeAmount = .seconds(10)
    /// How long the first message may then take.
    static let initTime: TimeAmount = .seconds(10)

    private enum Phase {
        case opening
        /// The WebSocket is open, the first message has not come.
        case introducing
        case admitted
        /// On its way out.
        case leaving
        case closed
    }

    let address: PeerAddress
    let channel: any Channel
    private(set) lazy var webSocket = WebSocketHandler(role: .server) { [weak self] event in self?.received(event) }
    private let apiKey: APIKey
    private let onEvent: (ListenerConnection, Event) -> Void
    private var phase = Phase.opening
    private var deadline: Scheduled<Void>?

    init(
        channel: any Channel,
        address: PeerAddress,
        apiKey: APIKey,
        onEvent: @escaping (ListenerConnection, Event) -> Void
    ) {
        self.channel = channel
        self.address = address
        self.apiKey = apiKey
        self.onEvent = onEvent
    }

    var isAdmitted: Bool {
        if case .admitted = phase { true } else { false }
    }

    /// Call once, when the channel is new and before it is active.
    func start(context: TLSContext, path: String) throws {
        try channel.pipeline.syncOperations.addHandler(TLSHandler(server: context))
        try WebSocketAcceptance.addHandlers(to: channel, path: path, webSocket: webSocket) { [weak self] _ in
            self?.phase = .leaving
        }
        // Retains the connection until the channel is closed.
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in ended(nil) }
        arm(Self.openingTime)
    }

    /// Sends a close frame to a peer that another one replaces, or because the line stops.
    func close(_ code: CloseCode, reason: String) {
        switch phase {
        case .introducing, .admitted:
            phase = .leaving
            webSocket.close(code, reason: reason)
        case .opening:
            drop()
        case .leaving, .closed:
            break
        }
    }

    /// Without a word: to make room.
    func drop() {
        phase = .leaving
        deadline?.cancel()
        channel.close(mode: .all, promise: nil)
    }

    private func arm(_ time: TimeAmount) {
        deadline?.cancel()
        deadline = channel.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in self?.drop() }
    }

    private func received(_ event: WebSocketHandler.Event) {
        switch (event, phase) {
        case (.opened, .opening):
            phase = .introducing
            arm(Self.initTime)
        case (.messageReceived(let message), .introducing):
            introduced(message.payload)
        case (.messageReceived(let message), .admitted):
            onEvent(self, .messageReceived(message.payload))
        case (.frameReceived, .admitted):
            onEvent(self, .frameReceived)
        case (.closed(let closure), _):
            ended(closure)
        default:
            break
        }
    }

    private func introduced(_ payload: ByteBuffer) {
        deadline?.cancel()
        let (request, refusal) = InitRequest.check(payload.readableBytesView, against: apiKey)
        if let request {
            let answer = request.response(error: refusal?.answer)
            webSocket.send(WebSocketMessage(kind: .text, payload: ByteBuffer(bytes: answer)))
        }
        if let refusal {
            phase = .leaving
            webSocket.close(.policyViolation, reason: refusal.answer)
            onEvent(self, .refused(refusal))
        } else {
            phase = .admitted
            onEvent(self, .admitted)
        }
    }

    private func ended(_ closure: WebSocketClosure?) {
        if case .closed = phase { return }
        phase = .closed
        deadline?.cancel()
        onEvent(self, .closed(closure))
    }
}
