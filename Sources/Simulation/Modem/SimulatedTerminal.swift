import Glibc

/// Why a simulated modem could not be plugged in.
package enum SimulatedModemError: Error, Equatable, CustomStringConvertible {
    case noTerminal(errno: CInt)
    case link(path: String, errno: CInt)
    /// Something that is no link is at the link's place.
    case linkPathTaken(String)

    package var description: String {
        switch self {
        case .noTerminal(let errno): "No pseudo-terminal to be had (\(text(errno))): is /dev/pts mounted?"
        case .link(let path, let errno):
            "The link \(path) cannot be made (\(text(errno))): does its folder exist, and may this user write there?"
        case .linkPathTaken(let path): "\(path) exists and is no link: name another path for the simulated modem."
        }
    }

    private func text(_ errno: CInt) -> String { String(cString: strerror(errno)) }
}

/// A pseudo-terminal that plays a modem's tty, and the link to it.
///
/// It keeps the slave side open itself: without, the master reads an error while no daemon has the port open.
final class SimulatedTerminal {
    /// The device node.
    let path: String
    private let linkPath: String?
    private var master: CInt
    private var slave: CInt

    init(linkPath: String?) throws(SimulatedModemError) {
        self.linkPath = linkPath
        var master: CInt = -1
        var slave: CInt = -1
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&master, &slave, &name, nil, nil) == 0 else { throw .noTerminal(errno: errno) }
        self.master = master
        self.slave = slave
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        makeRaw()
        if let linkPath { try makeLink(linkPath) }
    }

    deinit {
        close()
    }

    /// Two descriptors of the modem's side for a channel that closes them; nil after the first time.
    func takeMaster() -> (input: CInt, output: CInt)? {
        guard master >= 0 else { return nil }
        let output = fcntl(master, F_DUPFD_CLOEXEC, 0)
        guard output >= 0 else { return nil }
        defer { master = -1 }
        return (master, output)
    }

    /// Ours alone; a channel closes what it has taken.
    func close() {
        if let linkPath, leads(linkPath, to: path) { unlink(linkPath) }
        if slave >= 0 { _ = Glibc.close(slave) }
        if master >= 0 { _ = Glibc.close(master) }
        slave = -1
        master = -1
    }

    /// The terminal must not echo the modem's own lines back to it before somebody opens it.
    private func makeRaw() {
        var attributes = termios()
        guard tcgetattr(slave, &attributes) == 0 else { return }
        cfmakeraw(&attributes)
        _ = tcsetattr(slave, TCSANOW, &attributes)
    }

    private func makeLink(_ linkPath: String) throws(SimulatedModemError) {
        var status = stat()
        if lstat(linkPath, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFLNK else { throw .linkPathTaken(linkPath) }
            unlink(linkPath)
        }
        guard symlink(path, linkPath) == 0 else { throw .link(path: linkPath, errno: errno) }
    }

    private func leads(_ link: String, to path: String) -> Bool {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count)
        return count > 0 && buffer.prefix(count).map { UInt8(bitPattern: $0) } == Array(path.utf8)
    }
}
