import Basics
import Testing

@testable import PatriotCore

/// The rows of the protocol decisions that the session machine takes, except for what SessionStateTableTests has of them.
struct SessionMachineTests {
    @Test(arguments: [
        (LineActivity.idle, CallStatus(callActive: false)),
        (.outbound, CallStatus(callActive: true, outbound: true, callerID: "5550100")),
        (.handedOver, CallStatus(callActive: true, outbound: true, callerID: "5550100")),
        (.ringing, CallStatus(callActive: true, outbound: false, callerID: "+61491570156")),
        (.ending, CallStatus(callActive: true, outbound: true, callerID: "5550100")),
        (.hangingUp(outbound: false, callerID: nil), CallStatus(callActive: true, outbound: false)),
    ])
    func row01_callIsActiveUntilTheLineIsFree(_ activity: LineActivity, _ status: CallStatus) {
        var session = SessionFixture.authenticated()
        let expected: [SessionMachine.Action] = activity == .idle ? [] : [.status(status)]
        #expect(session.line(activity) == expected)
        #expect(session.receive(.callStatusRequest) == [.status(status)])
    }

    @Test
    func row02_outboundCallerIdIsThePhoneNoAsReceived() {
        var session = SessionFixture.authenticated()
        #expect(session.receive(.dial("+61491570156")) == [.dial("+61491570156")])
        let status = CallStatus(callActive: true, outbound: true, callerID: "+61491570156")
        #expect(session.line(.outbound(callerID: "+61491570156", replaceable: false)) == [.status(status)])
    }

