import CLinux
import Glibc

/// The system calls behind `SerialPort`: open, lock, configure, release. Each may block for as long as the driver wants.
package enum TerminalDevice {
    /// Opens a tty without waiting for its carrier.
    ///
    /// - Throws: why it cannot be opened, or that it is no terminal.
    package static func open(_ path: String) throws(SerialPortError) -> CInt {
        // O_NONBLOCK: without it the open of a port whose carrier is off waits for the carrier.
        let descriptor = Glibc.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw openFailure(errno, path: path) }
        guard isatty(descriptor) == 1 else {
            let code = errno
            _ = close(descriptor)
            if code == ENOTTY || code == EINVAL { throw .notATerminal(path: path) }
            throw .system(call: "isatty", errno: code, path: path)
        }
        return descriptor
    }

    /// Takes the port for us alone, by both ways that programs look at: `TIOCEXCL` stops an open, but not root's;
    /// `flock` stops root too, but only the programs that ask.
    ///
    /// - Throws: `.busy` when another program has it.
    package static func lock(_ descriptor: CInt, path: String) throws(SerialPortError) {
        var isExclusive: CInt = 0
        if ioctl(descriptor, UInt(CLINUX_TIOCGEXCL), &isExclusive) == 0, isExclusive != 0 {
            throw .busy(path: path, holder: PortHolder.find(of: path))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { throw .busy(path: path, holder: PortHolder.find(of: path)) }
            throw .system(call: "flock", errno: errno, path: path)
        }
        guard ioctl(descriptor, UInt(TIOCEXCL)) == 0 else {
            throw .system(call: "TIOCEXCL", errno: errno, path: path)
        }
    }

    /// Sets raw mode, eight bits, no parity, and that speed; what was received before is thrown away.
    ///
    /// - Throws: what the driver refused.
    package static func configure(_ descriptor: CInt, path: String, settings: LineSettings) throws(SerialPortError) {
        guard let speed = settings.speed else {
            throw .settingsRefused(path: path, setting: "\(settings.baudRate) bit/s")
        }
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else {
            throw .system(call: "tcgetattr", errno: errno, path: path)
        }
        var wanted = before
        makeRaw(&wanted, speed: speed, hardwareFlowControl: settings.hardwareFlowControl)
        guard tcsetattr(descriptor, TCSANOW, &wanted) == 0 else {
            throw .system(call: "tcsetattr", errno: errno, path: path)
        }
        // tcsetattr reports success as soon as one of the settings took.
        var actual = termios()
        guard tcgetattr(descriptor, &actual) == 0 else {
            throw .system(call: "tcgetattr", errno: errno, path: path)
        }
        if let setting = refusedSetting(wanted: wanted, actual: actual, before: before, settings: settings) {
            throw .settingsRefused(path: path, setting: setting)
        }
        neverWaitOnClose(descriptor)
        tcflush(descriptor, TCIOFLUSH)
    }

    /// Gives the port up without waiting for unsent output.
    package static func release(_ descriptor: CInt) {
        tcflush(descriptor, TCIOFLUSH)
        _ = ioctl(descriptor, UInt(TIOCNXCL))
        _ = flock(descriptor, LOCK_UN)
        _ = close(descriptor)
    }

    static func openFailure(_ code: CInt, path: String) -> SerialPortError {
        switch code {
        // The node of a modem that has just been pulled out may still be there.
        case ENOENT, ENOTDIR, ENXIO, ENODEV: .notFound(path: path)
        case EPERM: .deviceNotAllowed(path: path)
        case EACCES: .permissionDenied(path: path, group: owningGroup(of: path), user: currentUser)
        case EBUSY: .busy(path: path, holder: PortHolder.find(of: path))
        case EISDIR: .notATerminal(path: path)
        default: .system(call: "open", errno: code, path: path)
        }
    }

    private static func makeRaw(_ attributes: inout termios, speed: speed_t, hardwareFlowControl: Bool) {
        cfmakeraw(&attributes)
        attributes.c_iflag = tcflag_t(IGNPAR)
        attributes.c_cflag &= ~(tcflag_t(CSIZE | CSTOPB | PARENB | HUPCL) | tcflag_t(CRTSCTS))
        attributes.c_cflag |= tcflag_t(CS8 | CREAD | CLOCAL)
        if hardwareFlowControl { attributes.c_cflag |= tcflag_t(CRTSCTS) }
        // VMIN 1: with 0 a read of nothing could not be told from a port that is gone.
        withUnsafeMutableBytes(of: &attributes.c_cc) {
            $0[Int(VMIN)] = 1
            $0[Int(VTIME)] = 0
        }
        cfsetspeed(&attributes, speed)
    }

    /// The first setting that did not take, in words; nil when all is well.
    private static func refusedSetting(
        wanted: termios,
        actual: termios,
        before: termios,
        settings: LineSettings
    ) -> String? {
        let frame = tcflag_t(CSIZE | CSTOPB | PARENB | CREAD | CLOCAL | HUPCL)
        let raw = tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        if wanted.c_lflag & raw != actual.c_lflag & raw || wanted.c_iflag != actual.c_iflag
            || actual.c_oflag & tcflag_t(OPOST) != 0
        {
            return "raw mode"
        }
        if wanted.c_cflag & frame != actual.c_cflag & frame { return "eight data bits without parity (8N1)" }
        if settings.hardwareFlowControl, actual.c_cflag & tcflag_t(CRTSCTS) == 0 { return "hardware flow control" }
        // The driver of a USB module that has no rate leaves the old one in place: that is no refusal.
        let speed = withUnsafePointer(to: actual) { cfgetospeed($0) }
        let unchanged = withUnsafePointer(to: before) { cfgetospeed($0) }
        let asked = withUnsafePointer(to: wanted) { cfgetospeed($0) }
        if speed != asked, speed != unchanged { return "\(settings.baudRate) bit/s" }
        return nil
    }

    /// The close of a port with unsent output waits up to 30 s. Not every driver has the setting, and some give it only
    /// to root: `release` throws the output away besides.
    private static func neverWaitOnClose(_ descriptor: CInt) {
        var serial = serial_struct()
        guard ioctl(descriptor, UInt(TIOCGSERIAL), &serial) == 0 else { return }
        serial.closing_wait = UInt16(ASYNC_CLOSING_WAIT_NONE)
        _ = ioctl(descriptor, UInt(TIOCSSERIAL), &serial)
    }

    private static func owningGroup(of path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "dialout" }
        var record = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getgrgid_r(status.st_gid, &record, &buffer, buffer.count, &found) == 0, let found else {
            return String(status.st_gid)
        }
        return String(cString: found.pointee.gr_name)
    }

    private static var currentUser: String {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(geteuid(), &record, &buffer, buffer.count, &found) == 0, let found else {
            return String(geteuid())
        }
        return String(cString: found.pointee.pw_name)
    }
}
