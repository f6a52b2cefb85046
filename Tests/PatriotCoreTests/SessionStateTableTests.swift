import Testing

@testable import PatriotCore

/// Every state of a connection and of the line against every event.
struct SessionStateTableTests {
    enum Phase: CaseIterable { case disconnected, authenticating, closing, authenticated }
    enum Line: CaseIterable {
        case idle, outbound, handedOver, ringing, ending

        var activity: LineActivity {
            switch self {
            case .idle: .idle
            case .outbound: .outbound
            case .handedOver: .handedOver
            case .ringing: .ringing
            case .ending: .ending
            }
        }
    }

    static func session(in phase: Phase, line: Line) -> SessionFixture {
        var session = SessionFixture()
        _ = session.line(line.activity)
        switch phase {
        case .disconnected:
            break
        case .authenticating:
            _ = session.connect()
        case .closing:
            _ = session.connect()
            _ = session.receive(.denied)
        case .authenticated:
            _ = session.connect()
            _ = session.receive(.accepted)
        }
        return session
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func row06_row07_dialRequest(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        let status = SessionMachine.Action.status(CallStatus(line.activity))
        let expected: [SessionMachine.Action] =
            switch (phase, line) {
            case (.disconnected, _), (.closing, _): []
            case (.authenticating, _): [.note(.ignoredBeforeAuthentication(type: "dial-request"))]
            case (.authenticated, .idle): [.dial("5550101")]
            case (.authenticated, .outbound), (.authenticated, .ringing): [.note(.dialIgnoredDuringCall), status]
            case (.authenticated, .handedOver): [.note(.dialQueued), .hangUp]
            case (.authenticated, .ending): [.note(.dialQueued)]
            }
        #expect(session.receive(.dial("5550101")) == expected)
        // Only what waits is dialled later.
        let later: [SessionMachine.Action] =
            switch (phase, line) {
            case (.authenticated, .outbound), (.authenticated, .ringing): [.idle]
            case (.authenticated, .handedOver), (.authenticated, .ending): [.idle, .dial("5550101")]
            case (.authenticated, .idle), (.disconnected, _), (.authenticating, _), (.closing, _): []
            }
        #expect(session.line(.idle) == later)
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func row08_hangupRequest(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        let expected: [SessionMachine.Action] =
            switch phase {
            case .disconnected, .closing: []
            case .authenticating: [.note(.ignoredBeforeAuthentication(type: "hangup-request"))]
            case .authenticated: line == .idle ? [.hangUp, .idle] : [.hangUp]
            }
        for _ in 1...2 { #expect(session.receive(.hangupRequest) == expected) }
        #expect(session.line(.idle) == (phase == .authenticated && line != .idle ? [.idle] : []))
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func row05_row10_callStatusRequestAndDialFailure(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        let status = SessionMachine.Action.status(CallStatus(line.activity))
        let expected: [SessionMachine.Action] =
            switch phase {
            case .disconnected, .closing: []
            case .authenticating: [.note(.ignoredBeforeAuthentication(type: "call-status-request"))]
            case .authenticated: [status]
            }
        #expect(session.receive(.callStatusRequest) == expected)
        #expect(session.dialFailed() == (phase == .authenticated ? [status] : []))
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func authenticationResponse(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        let expected: [SessionMachine.Action] =
            switch phase {
            case .disconnected, .closing: []
            case .authenticating: [.authenticated, .status(CallStatus(line.activity))]
            case .authenticated: [.note(.unexpected(type: "authentication-response"))]
            }
        #expect(session.receive(.accepted) == expected)
        #expect(session.machine.isAuthenticated == (phase == .authenticating || phase == .authenticated))
    }

    @Test(arguments: Line.allCases, Line.allCases)
    func lineChange(_ from: Line, _ to: Line) {
        let status = CallStatus(to.activity)
        let isChange = status != CallStatus(from.activity)
        for phase in Phase.allCases {
            var session = Self.session(in: phase, line: from)
            let expected: [SessionMachine.Action] = phase == .authenticated && isChange ? [.status(status)] : []
            #expect(session.line(to.activity) == expected)
        }
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func connectionAndLoss(_ phase: Phase, _ line: Line) {
        var lost = Self.session(in: phase, line: line)
        #expect(lost.disconnect() == [])
        #expect(lost.machine.nextDeadline == nil)
        var connected = Self.session(in: phase, line: line)
        #expect(connected.connect() == [.authenticate(phase == .disconnected ? "1" : "2")])
        #expect(connected.machine.nextDeadline == connected.now + .seconds(10))
        #expect(connected.receive(.accepted) == [.authenticated, .status(CallStatus(line.activity))])
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func deadline(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        let actions = session.advance(.seconds(3600))
        #expect(actions.isEmpty == (phase != .authenticating))
    }
}
