/// The lines no command asked for that all modems have in common (V.250 6.3, 27.007).
package enum UnsolicitedResultCode: Equatable, Sendable {
    /// RING or `+CRING: VOICE` (27.007 6.11), and the `^IRING` of modules that ring over IMS.
    case ring
    /// An incoming data or packet call: not ours to report.
    case dataRing
    /// +CLIP (27.007 7.6).
    case clip(CallerID)
    /// +CCWA (27.007 7.12).
    case callWaiting(CallerID)
    /// BUSY, NO CARRIER and their kin outside a dial.
    case callResult(FinalResultCode)
    /// CONNECT that no command waits for.
    case connected
    /// `MISSED_CALL: <time> <number>` of SIMCom's modules and their kin.
    case missedCall(number: String?)
    /// `*ATREADY: 1`: a module on an ASR chip has started.
    case started
    /// `+CREG: stat` (27.007 7.2).
    case registration(RegistrationStatus)
    /// `+CPIN: …` (27.007 8.3), which no command asked for.
    case simState(SIMState)

    /// - Returns: nil when `line` is not one of them.
    package init?(line: String) {
        if let result = FinalResultCode(line: line), result.concernsCall, result != .connect, result != .voiceConnect {
            self = .callResult(result)
        } else if let result = FinalResultCode(line: line), result == .connect {
            self = .connected
        } else if Self.isRing(line) {
            self = .ring
        } else if line.hasPrefix("MISSED_CALL:") {
            let last = line.split(separator: " ").last.map(String.init)
            self = .missedCall(number: CallerID.number(last, type: nil))
        } else if line.hasPrefix("*ATREADY:"), ATFields(line).integer(0) == 1 {
            self = .started
        } else if line.hasPrefix("+CRING:") {
            self = line.uppercased().contains("VOICE") ? .ring : .dataRing
        } else if line.hasPrefix("+CLIP:"), let callerID = CallerID(presentation: line, validityField: 5) {
            self = .clip(callerID)
        } else if line.hasPrefix("+CCWA:"), let callerID = CallerID(presentation: line, validityField: 4) {
            self = .callWaiting(callerID)
        } else if line.hasPrefix("+CREG:"), let status = RegistrationStatus(unsolicited: line) {
            self = .registration(status)
        } else if let state = SIMState(line: line) {
            self = .simState(state)
        } else {
            return nil
        }
    }

    private static func isRing(_ line: String) -> Bool {
        let name = line.prefix { $0 != ":" }
        return line.hasPrefix("RING") && !line.hasPrefix("RINGING") || name == "^IRING" || name == "IRING"
    }

    /// True for a line that is never part of an answer in free text.
    package static func isKnown(_ line: String) -> Bool {
        Self(line: line) != nil
    }

    /// What it means for the call.
    package var reports: [CallReport] {
        switch self {
        case .ring: [.ringing]
        case .clip(let callerID): [.callerID(callerID)]
        case .callWaiting(let callerID): [.secondCall(number: callerID.number)]
        case .callResult(let result): [.ended(result)]
        case .connected: [.answered]
        case .missedCall(let number): [.missed(number: number)]
        case .dataRing, .registration, .simState, .started: []
        }
    }
}
