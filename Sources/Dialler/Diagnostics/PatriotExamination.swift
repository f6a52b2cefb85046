import Logging
import NIOCore
import NIOOpenSSL
import PatriotCore
import PatriotLink

/// Shows Patriot the key once, as a line does, and reports how that went. Sends no status; a dial request is refused.
///
/// Bound to its event loop.
final class PatriotExamination {
    /// Longer than Patriot has for its answer.
    private static let limit = TimeAmount.seconds(15)

    /// How the attempt went.
    struct Outcome: Sendable {
        let link: PatriotLink
        /// The HTTP status of an answer that was no WebSocket.
        let refusedUpgrade: Int?
    }

    /// What Patriot has shown of itself.
    enum Answer: Sendable {
        case untrusted(TrustFailure)
        case session(Outcome)
    }

    /// Looks at the certificate first: the key is shown to nobody who is not trusted.
    /// - Throws: `PatriotProbe.Failure` where Patriot cannot be reached, `TLSError` when the trust settings cannot be used.
    static func run(_ client: PatriotDialer.Configuration, on eventLoop: any EventLoop) async throws -> Answer {
        if case .untrusted(let failure) = try await PatriotProbe.look(client, on: eventLoop) {
            return .untrusted(failure)
        }
        let outcome = try await eventLoop.flatSubmit {
            do {
                return try PatriotExamination(client, eventLoop: eventLoop).run()
            } catch {
                return eventLoop.makeFailedFuture(error)
            }
        }.get()
        return .session(outcome)
    }

    private let client: PatriotDialer
    private let eventLoop: any EventLoop
    private let promise: EventLoopPromise<Outcome>
    private var link = PatriotLink.connecting
    private var isOver = false

    /// - Throws: `TLSError` when the trust settings cannot be used.
    private init(_ configuration: PatriotDialer.Configuration, eventLoop: any EventLoop) throws {
        self.eventLoop = eventLoop
        client = try PatriotDialer(
            configuration: configuration,
            eventLoop: eventLoop,
            logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        )
        promise = eventLoop.makePromise(of: Outcome.self)
    }

    private func run() -> EventLoopFuture<Outcome> {
        client.onLinkChanged = { [self] link in follow(link) }
        client.session.onRequest = { [self] request in refuse(request) }
        client.start()
        _ = eventLoop.assumeIsolated().scheduleTask(in: Self.limit) { [self] in end() }
        return promise.futureResult
    }

    private func follow(_ link: PatriotLink) {
        self.link = link
        switch link {
        case .connecting, .connected: break
        case .authenticated, .refused, .disconnected, .listening, .admitted: end()
        }
    }

    private func refuse(_ request: LineRequest) {
        switch request {
        case .dial: client.session.dialFailed()
        case .hangUp: break
        }
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        let outcome = Outcome(link: link, refusedUpgrade: client.refusedUpgrade)
        // Before the session sends its first status: what calls the line has is not known here.
        if case .authenticated = link { return stop(outcome) }
        // Not from within what the client is telling.
        eventLoop.assumeIsolated().execute { [self] in stop(outcome) }
    }

    private func stop(_ outcome: Outcome) {
        client.stop().assumeIsolated().whenComplete { [self] _ in
            client.onLinkChanged = { _ in }
            client.session.onRequest = { _ in }
            promise.succeed(outcome)
        }
    }
}
