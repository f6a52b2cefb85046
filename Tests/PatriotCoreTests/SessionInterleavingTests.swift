import TestSupport
import Testing

@testable import PatriotCore

/// Thousands of random events in random order, and what must hold whatever the order.
struct SessionInterleavingTests {
    @Test(arguments: 0..<40, DialDuringCall.allCases)
    func invariantsHoldInAnyOrder(_ seed: Int, _ policy: DialDuringCall) {
        var run = RandomRun(seed: UInt64(seed), policy: policy)
        for _ in 0..<1000 { run.step() }
        run.settle()
    }
}

private struct RandomRun: ~Copyable {
    private enum Event: CaseIterable {
        case connect, disconnect, accept, deny, foreignAccept, dial, hangUp, statusRequest, rubbish, badDial, line
        case dialFailed, shortWait, longWait
    }

    private var generator: SeededGenerator
    private var session: SessionFixture
    private var activity = LineActivity.idle
    private var isConnected = false
    private var isAccepted = false
    private var isClosing = false
    private var lastTold: CallStatus?
    private var dialCount = 0
    private var dialled: Set<String> = []

    init(seed: UInt64, policy: DialDuringCall) {
        generator = SeededGenerator(seed: seed)
        session = SessionFixture(policy: policy)
    }

    mutating func step() {
        switch Event.allCases.randomElement(using: &generator) ?? .connect {
        case .connect:
            (isConnected, isAccepted, isClosing, lastTold) = (true, false, false, nil)
            check(session.connect(), authenticationRequests: 1)
        case .disconnect:
            (isConnected, isAccepted, isClosing, lastTold) = (false, false, false, nil)
            check(session.disconnect())
        case .accept:
            let isFirst = isConnected && !isAccepted && !isClosing
            isAccepted = isAccepted || isFirst
            check(session.receive(.accepted), statuses: isFirst ? 1 : 0)
        case .deny:
            if isConnected, !isAccepted { isClosing = true }
            check(session.receive(.denied))
        case .foreignAccept:
            check(session.receive(.authenticationResponse(requestID: "x", success: true, error: nil)))
        case .dial:
            dialCount += 1
            check(session.receive(.dialRequest(phoneNo: "555\(dialCount)", rawPhoneNo: "raw")))
        case .hangUp:
            let actions = session.receive(.hangupRequest)
            #expect(actions.contains(.hangUp) == isAccepted)
            check(actions, statuses: isAccepted && !CallStatus(activity).callActive ? 1 : 0)
        case .statusRequest:
            check(session.receive(.callStatusRequest), statuses: isAccepted ? 1 : 0)
        case .rubbish:
            check(session.receive(.notJSONObject), statuses: 0)
        case .badDial:
            check(session.receive(.missing(member: "phoneNo", type: "dial-request")), statuses: isAccepted ? 1 : 0)
        case .line:
            changeLine()
        case .dialFailed:
            check(session.dialFailed(), statuses: isAccepted ? 1 : 0)
        case .shortWait:
            wait(.milliseconds(Int.random(in: 0...3000, using: &generator)))
        case .longWait:
            wait(.seconds(11))
        }
    }

    /// Whatever happened: a connection, the key accepted and an idle line lead to a dial that is carried out.
    mutating func settle() {
        changeLine(to: .idle)
        (isConnected, isAccepted, isClosing, lastTold) = (true, false, false, nil)
        check(session.connect(), authenticationRequests: 1)
        isAccepted = true
        check(session.receive(.accepted), statuses: 1)
        #expect(session.receive(.dial("5550100")) == [.dial("5550100")])
        #expect(session.machine.nextDeadline == nil)
    }

    private mutating func changeLine() {
        let activities: [LineActivity] = [
            .idle, .idle, .outbound, .handedOver, .ringing, .ringingOn, .ending, .unwanted, .unwantedOn,
            .unwantedEnding,
        ]
        changeLine(to: activities.randomElement(using: &generator) ?? .idle)
    }

    private mutating func changeLine(to next: LineActivity) {
        activity = next
        let isNews = isAccepted && CallStatus(next) != lastTold
        check(session.line(next), statuses: isNews ? 1 : 0)
        // Patriot knows the truth after each change.
        #expect(!isAccepted || lastTold == CallStatus(next))
    }

    private mutating func wait(_ duration: Duration) {
        let actions = session.advance(duration)
        if actions.contains(where: { if case .close = $0 { true } else { false } }) { isClosing = true }
        check(actions)
        if let deadline = session.machine.nextDeadline { #expect(deadline > session.now) }
    }

    /// - Parameter statuses: how many status updates there must be, where that is fixed.
    private mutating func check(
        _ actions: [SessionMachine.Action],
        statuses: Int? = nil,
        authenticationRequests: Int = 0
    ) {
        var statusCount = 0
        var requestCount = 0
        for action in actions {
            switch action {
            case .send(.authenticationRequest):
                requestCount += 1
            case .send(.callStatusUpdate(let status)):
                statusCount += 1
                lastTold = status
                #expect(isAccepted && status == CallStatus(activity))
            case .send(let message):
                Issue.record("sent \(message)")
            case .perform(.dial(let phoneNo)):
                #expect(isAccepted && [.idle, .ringingOn, .unwantedOn].contains(activity))
                #expect(dialled.insert(phoneNo).inserted, "no request is dialled twice")
            case .perform(.hangUp):
                #expect(isAccepted)
            case .close, .refused:
                #expect(isClosing && !isAccepted)
            case .authenticated, .note, .dialDropped:
                break
            }
        }
        #expect(requestCount == authenticationRequests)
        if let statuses { #expect(statusCount == statuses) }
    }
}
