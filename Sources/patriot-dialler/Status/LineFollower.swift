import Dialler
import Glibc
import PatriotCore

/// A line and where it is reached.
struct LocatedLine: Equatable {
    var name: String
    /// Of its control socket.
    var path: String
}

/// A line as seen over its control socket, for as long as one looks: a line that goes away is waited for. Nothing here blocks.
final class LineFollower {
    private typealias Instant = ContinuousClock.Instant

    /// How often the line is asked for what it does not send by itself, such as its signal.
    private static let askingInterval: Duration = .seconds(2)
    private static let retryInterval: Duration = .seconds(1)
    /// A line that sends nothing for so long, although it is asked, does not answer.
    private static let patience: Duration = .seconds(6)

    let line: LocatedLine
    /// The last one; kept while the line is gone. nil until there was one.
    private(set) var report: StatusReport?
    /// Why the last order of a person was not carried out; empty when it was. nil until its reply is there.
    private(set) var orderFailure: String?
    private let isWatching: Bool
    private var connection: ControlConnection?
    private var failure: ControlClient.Failure?
    private var heard = Instant.now
    private var nextAction = Instant.now

    /// - Parameter isWatching: whether the line is to send each change by itself.
    init(_ line: LocatedLine, isWatching: Bool) {
        self.line = line
        self.isWatching = isWatching
    }

    /// For poll(2); nil while the line is gone.
    var descriptor: CInt? { connection?.descriptor }

    /// Since the report; before the first one, since the start.
    var age: Duration { heard.duration(to: .now) }

    /// Why the line is waited for; nil while it is there.
    var obstacle: ControlClient.Failure? {
        if connection == nil { return failure }
        return age > Self.patience ? .timedOut : nil
    }

    /// Whether there is a report, or a reason why there is none.
    var isSettled: Bool { report != nil || failure != nil }

    /// Takes what the line sent, asks it, or looks for it, whatever is due.
    func act() {
        do throws(ControlClient.Failure) {
            if let connection {
                while let message = try connection.next(before: .now) { try take(message) }
                guard .now >= nextAction else { return }
                try ask(.status, over: connection)
            } else if .now >= nextAction {
                nextAction = .now + Self.retryInterval
                let connection = try ControlConnection(path: line.path)
                try ask(isWatching ? .watch : .status, over: connection)
                self.connection = connection
                failure = nil
            }
        } catch {
            connection = nil
            failure = error
        }
    }

    private func ask(
        _ order: ControlRequest.Order,
        over connection: ControlConnection
    ) throws(ControlClient.Failure) {
        nextAction = .now + Self.askingInterval
        // Of an id that no reply is waited for with.
        try connection.send(ControlRequest(id: -1, order))
    }

    /// Gives a person's order; ``orderFailure`` tells what came of it.
    func order(_ order: ControlRequest.Order) {
        orderFailure = nil
        do throws(ControlClient.Failure) {
            guard let connection else { throw failure ?? .timedOut }
            try connection.send(ControlRequest(id: Self.orderID, order))
        } catch {
            orderFailure = "\(error)"
        }
    }

    /// What came of it was seen.
    func forgetOrder() {
        orderFailure = nil
    }

    private static let orderID = -2

    private func take(_ message: ControlMessage) throws(ControlClient.Failure) {
        if let reply = message.reply, reply.id == Self.orderID {
            orderFailure = reply.error ?? ""
            return
        }
        if let error = message.reply?.error { throw .lost(error) }
        guard let status = message.reply?.status ?? message.event?.status else { return }
        report = status
        heard = .now
    }
}

extension [LineFollower] {
    /// Acts and waits until each line has answered or cannot, or the time is over: one that hangs holds up no other.
    func settle(within limit: Duration) {
        let deadline = ContinuousClock.now + limit
        while true {
            for follower in self where !follower.isSettled { follower.act() }
            let waiting = filter { !$0.isSettled }
            let left = ContinuousClock.now.duration(to: deadline)
            guard !waiting.isEmpty, left > .zero else { return }
            waiting.wait(for: left)
        }
    }

    /// Until a line sends something, the time is over, or one of the others is ready, and then true.
    @discardableResult
    func wait(for limit: Duration, or others: [pollfd] = []) -> Bool {
        var entries = others + map { pollfd(fd: $0.descriptor ?? -1, events: Int16(POLLIN), revents: 0) }
        guard poll(&entries, nfds_t(entries.count), CInt(limit.milliseconds)) > 0 else { return false }
        return entries.prefix(others.count).contains { $0.revents != 0 }
    }
}
