/// Which rung of the ladder ended the last call of each kind: the next hang-up begins with it.
struct HangUpMemory: Equatable, Sendable {
    /// What decides which command a modem accepts: some end only incoming, some only answered calls with it.
    struct Situation: Hashable, Sendable {
        var direction: CallDirection
        var isAnswered: Bool
    }

    private var rungs: [Situation: HangUpRung] = [:]

    /// - Parameter isFirst: true for the rung that the ladder begins with anyway.
    mutating func worked(_ rung: HangUpRung, in situation: Situation, isFirst: Bool) {
        rungs[situation] = isFirst ? nil : rung
    }

    /// The ladder with the rung that worked put before it; the rest stays as it is, should that rung fail this time.
    func ladder(_ ladder: [HangUpRung], for situation: Situation?) -> [HangUpRung] {
        guard let situation, let rung = rungs[situation] else { return ladder }
        return [rung] + ladder
    }
}
