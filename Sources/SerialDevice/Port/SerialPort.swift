import Glibc
import NIOConcurrencyHelpers

/// A serial port that is ours alone: locked and raw.
///
/// Each call may be held by the device, except `read` and `write` (`PortThread`). Closing leaves DTR up (`HUPCL` is off), so a
/// call survives us.
package final class SerialPort: Sendable {
    /// As given to `open`.
    package let path: String
    /// nil once it is closed.
    private let state: NIOLockedValueBox<CInt?>

    private init(path: String, descriptor: CInt) {
        self.path = path
        self.state = NIOLockedValueBox(descriptor)
    }

    deinit {
        close()
    }

    /// Opens, locks and configures a tty. Waits neither for a carrier nor for another holder.
    package static func open(_ path: String, settings: LineSettings) throws(SerialPortError) -> SerialPort {
        let descriptor = try TerminalDevice.open(path)
        do {
            try TerminalDevice.lock(descriptor, path: path)
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
        do {
            try TerminalDevice.configure(descriptor, path: path, settings: settings)
        } catch {
            // Not only closed: while another program has the tty open, it would stay locked for the next try.
            TerminalDevice.release(descriptor)
            throw error
        }
        return SerialPort(path: path, descriptor: descriptor)
    }

    /// The control lines now; nil where the tty has none (a pseudo-terminal) or is gone.
    package var controlLines: ControlLines? {
        guard let descriptor else { return nil }
        var bits: CInt = 0
        guard ioctl(descriptor, UInt(TIOCMGET), &bits) == 0 else { return nil }
        return ControlLines(modemBits: bits)
    }

    /// Raises or drops DTR; nothing happens where the tty has no control lines or is gone.
    package func setDTR(_ on: Bool) {
        set(.dtr, to: on)
    }

    /// Raises or drops those of our lines, DTR and RTS; nothing happens where the tty has none or is gone.
    package func set(_ lines: ControlLines, to on: Bool) {
        guard let descriptor else { return }
        var bits = lines.intersection([.dtr, .rts]).modemBits
        _ = ioctl(descriptor, UInt(on ? TIOCMBIS : TIOCMBIC), &bits)
    }

    /// Gives the port up, dropping unsent output. Safe to call again.
    package func close() {
        let descriptor: CInt? = state.withLockedValue { state in
            defer { state = nil }
            return state
        }
        if let descriptor { TerminalDevice.release(descriptor) }
    }

    /// The tty while it is open.
    var descriptor: CInt? { state.withLockedValue { $0 } }
}
