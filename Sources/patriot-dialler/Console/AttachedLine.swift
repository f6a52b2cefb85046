import Dialler
import Glibc
import ModemCore

/// The console's lines by way of a running line: watching changes nothing, and anyone who types has the modem for a while.
final class AttachedLine: ConsoleSource {
    private enum Lease {
        /// Nobody has typed, or the answer was no.
        case none, refused
        case asked, held
        /// It ended because Patriot dialled; only `/take` asks for it again.
        case lost
    }

    private enum Request {
        case watch, lease, release
        case command(String)
    }

    private static let retryInterval = Duration.milliseconds(500)
    /// A person who types goes on having the modem.
    private static let renewalInterval = Duration.seconds(20)

    private let path: String
    private let force: Bool
    private var client: ControlClient?
    private var name = ""
    private var status: StatusReport?
    private var lease = Lease.none
    private var lastAsked = ContinuousClock.now
    private var requests: [Int: Request] = [:]
    private var nextID = 1
    private var retry: ContinuousClock.Instant?

    /// - Throws: why there is no line to attach to.
    init(path: String, force: Bool) throws(ControlClient.Failure) {
        self.path = path
        self.force = force
        let client = try ControlClient(path: path)
        name = client.hello.line
        self.client = client
        try watch()
    }

    var prompt: String {
        guard client != nil else { return "\(name) (away)> " }
        return switch lease {
        case .none, .refused, .asked, .lost: "\(name) (watching)> "
        case .held: "\(name) (yours)> "
        }
    }

    var profile: ModemProfile? { status.flatMap { .named($0.modem.profile) } }
    var descriptor: CInt? { client?.descriptor }
    var nextTick: ContinuousClock.Instant? { retry }

    /// What to tell of it at first.
    var greeting: [ConsoleEvent] {
        client.map { [ConsoleEvent(.note("attached to \(name) (process \($0.hello.processID))"))] } ?? []
    }

    // MARK: Orders

    func typingBegan() -> [ConsoleEvent] {
        switch lease {
        case .none: ask(.lease(true), .lease)
        case .held where lastAsked.duration(to: .now) > Self.renewalInterval: ask(.lease(true), .lease)
        case .held, .asked, .refused, .lost: []
        }
    }

    func send(_ line: String) -> [ConsoleEvent] {
        guard client != nil else { return [ConsoleEvent(.warning("not sent: the line is away"))] }
        // The next line may try for the modem again.
        if case .refused = lease { lease = .none }
        return ask(.command(line, timeout: .seconds(60), force: force), .command(line))
    }

    func perform(_ order: ConsoleOrder) -> [ConsoleEvent]? {
        switch order {
        case .take:
            if case .held = lease { return [ConsoleEvent(.note(Self.heldText))] }
            lease = .none
            return ask(.lease(true), .lease)
        case .release:
            guard case .held = lease else { return [ConsoleEvent(.note("the modem is the line's"))] }
            return ask(.lease(false), .release)
        case .help, .explain, .hex, .time, .lines, .dtr, .rts, .raw, .log, .clear, .quit, .unknown: return nil
        }
    }

    private static let heldText = "you control the modem; it is released after 60 s idle or when Patriot dials"

    private func watch() throws(ControlClient.Failure) {
        requests = [1: .watch]
        nextID = 2
        try client?.send(ControlRequest(id: 1, .watch))
    }

    private func ask(_ order: ControlRequest.Order, _ request: Request) -> [ConsoleEvent] {
        guard let client else { return [] }
        if case .lease = request, lease == .none { lease = .asked }
        lastAsked = .now
        requests[nextID] = request
        defer { nextID += 1 }
        do throws(ControlClient.Failure) {
            try client.send(ControlRequest(id: nextID, order))
            return []
        } catch {
            return lost(error)
        }
    }

    // MARK: What comes

    func receive() -> [ConsoleEvent] {
        var events: [ConsoleEvent] = []
        do throws(ControlClient.Failure) {
            while let message = try client?.next(timeout: .zero) {
                if let happened = message.event { events += eventReceived(happened) }
                if let reply = message.reply { events += replyReceived(reply) }
            }
        } catch {
            events += lost(error)
        }
        return events
    }

    func tick() -> [ConsoleEvent] {
        guard let due = retry, due <= .now else { return [] }
        retry = .now + Self.retryInterval
        do throws(ControlClient.Failure) {
            let client = try ControlClient(path: path, timeout: .seconds(1))
            self.client = client
            name = client.hello.line
            retry = nil
            try watch()
            return greeting
        } catch {
            client = nil
            return []
        }
    }

    private func lost(_ failure: ControlClient.Failure) -> [ConsoleEvent] {
        guard client != nil else { return [] }
        client = nil
        status = nil
        lease = .none
        retry = .now
        return [ConsoleEvent(.warning("\(name) went away: waiting for it to come back"))]
    }

    private func eventReceived(_ event: ControlMessage.Event) -> [ConsoleEvent] {
        switch event.kind {
        case .sent: return [ConsoleEvent(.sent(event.text ?? ""), time: event.time)]
        case .received: return [ConsoleEvent(.received(event.text ?? "", end: ""), time: event.time)]
        case .status: return statusReceived(event.status, time: event.time)
        case .note:
            // The only thing a line tells one client of its own is that its exclusive use ended.
            let isLost = event.leaseEnd == .dial
            lease = isLost ? .lost : .none
            let hint = isLost ? "; /take asks for it again" : ""
            return [ConsoleEvent(.warning((event.text ?? "") + hint), time: event.time)]
        }
    }

    private func replyReceived(_ reply: ControlMessage.Reply) -> [ConsoleEvent] {
        switch requests.removeValue(forKey: reply.id) {
        case .watch: return statusReceived(reply.status, time: WallClockTime.microseconds())
        case .release:
            lease = .none
            return [ConsoleEvent(.note("the modem is the line's again"))]
        case .lease:
            if let error = reply.error {
                lease = .refused
                return [ConsoleEvent(.warning("the modem is not yours: \(error)"))]
            }
            guard case .asked = lease else { return [] }
            lease = .held
            return [ConsoleEvent(.note(Self.heldText))]
        case .command(let line):
            guard let error = reply.error else { return [] }
            let shown = NumberMask(.masked).masked(line, as: .atLine)
            return [ConsoleEvent(.warning("\(shown): \(error)"))]
        case nil: return []
        }
    }

    /// What a person would want to know of the change.
    private func statusReceived(_ new: StatusReport?, time: Int) -> [ConsoleEvent] {
        guard let new else { return [] }
        let old = status
        status = new
        var notes: [String] = []
        if new.modem.readiness != old?.modem.readiness || new.modem.port != old?.modem.port {
            let place = new.modem.port.map { " on \($0)" } ?? ""
            notes.append("modem\(place): \(new.modem.readiness)")
        }
        if new.patriot.link != old?.patriot.link { notes.append("Patriot: \(new.patriot.link)") }
        if let call = new.call, call.state != old?.call?.state {
            notes.append("call \(call.direction)\(call.number.map { " \($0)" } ?? ""): \(call.state)")
        } else if new.call == nil, old?.call != nil {
            notes.append("call over\(new.lastCall.map { ": \($0.reason)" } ?? "")")
        }
        if new.lease != old?.lease, let holder = new.lease, lease != .held, lease != .asked {
            notes.append("\(holder) has the modem")
        }
        return notes.map { ConsoleEvent(.note($0), time: time) }
    }
}
