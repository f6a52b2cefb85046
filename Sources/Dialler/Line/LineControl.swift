import Glibc
import Logging
import ModemCore
import ModemDriver
import NIOCore
import PatriotCore
import PatriotLink

/// What the clients of the control socket may know and order: the line's state, its calls, and the modem for a while.
///
/// Bound to the event loop of the line, which outlives every configuration; the sides that are at work are given to it again
/// with each.
final class LineControl {
    /// What orders go to.
    struct Subject {
        let modem: ModemDriver
        let patriot: PatriotSession
        let gateway: Gateway
        let numbers: NumberVisibility
        /// `DIAL_ALLOW_MMI`
        let allowsServiceCodes: Bool
        let line: String
        /// As their configuration wants the log.
        let logger: Logger
    }

    private let eventLoop: any EventLoop
    private let records: CallRecorder
    private var logger: Logger
    private var server: ControlServer?
    private var sides: Subject?
    /// The sides are going, and others come: they can be asked about, and do nothing any more.
    private var isChanging = false
    private var statistics = LineStatistics()
    private var transcript = ATTranscript()
    private let lease: ModemLease
    private var isStatusDue = false
    /// Why a dial that is being ordered now came to nothing.
    private var dialRefusal: String?
    /// The next dial is somebody's at this computer.
    private var isPersonsDial = false

    init(records: CallRecorder, eventLoop: any EventLoop, logger: Logger) {
        self.records = records
        self.eventLoop = eventLoop
        self.logger = logger
        lease = ModemLease(eventLoop: eventLoop)
        lease.onTaken = { [weak self] client in self?.leaseTaken(by: client) }
        lease.onEnded = { [weak self] client, reason in self?.leaseEnded(of: client, because: reason) }
    }

    /// Listens in that directory, if there is one.
    func start(line: String, in directory: String?) {
        guard let directory else { return }
        let server = ControlServer(
            hello: .init(version: ControlMessage.version, line: line, processID: getpid()),
            eventLoop: eventLoop,
            logger: logger
        )
        server.onRequest = { [weak self] client, request in self?.received(request, from: client) }
        server.onGone = { [weak self] client in _ = self?.lease.giveBack(by: client) }
        server.start(in: directory)
        self.server = server
    }

    func use(_ sides: Subject) {
        self.sides = sides
        isChanging = false
        logger = sides.logger
        server?.logger = sides.logger
        statusChanged()
    }

    /// Until others are used.
    func suspend() {
        isChanging = true
    }

    func stop() {
        lease.stop()
        server?.stop()
        server = nil
        sides = nil
    }

    // MARK: What happens

    func follow(_ event: LineService.Event) {
        if statistics.follow(event, now: .now) { statusChanged() }
        switch event {
        case .modem(.sent(let line)): passed(line, .sent)
        case .modem(.received(let line)): passed(line, .received)
        case .dialRefused(let reason):
            dialRefusal = reason
            isPersonsDial = false
        case .modem(.callChanged(let call)):
            // A dial-request that is refused takes the modem from nobody.
            guard call.direction == .outbound, call.state == .dialing, !call.isAdopted else { break }
            if !isPersonsDial { lease.end(because: .dial) }
            isPersonsDial = false
        case .queuedDialDropped, .patriot, .link, .modem: break
        }
    }

    func follow(_ note: ModemNote) {
        statistics.follow(note)
    }

    private func passed(_ line: String, _ kind: ControlMessage.Event.Kind) {
        transcript.append(line, isSent: kind == .sent, at: .now())
        tell(kind, line)
    }

    private func tell(_ kind: ControlMessage.Event.Kind, _ text: String) {
        server?.tell(.init(kind: kind, time: WallClockTime.microseconds(), text: masked(text, as: .atLine)))
    }

    /// Those who watch are told when the loop has done what changed it.
    private func statusChanged() {
        // To put it together costs as much as the rest of a call.
        guard server?.isWatched ?? false, !isStatusDue else { return }
        isStatusDue = true
        eventLoop.assumeIsolated().execute { [self] in
            isStatusDue = false
            guard let report else { return }
            server?.tell(.init(kind: .status, time: WallClockTime.microseconds(), status: report))
        }
    }

    private func masked(_ text: String, as kind: NumberMask.Kind) -> String {
        NumberMask(sides?.numbers ?? .masked).masked(text, as: kind)
    }

    private var report: StatusReport? {
        guard let sides else { return nil }
        return statistics.report(
            line: sides.line,
            modem: sides.modem,
            lastFrame: sides.patriot.lastFrame,
            mask: NumberMask(sides.numbers),
            lease: lease.holder?.name,
            complaints: [records.fault, sides.gateway.complaint].compactMap { $0 },
            now: .now
        )
    }

    // MARK: Orders

    private func received(_ request: Result<ControlRequest, ControlRequestError>, from client: ControlServer.Client) {
        switch request {
        case .failure(let error): answer(client, .init(id: 0, error: "\(error)"))
        case .success(let request): perform(request, for: client)
        }
    }

