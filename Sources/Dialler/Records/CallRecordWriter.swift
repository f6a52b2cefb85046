@preconcurrency import Dispatch
import NIOConcurrencyHelpers
import NIOCore
import PatriotCore

/// Writes call records in order, on a thread of its own: nobody waits for the disk.
///
/// What cannot be written is kept, up to a limit, and tried again before the next record. What a daemon that was killed had
/// not yet written, the next one writes.
///
/// Sendable because `lock` guards its only variable. Not a `Mutex`: the thread sanitizer does not see one that was waited for.
final class CallRecordWriter: @unchecked Sendable {
    /// So many records wait at most; a call has two or three.
    static let waitingLimit = 1000

    /// How writing goes.
    struct Condition: Equatable, Sendable {
        /// nil when the last try succeeded.
        var failure: CallRecordError?
        /// Records that were given up since writing last succeeded, because too many were waiting.
        var lost = 0
    }

    private struct Waiting {
        let record: CallRecord
        /// The record in JSON.
        let line: [UInt8]
        let since = ContinuousClock.now

        init(_ record: CallRecord) {
            self.record = record
            line = record.json.utf8
        }
    }

    private struct State: ~Copyable {
        /// Oldest first. All of it is in the journal, which may still have what came before it too.
        var waiting = CircularBuffer<Waiting>()
        var journal: CallRecordJournal?
        var isScheduled = false
        var condition = Condition()
        /// What ``report`` was told last.
        var toldCondition = Condition()
        var retention = 0
        /// When old files are looked for again.
        var nextTidying: ContinuousClock.Instant?
    }

    let directory: CallRecordDirectory
    private let queue = DispatchQueue(label: "call-records")
    private let lock = NIOLock()
    private var state: State
    private let isClockSynchronized: @Sendable () -> Bool
    private let report: @Sendable (Condition) -> Void

    /// - Parameters:
    ///   - journal: what the last writer had not yet written; nil to keep that in this process's memory alone.
    ///   - isClockSynchronized: whether the date can be believed.
    ///   - report: told each change, on the writer's thread.
    init(
        directory: CallRecordDirectory,
        journal: consuming CallRecordJournal? = nil,
        isClockSynchronized: @escaping @Sendable () -> Bool = { SystemClock.isSynchronized },
        report: @escaping @Sendable (Condition) -> Void
    ) {
        self.directory = directory
        self.isClockSynchronized = isClockSynchronized
        self.report = report
        state = State(journal: journal)
    }

    private func withState<Result>(_ body: (inout State) -> Result) -> Result {
        lock.withLock { body(&state) }
    }

    /// How many records are not yet on the disk.
    var waitingCount: Int { withState { $0.waiting.count } }

    /// For how long the oldest of them has waited.
    var longestWait: Duration { withState { $0.waiting.first?.since.duration(to: .now) ?? .zero } }

    /// After how many months a file is deleted; 0 for never.
    func setRetention(months: Int) {
        withState { state in
            state.retention = months
            state.nextTidying = nil
        }
        schedule()
    }

    /// Takes records, to be written at the next ``schedule()``. Does not wait for the disk; whatever becomes of this process, they
    /// are not forgotten.
    func append(_ records: [CallRecord]) {
        let new = records.map { Waiting($0) }
        withState { state in
            for record in new {
                if state.waiting.count < Self.waitingLimit {
                    state.waiting.append(record)
                    state.journal?.append(record.line)
                } else {
                    state.condition.lost += 1
                }
            }
        }
    }

    /// Has what waits written soon.
    func schedule() {
        let isScheduled = withState { state in
            defer { state.isScheduled = true }
            return state.isScheduled
        }
        guard !isScheduled else { return }
        queue.async { [self] in
            withState { $0.isScheduled = false }
            write()
        }
    }

    /// Calls back, on the writer's thread, when everything taken so far was tried.
    func flush(_ done: @escaping @Sendable () -> Void) {
        schedule()
        queue.async(execute: done)
    }

