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
        /// When the modem had to be done with it, had it not been aborted: until then it may be busy.
        var limit: Instant?
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
        /// Until then the modem may be busy with a command that was aborted, and is not silent.
        var busyUntil: Instant?
        /// What was written to find the modem.
        var probe = "AT"
    }

    /// How much of what came while the modem was searched for is no text: at a wrong bit rate most of it is not.
    struct Rubbish: Equatable {
        private var text = 0
        private var other = 0

        var isEvident: Bool { other >= 2 && other * 2 >= text }

        mutating func add(_ bytes: [UInt8]) {
            for byte in bytes {
                switch byte {
                case 0x0A, 0x0D, 0x20..<0x7F: text += 1
                default: other += 1
                }
            }
        }
    }

    struct Escape: Equatable {
        enum Step: Equatable {
            /// The silence before `+++`.
            case guardBefore
            /// `+++` is out; the silence after it, and the modem's response.
            case guardAfter
        }
        var step: Step
        var until: Instant
        var attemptsLeft: Int
        /// Nobody knows whether the modem is in data mode: it has not responded.
        var isBlind: Bool
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
