import Glibc
import PatriotCore

/// A connection to a line's control socket, which need not have greeted us yet: messages each way, and nothing kept of them.
package final class ControlConnection {
    /// Why the daemon cannot be reached.
    package typealias Failure = ControlClient.Failure

    /// For poll(2).
    package let descriptor: CInt
    private var unread: [UInt8] = []
    /// Those of all versions are shorter.
    private static let longestLine = 16 * ControlMessage.maximumLine

    /// - Parameter limit: how long connecting, and later each request, may wait for the daemon; with none they do not wait.
    /// - Throws: why there is no daemon to speak to.
    package init(path: String, within limit: Duration = .zero) throws(Failure) {
        guard let descriptor = ControlSocket.connect(to: path, within: limit) else {
            switch errno {
            case EACCES, EPERM: throw .notAllowed(path: path)
            case EAGAIN: throw .timedOut
            default: throw .noDaemon(path: path)
            }
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Throws `.lost` when the daemon is gone, `.timedOut` when it reads nothing.
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

    /// The next message; nil when none came by then.
    package func next(before deadline: ContinuousClock.Instant) throws(Failure) -> ControlMessage? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread.removeSubrange(...end)
                guard let message = try? ControlMessage(line: line) else {
                    throw .lost("it said what this program does not know")
                }
                return message
            }
            // Whatever serves the socket, we wait and take no more than this.
            guard unread.count <= Self.longestLine else {
                throw .lost("it sent a line of more than \(Self.longestLine) bytes")
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
