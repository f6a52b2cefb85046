import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import PatriotCore
import Simulation
import Testing

@Suite(.timeLimit(.minutes(1))) struct SimulatedPatriotTests {
    private static let key = APIKey("ABC123DEF456")

    /// A Patriot and the stream of what happens there.
    private struct Station {
        let patriot: SimulatedPatriot
        let events: AsyncStream<SimulatedPatriotEvent>

        init() async throws {
            let (events, continuation) = AsyncStream.makeStream(
                of: SimulatedPatriotEvent.self,
                bufferingPolicy: .bufferingOldest(1000)
            )
            self.events = events
            patriot = try await SimulatedPatriot.start(
                SimulatedPatriot.Options(apiKey: key),
                group: MultiThreadedEventLoopGroup.singleton,
                onEvent: { continuation.yield($0) }
            )
        }

        func next() async -> SimulatedPatriotEvent? {
            for await event in events { return event }
            return nil
        }

        /// A dialler that has authenticated; its events are taken.
        func authenticatedDialler() async throws -> SimulatedPatriotDialler {
            let dialler = try await SimulatedPatriotDialler.connect(to: patriot)
            #expect(await dialler.next() == .open)
            dialler.send(.authenticationRequest(requestID: "7", apiKey: key))
            #expect(
                await dialler.next()
                    == .message(.authenticationResponse(requestID: "7", success: true, error: nil))
            )
            while let event = await next() {
                if case .authenticated = event { break }
            }
            return dialler
        }
    }

    @Test func theRightKeyIsWelcomedAndCommandsFollow() async throws {
        let station = try await Station()
        let dialler = try await SimulatedPatriotDialler.connect(to: station.patriot)
        #expect(await dialler.next() == .open)
        let request = PatriotMessage.authenticationRequest(requestID: "123456", apiKey: Self.key)
        let answer = PatriotMessage.authenticationResponse(requestID: "123456", success: true, error: nil)
        dialler.send(request)
        #expect(await dialler.next() == .message(answer))
        #expect(await station.next() == .connected(client: 1))
        #expect(await station.next() == .received(client: 1, request))
        #expect(await station.next() == .sent(client: 1, answer))
        #expect(await station.next() == .authenticated(client: 1))
        #expect(station.patriot.dial("+49 (30) 123-456") == 1)
        #expect(station.patriot.send(.hangupRequest) == 1)
        #expect(station.patriot.send(.callStatusRequest) == 1)
        let dial = PatriotMessage.dialRequest(phoneNo: "+4930123456", rawPhoneNo: "+49 (30) 123-456")
        #expect(await dialler.next() == .message(dial))
        #expect(await dialler.next() == .message(.hangupRequest))
        #expect(await dialler.next() == .message(.callStatusRequest))
        let status = PatriotMessage.callStatusUpdate(CallStatus(callActive: false))
        dialler.send(status)
        #expect(await station.next() == .sent(client: 1, dial))
        #expect(await station.next() == .sent(client: 1, .hangupRequest))
        #expect(await station.next() == .sent(client: 1, .callStatusRequest))
        #expect(await station.next() == .received(client: 1, status))
        await station.patriot.stop()
    }

    @Test func aWrongKeyIsRefusedWithAReasonAndMayBeCorrected() async throws {
        let station = try await Station()
        let dialler = try await SimulatedPatriotDialler.connect(to: station.patriot)
        #expect(await dialler.next() == .open)
        dialler.send(.authenticationRequest(requestID: nil, apiKey: APIKey("wrong")))
        let refusal = PatriotMessage.authenticationResponse(requestID: nil, success: false, error: "Invalid API key")
        #expect(await dialler.next() == .message(refusal))
        #expect(station.patriot.send(.hangupRequest) == 0)
        dialler.send(.authenticationRequest(requestID: nil, apiKey: Self.key))
        let welcome = PatriotMessage.authenticationResponse(requestID: nil, success: true, error: nil)
        #expect(await dialler.next() == .message(welcome))
        await station.patriot.stop()
    }

    @Test func messagesBeforeTheAuthenticationAreIgnored() async throws {
        let station = try await Station()
        let dialler = try await SimulatedPatriotDialler.connect(to: station.patriot)
        #expect(await dialler.next() == .open)
        let status = PatriotMessage.callStatusUpdate(CallStatus(callActive: false))
        dialler.send(status)
        dialler.send(.text, Array("no json".utf8))
        #expect(await station.next() == .connected(client: 1))
        #expect(await station.next() == .ignored(client: 1, status))
        #expect(await station.next() == .unreadable(client: 1, .notJSONObject))
        #expect(station.patriot.authenticatedCount == 0)
        await station.patriot.stop()
    }

    @Test(arguments: ["/", "/ws/dialler/v2", "/ws/dialler/v1/"])
    func anotherPathIsNotFound(_ path: String) async throws {
        let station = try await Station()
        let dialler = try await SimulatedPatriotDialler.connect(to: station.patriot, path: path)
        #expect(await dialler.next() == .refused(.notFound))
        #expect(await dialler.next() == .closed)
        #expect(await station.next() == .refused(reason: "the path is not /ws/dialler/v1"))
        await station.patriot.stop()
    }

    @Test func severalDiallersGetEachCommand() async throws {
        let station = try await Station()
        let diallers = [try await station.authenticatedDialler(), try await station.authenticatedDialler()]
        #expect(station.patriot.authenticatedCount == 2)
        #expect(station.patriot.send(.callStatusRequest) == 2)
        for dialler in diallers { #expect(await dialler.next() == .message(.callStatusRequest)) }
        await station.patriot.stop()
    }

    @Test func pingsAreAnsweredUnlessSilent() async throws {
        let station = try await Station()
        let dialler = try await station.authenticatedDialler()
        dialler.send(.ping, [1, 2, 3])
        #expect(await dialler.next() == .frame(.pong, [1, 2, 3]))
        station.patriot.setSilent(true)
        dialler.send(.ping, [4])
        // What is sent after the swallowed ping comes in its stead.
        dialler.send(.authenticationRequest(requestID: "8", apiKey: Self.key))
        station.patriot.sendText("still here")
        #expect(await dialler.next() == .frame(.text, Array("still here".utf8)))
        await station.patriot.stop()
    }

    @Test func aMessageMayComeInFragments() async throws {
        let station = try await Station()
        let dialler = try await station.authenticatedDialler()
        let bytes = PatriotMessage.callStatusUpdate(CallStatus(callActive: false)).encoded()
        dialler.send(.text, Array(bytes.prefix(5)), isLast: false)
        dialler.send(.ping, [])
        dialler.send(.continuation, Array(bytes.dropFirst(5)))
        #expect(await dialler.next() == .frame(.pong, []))
        #expect(await station.next() == .received(client: 1, .callStatusUpdate(CallStatus(callActive: false))))
        await station.patriot.stop()
    }

    @Test(arguments: [
        (WebSocketOpcode.text, false, UInt8(0xEA)), (.binary, true, 0xEB), (.continuation, true, 0xEA),
    ])
    func aBrokenProtocolIsClosedWithItsCode(_ opcode: WebSocketOpcode, _ isMasked: Bool, _ code: UInt8) async throws {
        let station = try await Station()
        let dialler = try await station.authenticatedDialler()
        dialler.send(opcode, [0x7B, 0x7D], isMasked: isMasked)
        #expect(await dialler.next() == .frame(.connectionClose, [0x03, code]))
        guard case .violation(client: 1, _) = await station.next() else {
            Issue.record("no violation was reported")
            return
        }
        #expect(await station.next() == .disconnected(client: 1, code: nil))
        await station.patriot.stop()
    }

    @Test func disconnectingSaysGoodbye() async throws {
        let station = try await Station()
        let dialler = try await station.authenticatedDialler()
        #expect(station.patriot.disconnectClients() == 1)
        #expect(await dialler.next() == .frame(.connectionClose, [0x03, 0xE9]))
        dialler.send(.connectionClose, [0x03, 0xE9])
        #expect(await dialler.next() == .closed)
        #expect(await station.next() == .disconnected(client: 1, code: 1001))
        #expect(station.patriot.authenticatedCount == 0)
        await station.patriot.stop()
    }

    @Test func killingSaysNothing() async throws {
        let station = try await Station()
        let dialler = try await station.authenticatedDialler()
        #expect(station.patriot.killClients() == 1)
        var happenings: [SimulatedPatriotDialler.Happening] = []
        while happenings.last != .closed { happenings.append(await dialler.next()) }
        #expect(!happenings.contains { if case .frame = $0 { true } else { false } })
        #expect(await station.next() == .disconnected(client: 1, code: nil))
        await station.patriot.stop()
    }

    @Test func stoppingSaysGoodbyeAndListensNoMore() async throws {
        let station = try await Station()
        let dialler = try await station.authenticatedDialler()
        await station.patriot.stop()
        #expect(await dialler.next() == .frame(.connectionClose, [0x03, 0xE9]))
        // Somebody else may have been given the port by now; this Patriot, with its key, answers there no more.
        guard let later = try? await SimulatedPatriotDialler.connect(to: station.patriot) else { return }
        #expect(await later.next() != .open)
    }
}
