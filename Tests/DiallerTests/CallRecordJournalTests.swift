import Glibc
import ModemCore
import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("What was not yet on the disk is not lost with the process", .timeLimit(.minutes(1)))
struct CallRecordJournalTests {
    private let temporary: TemporaryDirectory
    private let path: String

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.path
    }

    private static func record(_ id: String, _ event: CallRecord.Event = .start(isAdopted: false)) -> CallRecord {
        let subject = CallRecord.Subject(id: id, line: "l", direction: .inbound, number: nil, requestedBy: .modem)
        return CallRecord(subject, event, at: .init(seconds: 1_795_400_000, milliseconds: 0))
    }

    private static func line(_ record: CallRecord) -> [UInt8] {
        Array(record.json.description.utf8)
    }

    private func journal() throws -> CallRecordJournal {
        guard let journal = CallRecordJournal(directory: path, line: "l") else {
            throw CallRecordError.notWritten(errno)
        }
        return journal
    }

    /// All that a writer with this state directory has written when it has resumed.
    private func resume(_ state: String) async throws -> (open: [String], history: CallHistory) {
        let writer = CallRecordWriter(directory: CallRecordDirectory(path: state), journal: try journal()) { _ in }
        let open = await withCheckedContinuation { continuation in
            writer.resume("l") { continuation.resume(returning: $0) }
        }
        await writer.flush()
        var history = CallHistory()
        let directory = CallRecordDirectory(path: state)
        for month in (try? directory.months()) ?? [] { try history.read(month, in: directory) }
        return (open.map(\.subject.id), history)
    }

    @Test("What a daemon that was killed left is written by the next, once, and what is open is found")
    func recovers() async throws {
        var journal = try journal()
        for record in [Self.record("a"), Self.record("a", .end(.unknown)), Self.record("b")] {
            journal.append(Self.line(record))
        }
        // The first of them had reached the disk.
        let month = CallMonth(of: Self.record("a").time)
        try CallRecordDirectory(path: path).append(Self.line(Self.record("a")), to: month)
        for _ in 0..<2 {
            let (open, history) = try await resume(path)
            #expect(open == ["b"])
            #expect(history.calls.map(\.subject.id) == ["a", "b"])
            #expect(history.calls.map(\.ending) == [.unknown, nil])
        }
        #expect(try temporary.read(path + "/" + month.fileName).split(separator: "\n").count == 3)
        #expect(try temporary.read(path + "/call-records-l.jsonl") == "")
    }

    @Test("While the disk takes nothing, it stays in the journal")
    func keeps() async throws {
        var journal = try journal()
        journal.append(Self.line(Self.record("a")))
        let (open, history) = try await resume(path + "/missing")
        #expect(open == ["a"])
        #expect(history.calls.isEmpty)
        #expect(journal.read() == [Self.record("a")])
    }

    @Test(
        "A line that was cut is passed over, and the next one is not put behind it",
        arguments: 0...line(record("a")).count
    )
    func torn(_ count: Int) throws {
        let line = Self.line(Self.record("a"))
        _ = try temporary.write("call-records-l.jsonl", line.prefix(count))
        var journal = try journal()
        let whole = count >= line.count ? [Self.record("a")] : []
        #expect(journal.read() == whole)
        journal.append(Self.line(Self.record("b")))
        #expect(journal.read() == whole + [Self.record("b")])
        journal.clear()
        #expect(journal.read() == [])
    }

    @Test("Without a directory for it there is none, and records are written anyway")
    func none() async throws {
        let hasJournal = CallRecordJournal(directory: path + "/missing", line: "l") != nil
        #expect(!hasJournal)
        let writer = CallRecordWriter(directory: CallRecordDirectory(path: path), journal: nil) { _ in }
        writer.append([Self.record("a")])
        await writer.flush()
        #expect(try temporary.names().count == 1)
    }
}
