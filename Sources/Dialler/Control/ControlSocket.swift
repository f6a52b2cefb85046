import Glibc
import NIOCore
import PatriotCore

/// What the control socket is as a file, and who is at its other end.
package enum ControlSocket {
    /// Where a line has it.
    package static func path(in runtimeDirectory: String) -> String { runtimeDirectory + "/control" }

    /// Takes away what a daemon that is gone has left.
    /// - Returns: why the name cannot be used; nil when it can.
    static func clear(_ path: String) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            return "\(path) is no socket, and is left alone: move it away"
        }
        if let descriptor = connect(to: path, within: .zero) {
            close(descriptor)
            return "another process serves \(path) already"
        }
        // One that lets nobody in is there, too.
        if errno == EAGAIN { return "another process serves \(path) already, and does not answer" }
        return unlink(path) == 0 ? nil : "\(path) cannot be replaced: \(String(cString: strerror(errno)))"
    }

    /// - Parameter limit: of the time that it may take here, and each time that something is sent; with none, connecting does
    ///   not wait.
    /// - Returns: nil with `errno` set when nobody listens there, or nobody lets us in: `EAGAIN` when that took too long.
    static func connect(to path: String, within limit: Duration) -> CInt? {
        var address = sockaddr_un()
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return nil
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let waiting = limit == .zero ? SOCK_NONBLOCK.rawValue : 0
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | waiting), 0)
        guard descriptor >= 0 else { return nil }
        // Also of connect(2), for a listener with too many who wait (unix(7), socket(7)); poll(2) knows nothing of that.
        var time = timeval(tv_sec: Int(limit.milliseconds / 1000), tv_usec: Int(limit.milliseconds % 1000) * 1000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
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

    /// Who is at the other end; nil when the kernel does not say.
    static func peer(of channel: any Channel) -> PeerCredentials? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        let answer: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: .socket,
            name: .init(rawValue: SO_PEERCRED)
        )
        var peer: PeerCredentials?
        // Known at once on the channel's own loop.
        answer.assumeIsolated().whenSuccess { peer = $0 }
        return peer
    }

    /// Blocks: a name may have to be asked for over the network.
    static func userName(_ user: uid_t) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var texts = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(user, &entry, &texts, texts.count, &found) == 0, let found else { return nil }
        return String(cString: found.pointee.pw_name)
    }
}

/// `struct ucred` of unix(7).
struct PeerCredentials: Sendable {
    var processID: pid_t
    var user: uid_t
    var group: gid_t
}
