/// Makes guessing a key slow: after each wrong one the address it came from has to wait, 1 s at first, doubling to 60 s. Of IPv6
/// the /64 counts as the address.
///
/// A right key clears the address. Holds a bounded number of addresses; the wait that ends first is forgotten first.
package struct AdmissionGuard: Sendable {
    /// The wait after the first wrong key of an address.
    package static let firstDelay: Duration = .seconds(1)
    /// The wait doubles up to this.
    package static let maximumDelay: Duration = .seconds(60)
    /// A row of wrong keys is forgotten when nothing came for so long after the wait.
    package static let memory: Duration = .seconds(600)
    /// How many addresses are remembered at most.
    package static let maximumAddresses = 256

    private struct Record {
        var delay: Duration
        var end: ContinuousClock.Instant
    }

    private var records: [String: Record] = [:]

    package init() {}

    /// How many addresses are remembered.
    package var count: Int { records.count }

    /// Whether a connection from that address is looked at now.
    package func admits(_ address: String, now: ContinuousClock.Instant) -> Bool {
        records[address].map { $0.end <= now } ?? true
    }

    /// - Returns: how long the address has to wait.
    @discardableResult
    package mutating func keyWasWrong(from address: String, now: ContinuousClock.Instant) -> Duration {
        var delay = Self.firstDelay
        if let old = records[address], now < old.end + Self.memory { delay = min(old.delay * 2, Self.maximumDelay) }
        if records[address] == nil, records.count >= Self.maximumAddresses,
            let first = records.min(by: { $0.value.end < $1.value.end })
        {
            records[first.key] = nil
        }
        records[address] = Record(delay: delay, end: now + delay)
        return delay
    }

    /// Forgets the wrong keys of the address.
    package mutating func keyWasRight(from address: String) {
        records[address] = nil
    }
}
