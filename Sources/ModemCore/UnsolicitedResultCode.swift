/// The lines no command asked for that all modems have in common (V.250 6.3, 27.007).
package enum UnsolicitedResultCode: Equatable, Sendable {
    /// RING or `+CRING: VOICE` (27.007 6.11).
    case ring
    /// An incoming data or packet call: not ours to report.
    case dataRing
    /// +CLIP (27.007 7.6).
    case clip(CallerID)
    /// +CCWA (27.007 7.12).
    case callWaiting(CallerID)
    /// BUSY, NO CARRIER and their kin outside a dial.
    case callResult(FinalResultCode)
    /// `+CREG: stat` (27.007 7.2).
    case registration(RegistrationStatus)
    /// `+CPIN: …` (27.007 8.3), which no command asked for.
    case simState(String)

    /// - Returns: nil when `line` is not one of them.
    package init?(line: String) {
        if let result = FinalResultCode(line: line), result.concernsCall, result != .connect, result != .voiceConnect {
            self = .callResult(result)
        } else if line.hasPrefix("RING") && !line.hasPrefix("RINGING") {
            self = .ring
        } else if line.hasPrefix("+CRING:") {
            self = line.uppercased().contains("VOICE") ? .ring : .dataRing
        } else if line.hasPrefix("+CLIP:"), let callerID = CallerID(presentation: line, validityField: 5) {
            self = .clip(callerID)
        } else if line.hasPrefix("+CCWA:"), let callerID = CallerID(presentation: line, validityField: 4) {
            self = .callWaiting(callerID)
        } else if line.hasPrefix("+CREG:"), let status = RegistrationStatus(unsolicited: line) {
            self = .registration(status)
        } else if line.hasPrefix("+CPIN:") {
            self = .simState(line.dropFirst("+CPIN:".count).trimmed)
        } else {
            return nil
        }
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
        case .dataRing, .registration, .simState: []
        }
    }
}
