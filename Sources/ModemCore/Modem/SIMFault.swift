package import Basics

/// Why the SIM cannot be used (27.007 8.3, 9.2).
package enum SIMFault: Equatable, Sendable {
    /// No SIM inserted: +CME ERROR 10, `NOT INSERTED`, `SIM REMOVED`.
    case absent
    /// The SIM does not come up in the time that modems need after power-up.
    case busy
    /// +CME ERROR 13 and 15.
    case faulty
    case pukLocked
    /// Blocked for good: the PUK was wrong too often.
    case blocked
    /// A PIN is wanted and none is configured.
    case pinMissing
    /// The PIN was entered and refused; the tries left where the modem says them.
    case pinRefused(triesLeft: Int?)
    /// The PIN was entered in an earlier life of the line and did not work.
    case pinTried
    /// The modem's answer was no judgement of the PIN.
    case pinNotUnderstood
    /// So few tries are left that a person has to enter the PIN.
    case fewTries(Int)
    /// There is a PIN to enter, and the caller wanted none entered.
    case pinHeldBack
    /// The modem takes one SIM or one network only; the word of +CPIN, such as `PH-NET PIN`.
    case deviceLock(ForeignText)
    /// Another word of +CPIN.
    case other(ForeignText)
    /// The modem refused the question for it.
    case refused(FinalResultCode)
}

extension SIMFault {
    /// What is wrong.
    package var cause: String {
        switch self {
        case .absent: "no SIM inserted"
        case .busy: "it stays busy"
        case .faulty: "it is faulty or not seated"
        case .pukLocked: "it is PUK-locked"
        case .blocked: "it is blocked for good"
        case .pinMissing: "it needs a PIN"
        case .pinRefused(nil): "it refused the PIN"
        case .pinRefused(let left?): "it refused the PIN, \(Self.tries(left)) left"
        case .pinTried: "the PIN was tried once and not accepted"
        case .pinNotUnderstood: "the modem did not understand the PIN command"
        case .fewTries(let left): "only \(Self.tries(left)) left, so none is made"
        case .pinHeldBack: "it needs its PIN, which was not entered now"
        case .deviceLock(let lock): "the modem is locked to another SIM or network (\(lock))"
        case .other(let word): "it reports \(word)"
        case .refused(let result): "the modem answered \(result)"
        }
    }

    /// What to do about it.
    package var remedy: String { remedy(ofLine: nil) }

    /// What to do about it.
    /// - Parameter line: its name, for its file and its unit; nil where that is not known.
    package func remedy(ofLine line: String?) -> String {
        switch self {
        case .absent: "insert one and plug the modem in again"
        case .busy: "take it out and put it back, or try it in a phone"
        case .faulty: "take it out, clean it, put it back"
        case .pukLocked: "unlock it in a phone"
        case .blocked: "ask the provider for another SIM"
        case .pinMissing:
            "put its digits into the file that SIM_PIN_FILE names (/etc/patriot-dialler/\(line ?? "LINE").pin), "
                + "or turn off the SIM's PIN lock (in a phone)"
        case .pinRefused, .pinTried:
            "correct the file that SIM_PIN_FILE names\(line.map { " (/etc/patriot-dialler/\($0).pin)" } ?? ""), "
                + "then restart the line\(line.map { ": sudo systemctl restart patriot-dialler@\($0)" } ?? "") "
                + "(only another PIN is tried)"
        case .pinNotUnderstood: "turn off the SIM's PIN lock (in a phone)"
        case .fewTries: "unlock it in a phone"
        case .pinHeldBack: "the running line enters it"
        case .deviceLock: "have the modem unlocked, or use the SIM that it is locked to"
        case .other: "put it into a phone and follow what that asks"
        case .refused: "take the SIM out, clean it, put it back"
        }
    }

    /// What is wrong, where the sentence does not already name the SIM.
    var ofSIM: String {
        switch self {
        case .absent, .pinNotUnderstood, .fewTries, .deviceLock, .refused: cause
        case .busy: "the SIM stays busy"
        case .faulty: "the SIM is faulty or not seated"
        case .pukLocked: "the SIM is PUK-locked"
        case .blocked: "the SIM is blocked for good"
        case .pinMissing: "the SIM needs a PIN"
        case .pinRefused: "the SIM refused the PIN"
        case .pinTried: "the SIM did not accept the PIN"
        case .pinHeldBack: "the SIM needs its PIN"
        case .other(let word): "the SIM reports \(word)"
        }
    }

    private static func tries(_ count: Int) -> String { count == 1 ? "1 PIN try" : "\(count) PIN tries" }
}

extension SIMFault: CustomStringConvertible {
    package var description: String { "\(cause): \(remedy)" }
}
