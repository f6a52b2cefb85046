import Glibc
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
    /// For poll(2).
    package let descriptor: CInt
    private var unread: [UInt8] = []
    private var nextID = 1

    /// - Throws: why there is no daemon to speak to.
    package init(path: String, timeout: Duration = .seconds(5)) throws(Failure) {
        let deadline = ContinuousClock.now + timeout
        guard let descriptor = ControlSocket.connect(to: path, within: timeout) else {
            switch errno {
            case EACCES, EPERM: throw .notAllowed(path: path)
            case EAGAIN: throw .timedOut
            default: throw .noDaemon(path: path)
            }
        }
        let first: ControlMessage
        var bytes: [UInt8] = []
        do throws(Failure) {
            guard let message = try Self.nextMessage(descriptor, &bytes, before: deadline) else { throw .timedOut }
            first = message
        } catch {
            close(descriptor)
            throw error
        }
        guard let hello = first.hello else {
            close(descriptor)
            throw .lost(first.reply?.error ?? "it did not say who it is")
        }
        self.hello = hello
        self.descriptor = descriptor
        unread = bytes
    }

    deinit {
        close(descriptor)
    }

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
            guard let message = try Self.nextMessage(descriptor, &unread, before: deadline) else { throw .timedOut }
            if let reply = message.reply, reply.id == id || reply.id == 0 { return reply }
            if let happened = message.event { event(happened) }
        }
    }

    /// Sends without waiting for the reply. Throws `.lost` when the daemon is gone, `.timedOut` when it reads nothing.
    package func send(_ request: ControlRequest) throws(Failure) {
        var rest = request.line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { throw .timedOut }
            guard count > 0 else { throw .lost(String(cString: strerror(errno))) }
            rest = rest.dropFirst(count)
        }
    }

    /// The next message; nil when none came in that time.
    package func next(timeout: Duration) throws(Failure) -> ControlMessage? {
        try Self.nextMessage(descriptor, &unread, before: .now + timeout)
    }

    private static func nextMessage(
        _ descriptor: CInt,
        _ unread: inout [UInt8],
        before deadline: ContinuousClock.Instant
    ) throws(Failure) -> ControlMessage? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread.removeSubrange(...end)
                guard let message = try? ControlMessage(line: line) else {
                    throw .lost("it said what this program does not know")
                }
                return message
            }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = ContinuousClock.now.duration(to: deadline).milliseconds
            let count = poll(&entry, 1, CInt(max(0, min(left, 60_000))))
            if count < 0, errno == EINTR { continue }
            if count == 0 {
                if ContinuousClock.now >= deadline { return nil }
                continue
            }
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let length = read(descriptor, &chunk, chunk.count)
            if length < 0, errno == EINTR { continue }
            guard length > 0 else { throw .lost("it went away") }
            unread += chunk.prefix(length)
        }
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
