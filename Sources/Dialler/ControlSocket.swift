import Glibc
import NIOCore

/// What the control socket is as a file, and who is at its other end.
package enum ControlSocket {
    /// Where a line has it.
    package static func path(in runtimeDirectory: String) -> String { runtimeDirectory + "/control" }

    /// Takes away what a daemon that is gone has left.
    /// - Returns: why the name cannot be used; nil when it can.
    static func clear(_ path: String) -> String? {
        guard access(path, F_OK) == 0 else { return nil }
        if let descriptor = connect(to: path) {
            close(descriptor)
            return "another process serves \(path) already"
        }
        return unlink(path) == 0 ? nil : "\(path) cannot be replaced: \(String(cString: strerror(errno)))"
    }

    /// - Returns: nil with `errno` set when nobody listens there, or nobody lets us in.
    static func connect(to path: String) -> CInt? {
        var address = sockaddr_un()
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return nil
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let failure = errno
            close(descriptor)
            errno = failure
            return nil
        }
        return descriptor
    }

    /// `root (process 4711)`
    static func peerName(of channel: any Channel) -> String {
        var name = "a process"
        guard let provider = channel as? any SocketOptionProvider else { return name }
        let peer: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: .socket,
            name: .init(rawValue: SO_PEERCRED)
        )
        // Known at once on the channel's own loop.
        peer.assumeIsolated().whenSuccess { peer in
            let user = getpwuid(peer.user).map { String(cString: $0.pointee.pw_name) } ?? "user \(peer.user)"
            name = "\(user) (process \(peer.processID))"
        }
        return name
    }
}

/// `struct ucred` of unix(7).
private struct PeerCredentials: Sendable {
    var processID: pid_t
    var user: uid_t
    var group: gid_t
}
