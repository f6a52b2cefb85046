import Glibc
import Logging
import ModemCore
import ModemDriver
import NIOCore
import PatriotCore
import PatriotLink

/// Keeps the line's call records: a call never waits for them, and goes on without them.
///
/// Bound to the event loop of the line.
package final class CallRecorder {
    private let eventLoop: any EventLoop
    private var logger: Logger
    private var line = ""
    private var numbers = NumberVisibility.full
    /// nil when there is no directory to write to.
    private var writer: CallRecordWriter?
    private var condition = CallRecordWriter.Condition()
    /// The disk neither takes the records nor refuses them.
    private var isStalled = false
    /// nil until the open calls of earlier runs are known.
    private var ledger: CallLedger?
    /// What happened before that.
    private var backlog: [(happening: CallLedger.Happening, moment: CallLedger.Moment)] = []
    private var check: Scheduled<Void>?

    /// A disk that hangs must not fill the memory.
    private static let backlogLimit = 1000
    /// How often it is looked whether the records that wait get on; a person who freed space should not have to make a call.
    private static let checkInterval = TimeAmount.seconds(10)
    /// How long the end of the daemon waits for the disk.
    private static let flushLimit = TimeAmount.seconds(2)

    init(configuration: Configuration, eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.logger = logger
        use(configuration, logger: logger)
    }

    /// Why calls are not recorded, in one sentence; nil when they are.
    package var fault: String? {
        guard let writer else { return Self.missingDirectory }
        guard let trouble else { return nil }
        let waiting = writer.waitingCount
        let kept = waiting == 0 ? "" : "; records that wait in memory: \(waiting)"
        let lost = condition.lost == 0 ? "" : "; records that are lost: \(condition.lost)"
        return "call records in \(writer.directory.path) \(trouble)\(kept)\(lost)"
    }

    private static let missingDirectory = "calls are not recorded: STATE_DIRECTORY names no directory for the records"

    private var trouble: String? {
        condition.failure?.description ?? (isStalled ? "wait for a disk that does not answer" : nil)
    }

    /// Goes over to another configuration. No call is up then.
    func use(_ configuration: Configuration, logger: Logger) {
        self.logger = logger
        line = configuration.line
        numbers = configuration.records.numbers
        ledger?.numbers = numbers
        if configuration.stateDirectory != writer?.directory.path || writer == nil { begin(configuration) }
        writer?.setRetention(months: configuration.records.retentionMonths)
    }

    private func begin(_ configuration: Configuration) {
        condition = .init()
        isStalled = false
        backlog = []
        ledger = nil
        guard let path = configuration.stateDirectory else {
            writer = nil
            return logger.warning("\(Self.missingDirectory)")
        }
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        let line = configuration.line
        let writer = CallRecordWriter(
            directory: CallRecordDirectory(path: path),
            journal: configuration.runtimeDirectory.flatMap { CallRecordJournal(directory: $0, line: line) }
        ) { [eventLoop] condition in
            eventLoop.execute { this.value.conditionChanged(condition, in: path) }
        }
        self.writer = writer
        writer.resume(line) { [eventLoop] openCalls in
            eventLoop.execute { this.value.goOn(openCalls, in: path) }
        }
        checkLater()
    }

    private func goOn(_ openCalls: [CallLedger.OpenCall], in path: String) {
        guard writer?.directory.path == path, ledger == nil else { return }
        ledger = CallLedger(line: line, numbers: numbers, openCalls: openCalls, makeID: Self.makeID)
        for (happening, moment) in backlog { record(happening, at: moment) }
        backlog = []
    }

    private static func makeID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    // MARK: What happens

    /// Somebody other than Patriot wants a number dialled.
    func dialRequested(_ number: String, by requester: CallRecord.Requester) {
        happened(.requested(number, by: requester))
    }

    /// Follows the line.
    func follow(_ event: LineService.Event) {
        switch event {
        case .patriot(.received, .dialRequest(let phoneNo, _)): happened(.requested(phoneNo, by: .patriot))
        case .patriot: break
        case .link(.authenticated), .link(.disconnected), .link(.admitted), .link(.listening):
            happened(.requestsForgotten)
        case .link: break
        case .dialRefused(let reason): happened(.refused(reason))
        case .queuedDialDropped(let reason): happened(.queuedDialDropped(reason))
        case .modem(.callChanged(let call)): happened(.call(call))
        case .modem(.readinessChanged(let readiness)):
            switch readiness {
            case .notRegistered(.registration), .noVoice, .ready, .readyInDoubt: happened(.callsKnown)
            // The modem was not yet asked.
            case .notPluggedIn, .heldBy, .cannotOpen, .opening, .settingUp, .simNotReady, .notRegistered(.radioOff),
                .keepsRestarting, .notResponding, .garbage, .hung:
                break
            }
        case .modem(.dialRefused), .modem(.sent), .modem(.received): break
        }
    }

    private func happened(_ happening: CallLedger.Happening) {
        guard writer != nil else { return }
        let moment = CallLedger.Moment(time: .now(), instant: .now)
        if ledger != nil {
            record(happening, at: moment)
        } else if backlog.count < Self.backlogLimit {
            backlog.append((happening, moment))
        }
    }

    private func record(_ happening: CallLedger.Happening, at moment: CallLedger.Moment) {
        guard let writer, let records = ledger?.follow(happening, at: moment), !records.isEmpty else { return }
        writer.append(records)
        // To wake the thread takes longer than to take the record, and the modem goes first.
        eventLoop.execute { writer.schedule() }
        checkLater()
    }

    // MARK: Health

    private func conditionChanged(_ new: CallRecordWriter.Condition, in path: String) {
        guard writer?.directory.path == path else { return }
        change {
            if new.failure == nil, condition.lost > 0 { logger.error("call records that are lost: \(condition.lost)") }
            condition = new
            // Whatever it answered.
            isStalled = false
        }
        checkLater()
    }

    /// Tells a trouble once, and its end.
    private func change(_ change: () -> Void) {
        let old = trouble
        change()
        guard let writer, trouble != old else { return }
        let records = "call records in \(writer.directory.path)"
        if let trouble {
            let limit = CallRecordWriter.waitingLimit
            logger.error("\(records) \(trouble); calls go on, and up to \(limit) records are kept in memory")
        } else {
            logger.notice("\(records) are written again")
        }
    }

    private func checkLater() {
        guard check == nil else { return }
        check = eventLoop.assumeIsolated().scheduleTask(in: Self.checkInterval) { [weak self] in self?.checkProgress() }
    }

    private func checkProgress() {
        check = nil
        guard let writer else { return }
        let limit = Duration.nanoseconds(Self.checkInterval.nanoseconds)
        let isStuck = ledger == nil || writer.longestWait >= limit
        change { isStalled = isStuck && condition.failure == nil }
        writer.schedule()
        if trouble != nil || writer.waitingCount > 0 { checkLater() }
    }

    // MARK: End

    /// Succeeds when everything is written or cannot be, at the latest after ``flushLimit``.
    func stop() -> EventLoopFuture<Void> {
        check?.cancel()
        guard let writer else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        let timeout = eventLoop.scheduleTask(in: Self.flushLimit) { promise.succeed() }
        writer.flush { promise.succeed() }
        return promise.futureResult.assumeIsolated().map { [self] in
            timeout.cancel()
            // It holds on to this.
            self.writer = nil
            let waiting = writer.waitingCount
            if waiting > 0 { logger.error("call records that could not be written in time: \(waiting)") }
        }.nonisolated()
    }
}
