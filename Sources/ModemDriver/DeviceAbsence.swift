import Glibc
import SerialDevice

extension Error {
    /// True when there is no such device; false when it is there and cannot be opened.
    var isDeviceMissing: Bool {
        switch self as? SerialPortError {
        case nil: self is DiscoveryError
        case .notFound: true
        case .system(_, let code, _): code == ENODEV || code == ENXIO || code == ENOENT
        case .permissionDenied, .deviceNotAllowed, .busy, .notReleased, .notATerminal, .settingsRefused: false
        }
    }
}
