import Dialler

/// What a person types at `status --watch` of one line, and what is asked back.
struct WatchDialogue {
    /// What is to be done.
    enum Action: Equatable {
        case quit
        case hangUp
        case answer
    }

    private enum State: Equatable {
        case idle
        case help
        /// Done on y.
        case asking(Action)
    }

    private var state = State.idle
    /// What came of the last order.
    private var notice: String?

    var showsHelp: Bool { state == .help }

    var footer: String {
        switch state {
        case .asking(.hangUp): "Hang up? y/n"
        case .asking(.answer): "Answer the incoming call? y/n"
        case .idle, .help, .asking(.quit): notice ?? StatusScreen.keys
        }
    }

    /// - Returns: what is to be done now.
    mutating func typed(_ key: ScreenKey, isRinging: Bool) -> Action? {
        notice = nil
        switch (state, key) {
        case (_, "\u{03}"), (_, "\u{04}"): return .quit
        case (.asking(let action), "y"), (.asking(let action), "Y"):
            state = .idle
            notice = action == .hangUp ? "hanging up" : "answering"
            return action
        case (.asking, _), (.help, _): state = .idle
        case (.idle, "q"), (.idle, "Q"): return .quit
        case (.idle, "h"), (.idle, "?"): state = .help
        case (.idle, "H"): state = .asking(.hangUp)
        case (.idle, "a"):
            if isRinging { state = .asking(.answer) } else { notice = "no call is coming in" }
        case (.idle, _): break
        }
        return nil
    }

    /// The order was not carried out.
    mutating func failed(_ reason: String) {
        notice = "failed: \(reason)"
    }
}

/// When the terminal's bell is to ring: at a line that is not ready any more, and at a call that comes in.
struct WatchBell {
    private var known: Set<String>?

    /// - Returns: whether something of that kind is new; nothing is at the first look.
    mutating func rings(_ views: [LineView]) -> Bool {
        let troubles = views.filter { !$0.isFine }.map { "\($0.name) not ready" }
        let calls = views.filter { $0.report?.call?.isRinging == true }.map { "\($0.name) rings" }
        let now = Set(troubles + calls)
        defer { known = now }
        return known.map { !now.isSubset(of: $0) } ?? false
    }
}

extension StatusReport.Call {
    /// Whether it comes in and waits for an answer.
    var isRinging: Bool { direction == "inbound" && state == "incoming" }
}
