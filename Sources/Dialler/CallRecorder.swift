import Glibc
import Logging
import ModemCore
import ModemDriver
import NIOCore
import PatriotClient
import PatriotCore

/// Keeps the line's call records: a call never waits for them, and goes on without them.
///
/// Bound to the event loop of the line.
package final class CallRecorder {
    private let eventLoop: any EventLoop
    private var logger: Logger
    private var writer: CallRecordWriter?
    private var condition = CallRecordWriter.Condition()
    /// nil until the open calls of earlier runs are known.
    private var ledger: CallLedger?
    /// What happened before that.
    private var backlog: [(happening: CallLedger.Happening, moment: CallLedger.Moment)] = []
    private var retry: Scheduled<Void>?

    /// A disk that hangs must not fill the memory.
    private static let backlogLimit = 1000
    private static let retryInterval = TimeAmount.seconds(30)
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
        guard let failure = condition.failure else { return nil }
        let waiting = writer.waitingCount
        let kept = waiting == 0 ? "" : "; records that wait in memory: \(waiting)"
        let lost = condition.lost == 0 ? "" : "; records that are lost: \(condition.lost)"
        return "call records in \(writer.directory.path) \(failure)\(kept)\(lost)"
    }

    private static let missingDirectory = "calls are not recorded: STATE_DIRECTORY names no directory for the records"

    /// Goes over to another configuration. No call is up then.
    func use(_ configuration: Configuration, logger: Logger) {
        self.logger = logger
        ledger?.numbers = configuration.records.numbers
        if configuration.stateDirectory != writer?.directory.path || writer == nil { begin(configuration) }
        writer?.setRetention(months: configuration.records.retentionMonths)
    }

    private func begin(_ configuration: Configuration) {
        condition = .init()
        backlog = []
        ledger = nil
        guard let path = configuration.stateDirectory else {
            writer = nil
            return logger.warning("\(Self.missingDirectory)")
        }
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        let (line, numbers) = (configuration.line, configuration.records.numbers)
        let writer = CallRecordWriter(
            directory: CallRecordDirectory(path: path),
            journal: configuration.runtimeDirectory.flatMap { CallRecordJournal(directory: $0, line: line) }
        ) { [eventLoop] condition in
            eventLoop.execute { this.value.conditionChanged(condition, in: path) }
        }
        self.writer = writer
        writer.resume(line) { [eventLoop] openCalls in
            eventLoop.execute {
                this.value.continueRecords(of: line, numbers, openCalls, in: path)
            }
        }
    }

    private func continueRecords(
        of line: String,
        _ numbers: NumberVisibility,
        _ openCalls: [CallLedger.OpenCall],
        in path: String
    ) {
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
        case .link(.authenticated), .link(.disconnected): happened(.requestsForgotten)
        case .link: break
        case .dialRefused(let reason): happened(.refused(reason))
        case .modem(.callChanged(let call)): happened(.call(call))
        case .modem(.readinessChanged(let readiness)):
            switch readiness {
            case .simNotReady, .notRegistered, .noVoice, .ready: happened(.callsKnown)
            case .noPort, .initializing, .silent: break
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
        let records = ledger?.follow(happening, at: moment) ?? []
        if !records.isEmpty { writer?.append(records) }
    }

    // MARK: Health

    private func conditionChanged(_ new: CallRecordWriter.Condition, in path: String) {
        guard writer?.directory.path == path else { return }
        let old = condition
        condition = new
        if let failure = new.failure, failure != old.failure {
            logger.error(
                "call records in \(path) \(failure); calls go on, and up to \(CallRecordWriter.waitingLimit) records are kept in memory"
            )
        } else if new.failure == nil, old.failure != nil {
            logger.notice(
                "call records in \(path) are written again\(old.lost == 0 ? "" : "; records lost: \(old.lost)")"
            )
        }
        retryLater()
    }

    /// Whoever has freed space shall see it noticed without making a call.
    private func retryLater() {
        retry?.cancel()
        retry = nil
        guard condition.failure != nil else { return }
        retry = eventLoop.assumeIsolated().scheduleTask(in: Self.retryInterval) { [weak self] in
            self?.writer?.schedule()
            self?.retryLater()
        }
    }

    // MARK: End

    /// Succeeds when everything is written or cannot be, at the latest after ``flushLimit``.
    func stop() -> EventLoopFuture<Void> {
        retry?.cancel()
        retry = nil
        guard let writer else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        let timeout = eventLoop.scheduleTask(in: Self.flushLimit) { promise.succeed() }
        writer.flush { promise.succeed() }
        return promise.futureResult.map { [logger] in
            timeout.cancel()
            let waiting = writer.waitingCount
            guard waiting > 0 else { return }
            logger.error("call records that could not be written in time: \(waiting)")
        }
    }
}
