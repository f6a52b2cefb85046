package import Basics

/// How we stand with Patriot.
package enum PatriotLink: Equatable, Sendable {
    /// Name, TCP, TLS and WebSocket are under way.
    case connecting
    /// The WebSocket is open; Patriot has not yet accepted the key.
    case connected
    case authenticated
    /// Patriot refused the key, with this text. It is asked again from 30 s up to 5 min later.
    case refused(ForeignText)
    /// The port is open; no Patriot is connected. `on` is the place as a person reads it, `:9010`.
    case listening(on: String)
    /// Patriot connected to us from that address and proved itself. `rivals` are the addresses of Patriots that keep replacing
    /// each other; empty when none do.
    case admitted(from: String, rivals: [String])
    /// Not connected; `reason` is a sentence part for people, with address and port, `detail` what does not fit into a line.
    case disconnected(reason: String, detail: String? = nil, retryIn: Duration)
}

/// Which way a message went.
package enum MessageDirection: Equatable, Sendable {
    case sent, received
}
