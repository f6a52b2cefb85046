/// Something worth a line in the log.
package enum ModemNote: Equatable, Sendable {
    case commandTimedOut(String)
    case synchronizing(attemptsLeft: Int)
    case silent
    case reopening(count: Int)
    case lineTooLong
    case unexpectedLine(String)
    case optionalCommandFailed(String)
    case modemReset
    case identified([String])
    case simPINEntered
    case secondCall(number: String?)
    case ringWhileDialing
    case singleRing
    case ringTailSuppressed
    case ringingAfterHangUp
    case hangUpNotConfirmed(rung: String)
    case endContradicted
    case callListUnsupported
    case handOverFailed
    case cannotAnswer
    /// The modem did not take the answer to a call that rings.
    case answerRefused
    case adopted
    /// The profile was found out; its name.
    case profileIdentified(String)
    case voiceDoubtful(String)
    case probablyAnswered
    /// What +CEER said about the last failure.
    case failureExplained(String)
    /// For so long the modem will not dial the last number again.
    case redialLocked(Duration)
    /// A call that nobody asked for.
    case unexpectedCall
    case endNotReported
    case echoIsBack
    /// The modem fell into numeric results; ATV1 is sent again.
    case numericResults
    /// The answer to the PIN was no judgement of it: the try is not counted.
    case simPINNotJudged
    /// The radio was found off and `AT+CFUN=1` is sent.
    case radioSwitchedOn
    /// So many restarts by itself within a minute.
    case keepsRestarting(Int)
    /// MODEM_BEFORE_DIAL was refused or left unanswered, and the dial follows.
    case beforeDialFailed
    /// Nothing but garbage comes from the modem.
    case garbage
    /// The modem did not take the start of the call's sound; so many tries.
    case soundRefused(tries: Int)
    /// It took it, but not the first.
    case soundStartedLate(tries: Int)
}

extension ModemNote {
    /// What the modem said or was sent, for the metadata of the log: it may hold a number. nil where there is none.
    package var atText: String? {
        switch self {
        case .commandTimedOut(let text), .unexpectedLine(let text), .optionalCommandFailed(let text),
            .hangUpNotConfirmed(let text), .failureExplained(let text):
            text
        case .identified(let lines): lines.joined(separator: ", ")
        default: nil
        }
    }
}

extension ModemNote: CustomStringConvertible {
    /// With what the modem said, for a person at a screen; a log takes ``message``.
    package var description: String { atText.map { "\(message): \($0)" } ?? message }

    /// One sentence part, without anything that the modem said or was sent.
    package var message: String {
        switch self {
        case .commandTimedOut: "no answer in time"
        case .synchronizing(let left): "waiting for the modem to answer AT, \(left) tries left"
        case .silent: "the modem does not answer"
        case .reopening(let count): "reopening the modem's port, attempt \(count)"
        case .lineTooLong: "dropped a line longer than \(ATLineDecoder.maximumLineLength) bytes"
        case .unexpectedLine: "unsolicited line from the modem"
        case .optionalCommandFailed: "the modem refused a command; going on without it"
        case .modemReset: "the modem restarted by itself"
        case .identified: "the modem says what it is"
        case .simPINEntered:
            "the SIM's PIN is being entered; should it not work, the same PIN is not entered again"
        case .secondCall: "a second call is waiting and is left alone"
        case .ringWhileDialing: "the line rang while dialling"
        case .singleRing: "the line rang once, without a caller ID, and stopped"
        case .ringTailSuppressed: "ignored a trailing RING of the call just ended"
        case .ringingAfterHangUp: "still ringing after the hang-up: trying the next hang-up step"
        case .hangUpNotConfirmed: "the call is still up after the hang-up"
        case .endContradicted: "the modem reported an end but still lists the call: the call is kept"
        case .callListUnsupported: "the modem does not list its calls: progress is not known from here on"
        case .handOverFailed: "the modem did not go on hook for the hand-over; trying again"
        case .cannotAnswer: "this modem cannot answer a voice call, or the line does not ring"
        case .answerRefused: "the modem did not take the answer; it is tried again at the next ring"
        case .profileIdentified(let name): "the modem is handled as MODEM_PROFILE=\(name)"
        case .voiceDoubtful(let reason): reason
        case .probablyAnswered: "the ring-back tone stopped: probably answered, the operator confirms"
        case .failureExplained: "the modem explains the failed call"
        case .redialLocked(let wait): "the modem dials this number again in \(wait.components.seconds) s"
        case .unexpectedCall: "the modem reports a call that nobody asked for"
        case .endNotReported: "the modem did not report the end of the call: the list of calls shows it is over"
        case .echoIsBack: "echo is on again: the modem restarted, or another program uses it; initialising it again"
        case .adopted: "a call was already up: it is taken over"
        case .numericResults: "the modem answers with numbers: ATV1 is sent again"
        case .simPINNotJudged: "the modem did not understand the PIN command: the try is not counted"
        case .radioSwitchedOn: "the modem's radio is off: switching it on with AT+CFUN=1"
        case .keepsRestarting(let count):
            "the modem restarted \(count) times within a minute: its power supply is too weak; give it a supply of its own"
        case .beforeDialFailed: "MODEM_BEFORE_DIAL failed; dialling anyway"
        case .garbage: "the modem sends garbage: check MODEM_BAUD_RATE first"
        case .soundRefused(let tries):
            "the modem's sound is stuck: its start was refused \(tries) times; restart the modem"
        case .soundStartedLate(let tries): "the modem took the start of the call's sound at attempt \(tries)"
        }
    }
}

extension ModemNote {
    /// One word for the rung of the ladder that is taken to get the modem back; nil when the note tells of none.
    package var recoveryRung: String? {
        switch self {
        case .commandTimedOut: "resynchronize"
        case .echoIsBack: "set-up"
        case .reopening(let count): count >= Recovery.firstReset ? "reset" : "reopen"
        case .synchronizing, .silent, .lineTooLong, .unexpectedLine, .optionalCommandFailed, .modemReset, .identified,
            .simPINEntered, .secondCall, .ringWhileDialing, .singleRing, .ringTailSuppressed, .ringingAfterHangUp,
            .hangUpNotConfirmed, .endContradicted, .callListUnsupported, .handOverFailed, .cannotAnswer, .answerRefused,
            .adopted,
            .profileIdentified, .voiceDoubtful, .probablyAnswered, .failureExplained, .redialLocked, .unexpectedCall,
            .endNotReported, .numericResults, .simPINNotJudged, .radioSwitchedOn, .keepsRestarting, .beforeDialFailed,
            .garbage, .soundRefused, .soundStartedLate:
            nil
        }
    }
}
