import Basics

/// The network's name (27.007 7.3). It is asked for once for each time that the modem becomes ready.
struct OperatorName {
    private enum State {
        case due, asking, answered
        /// The modem was silent about it, which costs a setup: never again.
        case harmful
    }

    // A dial waits for the answer.
    static let question = ATCommand.read("+COPS", timeout: .seconds(5))

    private var state = State.due
    /// As the network names itself, or its number; nil until known.
    private(set) var text: ForeignText?

    var isDue: Bool { state == .due }

    mutating func asked() {
        state = .asking
    }

    /// A reply that is not to the question is nothing.
    mutating func replied(_ reply: ATReply) {
        guard state == .asking else { return }
        switch reply.ending {
        case .result:
            state = .answered
            text = reply.lines.first.flatMap { ATFields($0)[2] }.map { ForeignText($0) }
        case .timedOut: state = .harmful
        case .withdrawn, .portClosed: state = .due
        }
    }

    /// The modem is not ready any more.
    mutating func forget() {
        text = nil
        if state == .answered { state = .due }
    }
}
