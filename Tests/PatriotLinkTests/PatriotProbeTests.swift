import Glibc
import NIOCore
import NIOOpenSSL
import NIOPosix
import PatriotCore
import Simulation
import Testing

@testable import PatriotLink

@Suite("PatriotProbe", .timeLimit(.minutes(1)))
struct PatriotProbeTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    private func configuration(port: Int, trust: TLSTrust) -> PatriotDialer.Configuration {
        PatriotDialer.Configuration(
            host: "desktop-client-api.patriotsystems.com",
            port: port,
            path: "/ws/dialler/v1",
            address: "127.0.0.1",
            apiKey: APIKey("probe"),
            trust: trust,
            dialDuringCall: .keep
        )
    }

    @Test func seesWhatIsTrustedAndWhatIsNot() async throws {
        let patriot = try await SimulatedPatriot.start(.init(apiKey: APIKey("probe")), group: eventLoop) { event in
            if case .received = event { Issue.record("the probe said something") }
        }
        let certificate = patriot.identity.certificate
        let known = configuration(port: patriot.port, trust: .pins([certificate.pin]))
        #expect(try await PatriotProbe.look(known, on: eventLoop) == .trusted(certificate))
        let unknown = configuration(port: patriot.port, trust: .system)
        let finding = try await PatriotProbe.look(unknown, on: eventLoop)
        guard case .untrusted(let failure) = finding else {
            throw PatriotProbe.Failure(stage: .other, description: "\(finding)")
        }
        #expect(failure.reason == .selfSigned)
        #expect(failure.certificate == certificate)
        await patriot.stop()
    }

    @Test func saysWhyNothingWasSeen() async throws {
        // tcpmux: nothing listens there, and no test is ever given that port.
        let gone = configuration(port: 1, trust: .system)
        let error = await #expect(throws: PatriotProbe.Failure.self) {
            try await PatriotProbe.look(gone, on: eventLoop)
        }
        #expect(error?.description.contains("connection refused") == true)
        #expect(error?.stage == .refused)
    }

    @Test func aNameWithoutAnAddressIsTheFirstStage() async throws {
        var configuration = configuration(port: 1, trust: .system)
        configuration.address = "patriot.invalid"
        let error = await #expect(throws: PatriotProbe.Failure.self) {
            try await PatriotProbe.look(configuration, on: eventLoop)
        }
        #expect(error?.stage == .name)
    }

    @Test(arguments: [
        (IOError(errnoCode: ECONNREFUSED, reason: "connect") as any Error, PatriotProbe.Failure.Stage.refused),
        (IOError(errnoCode: EHOSTUNREACH, reason: "connect"), .noAnswer),
        (IOError(errnoCode: ETIMEDOUT, reason: "connect"), .noAnswer),
        (IOError(errnoCode: ECONNRESET, reason: "read"), .other),
        (ChannelError.connectTimeout(.seconds(10)), .noAnswer),
        (ChannelError.eof, .other),
        (TLSError.notTLS(peer: "patriot", start: "HTTP/1.1"), .notTLS),
        (TLSError.handshakeTimeout(peer: "patriot", seconds: 10), .notTLS),
        (TLSError.closedInHandshake(peer: "patriot"), .other),
    ])
    func tellsHowFarItCame(_ error: any Error, _ stage: PatriotProbe.Failure.Stage) {
        #expect(PatriotProbe.Failure(error).stage == stage)
    }
}
