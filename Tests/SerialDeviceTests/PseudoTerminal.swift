import Glibc
import Testing

/// A pseudo-terminal pair: the test holds the master, which plays the modem.
final class PseudoTerminal {
    let path: String
    private var master: CInt
    private var slave: CInt

    init() throws {
        var master: CInt = -1
        var slave: CInt = -1
        var name = [CChar](repeating: 0, count: 128)
        try #require(openpty(&master, &slave, &name, nil, nil) == 0)
        self.master = master
        self.slave = slave
        self.path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        unplug()
    }

    /// What the terminal is set to now.
    var attributes: termios {
        var attributes = termios()
        tcgetattr(slave, &attributes)
        return attributes
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Waits for that many bytes, at most two seconds.
    func receive(count: Int) -> String {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 2000) == 1 else { break }
            var buffer = [UInt8](repeating: 0, count: count - bytes.count)
            let read = read(master, &buffer, buffer.count)
            guard read > 0 else { break }
            bytes += buffer.prefix(read)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Like pulling the USB plug: the kernel hangs the terminal up.
    func unplug() {
        if slave >= 0 { close(slave) }
        if master >= 0 { close(master) }
        slave = -1
        master = -1
    }
}
