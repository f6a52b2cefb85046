import Basics
import PatriotCore

/// The session machine under any messages, line events and waits: it acts for and tells only whom it trusts, and tells the truth.
struct SessionFuzzing: ~Copyable {
    private var machine: SessionMachine
    private var now = ContinuousClock.now
    private var activity = LineActivity.idle
    private var lastTold: CallStatus?
    private var isConnected = false

    static func check(_ bytes: [UInt8]) throws {
        let script = FuzzScript(bytes)
        let policy = DialDuringCall.allCases[script.choice(0, of: DialDuringCall.allCases.count)]
        var run = SessionFuzzing(policy)
        for step in script.steps { try run.play(step) }
        try run.settle()
    }

    private init(_ policy: DialDuringCall) {
        machine = SessionMachine(apiKey: APIKey("ABC123DEF456"), policy: policy)
    }

    private mutating func play(_ step: FuzzScript.Step) throws {
        switch step.letter {
        case "c": try connect()
        case "x": try disconnect()
        case "m": try receive(step.argument)
        case "i": try line(.idle)
        case "o": try line(.outbound(callerID: step.text, replaceable: false))
        case "h": try line(.outbound(callerID: step.text, replaceable: true))
        case "r": try line(.incoming(callerID: step.text.isEmpty ? nil : step.text, endable: true))
        case "e": try line(.hangingUp(outbound: true, callerID: step.text))
        case "f": try take(machine.dialFailed(now: now))
        case "t":
            now += .milliseconds(step.number(limit: 100_000))
            try take(machine.deadlineReached(now: now))
            if let deadline = machine.nextDeadline { try hold(deadline > now, "a deadline of the past") }
        default: break
        }
    }

    private mutating func connect() throws {
        (isConnected, lastTold) = (true, nil)
        let actions = machine.connected(now: now)
        let requests = actions.filter { if case .send(.authenticationRequest) = $0 { true } else { false } }
        try hold(requests.count == 1, "\(requests.count) authentication-requests")
        try take(actions)
    }

    private mutating func disconnect() throws {
        (isConnected, lastTold) = (false, nil)
        try take(machine.disconnected(now: now))
        try hold(machine.nextDeadline == nil, "a deadline without a connection")
    }

    private mutating func receive(_ bytes: [UInt8]) throws {
        let wasAuthenticated = machine.isAuthenticated
        let message: PatriotMessage
        do throws(PatriotMessageError) {
            message = try PatriotMessage(decoding: bytes)
        } catch {
            return try take(machine.undecodableMessageReceived(error, now: now))
        }
        let actions = machine.messageReceived(message, now: now)
        try take(actions)
        guard wasAuthenticated else { return }
        switch message {
        case .callStatusRequest: try hold(!statuses(actions).isEmpty, "a question without an answer")
        case .hangupRequest: try hold(actions.contains(.perform(.hangUp)), "a hangup-request that is not carried out")
        case .dialRequest(let number, _):
            let isObeyed = actions.contains(.perform(.dial(phoneNo: number)))
            try hold(isObeyed == (activity == .idle), "a dial-request while \(activity)")
        case .authenticationRequest, .authenticationResponse, .callStatusUpdate, .unknown:
            try hold(machine.isAuthenticated, "\(message) ends the session")
        }
    }

    private mutating func line(_ activity: LineActivity) throws {
        self.activity = activity
        try take(machine.lineChanged(activity, now: now))
        try hold(
            !machine.isAuthenticated || lastTold == CallStatus(activity),
            "Patriot believes \(String(describing: lastTold))"
        )
    }

    /// Whatever happened: a new connection, the key accepted and an idle line lead to a dial that is carried out.
    private mutating func settle() throws {
        try line(.idle)
        try connect()
        try receive(Array(#"{"type":"authentication-response","payload":{"success":true}}"#.utf8))
        try hold(machine.isAuthenticated, "the key is accepted in vain")
        try receive(Array(#"{"type":"dial-request","payload":{"phoneNo":"5550100"}}"#.utf8))
        try hold(machine.nextDeadline == nil, "something is still awaited")
    }

    private func statuses(_ actions: [SessionMachine.Action]) -> [CallStatus] {
        actions.compactMap { if case .send(.callStatusUpdate(let status)) = $0 { status } else { nil } }
    }

    private mutating func take(_ actions: [SessionMachine.Action]) throws {
        for action in actions {
            switch action {
            case .send(.authenticationRequest): try hold(isConnected, "sent to nobody")
            case .send(.callStatusUpdate(let status)):
                try hold(machine.isAuthenticated, "told to somebody unknown")
                try hold(status == CallStatus(activity), "\(status) is told while \(activity)")
                lastTold = status
            case .send(let message): throw Broken(description: "sent \(message)")
            case .perform(.dial): try hold(machine.isAuthenticated && activity == .idle, "dials while \(activity)")
            case .perform(.hangUp): try hold(machine.isAuthenticated, "hangs up for somebody unknown")
            case .refused(let error): try isFitForLog(error.description)
            case .note(let note), .dialDropped(let note): try isFitForLog(note.description)
            case .close, .authenticated: try hold(isConnected, "\(action) without a connection")
            }
        }
    }
}
