import Glibc

/// Signals as bytes to read, so that one poll(2) waits for them and for everything else.
///
/// Made before any other thread: those inherit that the signals wait for this one.
final class SignalPipe {
    let descriptor: CInt
    private let writer: CInt

    /// - Returns: nil when the system has no descriptors left.
    init?(_ signals: [CInt]) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (descriptor, writer) = (ends[0], ends[1])
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let waiter = Unmanaged.passRetained(Waiter(signals: set, writer: writer))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Waiter>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            waiter.toOpaque()
        )
        guard failure == 0 else {
            waiter.release()
            return nil
        }
        pthread_detach(thread)
    }

    /// The signals that came since.
    func read() -> [CInt] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? bytes.prefix(count).map { CInt($0) } : []
    }

    private final class Waiter: Sendable {
        private let signals: sigset_t
        private let writer: CInt

        init(signals: sigset_t, writer: CInt) {
            self.signals = signals
            self.writer = writer
        }

        /// For as long as the process lives.
        func run() {
            var set = signals
            var signal: CInt = 0
            while true {
                guard sigwait(&set, &signal) == 0 else { continue }
                var byte = UInt8(truncatingIfNeeded: signal)
                _ = write(writer, &byte, 1)
            }
        }
    }
}
