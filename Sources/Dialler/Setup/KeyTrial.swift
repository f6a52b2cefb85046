package import NIOCore
package import PatriotLink

/// Shows Patriot an API key once, before a line is made with it.
package enum KeyTrial {
    /// Looks at the certificate first: the key is shown to nobody who is not trusted.
    /// - Parameter eventLoop: not blocked.
    /// - Returns: how the session went; nil where Patriot is not trusted.
    /// - Throws: `PatriotProbe.Failure` where Patriot cannot be reached, `TLSError` when the trust settings cannot be used.
    package static func run(
        _ patriot: Configuration.Patriot,
        on eventLoop: any EventLoop
    ) async throws -> PatriotLink? {
        let client = Configuration(patriot: patriot).patriotClient
        guard case .session(let outcome) = try await PatriotExamination.run(client, on: eventLoop) else { return nil }
        return outcome.link
    }
}
