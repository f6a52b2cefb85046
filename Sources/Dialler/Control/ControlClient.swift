import Basics
import PatriotCore

/// A client of the control socket, for the commands of a person: one request after the other, waiting for each answer.
package final class ControlClient {
    /// Why the daemon cannot be asked.
    package enum Failure: Error, Equatable, Sendable {
        /// Nobody serves that socket.
        case noDaemon(path: String)
        case notAllowed(path: String)
        /// The daemon is gone, or said something that is not the protocol's.
        case lost(String)
        case timedOut
    }

    /// Who answers.
    package let hello: ControlMessage.Hello
    private let connection: ControlConnection
    private var nextID = 1

    /// - Throws: why there is no daemon to speak to.
    package init(path: String, timeout: Duration = .seconds(5)) throws(Failure) {
        let deadline = ContinuousClock.now + timeout
        connection = try ControlConnection(path: path, within: timeout)
        guard let first = try connection.next(before: deadline) else { throw .timedOut }
        guard let hello = first.hello else {
            throw .lost(first.reply?.error ?? "it did not say who it is")
        }
        self.hello = hello
    }

    /// For poll(2).
    package var descriptor: CInt { connection.descriptor }

    /// Asks, and waits for the answer; events that come before it are given to `event`.
    package func ask(
        _ order: ControlRequest.Order,
        timeout: Duration = .seconds(10),
        event: (ControlMessage.Event) -> Void = { _ in }
    ) throws(Failure) -> ControlMessage.Reply {
        let id = nextID
        nextID += 1
        try send(ControlRequest(id: id, order))
        let deadline = ContinuousClock.now + timeout
        while true {
            guard let message = try connection.next(before: deadline) else { throw .timedOut }
            if let reply = message.reply, reply.id == id || reply.id == 0 { return reply }
            if let happened = message.event { event(happened) }
            // Events alone would keep us waiting for as long as they come.
            guard ContinuousClock.now < deadline else { throw .timedOut }
        }
    }

    /// Sends without waiting for the reply. Throws `.lost` when the daemon is gone, `.timedOut` when it reads nothing.
    package func send(_ request: ControlRequest) throws(Failure) {
        try connection.send(request)
    }

    /// The next message; nil when none came in that time.
    package func next(timeout: Duration) throws(Failure) -> ControlMessage? {
        try connection.next(before: .now + timeout)
    }
}

extension ControlClient.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noDaemon(let path):
            "no line is running at \(path): start it with sudo systemctl start patriot-dialler@\(Self.line(at: path)); "
                + "run sudo patriot-dialler doctor to see why"
        case .notAllowed(let path):
            "\(path) permission denied: use sudo, or sudo usermod -aG patriot-dialler USER, then log out and in again"
        case .lost(let reason): "lost the connection to the line: \(reason): try again"
        case .timedOut: "the line did not answer in time: try again; sudo patriot-dialler doctor says more"
        }
    }

    /// The line's name where systemd made its socket's directory.
    private static func line(at path: String) -> String {
        let prefix = Configuration.allRuntimeDirectories + "/"
        guard path.hasPrefix(prefix), let name = path.dropFirst(prefix.count).split(separator: "/").first else {
            return "LINE"
        }
        return shellQuoted(String(name))
    }
}
