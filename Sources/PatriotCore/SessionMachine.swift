/// What we say to Patriot and what we obey: one connection after another, for the life of the daemon.
///
/// The machine remembers the line's activity across connections, so that each new one begins with the truth. Whoever
/// runs it performs the actions in their order and calls ``deadlineReached(now:)`` at ``nextDeadline``. Performing
/// `.perform` may call back into the machine; the actions of that call come after those already at hand.
package struct SessionMachine: ~Copyable {
    /// How long Patriot may take to answer the `authentication-request`.
    package static let authenticationTime: Duration = .seconds(10)
    /// How long a `dial-request` waits for the line to become free.
    package static let queuedDialTime: Duration = .seconds(5)

    /// What whoever runs the machine has to do, in this order.
    package enum Action: Equatable, Sendable {
        case send(PatriotMessage)
        case perform(LineRequest)
        /// Close the connection; nothing more is sent or obeyed on it.
        case close(CloseCode, reason: String)
        /// Patriot accepted the key.
        case authenticated
        /// Patriot refused the key; `error` is its text, made printable. A `.close` follows.
        case refused(error: String)
        case note(SessionNote)
    }

    private enum State: Equatable {
        case disconnected
        case authenticating(requestID: String, deadline: ContinuousClock.Instant)
        case authenticated
        /// `.close` was given out; what still arrives is not looked at.
        case closing
    }

    private struct QueuedDial: Equatable {
        let phoneNo: String
        let deadline: ContinuousClock.Instant
    }

    private let apiKey: APIKey
    private let policy: DialDuringCall
    private var state = State.disconnected
    private var activity = LineActivity.idle
    private var lastSent: CallStatus?
    private var queuedDial: QueuedDial?
    private var connectionCount = 0
    private var noteLimiter = NoteLimiter()

    package init(apiKey: APIKey, policy: DialDuringCall) {
        self.apiKey = apiKey
        self.policy = policy
    }

    /// Whether Patriot accepted the key on the present connection.
    package var isAuthenticated: Bool { state == .authenticated }

    /// When ``deadlineReached(now:)`` wants to be called.
    package var nextDeadline: ContinuousClock.Instant? {
        switch state {
        case .authenticating(_, let deadline): deadline
        case .authenticated: queuedDial?.deadline
        case .disconnected, .closing: nil
        }
    }

    /// The WebSocket is open.
    package mutating func connected(now: ContinuousClock.Instant) -> [Action] {
        let left = disconnected(now: now)
        connectionCount += 1
        let requestID = String(connectionCount)
        state = .authenticating(requestID: requestID, deadline: now + Self.authenticationTime)
        return left + [.send(.authenticationRequest(requestID: requestID, apiKey: apiKey))]
    }

    /// The WebSocket is gone, whoever closed it. A call goes on; a waiting `dial-request` does not outlive it.
    package mutating func disconnected(now: ContinuousClock.Instant) -> [Action] {
        state = .disconnected
        lastSent = nil
        return dropQueuedDial(.connectionLost) + noteLimiter.flush().map(Action.note)
    }

    /// A message that could be read.
    package mutating func messageReceived(_ message: PatriotMessage, now: ContinuousClock.Instant) -> [Action] {
        switch state {
        case .disconnected, .closing:
            []
        case .authenticating(let requestID, _):
            authenticationMessageReceived(message, requestID: requestID, now: now)
        case .authenticated:
            requestReceived(message, now: now)
        }
    }

    /// A message that could not. A `dial-request` in it is one that cannot be done, and is answered like any other.
    package mutating func undecodableMessageReceived(
        _ error: PatriotMessageError,
        now: ContinuousClock.Instant
    ) -> [Action] {
        switch state {
        case .disconnected, .closing:
            return []
        case .authenticating:
            return note(.undecodable(error), now: now)
        case .authenticated:
            let isDial = error.messageType == PatriotMessage.Kind.dialRequest.rawValue
            return note(.undecodable(error), now: now) + (isDial ? [sendStatus()] : [])
        }
    }

    /// The line does something else now.
    package mutating func lineChanged(_ activity: LineActivity, now: ContinuousClock.Instant) -> [Action] {
        self.activity = activity
        guard isAuthenticated else { return [] }
        var actions: [Action] = CallStatus(activity) == lastSent ? [] : [sendStatus()]
        if activity == .idle, let dial = queuedDial {
            queuedDial = nil
            actions.append(.perform(.dial(phoneNo: dial.phoneNo)))
        }
        return actions
    }

    /// A dial that `.perform` asked for cannot be done: Patriot is told the line's status even if it has not changed.
    package mutating func dialFailed(now: ContinuousClock.Instant) -> [Action] {
        isAuthenticated ? [sendStatus()] : []
    }

    /// A timer went off, perhaps a stale one.
    package mutating func deadlineReached(now: ContinuousClock.Instant) -> [Action] {
        guard let nextDeadline, now >= nextDeadline else { return [] }
        switch state {
        case .authenticating:
            state = .closing
            return [
                .note(.authenticationTimeout), .close(.normalClosure, reason: "no authentication-response"),
            ]
        case .authenticated:
            return dropQueuedDial(.lineNotFreeInTime) + [sendStatus()]
        case .disconnected, .closing:
            return []
        }
    }
}

