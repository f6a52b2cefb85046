import Glibc
import NIOCore
import NIOOpenSSL
import NIOPosix

/// Why no WebSocket could be opened. The description says what probably answers there and what to do.
package enum WebSocketOpeningError: Error, Sendable {
    /// An HTTP answer that is no upgrade.
    case refused(status: Int)
    /// An upgrade, but not to the WebSocket that was asked for.
    case wrongUpgrade
    /// What answers speaks no HTTP.
    case notHTTP
    /// More than ``AnswerLimit/bytes`` came, and no final answer among them.
    case endlessAnswer
    /// Connected, and then nothing.
    case timeout
    case closedWithoutAnswer
    /// TCP or TLS.
    case channel(any Error)
}

extension WebSocketOpeningError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let status):
            "the other end answered HTTP \(status) instead of opening a WebSocket: \(Self.hint(status))"
        case .wrongUpgrade:
            "the other end upgraded to something else than the WebSocket asked for: a proxy in between, or no Patriot"
        case .notHTTP:
            "the other end does not speak HTTP: another program listens on this port; check PATRIOT_PORT"
        case .endlessAnswer:
            "the other end sent more than \(AnswerLimit.bytes) bytes and no final HTTP answer: no Patriot; check PATRIOT_PORT"
        case .timeout:
            "connected, but no answer within \(WebSocketOpening.timeout.nanoseconds / 1_000_000_000) s:"
                + " another program listens on this port, or the Patriot Client hangs"
        case .closedWithoutAnswer:
            "the other end closed the connection without an answer: a port forwarding whose Patriot Client does not"
                + " run, or another program"
        case .channel(let error):
            connectionFailureReason(error)
        }
    }

    private static func hint(_ status: Int) -> String {
        switch status {
        case 200..<300: "a web server listens on this port, not Patriot; check PATRIOT_PORT"
        case 300..<400: "a web server or proxy that redirects, not Patriot; check PATRIOT_PORT"
        case 400: "the Windows HTTP service does not know this host name; PATRIOT_HOST must be the documented name"
        case 401, 403, 407: "a proxy or firewall in between refuses us; PATRIOT_ADDRESS must lead to Patriot directly"
        case 404: "nothing is served under this path; check PATRIOT_PATH, and PATRIOT_PORT"
        case 426: "another WebSocket version or protocol is wanted there: no Patriot; check PATRIOT_PORT"
        case 502...504: "a proxy or port forwarding whose Patriot Client does not run"
        default: "no Patriot, or one with trouble of its own; look at the Patriot Client's log"
        }
    }
}

extension WebSocketOpeningError {
    /// What fits into a line of it; the description says the rest.
    var summary: String {
        switch self {
        case .refused(let status): "HTTP \(status) instead of a WebSocket: Patriot does not answer there"
        case .wrongUpgrade: "another protocol than the WebSocket: Patriot does not answer there"
        case .notHTTP: "no HTTP: another program listens on this port"
        case .endlessAnswer: "an HTTP answer without an end: Patriot does not answer there"
        case .timeout: "connected, but no answer to the WebSocket request"
        case .closedWithoutAnswer: "the connection was closed without an answer"
        case .channel(let error as TLSError): error.summary
        case .channel(ChannelError.connectTimeout): "no answer to the connection attempt"
        case .channel(let error): connectionFailureReason(error)
        }
    }
}

/// A sentence part for what NIO and TLS report.
func connectionFailureReason(_ error: any Error) -> String {
    switch error {
    case let error as TLSError: error.description
    case let error as NIOConnectionError: reason(of: error)
    case let error as IOError: reason(of: error)
    case ChannelError.connectTimeout:
        // Nor is it known whether the name server answered.
        "no answer to the connection attempt: check address, firewall and cable, and DNS if the address is a name"
    case ChannelError.eof: "the other end closed the connection"
    default: "\(error)"
    }
}

private func reason(of error: NIOConnectionError) -> String {
    if let failure = error.connectionErrors.first { return connectionFailureReason(failure.error) }
    return "the name \(error.host) cannot be resolved: check DNS, or set PATRIOT_ADDRESS"
}

private func reason(of error: IOError) -> String {
    switch error.errnoCode {
    case ECONNREFUSED: "connection refused; normal while no operator has Patriot open"
    case EHOSTUNREACH, ENETUNREACH: "no route to host: check address and network"
    case ECONNRESET, EPIPE: "the other end reset the connection"
    case ETIMEDOUT: "the other end does not answer: check address, firewall and cable"
    default: "\(error)"
    }
}
