import Glibc
package import NIOCore

/// Tells systemd the state of the service (sd_notify(3)): one datagram to the socket named in `NOTIFY_SOCKET`.
///
/// Bound to the event loop of the line. The watchdog is fed by that loop and by nothing else: a loop that hangs is a line
/// that serves nobody, and is started again.
package final class ServiceNotifier {
    private let eventLoop: any EventLoop
    private let socket: DatagramSocket
    /// Half of what systemd waits for, so that one late feed does no harm; nil when it does not wait.
    private let feedInterval: TimeAmount?
    private var feeding: Scheduled<Void>?
    private var status = LineStatus()
    private var lastStatus = ""
    /// A changed status is told when the loop has done what changed it: the modem and Patriot go first.
    private var isStatusDue = false
    private var isStopping = false

    /// - Parameter environment: the process's, as systemd has set it.
    /// - Returns: nil when nobody wants to be told.
    package init?(environment: [String: String], eventLoop: any EventLoop) {
        guard let socket = environment["NOTIFY_SOCKET"].flatMap(DatagramSocket.init) else { return nil }
        self.socket = socket
        self.eventLoop = eventLoop
        feedInterval = Self.watchdogInterval(environment, processID: getpid()).map { .nanoseconds($0 / 2) }
    }

    /// The configuration is good and both sides are at work. Modem and Patriot may still be missing: that is normal.
    func ready() {
        status.isConfigurationOld = false
        lastStatus = status.sentence
        // Alone: whatever becomes of the text, systemd has to learn this.
        send("READY=1")
        sendStatus(lastStatus)
        if feeding == nil { feedWatchdog() }
    }

    /// Another configuration is being taken over; `ready` follows.
    func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }

    /// The file on disk cannot be used, and the configuration of before stays in force.
    func configurationRefused() {
        status.isConfigurationOld = true
        tellStatus()
    }

    private func feedWatchdog() {
        guard let feedInterval else { return }
        send("WATCHDOG=1")
        feeding = eventLoop.assumeIsolated().scheduleTask(in: feedInterval) { [weak self] in self?.feedWatchdog() }
    }

    /// Follows the line; tells only what a person would see changed.
    func follow(_ event: LineService.Event) {
        let before = status
        status.follow(event)
        if status != before { tellStatus() }
    }

    private func tellStatus() {
        guard !isStatusDue else { return }
        isStatusDue = true
        eventLoop.assumeIsolated().execute { [self] in
            isStatusDue = false
            if !isStopping { sendStatus() }
        }
    }

    private func sendStatus() {
        let sentence = status.sentence
        guard sentence != lastStatus else { return }
        lastStatus = sentence
        sendStatus(sentence)
    }

    func stopping() {
        isStopping = true
        feeding?.cancel()
        feeding = nil
        send("STOPPING=1\nSTATUS=Stopping.")
    }

    private func sendStatus(_ sentence: String) {
        send(Self.cut("STATUS=\(sentence)"))
    }

    /// The most bytes of a datagram with a text: systemd drops one of more than 4,096 as a whole.
    static let textLimit = 1000

    /// Ends between two characters, and with an ellipsis where something is missing.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        var bytes = 3
        return String(
            text.prefix {
                bytes += $0.utf8.count
                return bytes <= textLimit
            }
        ) + "…"
    }

    /// Whether it arrives makes no difference to the line.
    private func send(_ message: String) {
        _ = socket.send(Array(message.utf8))
    }

    /// How long systemd waits for a sign of life from this process, in nanoseconds; nil when it does not wait.
    static func watchdogInterval(_ environment: [String: String], processID: CInt) -> Int64? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else {
            return nil
        }
        if let owner = environment["WATCHDOG_PID"], owner != String(processID) { return nil }
        let (nanoseconds, isTooLong) = microseconds.multipliedReportingOverflow(by: 1000)
        return isTooLong ? nil : nanoseconds
    }
}
