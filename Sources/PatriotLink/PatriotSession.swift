import Basics
package import NIOCore
package import PatriotCore

/// The session over an open WebSocket, whichever side opened it: the session machine and the liveness of the connection.
///
/// Belongs to its event loop: every method is called on it, every callback is called on it, synchronously. A
/// `dial-request` reaches ``onRequest`` in the same tick in which its frame arrived. It outlives the connections; one at a
/// time is the session's.
package final class PatriotSession {
    /// What Patriot wants done with the line. May call ``lineChanged(_:)`` and ``dialFailed()`` at once.
    package var onRequest: (LineRequest) -> Void = { _ in }
    /// Why a `dial-request` did not reach ``onRequest``: the one that waited, or the newest, as the note says.
    package var onDialDropped: (SessionNote) -> Void = { _ in }
    /// Each message in the order it went over the wire, for transcripts.
    package var onMessage: (MessageDirection, PatriotMessage) -> Void = { _, _ in }
    /// For the owner of the connections.
    var onAuthenticated: () -> Void = {}
    /// Patriot refused the key; the text is its own.
    var onRefused: (ForeignText) -> Void = { _ in }
    /// The session gives the connection up, for this reason; it closes next.
    var onGivenUp: (String) -> Void = { _ in }

    /// When Patriot was heard last, pings and pongs included; nil before the first connection.
    package private(set) var lastFrame: ContinuousClock.Instant?

    let clock: LoopClock
    let apiKey: APIKey
    private let log: LinkLog
    private var webSocket: WebSocketHandler?
    private var machine: SessionMachine
    private var liveness: LivenessMachine?
    private var actions = CircularBuffer<SessionMachine.Action>()
    private var isPerforming = false
    private lazy var timer = DeadlineTimer(clock: clock) { [weak self] in self?.deadlineReached() }

    init(apiKey: APIKey, policy: DialDuringCall, clock: LoopClock, log: LinkLog) {
        self.apiKey = apiKey
        self.clock = clock
        self.log = log
        machine = SessionMachine(apiKey: apiKey, policy: policy)
    }

    /// The line does something else now.
    package func lineChanged(_ activity: LineActivity) {
        perform(machine.lineChanged(activity, now: clock.now))
    }

    /// A dial that ``onRequest`` asked for cannot be done.
    package func dialFailed() {
        perform(machine.dialFailed(now: clock.now))
    }

    /// The line began to ring before the dial that ``onRequest`` asked for: it waits until the ringing is ended.
    package func dialPostponed(_ phoneNo: String) {
        perform(machine.dialPostponed(phoneNo, now: clock.now))
    }

    /// Somebody at this computer wants what Patriot could want, whether Patriot is connected or not. Ends in ``onRequest`` or
    /// ``onDialDropped``.
    package func order(_ request: LineRequest) {
        perform(machine.ordered(request, now: clock.now))
    }

    // MARK: The connection

    /// The connection that we opened is the session's: we prove ourselves on it.
    func connected(_ webSocket: WebSocketHandler) {
        begin(webSocket)
        perform(machine.connected(now: clock.now))
    }

    /// The connection that Patriot opened, and proved itself on, is the session's; one before it is so no more.
    func admitted(_ webSocket: WebSocketHandler) {
        begin(webSocket)
        perform(machine.admitted(now: clock.now))
    }

    private func begin(_ webSocket: WebSocketHandler) {
        self.webSocket = webSocket
        liveness = LivenessMachine(now: clock.now)
        lastFrame = clock.now
    }

    /// The session's connection is gone, or is about to go: nothing that still comes on it counts.
    func disconnected() {
        webSocket = nil
        liveness = nil
        perform(machine.disconnected(now: clock.now))
    }

    func frameReceived() {
        let now = clock.now
        liveness?.frameReceived(now: now)
        lastFrame = now
    }

    /// Text or binary: what counts is whether it is one of Patriot's messages.
    func messageReceived(_ payload: ByteBuffer) {
        let now = clock.now
        do throws(PatriotMessageError) {
            let message = try PatriotMessage(decoding: payload.readableBytesView).hiding(apiKey)
            log.message(.received, message)
            onMessage(.received, message)
            perform(machine.messageReceived(message, now: now))
        } catch {
            perform(machine.undecodableMessageReceived(error, now: now))
        }
    }

    private func deadlineReached() {
        let now = clock.now
        switch liveness?.deadlineReached(now: now) {
        case .ping: webSocket?.sendPing()
        case .dead: webSocket?.abort(.silence)
        case nil: break
        }
        perform(machine.deadlineReached(now: now))
    }

    /// Performs the machine's actions in order. What a callback brings about while they are performed waits its turn.
    private func perform(_ new: [SessionMachine.Action]) {
        actions.append(contentsOf: new)
        guard !isPerforming else { return }
        isPerforming = true
        while let action = actions.popFirst() { perform(action) }
        isPerforming = false
        timer.set([machine.nextDeadline, liveness?.nextDeadline].compactMap { $0 }.min())
    }

    private func perform(_ action: SessionMachine.Action) {
        switch action {
        case .send(let message):
            send(message)
        case .perform(let request):
            onRequest(request)
        case .close(let code, let reason):
            webSocket?.close(code, reason: reason)
        case .authenticated:
            onAuthenticated()
        case .refused(let error):
            onRefused(error)
        case .note(.authenticationTimeout):
            // It ends each attempt the same way; as the reason of the loss it is logged once.
            onGivenUp(SessionNote.authenticationTimeout.description)
        case .note(let note):
            log.note(note)
            if note.isEndOfDialRequest { onDialDropped(note) }
        case .dialDropped(let note):
            onDialDropped(note)
        }
    }

    private func send(_ message: PatriotMessage) {
        guard let webSocket else { return }
        webSocket.send(WebSocketMessage(kind: .text, payload: ByteBuffer(bytes: message.encoded())))
        log.message(.sent, message)
        onMessage(.sent, message)
    }
}

/// Keeps up the connection to Patriot, in one direction or the other, with one session on it.
package protocol PatriotConnection: AnyObject {
    var session: PatriotSession { get }
    /// Each change of the link, attempts included.
    var onLinkChanged: (PatriotLink) -> Void { get set }
    /// Does nothing when started already.
    func start()
    /// Closes with 1001 and stays away; a call goes on. Ready when the connection is closed, a second later at most.
    func stop() -> EventLoopFuture<Void>
}
