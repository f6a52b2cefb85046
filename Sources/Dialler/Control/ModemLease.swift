import NIOCore

/// The modem as one client's alone, for as long as he goes on asking.
///
/// Bound to the event loop of the line.
final class ModemLease {
    private struct Holding {
        let client: ControlServer.Client
        let expiry: Scheduled<Void>
    }

    /// Why a client's exclusive use ended without its asking.
    enum End {
        /// Patriot dialled.
        case dial
        /// The client asked nothing for ``duration``.
        case idle

        var text: String {
            switch self {
            case .dial: "Patriot dials"
            case .idle: "nothing was sent for \(ModemLease.duration.nanoseconds / 1_000_000_000) s"
            }
        }
    }

    /// A client that asks nothing for so long gives the modem back.
    static let duration = TimeAmount.seconds(60)

    var onTaken: (ControlServer.Client) -> Void = { _ in }
    /// With the reason for which it was taken from him; nil when he gave it back.
    var onEnded: (ControlServer.Client, End?) -> Void = { _, _ in }

    private let eventLoop: any EventLoop
    private var holding: Holding?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Who has the modem.
    var holder: ControlServer.Client? { holding?.client }

    /// Why this client cannot have the modem; nil when nobody else has it.
    func obstacle(for client: ControlServer.Client) -> String? {
        guard let holder, holder !== client else { return nil }
        return "\(holder.name) has the modem: wait until it is given back, a minute after the last command at most"
    }

    /// - Returns: why not; nil when it is the client's now.
    func take(by client: ControlServer.Client) -> String? {
        if let obstacle = obstacle(for: client) { return obstacle }
        let isNew = holding == nil
        hold(for: client)
        if isNew { onTaken(client) }
        return nil
    }

    /// Begins its time again, if it is this client's.
    func renew(for client: ControlServer.Client) {
        if holder === client { hold(for: client) }
    }

    /// - Returns: why not; nil when it was his.
    func giveBack(by client: ControlServer.Client) -> String? {
        guard holder === client else { return "the modem is not yours" }
        end(because: nil)
        return nil
    }

    /// Takes it from the client that has it.
    func end(because reason: End?) {
        guard let ended = holding else { return }
        stop()
        onEnded(ended.client, reason)
    }

    /// Without a word to anybody.
    func stop() {
        holding?.expiry.cancel()
        holding = nil
    }

    private func hold(for client: ControlServer.Client) {
        holding?.expiry.cancel()
        let expiry = eventLoop.assumeIsolated().scheduleTask(in: Self.duration) { [self] in
            end(because: .idle)
        }
        holding = Holding(client: client, expiry: expiry)
    }
}
