@testable import PatriotCore

/// A session machine with a clock of its own, and what it did.
struct SessionFixture: ~Copyable {
    static let key = APIKey("ABC123DEF456")
    var now = ContinuousClock.now
    var machine: SessionMachine

    init(policy: DialDuringCall = .keep) {
        machine = SessionMachine(apiKey: Self.key, policy: policy)
    }

    /// Connected, the key accepted, the line doing `activity`.
    static func authenticated(policy: DialDuringCall = .keep, activity: LineActivity = .idle) -> SessionFixture {
        var fixture = SessionFixture(policy: policy)
        _ = fixture.line(activity)
        _ = fixture.connect()
        _ = fixture.receive(.authenticationResponse(requestID: nil, success: true, error: nil))
        return fixture
    }

    mutating func connect() -> [SessionMachine.Action] { machine.connected(now: now) }
    mutating func disconnect() -> [SessionMachine.Action] { machine.disconnected(now: now) }
    mutating func receive(_ message: PatriotMessage) -> [SessionMachine.Action] {
        machine.messageReceived(message, now: now)
    }
    mutating func receive(_ error: PatriotMessageError) -> [SessionMachine.Action] {
        machine.undecodableMessageReceived(error, now: now)
    }
    mutating func line(_ activity: LineActivity) -> [SessionMachine.Action] {
        machine.lineChanged(activity, now: now)
    }
    mutating func order(_ request: LineRequest) -> [SessionMachine.Action] {
        machine.ordered(request, now: now)
    }
    mutating func postpone(_ phoneNo: String) -> [SessionMachine.Action] { machine.dialPostponed(phoneNo, now: now) }
    mutating func dialFailed() -> [SessionMachine.Action] { machine.dialFailed(now: now) }
    mutating func advance(_ duration: Duration) -> [SessionMachine.Action] {
        now += duration
        return machine.deadlineReached(now: now)
    }
}

extension SessionMachine.Action {
    static let idle = status(CallStatus(callActive: false))
    static let dialling = status(CallStatus(callActive: true, outbound: true, callerID: "5550100"))
    static func status(_ status: CallStatus) -> Self { .send(.callStatusUpdate(status)) }
    static func dial(_ phoneNo: String) -> Self { .perform(.dial(phoneNo: phoneNo)) }
    static let hangUp = Self.perform(.hangUp)
    static func authenticate(_ id: String) -> Self {
        .send(.authenticationRequest(requestID: id, apiKey: SessionFixture.key))
    }
}

extension LineActivity {
    static let outbound = Self.outbound(callerID: "5550100", replaceable: false)
    static let handedOver = Self.outbound(callerID: "5550100", replaceable: true)
    static let ringing = Self.incoming(callerID: "+61491570156", endable: true)
    static let ringingOn = Self.incoming(callerID: "+61491570156", endable: false)
    static let unwanted = Self.unwanted(.ringing(endable: true))
    static let unwantedOn = Self.unwanted(.ringing(endable: false))
    static let unwantedEnding = Self.unwanted(.hangingUp)
    static let ending = Self.hangingUp(outbound: true, callerID: "5550100")
}

extension PatriotMessage {
    static func dial(_ phoneNo: String) -> Self { .dialRequest(phoneNo: phoneNo, rawPhoneNo: "raw \(phoneNo)") }
    static let accepted = Self.authenticationResponse(requestID: nil, success: true, error: nil)
    static let denied = Self.authenticationResponse(requestID: nil, success: false, error: "wrong key")
}
