import Glibc

/// Why a serial port could not be opened. The description names the cause and what fixes it.
package enum SerialPortError: Error, Equatable, CustomStringConvertible {
    case notFound(path: String)
    /// `group` owns the device, `user` is who we run as.
    case permissionDenied(path: String, group: String, user: String)
    /// EPERM: not the mode of the node but a policy forbids it, systemd's DevicePolicy= in the line's unit (systemd.resource-control(5)).
    case deviceNotAllowed(path: String)
    /// `holder` is nil where neither /proc nor a lock file names the process.
    case busy(path: String, holder: PortHolder?)
    /// An earlier call of this process on the port has not come back from the kernel.
    case notReleased(path: String)
    case notATerminal(path: String)
    /// `setting` is what the driver did not take, in words.
    case settingsRefused(path: String, setting: String)
    case system(call: String, errno: CInt, path: String)

    package var description: String { "\(cause): \(advice)." }

    /// What is wrong, without what to do, and without a full stop.
    package var cause: String {
        switch self {
        case .notFound(let path): "\(path) does not exist"
        case .permissionDenied(let path, let group, let user):
            "\(path) belongs to the group \(group) and \(user) may not open it"
        case .deviceNotAllowed(let path): "\(path) is forbidden to this service by systemd's device policy"
        case .busy(let path, let holder?) where holder.isModemManager: "\(path) is held by \(holder)"
        case .busy(let path, let holder): "\(path) is in use by \(holder.map { "\($0)" } ?? "another process")"
        case .notReleased(let path): "\(path) is held by a device that does not let go of it"
        case .notATerminal(let path): "\(path) is not a serial port"
        case .settingsRefused(let path, let setting): "\(path) does not take \(setting)"
        case .system(let call, let errno, let path):
            "\(path): \(call) failed: \(SystemError.text(errno)) (errno \(errno))"
        }
    }

    /// What fixes it, without a full stop.
    package var advice: String {
        switch self {
        case .notFound:
            "is the modem plugged in and powered? `patriot-dialler modems` lists what the system sees"
        case .permissionDenied(_, "root", _):
            "install the packaged udev rules, which give modems to the group dialout, and plug the modem in again"
        case .permissionDenied(_, let group, let user):
            "run `sudo usermod -aG \(group) \(user)`, then log in again (a service: restart it)"
        case .deviceNotAllowed(let path):
            "run `sudo systemctl edit patriot-dialler@.service`, add the two lines [Service] and DeviceAllow=\(path) rw, "
                + "then restart the line"
        case .busy(let path, nil): "`sudo fuser -v \(path)` names it"
        case .busy(_, let holder?) where holder.isModemManager:
            "if the packaged udev rule keeps ModemManager off this modem (ID_MM_DEVICE_IGNORE), run "
                + "`sudo systemctl restart ModemManager`, otherwise "
                + "`sudo systemctl disable --now ModemManager`"
        case .busy: "stop that program, or give MODEM_DEVICE another port"
        case .notReleased: "unplug the modem and plug it in again"
        case .notATerminal:
            "set MODEM_DEVICE to a tty such as /dev/ttyUSB2 or to its link in /dev/serial/by-path"
        case .settingsRefused: "check MODEM_BAUD_RATE and the adapter"
        case .system: "unplug the modem and plug it in again"
        }
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
