import Glibc
import ServiceLifecycle
import Synchronization

/// Signals that arrive before the line's own handling of them exists: they are kept, and raised again once it does.
///
/// Blocking them is not enough: Dispatch lets the main thread wait in sigsuspend(2) with an empty mask, where the default
/// action would end the process.
enum EarlySignals {
    private static let kept: [CInt] = [SIGHUP, SIGINT, SIGTERM]
    /// A bit for each signal number, set by the handler.
    private static let arrived = Atomic<UInt64>(0)

    /// Keeps the signals from now on. Code that handles one later replaces this handler, and then calls ``raiseAgain(_:)``.
    static func keep() {
        // A static is made at its first use, which must not be in the handler.
        arrived.store(0, ordering: .relaxed)
        for number in kept {
            signal(number) { EarlySignals.arrived.bitwiseOr(1 << UInt64($0), ordering: .relaxed) }
        }
    }

    /// Raises each of these signals that arrived early, once.
    static func raiseAgain(_ signals: CInt...) {
        for number in signals {
            let bit: UInt64 = 1 << UInt64(number)
            let before = arrived.bitwiseAnd(~bit, ordering: .relaxed).oldValue
            if before & bit != 0 { kill(getpid(), number) }
        }
    }

    /// Raises those that end a group of services again. The group handles them before it runs its services.
    struct Raiser: Service {
        func run() async throws {
            raiseAgain(SIGINT, SIGTERM)
            try? await gracefulShutdown()
        }
    }
}
