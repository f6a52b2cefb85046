import Dialler

/// A line as seen over its control socket, for as long as one looks: a line that goes away is waited for.
final class LineFollower {
    private typealias Instant = ContinuousClock.Instant

    /// How often the line is asked for what it does not tell by itself, such as its signal.
    private static let askingInterval: Duration = .seconds(2)
    private static let retryInterval: Duration = .seconds(1)
    /// A line that says nothing for so long, although it is asked, does not answer.
    private static let patience: Duration = .seconds(6)

    /// What was told last; kept while the line is gone.
    private(set) var report: StatusReport
    private let path: String
    private var client: ControlClient?
    private var heard = Instant.now
    private var nextAction = Instant.now + askingInterval
    private var failure = ""

    /// - Throws: why there is no line to look at.
    init(path: String) throws(ControlClient.Failure) {
        self.path = path
        let client = try ControlClient(path: path)
        report = try Self.watch(client, timeout: .seconds(10))
        self.client = client
    }

    private static func watch(_ client: ControlClient, timeout: Duration) throws(ControlClient.Failure) -> StatusReport
    {
        let reply = try client.ask(.watch, timeout: timeout)
        guard let report = reply.status else { throw .lost(reply.error ?? "it told nothing") }
        return report
    }

    /// For poll(2); nil while the line is gone.
    var descriptor: CInt? { client?.descriptor }

    /// Since the report.
    var age: Duration { heard.duration(to: .now) }

    /// Why the line is waited for; nil while it is there.
    var obstacle: String? {
        if client == nil { return failure }
        return age > Self.patience ? "it does not answer" : nil
    }

    /// Takes what the line told, asks it, or looks for it, whatever is due. Returns at once, but for a line that lets a
    /// client in and does not greet it: that takes a second.
    func act() {
        do throws(ControlClient.Failure) {
            if let client {
                while let message = try client.next(timeout: .zero) { take(message) }
                guard .now >= nextAction else { return }
                nextAction = .now + Self.askingInterval
                // Of an id that no reply is waited for with.
                try client.send(ControlRequest(id: -1, .status))
            } else if .now >= nextAction {
                nextAction = .now + Self.retryInterval
                let client = try ControlClient(path: path, timeout: .seconds(1))
                report = try Self.watch(client, timeout: .seconds(1))
                heard = .now
                self.client = client
            }
        } catch {
            client = nil
            failure = "\(error)"
        }
    }

    private func take(_ message: ControlMessage) {
        guard let status = message.reply?.status ?? message.event?.status else { return }
        report = status
        heard = .now
    }
}
