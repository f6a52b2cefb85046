package import Basics

/// What we send to Patriot and what we carry out: one connection after another, for the life of the daemon.
///
/// The machine remembers the line's activity across connections, so that each new one begins with the truth. Anyone who
/// runs it performs the actions in their order and calls ``deadlineReached(now:)`` at ``nextDeadline``. Performing
/// `.perform` may call back into the machine; the actions of that call come after those already at hand.
package struct SessionMachine: ~Copyable {
    /// How long Patriot may take to answer the `authentication-request`.
    package static let authenticationTime: Duration = .seconds(10)
    /// How long a `dial-request` waits for the line to become free.
    package static let queuedDialTime: Duration = .seconds(5)

    /// What the machine's owner has to do, in this order.
    package enum Action: Equatable, Sendable {
        case send(PatriotMessage)
        case perform(LineRequest)
        /// Close the connection; nothing more is sent or carried out on it.
        case close(CloseCode, reason: String)
        /// Patriot accepted the key.
        case authenticated
        /// Patriot refused the key; `error` is its text, made printable. A `.close` follows.
        case refused(error: ForeignText)
        case note(SessionNote)
        /// A `dial-request` came to nothing, as ``note(_:)`` would have told if it had not been one of too many.
        case dialDropped(SessionNote)
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
        let source: Source
        let deadline: ContinuousClock.Instant
    }

    /// Who wants something of the line.
    private enum Source: Equatable {
        case patriot
        /// Somebody at this computer, whether Patriot is connected or not.
        case person
    }

    private let apiKey: APIKey
    private let policy: DialDuringCall
    private var state = State.disconnected
    private var activity = LineActivity.idle
    private var lastSent: CallStatus?
    private var queuedDial: QueuedDial?
    private var connectionCount = 0
    /// Who wants the dial that was given out last.
    private var performing = Source.person
    private var noteLimiter = RateLimiter()

    package init(apiKey: APIKey, policy: DialDuringCall) {
        self.apiKey = apiKey
        self.policy = policy
    }

    /// Whether Patriot accepted the key on the present connection.
    package var isAuthenticated: Bool { state == .authenticated }

    /// When ``deadlineReached(now:)`` wants to be called.
    package var nextDeadline: ContinuousClock.Instant? {
        let authentication: ContinuousClock.Instant? =
            if case .authenticating(_, let deadline) = state { deadline } else { nil }
        return [authentication, queuedDial?.deadline, noteLimiter.countDue].compactMap { $0 }.min()
    }

    /// The WebSocket is open.
    package mutating func connected(now: ContinuousClock.Instant) -> [Action] {
        let left = disconnected(now: now)
        connectionCount += 1
        let requestID = String(connectionCount)
        state = .authenticating(requestID: requestID, deadline: now + Self.authenticationTime)
        return left + [.send(.authenticationRequest(requestID: requestID, apiKey: apiKey))]
    }

    /// The WebSocket that Patriot opened to us is admitted: it has proven the key, and nothing is left to introduce.
    package mutating func admitted(now: ContinuousClock.Instant) -> [Action] {
        let left = disconnected(now: now)
        connectionCount += 1
        state = .authenticated
        return left + [.authenticated, sendStatus()]
    }

    /// The WebSocket is gone, no matter who closed it. A call goes on; a waiting `dial-request` does not outlive it.
    package mutating func disconnected(now: ContinuousClock.Instant) -> [Action] {
        state = .disconnected
        lastSent = nil
        let dropped = queuedDial?.source == .patriot ? dropQueuedDial(.connectionLost, now: now) : []
        return dropped + notesSuppressed(noteLimiter.flush())
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
        var actions: [Action] = CallStatus(activity) == lastSent ? [] : toldStatus()
        if activity == .idle, let dial = queuedDial {
            queuedDial = nil
            performing = dial.source
            actions.append(.perform(.dial(phoneNo: dial.phoneNo)))
        }
        return actions
    }

    /// A dial that `.perform` asked for cannot be done: Patriot is told the line's status even if it has not changed.
    package mutating func dialFailed(now: ContinuousClock.Instant) -> [Action] {
        toldStatus()
    }

    /// The line began to ring before `.perform` came to the dial: the ringing is ended first.
    package mutating func dialPostponed(_ phoneNo: String, now: ContinuousClock.Instant) -> [Action] {
        queueDial(phoneNo, for: performing, now: now) + [.perform(.hangUp)]
    }

    /// Somebody at this computer wants the same as Patriot could: it goes the same way.
    package mutating func ordered(_ request: LineRequest, now: ContinuousClock.Instant) -> [Action] {
        switch request {
        case .dial(let phoneNo): dialRequested(phoneNo, by: .person, now: now)
        case .hangUp: dropQueuedDial(.hangupRequest, now: now) + [.perform(.hangUp)]
        }
    }

    /// A timer went off, perhaps a stale one.
    package mutating func deadlineReached(now: ContinuousClock.Instant) -> [Action] {
        var actions: [Action] = []
        if let queuedDial, now >= queuedDial.deadline {
            actions += dropQueuedDial(.lineNotFreeInTime, now: now) + toldStatus()
        }
        if case .authenticating(_, let deadline) = state, now >= deadline {
            state = .closing
            actions += [.note(.authenticationTimeout), .close(.normalClosure, reason: "no authentication-response")]
        }
        if let due = noteLimiter.countDue, now >= due { actions += notesSuppressed(noteLimiter.flush()) }
        return actions
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
                .refused(error: PatriotMessage.reason(error)),
                .close(.normalClosure, reason: "authentication refused"),
            ]
        case .authenticationRequest, .dialRequest, .hangupRequest, .callStatusRequest, .callStatusUpdate, .unknown:
            return note(.ignoredBeforeAuthentication(type: message.type), now: now)
        }
    }

    private mutating func requestReceived(_ message: PatriotMessage, now: ContinuousClock.Instant) -> [Action] {
        switch message {
        case .dialRequest(let phoneNo, rawPhoneNo: _):
            return dialRequested(phoneNo, by: .patriot, now: now)
        case .hangupRequest:
            let dropped = dropQueuedDial(.hangupRequest, now: now)
            return dropped + [.perform(.hangUp)] + (CallStatus(activity).callActive ? [] : [sendStatus()])
        case .callStatusRequest:
            return [sendStatus()]
        case .authenticationRequest, .authenticationResponse, .callStatusUpdate:
            return note(.unexpected(type: message.type), now: now)
        case .unknown(let type):
            return note(.unknownType(type), now: now)
        }
    }

    private mutating func dialRequested(
        _ phoneNo: String,
        by source: Source,
        now: ContinuousClock.Instant
    ) -> [Action] {
        switch activity {
        case .idle, .incoming(_, endable: false), .unwanted(.ringing(endable: false)):
            // Whether the line still rings the modem knows best.
            performing = source
            return [.perform(.dial(phoneNo: phoneNo))]
        case .outbound(_, replaceable: true), .unwanted(.ringing(endable: true)):
            return queueDial(phoneNo, for: source, now: now) + [.perform(.hangUp)]
        case .outbound(_, replaceable: false), .incoming(_, endable: true):
            switch policy {
            case .keep: return note(.dialIgnoredDuringCall, now: now) + toldStatus()
            case .replace: return queueDial(phoneNo, for: source, now: now) + [.perform(.hangUp)]
            }
        case .hangingUp, .unwanted(.hangingUp):
            return queueDial(phoneNo, for: source, now: now)
        }
    }

    /// There is one place; the newest request has it.
    private mutating func queueDial(
        _ phoneNo: String,
        for source: Source,
        now: ContinuousClock.Instant
    ) -> [Action] {
        let note = queuedDial == nil ? SessionNote.dialQueued : .queuedDialReplaced
        queuedDial = QueuedDial(phoneNo: phoneNo, source: source, deadline: now + Self.queuedDialTime)
        return self.note(note, now: now)
    }

    private mutating func dropQueuedDial(
        _ reason: SessionNote.DropReason,
        now: ContinuousClock.Instant
    ) -> [Action] {
        guard queuedDial != nil else { return [] }
        queuedDial = nil
        return note(.queuedDialDropped(reason), now: now)
    }

    /// The status, if there is somebody to tell it to.
    private mutating func toldStatus() -> [Action] {
        isAuthenticated ? [sendStatus()] : []
    }

    private mutating func sendStatus() -> Action {
        let status = CallStatus(activity)
        lastSent = status
        return .send(.callStatusUpdate(status))
    }

    private mutating func note(_ note: SessionNote, now: ContinuousClock.Instant) -> [Action] {
        let verdict = noteLimiter.admit(now: now)
        let count = notesSuppressed(verdict.suppressed)
        if verdict.isAdmitted { return count + [.note(note)] }
        return count + (note.isEndOfDialRequest ? [.dialDropped(note)] : [])
    }

    private func notesSuppressed(_ count: Int) -> [Action] {
        count > 0 ? [.note(.notesSuppressed(count: count))] : []
    }
}
