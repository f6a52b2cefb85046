import Glibc
package import SerialDevice
package import SoundCore

/// The tty on which a modem carries a call's sound; a second one beside that of its commands.
package final class ModemSoundPort {
    /// What it has put into the kernel and the modem has not taken: more would be delay that nobody sees.
    private static let framesInFlight = 2

    /// For poll(2).
    package let descriptor: CInt
    private var writer = FrameWriter()
    private let frameBytes: Int

    /// Opens the port for us alone.
    ///
    /// - Throws: why it cannot be opened.
    package init(_ path: String, format: SoundFormat) throws(SerialPortError) {
        let opened = try TerminalDevice.open(path)
        do throws(SerialPortError) {
            try TerminalDevice.lock(opened, path: path)
            try TerminalDevice.configure(opened, path: path, settings: LineSettings())
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
        frameBytes = format.frame * 2
    }

    deinit {
        TerminalDevice.release(descriptor)
    }

    /// What came since the last call; nil when the port is gone.
    package func read() -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        // A second's worth: a port that floods is not read forever.
        while bytes.count < 2 * SoundFormat.sampleRate {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes += chunk.prefix(count)
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN {
                break
            } else {
                return bytes.isEmpty ? nil : bytes
            }
        }
        return bytes
    }

    /// Writes the frame, or what the kernel takes of it now; the rest goes with ``flush()``.
    ///
    /// - Returns: false when the modem has not taken the last ones: this one is dropped.
    package func write(_ frame: [Int16]) -> Bool {
        flush()
        var waiting: CInt = 0
        _ = ioctl(descriptor, UInt(TIOCOUTQ), &waiting)
        guard Int(waiting) < Self.framesInFlight * frameBytes, writer.begin(frame) else { return false }
        flush()
        return true
    }

    /// Goes on with a frame that was begun.
    package func flush() {
        while writer.isBusy {
            let rest = writer.rest
            let count = Glibc.write(descriptor, rest, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            writer.wrote(count)
        }
    }
}
