import Basics
import Logging
import PatriotCore

/// What the log is told of the connection: its changes, not each try. That no Patriot runs is a normal state that may
/// last all night.
struct LinkLog {
    private let logger: Logger
    /// Why there is no connection, since there was one; each reason is logged once.
    private var told: Set<String> = []
    private static let reasonLimit = 20

    init(logger: Logger) {
        self.logger = logger
    }

    mutating func authenticated() {
        told = []
        logger.notice("connected to Patriot, API key accepted")
    }

    mutating func refused(_ error: ForeignText) {
        guard isNews("refused: \(error)") else { return }
        logger.warning(
            "Patriot refused the API key: compare it with WebSocketApiKey in the Patriot Client's .config file",
            metadata: ["patriot.error": "\(error)"]
        )
    }

    mutating func disconnected(reason: String) {
        guard isNews(reason) else { return }
        logger.warning("Patriot is unreachable, retrying", metadata: ["reason": "\(reason)"])
    }

    func message(_ direction: MessageDirection, _ message: PatriotMessage) {
        logger.debug(
            "message",
            metadata: ["direction": direction == .sent ? "sent" : "received", "message": "\(message)"]
        )
    }

    func note(_ note: SessionNote) {
        logger.warning("\(note)")
    }

    private mutating func isNews(_ reason: String) -> Bool {
        told.count < Self.reasonLimit && told.insert(reason).inserted
    }
}
