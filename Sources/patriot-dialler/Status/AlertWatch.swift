import Dialler
import Glibc
import PatriotCore

/// Follows all lines, for as long as the alert process runs.
final class AlertWatch {
    private typealias Instant = ContinuousClock.Instant

    /// How often lines that were set up or removed meanwhile are looked for.
    private static let searchInterval: Duration = .seconds(2)
    /// A hook that another process started is looked at that often.
    private static let interval: Duration = .milliseconds(500)

    private let deliveries: AlertDeliveries
    private let ignoresPatriot: Bool
    private let systemd: DatagramSocket?
    private let hasWatchdog: Bool
    private var followers: [LineFollower] = []
    private var nextSearch = Instant.now
    private var nextNotice = Instant.now
    private var lastNotice = ""

    init(_ deliveries: AlertDeliveries, ignoresPatriot: Bool, environment: [String: String]) {
        self.deliveries = deliveries
        self.ignoresPatriot = ignoresPatriot
        systemd = environment["NOTIFY_SOCKET"].flatMap(DatagramSocket.init)
        hasWatchdog = environment["WATCHDOG_USEC"] != nil
    }

    /// Returns after a signal that ends it, when the hooks that ran then have ended too.
    func run(until signals: SignalPipe) {
        _ = systemd?.send(Array("READY=1".utf8))
        while !isEnding(signals) {
            search()
            for follower in followers { follower.act() }
            let time = AlertTime.now()
            observe(at: time)
            deliveries.act(at: time)
            notify()
            followers.wait(for: Self.interval, or: [Self.entry(signals)])
        }
        _ = systemd?.send(Array("STOPPING=1".utf8))
        // Hooks end in time, or are killed.
        let deadline = Instant.now + .seconds(deliveries.limit + 4)
        while true {
            deliveries.act(at: .now(), isStarting: false)
            guard deliveries.isRunning, .now < deadline else { return }
            var entry = Self.entry(signals)
            poll(&entry, 1, CInt(Self.interval.milliseconds))
            if isEnding(signals) { return }
        }
    }

    private static func entry(_ signals: SignalPipe) -> pollfd {
        pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
    }

    private func isEnding(_ signals: SignalPipe) -> Bool {
        signals.read().contains { $0 == SIGTERM || $0 == SIGINT }
    }

    private func search() {
        guard .now >= nextSearch else { return }
        nextSearch = .now + Self.searchInterval
        var lines = ControlPlace.allLines.filter { LineDirectory.fault(inName: $0.name) == nil }
        deliveries.update(lines, at: .now())
        // A line that was started by hand, and is gone.
        let gone = Set(deliveries.memory.lines.keys).subtracting(lines.map(\.name)).sorted()
        lines += gone.map { LocatedLine(name: $0, path: ControlPlace.path(ofLine: $0)) }
        guard lines != followers.map(\.line) else { return }
        followers = lines.map { line in
            followers.first { $0.line == line } ?? LineFollower(line, isWatching: true)
        }
    }

    private func observe(at time: AlertTime) {
        for follower in followers where follower.isSettled || follower.obstacle != nil {
            let observation = LineObservation(LineView(follower), ignoresPatriot: ignoresPatriot)
            deliveries.observe(observation, of: follower.line.name, at: time)
        }
    }

    private func notify() {
        guard let systemd, .now >= nextNotice else { return }
        nextNotice = .now + .seconds(1)
        if hasWatchdog { _ = systemd.send(Array("WATCHDOG=1".utf8)) }
        let broken = followers.count { !LineView($0).isFine }
        let notice = "STATUS=\(followers.count) lines, \(broken) not ready, \(deliveries.waiting) alerts to deliver"
        if notice != lastNotice { _ = systemd.send(Array(notice.utf8)) }
        lastNotice = notice
    }
}

extension LineObservation {
    init(_ view: LineView, ignoresPatriot: Bool) {
        let report = view.report
        let isReady = view.isFine || ignoresPatriot && report?.modem.isReady == true
        let reason =
            switch view.answer {
            case .noAnswer: "no-answer"
            case .notRunning: "not-running"
            case .notAllowed: "not-allowed"
            case .report(let report): report.modem.isReady ? "no-patriot" : report.modem.state
            }
        self.init(isReady: isReady, reason: reason, sentence: view.sentence)
        guard let report else { return }
        upSeconds = report.upSeconds + view.age
        // What is ignored would be counted too.
        if !report.isReady, !ignoresPatriot { secondsNotReady = report.isReadySeconds.map { $0 + view.age } }
        // Of the call, too, the report says what was so many seconds ago.
        call = report.call
        call?.seconds += view.age
        lastCall = report.lastCall
        lastCall?.endedSecondsAgo += view.age
    }
}
