/// What a line of the modem's, asked for or not, means for the call: the one vocabulary all makers' lines are turned into.
package enum CallReport: Equatable, Sendable {
    /// The line rings.
    case ringing
    case callerID(CallerID)
    /// A second call knocks (+CCWA).
    case secondCall(number: String?)
    /// The call is over, or could not be had.
    case ended(FinalResultCode)
}

/// A family of lines a profile understands. A maker's own lines are one more case, and one more file that reads them.
package enum ReportGrammar: Equatable, Sendable {
    /// RING, +CRING, +CLIP, +CCWA (27.007) and the call results of V.250.
    case standard
    /// The caller-ID lines of analog modems.
    case analogCallerID
}

/// Turns unsolicited lines into call reports, by the profile's grammars.
package struct ReportTranslator: Sendable {
    private let grammars: [ReportGrammar]
    private var hexCallerID = HexCallerID()

    /// - Parameter grammars: asked in this order; the first that knows a line decides.
    package init(grammars: [ReportGrammar]) {
        self.grammars = grammars
    }

    /// - Returns: nil when no grammar knows the line; no reports when it is known and means nothing for the call.
    package mutating func reports(from line: String) -> [CallReport]? {
        for grammar in grammars {
            let reports =
                switch grammar {
                case .standard: UnsolicitedResultCode(line: line).map { $0.reports }
                case .analogCallerID: AnalogCallerID.reports(from: line, hex: &hexCallerID)
                }
            if let reports { return reports }
        }
        return nil
    }
}
