import CLinux
import Glibc
import NIOConcurrencyHelpers
package import NIOCore

/// A serial port on a thread of its own.
///
/// A device whose firmware died holds anyone who opens, sets, flushes or closes its tty, for half a minute or for good (tty(4) says
/// of none of these calls that it returns). So all of them are made on this thread, which owns the descriptor until the kernel
/// lets go of it. Nobody waits for the thread: what it has done is told on the event loop, in order.
///
/// Only `write(2)` is called on the event loop, without blocking: a request crosses no thread on its way to the modem.
package final class PortThread: Sendable {
    /// What the thread has done.
    package enum Event: Sendable {
        /// The port is ours, and can be written to.
        case opened(DiscoveredModem)
        /// `DiscoveryError` or `SerialPortError`.
        case openFailed(any Error)
        case received([UInt8])
        /// The modem is gone: nothing more is received.
        case ended
        /// The last event: the port can be opened again.
        case released
    }

    private struct State {
        /// -1 while the port is not open.
        var descriptor: CInt = -1
        /// What the tty did not take at once.
        var output: [UInt8] = []
        var orders: [(lines: ControlLines, on: Bool)] = []
        var isClosing = false
        /// Bytes that the event loop has not yet taken.
        var undelivered = 0
        /// Written to, it ends the thread's wait.
        var waker: CInt = -1
        var isWoken = false
    }

    /// So much waits at most, in either direction.
    private static let queueLimit = 64 * 1024
    private static let stackSize = 512 * 1024

    /// The nodes that a thread of this process holds, from before open(2) until after close(2).
    private static let held = NIOLockedValueBox<Set<String>>([])

    private let selector: ModemSelector
    private let settings: LineSettings
    private let eventLoop: any EventLoop
    private let deliver: @Sendable (PortThread, Event) -> Void
    /// Not a `Mutex`: the thread sanitizer does not see one that was waited for.
    private let state = NIOLockedValueBox(State())

    private init(
        _ selector: ModemSelector,
        settings: LineSettings,
        eventLoop: any EventLoop,
        deliver: @escaping @Sendable (PortThread, Event) -> Void
    ) {
        self.selector = selector
        self.settings = settings
        self.eventLoop = eventLoop
        self.deliver = deliver
    }

    /// Starts to look the modem up and to open its port.
    ///
    /// - Parameter deliver: called on the event loop with each event, `.released` the last of them whatever happens.
    package static func open(
        _ selector: ModemSelector,
        settings: LineSettings,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (PortThread, Event) -> Void
    ) -> PortThread {
        let port = PortThread(selector, settings: settings, eventLoop: eventLoop, deliver: deliver)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let argument = Unmanaged.passRetained(port)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<PortThread>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            argument.toOpaque()
        )
        if failure != 0 {
            argument.release()
            port.tell(.openFailed(SerialPortError.system(call: "pthread_create", errno: failure, path: "\(selector)")))
            port.tell(.released)
        }
        return port
    }

    // MARK: From the event loop

    /// Writes without waiting; what the tty does not take now goes out when it does. Nothing happens while the port is not open.
    package func write(_ bytes: [UInt8]) {
        state.withLockedValue { state in
            guard state.descriptor >= 0, !state.isClosing else { return }
            var rest = bytes[...]
            if state.output.isEmpty { Self.write(&rest, to: state.descriptor) }
            guard !rest.isEmpty else { return }
            state.output += rest.prefix(Self.queueLimit - state.output.count)
            Self.wake(&state)
        }
    }

    /// Raises or drops DTR, soon.
    package func setDTR(_ on: Bool) {
        state.withLockedValue { state in
            state.orders.append((.dtr, on))
            Self.wake(&state)
        }
    }

    /// Gives the port up, dropping unsent output; `.released` tells that it is done. DTR stays up. Safe to call again, and
    /// while the port is being opened.
    package func close() {
        state.withLockedValue { state in
            state.isClosing = true
            state.output = []
            Self.wake(&state)
        }
    }

    private static func wake(_ state: inout State) {
        guard state.waker >= 0, !state.isWoken else { return }
        state.isWoken = true
        var byte: UInt8 = 0
        // At most one byte is in the pipe, so that there is always room: what fails now succeeds soon.
        while Glibc.write(state.waker, &byte, 1) < 0, errno == EINTR || errno == EAGAIN {}
    }

    /// Leaves in `rest` what the tty does not take now; an error shows when the port is read.
    private static func write(_ rest: inout ArraySlice<UInt8>, to descriptor: CInt) {
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return
            }
        }
    }

    private func tell(_ event: Event) {
        eventLoop.execute { [self] in
            deliver(self, event)
            guard case .received(let bytes) = event else { return }
            state.withLockedValue { state in
                let isFull = state.undelivered >= Self.queueLimit
                state.undelivered -= bytes.count
                if isFull { Self.wake(&state) }
            }
        }
    }

    // MARK: On the thread

    private func run() {
        do {
            let device = try ModemDiscovery.resolve(selector)
            // A node that one of our own threads still waits for is not "in use by patriot-dialler".
            guard Self.held.withLockedValue({ $0.insert(device.node).inserted }) else {
                throw SerialPortError.notReleased(path: device.node)
            }
            defer { _ = Self.held.withLockedValue { $0.remove(device.node) } }
            try serve(device)
        } catch {
            tell(.openFailed(error))
        }
        tell(.released)
    }

    private func serve(_ device: DiscoveredModem) throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SerialPortError.system(call: "pipe", errno: errno, path: device.node) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer {
            state.withLockedValue { $0.waker = -1 }
            for end in ends { _ = Glibc.close(end) }
        }
        let port = try SerialPort.open(device.node, settings: settings)
        // Not before the descriptor is nobody else's to write to.
        defer {
            state.withLockedValue { $0.descriptor = -1 }
            port.close()
        }
        guard let descriptor = port.pollDescriptor else { return }
        let isWanted = state.withLockedValue { state in
            guard !state.isClosing else { return false }
            state.descriptor = descriptor
            state.waker = ends[1]
            return true
        }
        guard isWanted else { return }
        tell(.opened(device))
        carry(port, descriptor, waker: ends[0])
    }

    /// Until the modem is gone, or the port is to be given up.
    private func carry(_ port: SerialPort, _ descriptor: CInt, waker: CInt) {
        while true {
            let (orders, wanted) = state.withLockedValue { state in
                defer { state.orders = [] }
                let input = state.undelivered < Self.queueLimit ? POLLIN : 0
                return (state.orders, state.isClosing ? nil : Int16(input | (state.output.isEmpty ? 0 : POLLOUT)))
            }
            guard let wanted else { return }
            for order in orders { port.set(order.lines, to: order.on) }
            var entries = [
                pollfd(fd: wanted == 0 ? -1 : descriptor, events: wanted, revents: 0),
                pollfd(fd: waker, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) >= 0 else { continue }
            if entries[1].revents != 0 { drain(waker) }
            if entries[0].revents & Int16(POLLOUT) != 0 { writeRest() }
            let seen = entries[0].revents & ~Int16(POLLOUT)
            if seen != 0, !read(port, hasHungUp: seen & Int16(POLLIN) == 0) {
                state.withLockedValue { $0.descriptor = -1 }
                return tell(.ended)
            }
        }
    }

    private func drain(_ waker: CInt) {
        state.withLockedValue { state in
            var byte: UInt8 = 0
            if Glibc.read(waker, &byte, 1) == 1 { state.isWoken = false }
        }
    }

    private func writeRest() {
        state.withLockedValue { state in
            guard state.descriptor >= 0, !state.output.isEmpty else { return }
            var rest = state.output[...]
            Self.write(&rest, to: state.descriptor)
            state.output = Array(rest)
        }
    }

    /// - Parameter hasHungUp: nothing can be read for certain, and nothing will.
    /// - Returns: false when the modem is gone.
    private func read(_ port: SerialPort, hasHungUp: Bool) -> Bool {
        guard let bytes = port.read() else { return false }
        guard !bytes.isEmpty else { return !hasHungUp }
        state.withLockedValue { $0.undelivered += bytes.count }
        tell(.received(bytes))
        return true
    }
}

extension PortThread: Equatable {
    package static func == (one: PortThread, other: PortThread) -> Bool { one === other }
}