    /// Goes on where the last daemon ended: takes what it had not yet written, and hands over the line's calls without an end,
    /// on the writer's thread. To be called once, before the first record.
    func resume(_ line: String, _ found: @escaping @Sendable ([CallLedger.OpenCall]) -> Void) {
        queue.async { [self] in
            var history = recentHistory()
            recover(&history)
            found(Self.openCalls(of: line, in: history))
            write()
        }
    }

    // MARK: On the thread

    /// A call that is open is at most so many files old: the daemon ends it when it next sees its modem.
    private static let searchedMonths = 3

    private func recentHistory() -> CallHistory {
        var history = CallHistory()
        do throws(CallRecordError) {
            for month in try directory.months().suffix(Self.searchedMonths) {
                try history.read(month, in: directory)
            }
        } catch {
            tell { $0.failure = error }
        }
        return history
    }

    private func recover(_ history: inout CallHistory) {
        withState { state in
            for record in state.journal?.read() ?? [] where !history.contains(record) {
                history.add(record)
                state.waiting.append(Waiting(record))
            }
        }
    }

    private static func openCalls(of line: String, in history: CallHistory) -> [CallLedger.OpenCall] {
        history.calls.compactMap { call in
            guard call.isOpen, call.subject.line == line, let start = call.start else { return nil }
            return CallLedger.OpenCall(subject: call.subject, start: start, answer: call.answer)
        }
    }

    private func write() {
        var doubt: CallRecordError?
        var hasWritten = false
        do throws(CallRecordError) {
            while let next = withState({ $0.waiting.first }) {
                do throws(CallRecordError) {
                    try directory.append(next.line, to: CallMonth(of: next.record.time))
                } catch .notSynchronized(let code) {
                    // It is in the file; a second one would be one too many.
                    doubt = .notSynchronized(code)
                }
                withState { _ = $0.waiting.popFirst() }
                hasWritten = true
            }
            withState { if $0.waiting.isEmpty { $0.journal?.clear() } }
            let hasTidied = try tidy()
            // Else nothing was tried, and nothing is known.
            guard hasWritten || hasTidied else { return }
            tell { $0 = Condition(failure: doubt) }
        } catch {
            tell { $0.failure = error }
        }
    }

    /// Deletes the oldest file if it is too old, one a day. A wrong clock deletes nothing: a clock that nobody has set is not
    /// asked, and a file is old only beside newer ones.
    /// - Returns: false when there was nothing to do.
    private func tidy() throws(CallRecordError) -> Bool {
        let retention = withState { $0.nextTidying.map { $0 > .now } ?? false ? 0 : $0.retention }
        guard retention > 0 else { return false }
        let isSynchronized = isClockSynchronized()
        lookAgain(after: isSynchronized ? Self.day : Self.hour)
        guard isSynchronized else { return false }
        let month = CallMonth(of: .now())
        // A call that was made before the clock was set is dated wrong; how old it is, nobody knows.
        let months = try directory.months().filter { $0 >= .earliest && $0 < month }
        guard let newest = months.last, let old = months.first(where: { $0 < newest.earlier(by: retention - 1) }),
            directory.claimDeletion()
        else { return true }
        try directory.delete(old)
        return true
    }

    private func lookAgain(after time: Duration) {
        withState { $0.nextTidying = .now + time }
        queue.asyncAfter(deadline: .now() + .seconds(Int(time.components.seconds) + 1)) { [weak self] in
            self?.schedule()
        }
    }

    private static let day = Duration.seconds(86_400)
    private static let hour = Duration.seconds(3600)

    private func tell(_ change: (inout Condition) -> Void) {
        let changed: Condition? = withState { state in
            change(&state.condition)
            guard state.condition != state.toldCondition else { return nil }
            state.toldCondition = state.condition
            return state.condition
        }
        if let changed { report(changed) }
    }
}