    @Test(arguments: [nil, ""])
    func row03_unknownCallerIsLeftOut(_ callerID: String?) {
        var session = SessionFixture.authenticated()
        let status = CallStatus(callActive: true, outbound: false)
        #expect(session.line(.incoming(callerID: callerID, endable: true)) == [.status(status)])
        #expect(
            !String(decoding: PatriotMessage.callStatusUpdate(status).encoded(), as: UTF8.self).contains("callerId")
        )
    }

    @Test
    func row04_idleUpdateIsCallActiveFalseAlone() {
        let update = PatriotMessage.callStatusUpdate(CallStatus(LineActivity.idle))
        let text = #"{"type":"call-status-update","payload":{"callActive":false}}"#
        #expect(String(decoding: update.encoded(), as: UTF8.self) == text)
    }

    @Test
    func row05_dialThatCannotBeDoneIsAnsweredThoughNothingChanged() {
        var session = SessionFixture.authenticated()
        #expect(session.receive(.dial("5550100")) == [.dial("5550100")])
        #expect(session.dialFailed() == [.idle])
        #expect(session.receive(.dial("5550100")) == [.dial("5550100")])
        #expect(session.dialFailed() == [.idle])
    }

    @Test
    func row05_unreadableDialRequestIsAnswered() {
        var session = SessionFixture.authenticated()
        let error = PatriotMessageError.wrongType(member: "phoneNo", type: "dial-request")
        #expect(session.receive(error) == [.note(.undecodable(error)), .idle])
    }

    @Test
    func row05_dialThatEndsAtOnceIsTrueThenFalse() {
        var session = SessionFixture.authenticated()
        _ = session.receive(.dial("5550100"))
        #expect(session.line(.outbound) == [.dialling])
        #expect(session.line(.idle) == [.idle])
    }

    @Test(arguments: [LineActivity.outbound, .ringing])
    func row06_liveCallIsReplacedWhereSet(_ activity: LineActivity) {
        var session = SessionFixture.authenticated(policy: .replace, activity: activity)
        #expect(session.receive(.dial("5550101")) == [.note(.dialQueued), .hangUp])
        #expect(session.line(.idle) == [.idle, .dial("5550101")])
    }

    @Test(arguments: DialDuringCall.allCases)
    func row06_handedOverCallIsReplaced(_ policy: DialDuringCall) {
        var session = SessionFixture.authenticated(policy: policy, activity: .handedOver)
        #expect(session.receive(.dial("5550101")) == [.note(.dialQueued), .hangUp])
        #expect(session.line(.ending) == [])
        #expect(session.line(.idle) == [.idle, .dial("5550101")])
    }

    @Test
    func row07_newestDialWaitsWhileHangingUp() {
        var session = SessionFixture.authenticated(activity: .ending)
        #expect(session.receive(.dial("5550101")) == [.note(.dialQueued)])
        #expect(session.receive(.dial("5550102")) == [.note(.queuedDialReplaced)])
        #expect(session.receive(.callStatusRequest) == [.dialling])
        #expect(session.line(.idle) == [.idle, .dial("5550102")])
        #expect(session.line(.idle) == [])
    }

    @Test
    func row07_queuedDialIsDroppedAfterFiveSeconds() {
        var session = SessionFixture.authenticated(activity: .ending)
        _ = session.receive(.dial("5550101"))
        #expect(session.advance(.seconds(4.9)) == [])
        #expect(session.advance(.seconds(0.1)) == [.note(.queuedDialDropped(.lineNotFreeInTime)), .dialling])
        #expect(session.line(.idle) == [.idle])
    }

    @Test
    func row07_queuedDialIsDroppedOnHangUp() {
        var session = SessionFixture.authenticated(activity: .ending)
        _ = session.receive(.dial("5550101"))
        #expect(session.receive(.hangupRequest) == [.note(.queuedDialDropped(.hangupRequest)), .hangUp])
        #expect(session.line(.idle) == [.idle])
    }

    @Test
    func row07_queuedDialIsDroppedOnSocketLoss() {
        var session = SessionFixture.authenticated(activity: .ending)
        _ = session.receive(.dial("5550101"))
        #expect(session.disconnect() == [.note(.queuedDialDropped(.connectionLost))])
        #expect(session.line(.idle) == [])
        _ = session.connect()
        #expect(session.receive(.accepted) == [.authenticated, .idle])
    }

    @Test
    func row08_hangUpWhenIdleIsAnsweredAndStillReachesTheModem() {
        var session = SessionFixture.authenticated()
        #expect(session.receive(.hangupRequest) == [.hangUp, .idle])
        #expect(session.receive(.hangupRequest) == [.hangUp, .idle])
    }

    @Test
    func row09_incomingCallIsReportedAndNeverAnswered() {
        var session = SessionFixture.authenticated()
        #expect(
            session.line(.incoming(callerID: nil, endable: true)) == [
                .status(CallStatus(callActive: true, outbound: false))
            ]
        )
        let status = CallStatus(callActive: true, outbound: false, callerID: "+61491570156")
        #expect(session.line(.ringing) == [.status(status)])
        #expect(session.line(.idle) == [.idle])
    }

    @Test
    func row11_oneUnsolicitedUpdateAfterAuthentication() {
        var session = SessionFixture()
        #expect(session.line(.outbound) == [])
        #expect(session.connect() == [.authenticate("1")])
        #expect(session.receive(.accepted) == [.authenticated, .dialling])
        #expect(session.line(.outbound) == [])
    }

    @Test(arguments: [nil, "1"])
    func row12_matchingOrMissingRequestIdIsAccepted(_ requestID: String?) {
        var session = SessionFixture()
        #expect(session.connect() == [.authenticate("1")])
        let response = PatriotMessage.authenticationResponse(requestID: requestID, success: true, error: nil)
        #expect(session.receive(response) == [.authenticated, .idle])
        #expect(session.machine.nextDeadline == nil)
    }

    @Test(arguments: [true, false], ["2", "", "01"])
    func row12_anotherRequestIdIsDropped(_ success: Bool, _ requestID: String) {
        var session = SessionFixture()
        _ = session.connect()
        let response = PatriotMessage.authenticationResponse(requestID: requestID, success: success, error: nil)
        #expect(session.receive(response) == [.note(.foreignAuthenticationResponse)])
        #expect(session.receive(.accepted) == [.authenticated, .idle])
    }

    @Test
    func row12_eachConnectionHasItsOwnRequestId() {
        var session = SessionFixture()
        #expect(session.connect() == [.authenticate("1")])
        #expect(session.disconnect() == [])
        #expect(session.connect() == [.authenticate("2")])
        let late = PatriotMessage.authenticationResponse(requestID: "1", success: true, error: nil)
        #expect(session.receive(late) == [.note(.foreignAuthenticationResponse)])
    }

    @Test(arguments: [
        PatriotMessage.dial("5550100"), .hangupRequest, .callStatusRequest, .unknown(type: "x"),
        .authenticationRequest(requestID: "1", apiKey: APIKey("x")), .callStatusUpdate(CallStatus(callActive: true)),
    ])
    func row12_nothingIsObeyedBeforeSuccess(_ message: PatriotMessage) {
        var session = SessionFixture()
        #expect(session.receive(message) == [])
        _ = session.connect()
        #expect(session.receive(message) == [.note(.ignoredBeforeAuthentication(type: message.type))])
        #expect(session.receive(.accepted) == [.authenticated, .idle])
    }

    @Test
    func row12_noAnswerInTenSecondsCloses() {
        var session = SessionFixture()
        _ = session.connect()
        #expect(session.advance(.seconds(9.9)) == [])
        let expected: [SessionMachine.Action] = [
            .note(.authenticationTimeout), .close(.normalClosure, reason: "no authentication-response"),
        ]
        #expect(session.advance(.seconds(0.1)) == expected)
        #expect(session.receive(.accepted) == [])
        #expect(session.advance(.seconds(60)) == [])
        #expect(session.disconnect() == [])
        #expect(session.connect() == [.authenticate("2")])
    }

    @Test(arguments: [
        (PatriotMessage.denied, "wrong key"),
        (.authenticationResponse(requestID: "1", success: false, error: nil), "no reason given"),
        (.authenticationResponse(requestID: "1", success: false, error: "a\u{1B}[31m\n"), "a\u{1B}[31m\n"),
    ])
    func row13_refusalIsToldAndCloses(_ response: PatriotMessage, _ error: String) {
        var session = SessionFixture()
        _ = session.connect()
        let expected: [SessionMachine.Action] = [
            .refused(error: ForeignText(error)), .close(.normalClosure, reason: "authentication refused"),
        ]
        #expect(session.receive(response) == expected)
        #expect(session.receive(.dial("5550100")) == [])
        #expect(session.line(.outbound) == [])
    }

    @Test
    func row16_socketLostInACallLeavesTheCallAndTheNextConnectionKnowsIt() {
        var session = SessionFixture.authenticated(activity: .outbound)
        #expect(session.disconnect() == [])
        #expect(session.dialFailed() == [])
        _ = session.connect()
        #expect(session.receive(.accepted) == [.authenticated, .dialling])
    }

    @Test(arguments: [
        PatriotMessageError.tooLarge(70_000), .tooDeep, .notUTF8, .notJSONObject, .missing(member: "type", type: nil),
        .wrongType(member: "success", type: "authentication-response"),
    ])
    func row19_unreadableMessageIsOnlyNoted(_ error: PatriotMessageError) {
        var session = SessionFixture()
        #expect(session.receive(error) == [])
        _ = session.connect()
        #expect(session.receive(error) == [.note(.undecodable(error))])
        _ = session.receive(.accepted)
        #expect(session.receive(error) == [.note(.undecodable(error))])
    }

    @Test
    func row19_unknownAndMisplacedMessagesAreOnlyNoted() {
        var session = SessionFixture.authenticated()
        #expect(session.receive(.unknown(type: "x")) == [.note(.unknownType("x"))])
        #expect(session.receive(.denied) == [.note(.unexpected(type: "authentication-response"))])
        let update = PatriotMessage.callStatusUpdate(CallStatus(callActive: true))
        #expect(session.receive(update) == [.note(.unexpected(type: "call-status-update"))])
    }

    @Test
    func row19_notesAboutBadMessagesAreBounded() {
        var session = SessionFixture.authenticated()
        let notes = (0..<1000).map { _ in session.receive(.notJSONObject) }
        #expect(notes.filter { !$0.isEmpty }.count == RateLimiter.limit)
        session.now += RateLimiter.window
        let expected: [SessionMachine.Action] = [
            .note(.notesSuppressed(count: 990)), .note(.unknownType("x")),
        ]
        #expect(session.receive(.unknown(type: "x")) == expected)
        for _ in 0..<12 { _ = session.receive(.notJSONObject) }
        #expect(session.disconnect() == [.note(.notesSuppressed(count: 3))])
    }

    @Test
    func row20_rawPhoneNoIsNeverDialled() {
        var session = SessionFixture.authenticated()
        let request = PatriotMessage.dialRequest(phoneNo: "5550100", rawPhoneNo: "5550199\r\nATH")
        #expect(session.receive(request) == [.dial("5550100")])
        _ = session.line(.ending)
        _ = session.receive(request)
        #expect(session.line(.idle) == [.idle, .dial("5550100")])
    }

    @Test
    func row25_repeatedDialAfterAHangUpIsNeverSuppressed() {
        var session = SessionFixture.authenticated()
        for _ in 0..<5 {
            #expect(session.receive(.dial("5550100")) == [.dial("5550100")])
            #expect(session.line(.outbound) == [.dialling])
            #expect(session.receive(.hangupRequest) == [.hangUp])
            #expect(session.line(.ending) == [])
            #expect(session.line(.idle) == [.idle])
            #expect(session.advance(.seconds(60)) == [])
        }
    }

    @Test
    func row57_floodsOfDialRequestsAreAnsweredAndNotedTenTimesAMinute() {
        var session = SessionFixture.authenticated(activity: .outbound)
        var notes = 0
        var drops = 0
        for _ in 0..<3000 {
            for action in session.receive(.dial("5550101")) {
                switch action {
                case .note: notes += 1
                case .dialDropped(.dialIgnoredDuringCall): drops += 1
                default: #expect(action == .dialling)
                }
            }
        }
        #expect(notes == RateLimiter.limit)
        #expect(notes + drops == 3000)
        #expect(session.advance(RateLimiter.window) == [.note(.notesSuppressed(count: 2990))])
        #expect(session.machine.nextDeadline == nil)
    }
}
