import PatriotCore

@testable import Dialler

/// Call records: what is read is written as one line of bounded length, and read again as it was written.
enum RecordFuzzing {
    static func check(_ bytes: [UInt8]) throws {
        guard let record = CallRecord(line: bytes), isOfOurs(record) else { return }
        let line = record.json.utf8
        try hold(line.count < CallRecord.lineLimit, "a record of \(line.count) bytes")
        try hold(!line.contains { $0 < 0x20 }, "a control character in a record")
        guard let again = CallRecord(line: line) else {
            throw Broken(description: "written and not read: \(String(decoding: line, as: UTF8.self))")
        }
        try hold(again.json.utf8 == line, "\(String(decoding: line, as: UTF8.self)) is not written the same twice")
    }

    /// These members nobody else has a say in.
    private static func isOfOurs(_ record: CallRecord) -> Bool {
        var words = [record.subject.id]
        if case .end(let ending) = record.event { words.append(ending.result) }
        return words.allSatisfy { $0.utf8.count <= 64 && $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
    }
}
