import Testing

@testable import PatriotCore

/// Every state of a connection and of the line against every event.
struct SessionStateTableTests {
    enum Phase: CaseIterable { case disconnected, authenticating, closing, authenticated }
    enum Line: CaseIterable {
        case idle, outbound, handedOver, ringing, ringingOn, ending, unwanted, unwantedOn, unwantedEnding

        var activity: LineActivity {
            switch self {
            case .idle: .idle
            case .outbound: .outbound
            case .handedOver: .handedOver
            case .ringing: .ringing
            case .ringingOn: .ringingOn
            case .ending: .ending
            case .unwanted: .unwanted
            case .unwantedOn: .unwantedOn
            case .unwantedEnding: .unwantedEnding
            }
        }

        /// Patriot knows of a call.
        var isTold: Bool { CallStatus(activity).callActive }
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
            // Whether such a line still rings the modem knows.
            case (.authenticated, .idle), (.authenticated, .ringingOn), (.authenticated, .unwantedOn):
                [.dial("5550101")]
            case (.authenticated, .outbound), (.authenticated, .ringing): [.note(.dialIgnoredDuringCall), status]
            case (.authenticated, .handedOver), (.authenticated, .unwanted): [.note(.dialQueued), .hangUp]
            case (.authenticated, .ending), (.authenticated, .unwantedEnding): [.note(.dialQueued)]
            }
        #expect(session.receive(.dial("5550101")) == expected)
        // Only what waits is dialled later.
        let later: [SessionMachine.Action] =
            switch (phase, line) {
            case (.authenticated, .outbound), (.authenticated, .ringing), (.authenticated, .ringingOn): [.idle]
            case (.authenticated, .handedOver), (.authenticated, .ending): [.idle, .dial("5550101")]
            // Patriot was told of no call.
            case (.authenticated, .unwanted), (.authenticated, .unwantedEnding): [.dial("5550101")]
            case (.authenticated, .idle), (.authenticated, .unwantedOn), (.disconnected, _), (.authenticating, _),
                (.closing, _):
                []
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
            case .authenticated: line.isTold ? [.hangUp] : [.hangUp, .idle]
            }
        for _ in 1...2 { #expect(session.receive(.hangupRequest) == expected) }
        #expect(session.line(.idle) == (phase == .authenticated && line.isTold ? [.idle] : []))
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

    /// Somebody at this computer can act in every state of the connection, as Patriot can.
    @Test(arguments: Phase.allCases, Line.allCases)
    func row59_aPersonsDial(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        let status: [SessionMachine.Action] = phase == .authenticated ? [.status(CallStatus(line.activity))] : []
        let expected: [SessionMachine.Action] =
            switch line {
            case .idle, .ringingOn, .unwantedOn: [.dial("5550101")]
            case .outbound, .ringing: [.note(.dialIgnoredDuringCall)] + status
            case .handedOver, .unwanted: [.note(.dialQueued), .hangUp]
            case .ending, .unwantedEnding: [.note(.dialQueued)]
            }
        #expect(session.order(.dial(phoneNo: "5550101")) == expected)
        let isQueued = expected.contains(.note(.dialQueued))
        #expect(session.disconnect() == [])
        #expect(session.line(.idle) == (isQueued ? [.dial("5550101")] : []))
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func row59_aPersonsHangUpDropsAQueuedDial(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        #expect(session.order(.hangUp) == [.hangUp])
        _ = session.line(.ending)
        _ = session.order(.dial(phoneNo: "5550101"))
        #expect(session.order(.hangUp) == [.note(.queuedDialDropped(.hangupRequest)), .hangUp])
        #expect(session.line(.idle).filter { $0 == .dial("5550101") } == [])
    }

    @Test(arguments: Phase.allCases)
    func row59_aPersonsQueuedDialIsDroppedInTime(_ phase: Phase) {
        var session = Self.session(in: phase, line: .ending)
        _ = session.order(.dial(phoneNo: "5550101"))
        let dropped = session.advance(.seconds(5))
        #expect(dropped.first == .note(.queuedDialDropped(.lineNotFreeInTime)))
        #expect(session.line(.idle).filter { $0 == .dial("5550101") } == [])
    }

    /// The line began to ring, and nobody was told yet.
    @Test func row36_aPostponedDialFollowsTheRinging() {
        var session = Self.session(in: .authenticated, line: .idle)
        #expect(session.receive(.dial("5550101")) == [.dial("5550101")])
        #expect(session.postpone("5550101") == [.note(.dialQueued), .hangUp])
        #expect(session.line(.unwantedEnding) == [])
        #expect(session.line(.idle) == [.dial("5550101")])
    }

    @Test(arguments: Phase.allCases, Line.allCases)
    func deadline(_ phase: Phase, _ line: Line) {
        var session = Self.session(in: phase, line: line)
        let actions = session.advance(.seconds(3600))
        #expect(actions.isEmpty == (phase != .authenticating))
    }
}
