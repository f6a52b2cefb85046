import Glibc

/// Why a serial port could not be opened. The description names the cause and what mends it.
package enum SerialPortError: Error, Equatable, CustomStringConvertible {
    case notFound(path: String)
    /// `group` owns the device, `user` is who we run as.
    case permissionDenied(path: String, group: String, user: String)
    /// `holder` is nil where neither /proc nor a lock file names the process.
    case busy(path: String, holder: PortHolder?)
    case notATerminal(path: String)
    /// `setting` is what the driver did not take, in words.
    case settingsRefused(path: String, setting: String)
    case system(call: String, errno: CInt, path: String)

    package var description: String {
        switch self {
        case .notFound(let path):
            "\(path) does not exist: is the modem plugged in and powered? "
                + "`patriot-dialler modems` lists what the system sees."
        case .permissionDenied(let path, "root", let user):
            "\(path) belongs to the group root and \(user) may not open it: install the packaged udev rules, "
                + "which give modems to the group dialout, and plug the modem in again."
        case .permissionDenied(let path, let group, let user):
            "\(path) belongs to the group \(group) and \(user) may not open it: "
                + "run `sudo usermod -aG \(group) \(user)`, then log in again (a service: restart it)."
        case .busy(let path, let holder):
            Self.busyDescription(path: path, holder: holder)
        case .notATerminal(let path):
            "\(path) is not a serial port: set MODEM_DEVICE to a tty such as /dev/ttyUSB2 or to its link in "
                + "/dev/serial/by-id."
        case .settingsRefused(let path, let setting):
            "\(path) does not take \(setting): check MODEM_BAUD_RATE and the adapter."
        case .system(let call, let errno, let path):
            "\(path): \(call) failed: \(SystemError.text(errno)) (errno \(errno))."
        }
    }

    private static func busyDescription(path: String, holder: PortHolder?) -> String {
        guard let holder else {
            return "\(path) is in use by another process: `sudo fuser -v \(path)` names it."
        }
        if holder.isModemManager {
            return "\(path) is held by \(holder): keep ModemManager off this modem by the packaged udev rule "
                + "(ID_MM_DEVICE_IGNORE), or run `sudo systemctl disable --now ModemManager`."
        }
        return "\(path) is in use by \(holder): stop that program, or give MODEM_DEVICE another port."
    }
}

/// The text of an `errno`.
enum SystemError {
    static func text(_ code: CInt) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "unknown error" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
