import Glibc

/// The port without a channel, for a program that waits with poll(2).
extension SerialPort {
    /// To wait for; nil once the port is closed.
    package var pollDescriptor: CInt? { descriptor }

    /// What has come since, at most 4 KiB of it; empty when there is nothing, nil when the modem is gone.
    package func read() -> [UInt8]? {
        guard let descriptor else { return nil }
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count > 0 { return Array(chunk.prefix(count)) }
        return count < 0 && [EAGAIN, EINTR].contains(errno) ? [] : nil
    }

    /// Waits at most a second for a modem that takes nothing.
    /// - Returns: false when not all was written.
    package func write(_ bytes: [UInt8]) -> Bool {
        guard let descriptor else { return false }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&entry, 1, 1000) > 0, entry.revents & Int16(POLLOUT) != 0 else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
