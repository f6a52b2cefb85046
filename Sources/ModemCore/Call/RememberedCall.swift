/// What is known of the one call beyond the port and the process, and what is wanted of it: the working memory of a line.
package struct RememberedCall: Equatable, Sendable {
    /// The call as it was seen last.
    package var call: Call
    /// When it began, on the clock of this boot; a moment of another boot says nothing.
    package var begun: Instant
    /// True when its end is wanted and not yet proven.
    package var wantsEnd: Bool
    /// True while it is told as a call that is up; false once it was told as over without proof.
    package var isTold: Bool
    /// False when the computer was started again since.
    package var isSameBoot: Bool

    package init(_ call: Call, begun: Instant, wantsEnd: Bool, isTold: Bool = true, isSameBoot: Bool = true) {
        self.call = call
        self.begun = begun
        self.wantsEnd = wantsEnd
        self.isTold = isTold
        self.isSameBoot = isSameBoot
    }
}

/// What a line remembers when its process starts.
package enum Recollection: Equatable, Sendable {
    /// The line was free.
    case free
    /// There is no memory, or none that can be read: a modem that cannot tell its calls may hold one.
    case unknown
    case call(RememberedCall)
}

/// What the modem could say of the call that is remembered.
package enum RecallEvidence: Equatable, Sendable {
    /// The list of calls shows it, in this state.
    case listed(CallState)
    /// The list of calls does not show it.
    case notListed
    /// There is no list: an analog modem, data mode, or a modem that refuses the question.
    case noList
}

/// What is to become of a call that is remembered.
package enum RecallVerdict: Equatable, Sendable {
    /// It is up, in this state.
    case adopt(CallState)
    /// Its end is wanted, or nobody could know whether it is up.
    case hangUp
    /// The modem has no such call.
    case over
    /// Too young for the list: it is asked again.
    case askAgain
}

extension RememberedCall {
    /// A call that the list never showed may be younger than its row.
    private static let unlistedTime = Duration.seconds(10)

    /// - Parameter limit: the longest time that a call may last.
    package func verdict(_ evidence: RecallEvidence, kind: ModemProfile.Kind, limit: Duration, now: Instant)
        -> RecallVerdict
    {
        let age = isSameBoot ? max(.zero, now - begun) : nil
        let mayLast = !wantsEnd && (age.map { $0 < limit } ?? true)
        switch evidence {
        case .listed(let state):
            return mayLast ? .adopt(state) : .hangUp
        case .notListed:
            guard call.direction == .outbound, call.state == .dialing || call.state == .hangingUp, let age else {
                return .over
            }
            if age < Self.unlistedTime { return wantsEnd ? .hangUp : .askAgain }
            // The modem may have taken the number and made no call of it: nothing is left behind.
            return call.state == .dialing ? .hangUp : .over
        case .noList:
            guard mayLast, age != nil else { return call.state == .handedOver ? .over : .hangUp }
            return verdictWithoutList(kind)
        }
    }

    private func verdictWithoutList(_ kind: ModemProfile.Kind) -> RecallVerdict {
        switch call.state {
        case .handedOver, .incoming, .waiting: .adopt(call.state)
        // The first character that is sent to an analog modem which dials breaks the dial off (V.250 5.6.1).
        case .dialing where kind == .analog: .hangUp
        case .idle, .released: .over
        case .dialing, .dialed, .alerting, .active, .held, .hangingUp: .adopt(.dialed)
        }
    }

    /// Whether a row of the list can be the call. The network may write its number otherwise, with another prefix.
    func mayBe(_ entry: CallListEntry) -> Bool {
        guard entry.direction == call.direction else { return false }
        // A row of another mode than voice is a data connection, unless it names the number.
        guard let number = call.number, let listed = entry.number else { return entry.isVoice }
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        let (ours, theirs) = (number.utf8.filter(isDigit), listed.utf8.filter(isDigit))
        let count = min(ours.count, theirs.count, 6)
        return ours.suffix(count) == theirs.suffix(count)
    }
}
