import Glibc
import ModemCore
import TestSupport
import Testing

@testable import Dialler

@Suite("Call records are written in order, off the line's thread", .timeLimit(.minutes(1)))
struct CallRecordWriterTests {
    private let temporary: TemporaryDirectory
    private let path: String

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.path
    }

    private static func record(_ id: Int, seconds: Int = 1_795_400_000) -> CallRecord {
        let subject = CallRecord.Subject(id: "\(id)", line: "l", direction: .inbound, number: nil, requestedBy: .modem)
        return CallRecord(subject, .start(isAdopted: false), at: .init(seconds: seconds, milliseconds: 0))
    }

    private func history(of path: String) throws -> CallHistory {
        let directory = CallRecordDirectory(path: path)
        var history = CallHistory()
        for month in try directory.months() { try history.read(month, in: directory) }
        return history
    }

    @Test("Records come into the file of their month, in order")
    func order() async throws {
        let writer = CallRecordWriter(directory: CallRecordDirectory(path: path)) { _ in }
        let seconds = 1_795_400_000
        for id in 0..<200 { writer.append([Self.record(id, seconds: seconds + (id < 100 ? 0 : 40 * 86_400))]) }
        await writer.flush()
        #expect(try temporary.names().count == 2)
        #expect(try history(of: path).calls.map(\.subject.id) == (0..<200).map(String.init))
    }

    @Test("What cannot be written waits, in order; the failure and its end are reported once")
    func failure() async throws {
        let (conditions, continuation) = AsyncStream.makeStream(of: CallRecordWriter.Condition.self)
        let path = path + "/later"
        let writer = CallRecordWriter(directory: CallRecordDirectory(path: path)) { continuation.yield($0) }
        for id in 0..<5 { writer.append([Self.record(id)]) }
        await writer.flush()
        #expect(writer.waitingCount == 5)
        #expect(mkdir(path, 0o700) == 0)
        writer.append([Self.record(5)])
        await writer.flush()
        #expect(writer.waitingCount == 0)
        #expect(try history(of: path).calls.map(\.subject.id) == (0..<6).map(String.init))
        continuation.finish()
        var told: [CallRecordWriter.Condition] = []
        for await condition in conditions { told.append(condition) }
        #expect(told == [.init(failure: .notWritten(ENOENT)), .init()])
        for month in try CallRecordDirectory(path: path).months() { unlink(path + "/" + month.fileName) }
        rmdir(path)
    }

    @Test("No more than the limit waits; what is given up is counted")
    func limit() async throws {
        let (conditions, continuation) = AsyncStream.makeStream(of: CallRecordWriter.Condition.self)
        let writer = CallRecordWriter(directory: CallRecordDirectory(path: path + "/never")) { continuation.yield($0) }
        writer.append((0..<CallRecordWriter.waitingLimit + 7).map { Self.record($0) })
        await writer.flush()
        #expect(writer.waitingCount == CallRecordWriter.waitingLimit)
        continuation.finish()
        var last: CallRecordWriter.Condition?
        for await condition in conditions { last = condition }
        #expect(last == .init(failure: .notWritten(ENOENT), lost: 7))
    }

    @Test("The oldest month is deleted, one a day, and all are kept where that is set", arguments: [0, 24])
    func retention(_ months: Int) async throws {
        let now = CallMonth(of: .now())
        let names = [27, 26, 24, 1, 0].map { now.earlier(by: $0).fileName }
        for name in names { _ = try temporary.write(name, "x\n") }
        for _ in 0..<3 { try await tidy(months) }
        let kept = names.dropFirst(months == 0 ? 0 : 1)
        #expect(try temporary.names().filter { $0 != ".deleted" } == Array(kept))
    }

    @Test(
        "A wrong clock deletes nothing",
        arguments: [
            // A clock that has run away, before the first call and after it.
            ([300, 299], true), ([300, 299, 0], true), ([38, 37, 26, 25], true),
            // Calls that were made before the clock was set.
            ([12 * 50, 1, 0], true),
            // A clock that nobody has set.
            ([30, 29, 1, 0], false),
        ]
    )
    func wrongClock(_ ages: [Int], _ isSynchronized: Bool) async throws {
        let now = CallMonth(of: .now())
        let names = ages.map { now.earlier(by: $0).fileName }
        for name in names { _ = try temporary.write(name, "x\n") }
        try await tidy(24, isSynchronized: isSynchronized)
        #expect(try temporary.names().filter { $0 != ".deleted" } == names)
    }

    private func tidy(_ months: Int, isSynchronized: Bool = true) async throws {
        let directory = CallRecordDirectory(path: path)
        let writer = CallRecordWriter(
            directory: directory,
            isClockSynchronized: { isSynchronized },
            report: { _ in }
        )
        writer.setRetention(months: months)
        await writer.flush()
    }

    @Test("The open calls are those of this line that have a start and no end, also over the turn of a month")
    func openCalls() async throws {
        let writer = CallRecordWriter(directory: CallRecordDirectory(path: path)) { _ in }
        var other = Self.record(3)
        other.subject.line = "other"
        var refused = Self.record(4)
        refused.event = .refused(reason: "no")
        var answered = Self.record(2)
        answered.event = .answered
        var end = Self.record(1, seconds: 1_795_400_000 + 40 * 86_400)
        end.event = .end(.unknown)
        writer.append([Self.record(1), Self.record(2), other, refused, answered, end])
        let open = await withCheckedContinuation { continuation in
            writer.schedule()
            writer.resume("l") { continuation.resume(returning: $0) }
        }
        let start = Self.record(2)
        #expect(open == [.init(subject: start.subject, start: start.time, answer: start.time)])
    }
}
