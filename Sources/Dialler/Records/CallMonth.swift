/// A month of the machine's calendar, which has a file of its own.
package struct CallMonth: Equatable, Hashable, Sendable {
    /// Months since the year 0.
    private let count: Int

    private init(count: Int) {
        self.count = count
    }

    /// No call was recorded before it: 2024-01.
    static let earliest = CallMonth(count: 2024 * 12)

    /// The month by the machine's time zone.
    package init(of time: WallClockTime) {
        let local = time.local
        self.init(count: local.year * 12 + local.month - 1)
    }

    /// - Returns: nil for a file that holds no month's records.
    package init?(fileName: String) {
        let bytes = Array(fileName.utf8)
        guard bytes.count == 19, bytes[6..<10].allSatisfy(isDigit), bytes[11..<13].allSatisfy(isDigit),
            let year = Int(String(decoding: bytes[6..<10], as: UTF8.self)),
            let month = Int(String(decoding: bytes[11..<13], as: UTF8.self)), (1...12).contains(month)
        else { return nil }
        self.init(count: year * 12 + month - 1)
        guard self.fileName == fileName else { return nil }
    }

    /// `calls-2026-11.jsonl`
    package var fileName: String {
        let year = String(count / 12)
        return
            "calls-\(String(repeating: "0", count: max(0, 4 - year.count)))\(year)-\(twoDigits(count % 12 + 1)).jsonl"
    }

    /// So many months before this one.
    package func earlier(by months: Int) -> CallMonth {
        CallMonth(count: count - months)
    }
}

extension CallMonth: Comparable {
    package static func < (left: CallMonth, right: CallMonth) -> Bool {
        left.count < right.count
    }
}
