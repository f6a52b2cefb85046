import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// A serial port that is ours alone: locked, raw, and run as a NIO channel.
///
/// The port keeps one descriptor for the control lines; the channel gets duplicates. Closing the channel closes the port,
/// and closing the port closes the channel. Either way DTR stays up (`HUPCL` is off), so a call survives us.
package final class SerialPort: Sendable {
    private enum State {
        case open(CInt)
        case running(CInt, any Channel)
        case closed
    }

    /// As given to `open`.
    package let path: String
    private let state: Mutex<State>

    private init(path: String, descriptor: CInt) {
        self.path = path
        self.state = Mutex(.open(descriptor))
    }

    deinit {
        close()
    }

    /// Opens, locks and configures a tty. Never waits: neither for a carrier nor for another holder.
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

    /// Runs the port as a channel of `ByteBuffer`s. At most once.
    ///
    /// A modem that is unplugged makes the channel inactive at once, with or without an error before it. Once the channel's
    /// `closeFuture` completes, the port can be opened again.
    /// - Parameter initializer: called on the event loop before the channel becomes active.
    package func makeChannel(
        on eventLoop: any EventLoop,
        initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let duplicates: (input: CInt, output: CInt)
        do {
            duplicates = try duplicateDescriptors()
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
        let bootstrap = NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                guard self.begin(channel) else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.alreadyClosed)
                }
                channel.closeFuture.whenComplete { _ in self.release() }
                return initializer(channel)
            }
        return bootstrap.takingOwnershipOfDescriptors(input: duplicates.input, output: duplicates.output)
            .flatMapErrorThrowing { error in
                // From the initializer on, the bootstrap closes the descriptors of a failed channel; before, it does not.
                if !self.hasBegun {
                    _ = Glibc.close(duplicates.input)
                    _ = Glibc.close(duplicates.output)
                }
                self.release()
                throw error
            }
    }

    /// Gives the port up, dropping unsent output. Safe to call again.
    package func close() {
        let channel: (any Channel)? = state.withLock {
            switch $0 {
            case .running(_, let channel): channel
            case .open, .closed: nil
            }
        }
        if let channel {
            channel.close(promise: nil)
        } else {
            release()
        }
    }

    /// The tty while it is open, for the calls that do not go through a channel.
    var descriptor: CInt? {
        state.withLock {
            switch $0 {
            case .open(let descriptor), .running(let descriptor, _): descriptor
            case .closed: nil
            }
        }
    }

    private func duplicateDescriptors() throws(SerialPortError) -> (input: CInt, output: CInt) {
        guard !hasBegun, let descriptor else { throw .system(call: "dup", errno: EBADF, path: path) }
        let input = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard input >= 0 else { throw .system(call: "dup", errno: errno, path: path) }
        let output = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard output >= 0 else {
            let code = errno
            _ = Glibc.close(input)
            throw .system(call: "dup", errno: code, path: path)
        }
        return (input, output)
    }

    private var hasBegun: Bool {
        state.withLock {
            switch $0 {
            case .open: false
            case .running, .closed: true
            }
        }
    }

    /// False when the port was closed, or runs already.
    private func begin(_ channel: any Channel) -> Bool {
        state.withLock {
            switch $0 {
            case .open(let descriptor):
                $0 = .running(descriptor, channel)
                return true
            case .running, .closed:
                return false
            }
        }
    }

    private func release() {
        let descriptor: CInt? = state.withLock { state in
            defer { state = .closed }
            switch state {
            case .open(let descriptor), .running(let descriptor, _): return descriptor
            case .closed: return nil
            }
        }
        if let descriptor { TerminalDevice.release(descriptor) }
    }
}
