/// Keeps a peer that sends rubbish from filling the log: so many notes about bad messages a minute, then a count.
struct NoteLimiter: Equatable {
    static let notesPerWindow = 10
    static let window: Duration = .seconds(60)

    private var windowEnd: ContinuousClock.Instant?
    private var admitted = 0
    private var suppressed = 0

    /// The notes to write for this one: itself, or nothing, with the count of a window that is over before it.
    mutating func admit(_ note: SessionNote, now: ContinuousClock.Instant) -> [SessionNote] {
        guard note.isAboutBadMessage else { return [note] }
        var notes: [SessionNote] = []
        if let windowEnd, now < windowEnd {
            admitted += 1
        } else {
            notes = flush()
            windowEnd = now + Self.window
            admitted = 1
        }
        guard admitted <= Self.notesPerWindow else {
            suppressed += 1
            return notes
        }
        return notes + [note]
    }

    /// The count of what was not written, and a new beginning.
    mutating func flush() -> [SessionNote] {
        let count = suppressed
        self = NoteLimiter()
        return count > 0 ? [.notesSuppressed(count: count)] : []
    }
}
