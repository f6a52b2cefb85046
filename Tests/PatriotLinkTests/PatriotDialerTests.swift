import Basics
import InMemoryLogging
import NIOCore
import NIOEmbedded
import PatriotCore
import Testing

@testable import PatriotLink

/// The client on virtual time.
struct PatriotDialerTests {
    @Test
    func row12_keyIsTheFirstMessageAndTheStatusFollowsSuccess() throws {
        let patriot = EmbeddedPatriot()
        try patriot.open()
        #expect(patriot.links == [.connecting, .connected])
        let request = PatriotMessage.authenticationRequest(requestID: "1", apiKey: APIKey("ABC123DEF456"))
        #expect(try patriot.messages() == [request])
        try patriot.send(.authenticationResponse(requestID: "1", success: true, error: nil))
        #expect(try patriot.messages() == [.callStatusUpdate(CallStatus(callActive: false))])
        #expect(patriot.links == [.connecting, .connected, .authenticated])
        let transcript = [
            "sent authentication-request", "received authentication-response success",
            "sent call-status-update no call",
        ]
        #expect(patriot.transcript == transcript)
    }

    /// The dial is asked for, and what it brings about is on the wire, before the frame's bytes have left the stack.
    @Test
    func dialRequestIsDeliveredInTheTickOfItsFrame() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        patriot.onRequest = { [unowned patriot] _ in
            patriot.client.session.lineChanged(.outbound(callerID: "5550100", replaceable: false))
        }
        try patriot.send(.dialRequest(phoneNo: "5550100", rawPhoneNo: "555-0100"))
        #expect(patriot.requests == [.dial(phoneNo: "5550100")])
        let status = CallStatus(callActive: true, outbound: true, callerID: "5550100")
        #expect(try patriot.messages() == [.callStatusUpdate(status)])
    }

    @Test
    func row05_dialThatFailsWithinTheCallbackIsAnsweredOnce() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        patriot.onRequest = { [unowned patriot] _ in patriot.client.session.dialFailed() }
        try patriot.send(.dialRequest(phoneNo: "5550100", rawPhoneNo: nil))
        #expect(try patriot.messages() == [.callStatusUpdate(CallStatus(callActive: false))])
    }

    @Test(arguments: [1, 5, 64])
    func messageInPiecesIsObeyed(_ size: Int) throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        let bytes = PatriotMessage.dialRequest(phoneNo: "5550100", rawPhoneNo: "555-0100 ü").encoded()
        let frames = stride(from: 0, to: bytes.count, by: size).map { start in
            WireFrame.continuation(Array(bytes[start..<min(start + size, bytes.count)]), fin: false)
        }
        var wire = ([WireFrame.text("", fin: false)] + frames + [.continuation([], fin: true)]).flatMap(\.bytes)[...]
        while let byte = wire.popFirst() { try patriot.channel.writeInbound(ByteBuffer(bytes: [byte])) }
        // So many frames are more than one turn's share.
        patriot.advance(.milliseconds(100))
        #expect(patriot.requests == [.dial(phoneNo: "5550100")])
    }

    @Test
    func row10_burstOfStatusRequestsIsAllAnswered() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        let request = WireFrame(first: 0x81, payload: PatriotMessage.callStatusRequest.encoded())
        patriot.advance(.milliseconds(5))
        try patriot.channel.writeInbound(ByteBuffer(bytes: (0..<1000).flatMap { _ in request.bytes }))
        #expect(try patriot.messages().count == 16)
        patriot.advance(.seconds(1))
        #expect(try patriot.messages().count == 984)
    }

    @Test
    func row15_silenceIsPingedAfterTwentySecondsAndDeadTenLater() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        patriot.advance(.milliseconds(19_999))
        #expect(try patriot.received().isEmpty)
        patriot.advance(.milliseconds(1))
        #expect(try patriot.received() == [WireFrame.ping().masked])
        patriot.advance(.milliseconds(9_999))
        #expect(patriot.links.last == .authenticated)
        patriot.advance(.milliseconds(1))
        #expect(try patriot.channels.first?.readOutbound(as: ByteBuffer.self) == nil, "no close frame for the dead")
        #expect(patriot.channels.first?.isActive == false)
        let reason = "patriot.example:9009: the other end did not answer a ping within 10 s"
        #expect(patriot.links.contains(.disconnected(reason: reason, retryIn: .zero)))
    }

    @Test
    func row15_anyFrameProvesLife() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        for frame in [WireFrame.pong(), .ping(), .text("rubbish"), .text("", fin: false)] {
            patriot.advance(.seconds(15))
            try patriot.send(frame)
        }
        #expect(try patriot.received() == [WireFrame.pong().masked])
        patriot.advance(.seconds(20))
        #expect(try patriot.received() == [WireFrame.ping().masked])
        try patriot.send(.pong())
        patriot.advance(.seconds(19))
        #expect(patriot.links.last == .authenticated)
    }

    @Test
    func row12_noAnswerToTheKeyInTenSecondsReconnects() throws {
        let patriot = EmbeddedPatriot()
        try patriot.open()
        _ = try patriot.received()
        patriot.advance(.seconds(10))
        #expect(try patriot.received() == [WireFrame.close(1000, "no authentication-response").masked])
        try patriot.send(.close(1000))
        guard case .disconnected(let reason, _, let wait)? = patriot.links.last else {
            Issue.record("\(patriot.links)")
            return
        }
        #expect(reason.contains("did not answer the authentication-request"))
        #expect(wait == .zero)
    }

    @Test
    func row13_refusalStaysToldAndIsRetriedSlowly() throws {
        let patriot = EmbeddedPatriot()
        patriot.client.start()
        for expected in [0.0, 30, 90, 210, 450, 750, 1050] {
            #expect(patriot.attempts.last == expected)
            try patriot.upgrade()
            try patriot.send(.authenticationResponse(requestID: nil, success: false, error: "wrong key"))
            #expect(patriot.links.last == .refused("wrong key"))
            try patriot.send(.close(1000))
            #expect(patriot.links.last == .refused("wrong key"))
            patriot.advance(.seconds(patriot.attempts.count < 5 ? Int64(30 << (patriot.attempts.count - 1)) : 300))
        }
    }

    @Test
    func row14_nobodyListeningIsTriedForEver() throws {
        let patriot = EmbeddedPatriot()
        patriot.isListening = false
        patriot.client.start()
        patriot.advance(.hours(1))
        #expect(patriot.attempts.prefix(2) == [0, 0])
        let waits = zip(patriot.attempts.dropFirst(2), patriot.attempts.dropFirst()).map { $0 - $1 }
        #expect(waits.allSatisfy { 0.49...30.01 ~= $0 })
        #expect(waits.count > 119)
        patriot.isListening = true
        for _ in 0..<31 where patriot.channels.isEmpty { patriot.advance(.seconds(1)) }
        try patriot.upgrade()
        #expect(patriot.links.last == .connected)
    }

    @Test
    func row16_lossInACallIsRepairedByTheNextConnection() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        patriot.client.session.lineChanged(.outbound(callerID: "5550100", replaceable: false))
        let status = PatriotMessage.callStatusUpdate(CallStatus(callActive: true, outbound: true, callerID: "5550100"))
        #expect(try patriot.messages() == [status])
        try patriot.channel.close(promise: nil)
        #expect(patriot.requests.isEmpty)
        patriot.loop.run()
        #expect(patriot.channels.count == 2)
        try patriot.upgrade()
        _ = try patriot.received()
        try patriot.send(.authenticationResponse(requestID: "2", success: true, error: nil))
        #expect(try patriot.messages() == [status])
    }

    @Test
    func row19_badMessagesLeaveTheConnection() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        let deep = String(repeating: "[", count: 30_000)
        for text in ["", "{", "null", deep, #"{"type":"x"}"#, #"{"type":5}"#] { try patriot.send(.text(text)) }
        try patriot.send(WireFrame(first: 0x82, payload: [0, 0xFF]))
        #expect(try patriot.received().isEmpty)
        try patriot.send(.callStatusRequest)
        #expect(try patriot.messages().count == 1)
    }

    @Test(
        arguments: [
            (WireFrame(first: 0x81, payload: Array(repeating: 0x20, count: 65_537)), 1009),
            (WireFrame(first: 0x81, payload: [0xFF]), 1007),
        ] as [(WireFrame, UInt16)]
    )
    func row19_oversizeAndBadUTF8Disconnect(_ frame: WireFrame, _ code: UInt16) throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        try? patriot.send(frame)
        #expect(try patriot.received() == [WireFrame.close(code).masked])
        try? patriot.send(.dialRequest(phoneNo: "5550100", rawPhoneNo: nil))
        #expect(patriot.requests.isEmpty)
        patriot.advance(.seconds(1))
        #expect(patriot.channels.count == 2)
    }

    @Test
    func stopClosesWith1001AndStaysAway() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        var isStopped = false
        patriot.client.stop().assumeIsolated().whenSuccess { isStopped = true }
        #expect(try patriot.received() == [WireFrame.close(1001, "the dialler stops").masked])
        try patriot.send(.dialRequest(phoneNo: "5550100", rawPhoneNo: nil))
        #expect(patriot.requests.isEmpty)
        #expect(!isStopped)
        patriot.advance(.seconds(1))
        #expect(isStopped)
        patriot.advance(.hours(1))
        #expect(patriot.channels.count == 1)
        patriot.client.start()
        #expect(patriot.channels.count == 2)
    }

    @Test
    func stopBeforeTheWebSocketIsOpenEndsTheAttempt() throws {
        let patriot = EmbeddedPatriot()
        patriot.client.start()
        var isStopped = false
        patriot.client.stop().assumeIsolated().whenSuccess { isStopped = true }
        patriot.advance(.hours(1))
        #expect(isStopped)
        #expect(try patriot.channel.isActive == false)
        #expect(patriot.channels.count == 1)
        #expect(patriot.links == [.connecting])
    }

    @Test
    func stopWhileWaitingCancelsTheRetry() {
        let patriot = EmbeddedPatriot()
        patriot.isListening = false
        patriot.client.start()
        patriot.advance(.zero)
        _ = patriot.client.stop()
        let tries = patriot.attempts.count
        patriot.advance(.hours(1))
        #expect(patriot.attempts.count == tries)
    }

    @Test
    func row14_logTellsChangesAndNotTries() throws {
        let patriot = EmbeddedPatriot()
        patriot.isListening = false
        patriot.client.start()
        patriot.advance(.hours(1))
        #expect(patriot.loggedLines == ["warning Patriot is unreachable, retrying"])
        patriot.isListening = true
        for _ in 0..<31 where patriot.channels.isEmpty { patriot.advance(.seconds(1)) }
        try patriot.upgrade()
        try patriot.send(.authenticationResponse(requestID: nil, success: true, error: nil))
        #expect(patriot.loggedLines.last == "notice connected to Patriot, API key accepted")
        patriot.isListening = false
        try patriot.channel.close(promise: nil)
        patriot.advance(.hours(1))
        // The loss, and then that nobody listens any more.
        #expect(patriot.loggedLines.count == 4)
    }

    @Test
    func logAndTranscriptNeverShowKeyOrWholeNumber() throws {
        let patriot = EmbeddedPatriot()
        try patriot.authenticate()
        patriot.client.session.lineChanged(.outbound(callerID: "+61491570156", replaceable: false))
        try patriot.send(.dialRequest(phoneNo: "+61491570156", rawPhoneNo: "0491 570 156"))
        let told = patriot.log.entries.map { "\($0.message) \($0.metadata)" } + patriot.transcript
        #expect(told.contains { $0.contains("…156") })
        #expect(told.allSatisfy { !$0.contains("ABC123") && !$0.contains("91570") && !$0.contains("0491") })
    }
}
