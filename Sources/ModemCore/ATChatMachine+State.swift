/// What the chat is at, and for how long.
extension ATChatMachine {
    enum State: Equatable {
        case closed
        case ready
        case busy(Exchange)
        case synchronizing(Synchronization)
        /// Bytes are data, not lines; the guard time of the escape counts from the last byte written.
        case online
        case escaping(Escape)
    }

    struct Request: Equatable {
        var command: ATCommand
        var purpose: CommandPurpose
    }

    struct Exchange: Equatable {
        var request: Request
        var lines: [String] = []
        var deadline: Instant
        var isAborted = false
    }

    struct Synchronization: Equatable {
        enum Phase: Equatable {
            /// Letting late lines run out.
            case draining
            /// `AT` is out.
            case probing
            /// It was answered; a second answer is a late one.
            case settling
        }
        var phase: Phase
        var deadline: Instant
        /// A chatty modem cannot put the next step off beyond this.
        var limit: Instant
        var attemptsLeft: Int
        /// The information lines of the command that timed out.
        var stale: ATCommand.Responses
        var isInitial: Bool
        /// Nothing was heard that was not asked for: no late reply is to be feared.
        var isQuiet = false
    }

    enum Escape: Equatable {
        case guardBefore(until: Instant, attemptsLeft: Int)
        case guardAfter(until: Instant, attemptsLeft: Int)
    }

    enum Timing {
        static let quiet = Duration.milliseconds(300)
        /// On a port that was just opened and says nothing, before and after the first AT.
        static let initialQuiet = Duration.milliseconds(10)
        static let drainLimit = Duration.seconds(2)
        static let probe = Duration.seconds(3)
        static let settle = Duration.milliseconds(200)
        static let abort = Duration.seconds(3)
        /// S12 is 1 s by default.
        static let escapeGuard = Duration.milliseconds(1200)
        /// The guard time, and the modem's answer after it.
        static let escapeAnswer = Duration.milliseconds(2500)
    }
}
