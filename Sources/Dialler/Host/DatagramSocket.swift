import Glibc

/// Sends datagrams to a Unix socket of another process (unix(7)) and never waits for it.
package final class DatagramSocket: Sendable {
    private let descriptor: CInt
    private let address: UnixAddress

    /// - Parameter path: of the file system, or after `@` a name in the abstract space.
    /// - Returns: nil for what is neither, or when the system has no descriptors left. Nobody needs to receive there yet.
    package init?(path: String) {
        guard let address = UnixAddress(path) else { return nil }
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.address = address
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: 0, or the `errno` (errno(3)) for which it was not sent: `EAGAIN` when the receiver is too slow, `EMSGSIZE` when it
    ///   is too long.
    package func send(_ bytes: [UInt8]) -> CInt {
        var socket = address.socket
        while true {
            let count = withUnsafePointer(to: &socket) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, address.length)
                }
            }
            if count >= 0 { return 0 }
            guard errno == EINTR else { return errno }
        }
    }
}

private struct UnixAddress: Sendable {
    var socket = sockaddr_un()
    let length: socklen_t

    init?(_ text: String) {
        guard text.utf8.count > 1, text.hasPrefix("/") || text.hasPrefix("@") else { return nil }
        var name = Array(text.utf8)
        let isAbstract = name[0] == UInt8(ascii: "@")
        if isAbstract { name[0] = 0 }
        // A path ends with a zero, an abstract name does not.
        let count = name.count + (isAbstract ? 0 : 1)
        guard count <= MemoryLayout.size(ofValue: socket.sun_path) else { return nil }
        socket.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &socket.sun_path) { $0.copyBytes(from: name) }
        length = socklen_t(MemoryLayout<sa_family_t>.size + count)
    }
}