    private func answer(_ client: ControlServer.Client, _ reply: ControlMessage.Reply) {
        server?.answer(reply, to: client)
    }

    private func perform(_ request: ControlRequest, for client: ControlServer.Client) {
        guard let sides else {
            return answer(client, .init(id: request.id, error: "the line is stopping: try again when it runs"))
        }
        lease.renew(for: client)
        var reply = ControlMessage.Reply(id: request.id)
        if isChanging, request.order.isForSides {
            reply.error = "the line is going over to another configuration: try again"
            return answer(client, reply)
        }
        switch request.order {
        case .status: reply.status = report
        case .dial(let number): reply.error = dial(number, for: client, sides)
        case .hangUp:
            logger.notice("control: \(client.name) hangs up")
            sides.patriot.order(.hangUp)
        case .answer: reply.error = takeCall(for: client, sides)
        case .watch:
            client.isWatching = true
            reply.status = report
            // Who looks need not wait for the half minute to see the signal.
            if sides.modem.signalQuality == nil { sides.modem.probe() }
        case .transcript: reply.lines = transcript.lines { masked($0, as: .atLine) }
        case .lease(let take): reply.error = take ? lease.take(by: client) : lease.giveBack(by: client)
        case .tones(let digits):
            return send(for: client, reply, sides, asTones: true) { () throws(OperatorCommand.Refusal) in
                try OperatorCommand(tones: digits)
            }
        case .command(let line, let timeout, let force):
            return send(for: client, reply, sides, asTones: false) { () throws(OperatorCommand.Refusal) in
                guard !force || client.isRoot else { throw .forceIsForRoot }
                let rights = OperatorCommand.Rights(isForced: force, allowsServiceCodes: sides.allowsServiceCodes)
                return try OperatorCommand(line, timeout: timeout, rights: rights)
            }
        }
        answer(client, reply)
    }

    /// - Returns: why not; nil when the number is being dialled.
    private func dial(_ number: String, for client: ControlServer.Client, _ sides: Subject) -> String? {
        if let obstacle = lease.obstacle(for: client) { return obstacle }
        logger.notice("control: \(client.name) dials", metadata: ["number": "\(number)"])
        dialRefusal = nil
        records.dialRequested(number, by: .control)
        isPersonsDial = true
        sides.patriot.order(.dial(phoneNo: number))
        defer { dialRefusal = nil }
        return dialRefusal
    }

    private func takeCall(for client: ControlServer.Client, _ sides: Subject) -> String? {
        guard sides.modem.call?.state == .incoming else {
            return "no call is coming in: status shows what the line does"
        }
        guard sides.modem.canAnswer else {
            return "this modem cannot answer a voice call: lift the telephone on its line"
        }
        logger.notice("control: \(client.name) answers")
        sides.modem.answer()
        return nil
    }

    /// A command of the client's, or tones. Its reply comes when the modem's has come.
    private func send(
        for client: ControlServer.Client,
        _ reply: ControlMessage.Reply,
        _ sides: Subject,
        asTones: Bool,
        _ command: () throws(OperatorCommand.Refusal) -> OperatorCommand
    ) {
        var reply = reply
        if let obstacle = lease.obstacle(for: client) {
            reply.error = obstacle
            return answer(client, reply)
        }
        do throws(OperatorCommand.Refusal) {
            let command = try command()
            // Tones may be a code that is nobody else's business.
            let shown: Logger.Metadata = asTones ? [:] : ["at.line": "\(command.command.text)"]
            logger.notice("control: \(client.name) sends \(asTones ? "tones" : "a command")", metadata: shown)
            try sides.modem.send(command, asTones: asTones) { [self] modemReply in
                answer(client, .init(modemReply, id: reply.id, mask: NumberMask(sides.numbers)))
            }
        } catch {
            answer(client, .init(error, id: reply.id))
        }
    }

    // MARK: The lease

    private func leaseTaken(by client: ControlServer.Client) {
        logger.notice("control: \(client.name) has the modem")
        statusChanged()
    }

    private func leaseEnded(of client: ControlServer.Client, because reason: ModemLease.End?) {
        logger.notice("control: \(client.name) released the modem: \(reason?.text ?? "it was given back")")
        if let reason {
            let event = ControlMessage.Event(
                kind: .note,
                time: WallClockTime.microseconds(),
                text: "the modem is no longer yours: \(reason.text)",
                leaseEnd: reason == .dial ? .dial : .idle
            )
            server?.send(ControlMessage(event: event), to: client)
        }
        statusChanged()
    }
}

extension ControlRequest.Order {
    /// Whether the modem or Patriot has to do something.
    fileprivate var isForSides: Bool {
        switch self {
        case .dial, .hangUp, .answer, .tones, .command: true
        case .status, .transcript, .watch, .lease: false
        }
    }
}
