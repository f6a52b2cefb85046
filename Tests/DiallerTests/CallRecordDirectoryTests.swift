import Glibc
import ModemCore
import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("Call records are kept in a file a month")
struct CallRecordDirectoryTests {
    private let temporary: TemporaryDirectory
    private let directory: CallRecordDirectory
    private static let november = CallMonth(fileName: "calls-2026-11.jsonl")

    init() throws {
        temporary = try TemporaryDirectory()
        directory = CallRecordDirectory(path: temporary.path)
    }

    private func lines(of month: CallMonth) throws -> [String] {
        var lines: [String] = []
        try directory.forEachLine(of: month) { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test("Lines are appended; the group may read the file, whatever the mask")
    func appends() throws {
        let month = try #require(Self.november)
        let mask = umask(0o077)
        defer { umask(mask) }
        try directory.append(Array("one".utf8), to: month)
        try directory.append(Array("two".utf8), to: month)
        #expect(try temporary.read(temporary.path + "/calls-2026-11.jsonl") == "one\ntwo\n")
        var status = stat()
        #expect(stat(temporary.path + "/calls-2026-11.jsonl", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o640)
    }

    /// The record that power loss tears, after one that is whole.
    private static let whole = line("aaaa")
    private static let last = line("bbbb")
    private static let next = line("cccc")

    private static func line(_ id: String) -> [UInt8] {
        let subject = CallRecord.Subject(id: id, line: "l", direction: .inbound, number: "5550101", requestedBy: .modem)
        let record = CallRecord(subject, .start(isAdopted: false), at: .init(seconds: 1_795_400_000, milliseconds: 0))
        return Array(record.json.description.utf8)
    }

    @Test("Wherever power loss cut the last line, the lines before and after it are whole", arguments: 0...last.count)
    func tornTail(_ count: Int) throws {
        let month = try #require(Self.november)
        let newline = UInt8(ascii: "\n")
        _ = try temporary.write(month.fileName, Self.whole + [newline] + Self.last.prefix(count))
        try directory.append(Self.next, to: month)
        var history = CallHistory()
        try history.read(month, in: directory)
        let isWhole = count == Self.last.count
        #expect(history.calls.map(\.subject.id) == (isWhole ? ["aaaa", "bbbb", "cccc"] : ["aaaa", "cccc"]))
        #expect(history.unreadableLines == (isWhole || count == 0 ? 0 : 1))
    }

    @Test("Zeros that a file system left after power loss are passed over")
    func zeros() throws {
        let month = try #require(Self.november)
        _ = try temporary.write(month.fileName, Self.whole + [10] + [UInt8](repeating: 0, count: 5000))
        try directory.append(Self.next, to: month)
        var history = CallHistory()
        try history.read(month, in: directory)
        #expect(history.calls.map(\.subject.id) == ["aaaa", "cccc"])
        #expect(history.unreadableLines == 1)
    }

    @Test("A file without line ends costs no memory and holds no record")
    func endlessLine() throws {
        let month = try #require(Self.november)
        _ = try temporary.write(month.fileName, [UInt8](repeating: UInt8(ascii: "{"), count: 1 << 20))
        #expect(try lines(of: month).map(\.utf8.count) == [CallRecord.lineLimit + 1])
    }

    @Test("Only the months' own files are known, and old ones deleted")
    func retention() throws {
        let others = [
            "calls-2026-13.jsonl", "calls-2026-1.jsonl", "calls-2026-11.jsonl.bak", "calls-２０２６-11.jsonl", "notes",
        ]
        for name in others + ["calls-2024-12.jsonl", "calls-2025-01.jsonl", "calls-2026-11.jsonl"] {
            _ = try temporary.write(name, "x\n")
        }
        let month = try #require(Self.november)
        #expect(
            try directory.months().map(\.fileName) == ["calls-2024-12.jsonl", "calls-2025-01.jsonl", month.fileName]
        )
        try directory.delete(month.earlier(by: 23))
        #expect(try temporary.names() == (others + ["calls-2025-01.jsonl", "calls-2026-11.jsonl"]).sorted())
    }

    @Test(
        "Months are counted over the year's end",
        arguments: [(0, "2026-11"), (10, "2026-01"), (11, "2025-12"), (24, "2024-11"), (1200, "1926-11")]
    )
    func earlier(_ months: Int, _ name: String) throws {
        #expect(try #require(Self.november).earlier(by: months).fileName == "calls-\(name).jsonl")
    }

    @Test("A link that somebody laid is not followed")
    func link() throws {
        let month = try #require(Self.november)
        let target = try temporary.write("target", "x\n")
        #expect(symlink(target, temporary.path + "/" + month.fileName) == 0)
        #expect(throws: CallRecordError.notWritten(ELOOP)) { try directory.append(Self.next, to: month) }
        #expect(try temporary.read(target) == "x\n")
    }

    @Test("A directory that is not there is said to be missing")
    func missing() throws {
        let month = try #require(Self.november)
        let missing = CallRecordDirectory(path: temporary.path + "/missing")
        #expect(throws: CallRecordError.notWritten(ENOENT)) { try missing.append(Self.next, to: month) }
        #expect(throws: CallRecordError.notRead(ENOENT)) { try missing.months() }
        #expect("\(CallRecordError.notWritten(ENOENT))".contains("make the directory"))
    }
}