// MARK: - Messages

extension SessionMachine {
    private mutating func authenticationMessageReceived(
        _ message: PatriotMessage,
        requestID: String,
        now: ContinuousClock.Instant
    ) -> [Action] {
        switch message {
        case .authenticationResponse(let answered?, _, _) where answered != requestID:
            return note(.foreignAuthenticationResponse, now: now)
        case .authenticationResponse(_, true, _):
            state = .authenticated
            return [.authenticated, sendStatus()]
        case .authenticationResponse(_, false, let error):
            state = .closing
            return [
                .refused(error: printable(error ?? "no reason given")),
                .close(.normalClosure, reason: "authentication refused"),
            ]
        case .authenticationRequest, .dialRequest, .hangupRequest, .callStatusRequest, .callStatusUpdate, .unknown:
            return note(.ignoredBeforeAuthentication(type: message.type), now: now)
        }
    }

    private mutating func requestReceived(_ message: PatriotMessage, now: ContinuousClock.Instant) -> [Action] {
        switch message {
        case .dialRequest(let phoneNo, rawPhoneNo: _):
            return dialRequestReceived(phoneNo, now: now)
        case .hangupRequest:
            let dropped = dropQueuedDial(.hangupRequest)
            return dropped + [.perform(.hangUp)] + (activity == .idle ? [sendStatus()] : [])
        case .callStatusRequest:
            return [sendStatus()]
        case .authenticationRequest, .authenticationResponse, .callStatusUpdate:
            return note(.unexpected(type: message.type), now: now)
        case .unknown(let type):
            return note(.unknownType(type), now: now)
        }
    }

    private mutating func dialRequestReceived(_ phoneNo: String, now: ContinuousClock.Instant) -> [Action] {
        switch activity {
        case .idle:
            return [.perform(.dial(phoneNo: phoneNo))]
        case .outbound(_, replaceable: true):
            return queueDial(phoneNo, now: now) + [.perform(.hangUp)]
        case .outbound(_, replaceable: false), .incoming:
            switch policy {
            case .keep: return [.note(.dialIgnoredDuringCall), sendStatus()]
            case .replace: return queueDial(phoneNo, now: now) + [.perform(.hangUp)]
            }
        case .hangingUp:
            return queueDial(phoneNo, now: now)
        }
    }

    /// There is one place; the newest request has it.
    private mutating func queueDial(_ phoneNo: String, now: ContinuousClock.Instant) -> [Action] {
        let note = queuedDial == nil ? SessionNote.dialQueued : .queuedDialReplaced
        queuedDial = QueuedDial(phoneNo: phoneNo, deadline: now + Self.queuedDialTime)
        return [.note(note)]
    }

    private mutating func dropQueuedDial(_ reason: SessionNote.DropReason) -> [Action] {
        guard queuedDial != nil else { return [] }
        queuedDial = nil
        return [.note(.queuedDialDropped(reason))]
    }

    private mutating func sendStatus() -> Action {
        let status = CallStatus(activity)
        lastSent = status
        return .send(.callStatusUpdate(status))
    }

    private mutating func note(_ note: SessionNote, now: ContinuousClock.Instant) -> [Action] {
        noteLimiter.admit(note, now: now).map(Action.note)
    }
}
