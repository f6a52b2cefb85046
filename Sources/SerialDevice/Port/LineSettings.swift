import Glibc

/// How the serial line is driven. The frame is always eight data bits, no parity, one stop bit.
package struct LineSettings: Equatable, Sendable {
    /// Bits per second; one of `supportedBaudRates`. USB modules accept and ignore it, serial adapters need the real one.
    package var baudRate: Int
    /// RTS/CTS. Only for a modem known to drive CTS: a CTS stuck low stops every write.
    package var hardwareFlowControl: Bool

    package init(baudRate: Int = 115200, hardwareFlowControl: Bool = false) {
        self.baudRate = baudRate
        self.hardwareFlowControl = hardwareFlowControl
    }

    /// The rates that termios can name and modems use, ascending.
    package static var supportedBaudRates: [Int] { speeds.map(\.rate) }

    /// The termios code for the rate; nil where termios has none.
    var speed: speed_t? {
        Self.speeds.first { $0.rate == baudRate }.map { speed_t($0.code) }
    }

    private static let speeds: [(rate: Int, code: CInt)] = [
        (300, B300), (600, B600), (1200, B1200), (2400, B2400), (4800, B4800), (9600, B9600), (19200, B19200),
        (38400, B38400), (57600, B57600), (115200, B115200), (230400, B230400), (460800, B460800), (921600, B921600),
    ]
}
