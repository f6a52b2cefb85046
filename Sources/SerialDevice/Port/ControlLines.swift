import Glibc

/// The modem control lines of a serial port (V.24), as `TIOCMGET` reports them. The values are ours, not the kernel's.
package struct ControlLines: OptionSet, Sendable, CustomStringConvertible {
    /// One bit a line.
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Data terminal ready: we are here.
    package static let dtr = ControlLines(rawValue: 1 << 0)
    /// Request to send: we can take data.
    package static let rts = ControlLines(rawValue: 1 << 1)
    /// Clear to send: the modem can take data.
    package static let cts = ControlLines(rawValue: 1 << 2)
    /// Data set ready: the modem is powered.
    package static let dsr = ControlLines(rawValue: 1 << 3)
    /// Data carrier detect: a data connection is up.
    package static let dcd = ControlLines(rawValue: 1 << 4)
    /// Ring indicator: the line is ringing now.
    package static let ri = ControlLines(rawValue: 1 << 5)

    /// In the order in which they are shown.
    package static let all: ControlLines = [.dtr, .rts, .cts, .dsr, .dcd, .ri]

    init(modemBits bits: CInt) {
        self = Self.names.filter { bits & $0.bit != 0 }.reduce(into: []) { $0.insert($1.line) }
    }

    /// For `TIOCMBIS` and `TIOCMBIC`.
    var modemBits: CInt {
        Self.names.filter { contains($0.line) }.reduce(0) { $0 | $1.bit }
    }

    /// The lines that are on, in the usual order: `DTR RTS CTS`.
    package var description: String {
        Self.names.filter { contains($0.line) }.map(\.name).joined(separator: " ")
    }

    private static let names: [(line: ControlLines, bit: CInt, name: String)] = [
        (.dtr, TIOCM_DTR, "DTR"), (.rts, TIOCM_RTS, "RTS"), (.cts, TIOCM_CTS, "CTS"),
        (.dsr, TIOCM_DSR, "DSR"), (.dcd, TIOCM_CAR, "DCD"), (.ri, TIOCM_RNG, "RI"),
    ]
}
