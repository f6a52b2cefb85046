/// A call as its records tell it.
package struct RecordedCall: Equatable, Sendable {
    /// As its records agree on it; the number is the last one known.
    package var subject: CallRecord.Subject
    /// nil when the file with the start is gone.
    package var start: WallClockTime?
    /// True when it was already up when it was first seen.
    package var isAdopted = false
    /// When it was first seen to be answered.
    package var answer: WallClockTime?
    /// When the last record was made; nil for a call without an end.
    package var end: WallClockTime?
    /// nil when it is still up, or its end was not recorded.
    package var ending: CallRecord.Ending?

    /// When it began, or what is known of that.
    package var time: WallClockTime {
        start ?? answer ?? end ?? WallClockTime(seconds: 0, milliseconds: 0)
    }

    /// Whether it has a start and no end.
    package var isOpen: Bool { start != nil && ending == nil }
}

/// Calls put together from their records, over the files of several months.
package struct CallHistory: Sendable {
    /// In the order of their first record.
    package private(set) var calls: [RecordedCall] = []
    /// Lines that were torn by power loss, or are no records.
    package private(set) var unreadableLines = 0
    private var indices: [String: Int] = [:]

    package init() {}

    /// Adds the records of the files in which calls from then on can be.
    package mutating func read(
        _ directory: CallRecordDirectory,
        since: WallClockTime? = nil
    ) throws(CallRecordError) {
        // One more, for a clock or a time zone that was changed.
        let first = since.map { CallMonth(of: $0).earlier(by: 1) }
        for month in try directory.months() where first.map({ month >= $0 }) ?? true { try read(month, in: directory) }
    }

    /// Adds a month's records.
    mutating func read(_ month: CallMonth, in directory: CallRecordDirectory) throws(CallRecordError) {
        var history = self
        // Not held twice while it grows.
        self = CallHistory()
        defer { self = history }
        try directory.forEachLine(of: month) { line in history.add(line: line) }
    }

    /// Adds one line.
    mutating func add(line: ArraySlice<UInt8>) {
        guard !line.isEmpty else { return }
        guard let record = CallRecord(line: line) else {
            unreadableLines += 1
            return
        }
        add(record)
    }

    /// Whether the record is among those that were read.
    func contains(_ record: CallRecord) -> Bool {
        guard let call = indices[record.subject.id].map({ calls[$0] }) else { return false }
        return switch record.event {
        case .start: call.start != nil
        case .answered: call.answer != nil
        case .end, .refused: call.ending != nil
        }
    }

    mutating func add(_ record: CallRecord) {
        let index = indices[record.subject.id] ?? calls.count
        if index == calls.count {
            indices[record.subject.id] = index
            calls.append(RecordedCall(subject: record.subject))
        }
        // A caller's number may be known only at the end.
        if let number = record.subject.number { calls[index].subject.number = number }
        switch record.event {
        case .start(let isAdopted):
            guard calls[index].start == nil else { return }
            calls[index].start = record.time
            calls[index].isAdopted = isAdopted
        case .answered:
            if calls[index].answer == nil { calls[index].answer = record.time }
        case .end(let ending):
            end(index, with: ending, at: record.time)
        case .refused(let reason):
            end(index, with: .init(result: CallRecord.refusedResult, reason: reason), at: record.time)
        }
    }

    private mutating func end(_ index: Int, with ending: CallRecord.Ending, at time: WallClockTime) {
        guard calls[index].ending == nil else { return }
        calls[index].ending = ending
        calls[index].end = time
    }
}
