/// A number that the modem itself will not dial for a while, as national approvals demand after failed calls.
package struct RedialLock: Equatable, Sendable {
    /// As it was dialled.
    package var number: String
    /// When the modem dials it again.
    package var end: Instant

    /// The questions, one maker's each: Conexant lists delays as h:mm:ss, Boca with the minutes beside the number.
    static let questions = ["*D", "*B"].map { ATCommand("AT\($0)", responses: .freeText) }

    /// - Parameter lines: rows like `2; 5550101 0:02:00` or `1 5 2min t5550101`.
    /// - Returns: how long the modem makes the number wait; nil when no row tells.
    static func wait(for number: String, in lines: [String]) -> Duration? {
        let digits = number.filter(\.isNumber)
        for line in lines {
            let words = line.split { " ;|\t".contains($0) }
            guard words.contains(where: { $0.filter(\.isNumber) == digits && $0.contains(where: \.isNumber) }) else {
                continue
            }
            if let wait = words.compactMap({ duration($0) }).first { return wait }
        }
        return nil
    }

    private static func duration(_ word: Substring) -> Duration? {
        if word.hasSuffix("min"), let minutes = Int(word.dropLast(3)), (0...10_000).contains(minutes) {
            return .seconds(60 * minutes)
        }
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard parts.count == 3, parts.allSatisfy({ (0..<1000).contains($0) }) else { return nil }
        return .seconds((parts[0] * 60 + parts[1]) * 60 + parts[2])
    }
}

extension CallMachine {
    /// The modem's own list of locks is asked, question by question, until it tells the time.
    mutating func redialLockAnswered(_ reply: ATReply, now: Instant) -> [Action] {
        guard phase == .idle, let number = delayedNumber, case .result = reply.ending else { return [] }
        if let wait = RedialLock.wait(for: number, in: reply.lines) {
            delayedNumber = nil
            redialLock = RedialLock(number: number, end: now + wait)
            return [.note(.redialLocked(wait))]
        }
        guard let next = lockQuestions.popFirst() else { return [] }
        return [.send(next, .redialLock)]
    }

    mutating func askForRedialLock(_ number: String?) -> [Action] {
        delayedNumber = number
        lockQuestions = RedialLock.questions[...]
        return lockQuestions.popFirst().map { [.send($0, .redialLock)] } ?? []
    }
}
