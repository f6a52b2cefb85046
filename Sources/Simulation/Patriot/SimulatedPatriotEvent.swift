import Basics
package import PatriotCore

/// What happens at a simulated Patriot. `client` counts the connections from 1.
package enum SimulatedPatriotEvent: Equatable, Sendable {
    /// A dialler's WebSocket is open; it has yet to authenticate.
    case connected(client: Int)
    case authenticated(client: Int)
    /// A wrong API key was answered with `success: false`.
    case authenticationRefused(client: Int)
    /// The dialler answered the InitRequest of a Patriot that connected to it.
    case introductionAnswered(client: Int, InitResponse)
    case received(client: Int, PatriotMessage)
    /// A message other than `authentication-request` came before the authentication; it is ignored, as the API page says.
    case ignored(client: Int, PatriotMessage)
    /// A message that cannot be read; it is not answered.
    case unreadable(client: Int, PatriotMessageError)
    case sent(client: Int, PatriotMessage)
    /// The dialler broke RFC 6455; the connection is closed.
    case violation(client: Int, String)
    /// The connection is gone; `code` is the one the dialler gave for closing, nil when it gave none.
    case disconnected(client: Int, code: UInt16?)
    /// A connection that never became a WebSocket: TLS failed, or the path or the request was wrong.
    case refused(reason: String)
}

extension SimulatedPatriotEvent: CustomStringConvertible {
    /// One line for a transcript; numbers are masked, the API key is never shown.
    package var description: String {
        switch self {
        case .connected(let client): "dialler \(client) connected"
        case .authenticated(let client): "dialler \(client) authenticated"
        case .authenticationRefused(let client): "dialler \(client) has a wrong API key"
        case .introductionAnswered(let client, let answer):
            "dialler \(client) < init-response "
                + (answer.success ? "success" : "refused: \(ForeignText(answer.error ?? "no reason given"))")
        case .received(let client, let message): "dialler \(client) < \(message)"
        case .ignored(let client, let message): "dialler \(client) < \(message) (ignored: it has not authenticated)"
        case .unreadable(let client, let error): "dialler \(client) < unreadable: \(error)"
        case .sent(let client, let message): "dialler \(client) > \(message)"
        case .violation(let client, let what): "dialler \(client) broke the WebSocket protocol: \(what)"
        case .disconnected(let client, let code?): "dialler \(client) disconnected with code \(code)"
        case .disconnected(let client, nil): "dialler \(client) disconnected"
        case .refused(let reason): "connection refused: \(reason)"
        }
    }
}
