@preconcurrency import Dispatch
import NIOCore
import Synchronization

/// Writes call records in order, on a thread of its own: nobody waits for the disk.
///
/// What cannot be written is kept, up to a limit, and tried again before the next record.
final class CallRecordWriter: Sendable {
    /// So many records wait at most; a call has two or three.
    static let waitingLimit = 1000

    /// How writing fares.
    struct Condition: Equatable, Sendable {
        /// nil when the last try succeeded.
        var failure: CallRecordError?
        /// Records that were given up since writing last succeeded, because too many were waiting.
        var lost = 0
    }

    private struct State {
        /// Those before `taken` are being written.
        var waiting = CircularBuffer<CallRecord>()
        var isScheduled = false
        var condition = Condition()
        var retention = 0
        /// The month for which old files were deleted.
        var tidied: CallMonth?
    }

    let directory: CallRecordDirectory
    private let queue = DispatchQueue(label: "call-records")
    private let state = Mutex(State())
    private let report: @Sendable (Condition) -> Void

    /// - Parameter report: told each change, on the writer's thread.
    init(directory: CallRecordDirectory, report: @escaping @Sendable (Condition) -> Void) {
        self.directory = directory
        self.report = report
    }

    /// How many records are not yet on the disk.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// After how many months a file is deleted; 0 for never.
    func setRetention(months: Int) {
        state.withLock { state in
            state.retention = months
            state.tidied = nil
        }
        schedule()
    }

    /// Takes records to be written. Does not wait.
    func append(_ records: [CallRecord]) {
        state.withLock { state in
            for record in records {
                if state.waiting.count < Self.waitingLimit {
                    state.waiting.append(record)
                } else {
                    state.condition.lost += 1
                }
            }
        }
        schedule()
    }

    /// Tries what waits.
    func schedule() {
        let isScheduled = state.withLock { state in
            defer { state.isScheduled = true }
            return state.isScheduled
        }
        guard !isScheduled else { return }
        queue.async { [self] in
            state.withLock { $0.isScheduled = false }
            write()
        }
    }

    /// Calls back, on the writer's thread, when everything taken so far was tried.
    func flush(_ done: @escaping @Sendable () -> Void) {
        schedule()
        queue.async(execute: done)
    }

    /// Finds the line's calls without an end in the newest files, and hands them over on the writer's thread.
    func findOpenCalls(of line: String, _ found: @escaping @Sendable ([CallLedger.OpenCall]) -> Void) {
        queue.async { [self] in found(openCalls(of: line)) }
    }

    // MARK: On the thread

    /// A call that is open is at most so many files old: the daemon ends it when it next sees its modem.
    private static let searchedMonths = 3

    private func openCalls(of line: String) -> [CallLedger.OpenCall] {
        var history = CallHistory()
        do throws(CallRecordError) {
            for month in try directory.months().suffix(Self.searchedMonths) {
                try history.read(month, in: directory)
            }
        } catch {
            tell { $0.failure = error }
        }
        return history.calls.compactMap { call in
            guard call.isOpen, call.subject.line == line, let start = call.start else { return nil }
            return CallLedger.OpenCall(subject: call.subject, start: start, answer: call.answer)
        }
    }

    private func write() {
        var doubt: CallRecordError?
        do throws(CallRecordError) {
            while let record = state.withLock({ $0.waiting.first }) {
                do throws(CallRecordError) {
                    try write(record)
                } catch .notSynchronized(let code) {
                    // It is in the file; a second one would be one too many.
                    doubt = .notSynchronized(code)
                }
                state.withLock { _ = $0.waiting.popFirst() }
            }
            try tidy()
            tell { $0 = Condition(failure: doubt) }
        } catch {
            tell { $0.failure = error }
        }
    }

    private func write(_ record: CallRecord) throws(CallRecordError) {
        try directory.append(Array(record.json.description.utf8), to: CallMonth(of: record.time))
    }

    /// Deletes what is old, at the start and in each new month.
    private func tidy() throws(CallRecordError) {
        let month = CallMonth(of: .now())
        let retention = state.withLock { $0.tidied == month ? 0 : $0.retention }
        guard retention > 0 else { return }
        try directory.delete(before: month.earlier(by: retention))
        state.withLock { $0.tidied = month }
    }

    private func tell(_ change: (inout Condition) -> Void) {
        let changed: Condition? = state.withLock { state in
            let before = state.condition
            change(&state.condition)
            return state.condition == before ? nil : state.condition
        }
        if let changed { report(changed) }
    }
}
