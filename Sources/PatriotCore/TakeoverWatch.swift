/// Notices two Patriots that have the same key and keep replacing each other on one line.
package struct TakeoverWatch: Sendable {
    /// So many take-overs within ``window`` are a fight.
    package static let limit = 3
    /// A take-over counts for so long.
    package static let window: Duration = .seconds(60)

    private var recent: [(address: String, at: ContinuousClock.Instant)] = []

    package init() {}

    /// A Patriot was let in.
    ///
    /// - Parameter former: the address of the one that it replaces; nil when there was none.
    /// - Returns: the addresses of those that keep replacing each other, sorted; empty when none do.
    package mutating func admitted(
        _ address: String,
        replacing former: String?,
        now: ContinuousClock.Instant
    ) -> [String] {
        recent.removeAll { $0.at + Self.window <= now }
        guard let former else { return [] }
        recent.append((former, now))
        if recent.count > Self.limit { recent.removeFirst() }
        guard recent.count >= Self.limit else { return [] }
        return Set(recent.map(\.address) + [address]).sorted()
    }
}
