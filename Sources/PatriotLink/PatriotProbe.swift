package import NIOCore
package import NIOOpenSSL

/// Looks at the certificate that answers where Patriot should be. Says nothing: neither the API key nor a request.
package enum PatriotProbe {
    /// The certificate, or what is wrong with it.
    package enum Finding: Equatable, Sendable {
        case trusted(TLSCertificate)
        case untrusted(TrustFailure)
    }

    /// Connects as the client does, and leaves after the handshake; ten seconds for TCP and ten for TLS at most.
    /// - Throws: `Failure`.
    package static func look(
        _ configuration: PatriotDialer.Configuration,
        on eventLoop: any EventLoop
    ) async throws -> Finding {
        do {
            // On the loop from the first: what follows the connection must not come a tick after it, when the handshake
            // may be over and its end told to nobody.
            return try await eventLoop.flatSubmit {
                do {
                    return try connect(configuration, on: eventLoop)
                } catch {
                    return eventLoop.makeFailedFuture(error)
                }
            }.get()
        } catch TLSError.untrusted(let failure) {
            return .untrusted(failure)
        } catch {
            throw Failure(error)
        }
    }

    private static func connect(
        _ configuration: PatriotDialer.Configuration,
        on eventLoop: any EventLoop
    ) throws -> EventLoopFuture<Finding> {
        let connector = PatriotConnector.tls(
            to: PatriotEndpoint(host: configuration.host, port: configuration.port, address: configuration.address),
            context: try TLSContext.client(trust: configuration.trust),
            serverName: configuration.host
        )
        return connector.connect(eventLoop).flatMap { channel in
            // One that is gone already would tell the handler nothing more.
            guard channel.isActive else { return channel.eventLoop.makeFailedFuture(ChannelError.eof) }
            let promise = channel.eventLoop.makePromise(of: Finding.self)
            do {
                try channel.pipeline.syncOperations.addHandler(CertificateHandler(promise: promise))
            } catch {
                promise.fail(error)
            }
            return promise.futureResult
        }
    }
}

/// Waits for the handshake's end, tells what it showed, and closes the channel.
private final class CertificateHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var promise: EventLoopPromise<PatriotProbe.Finding>?

    init(promise: EventLoopPromise<PatriotProbe.Finding>) {
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let completed = event as? TLSHandshakeCompleted, let certificate = completed.peer else {
            return context.fireUserInboundEventTriggered(event)
        }
        end(.success(.trusted(certificate)))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(ChannelError.eof))
    }

    private func end(_ result: Result<PatriotProbe.Finding, any Error>) {
        promise?.completeWith(result)
        promise = nil
    }
}
