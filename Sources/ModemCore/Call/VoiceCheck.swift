/// A question whether the modem can make voice calls, asked once while it is set up.
package enum VoiceCheck: Equatable, Sendable {
    /// `AT^CVOICE?`: a stick whose maker locked the voice function answers ERROR or something other than 0.
    case cvoice
    /// `AT+QCFG="ims"`: without IMS there are no calls where the network is LTE only.
    case quectelIMS
    /// `AT+CVHU?`: with 1 the modem answers OK to ATH and keeps the call (27.007 6.20).
    case cvhu
    /// `AT+FCLASS=?`: class 8 is the voice class (V.253).
    case voiceClass

    /// What the answer tells.
    package enum Verdict: Equatable, Sendable {
        case fine
        /// One plain sentence for the log; calls are tried anyway.
        case doubtful(String)
        /// One plain sentence; no call can be made.
        case impossible(String)
    }

    /// The question.
    package var command: ATCommand {
        switch self {
        case .cvoice: .read("^CVOICE")
        case .quectelIMS: ATCommand("AT+QCFG=\"ims\"", responses: .prefix("+QCFG:"))
        case .cvhu: .read("+CVHU")
        // Some modems answer with the prefix, most without.
        case .voiceClass: ATCommand("AT+FCLASS=?", responses: .freeText)
        }
    }

    /// An answer that cannot be read is no reason for doubt: many modems do not know the question.
    package func verdict(_ reply: ATReply) -> Verdict {
        let line = reply.lines.first
        switch self {
        case .cvoice:
            guard let mode = line.flatMap({ ATFields($0).integer(0) }), mode != 0 else { return .fine }
            return .doubtful(
                "the modem's voice function is switched off (^CVOICE: \(mode)): every call may fail; use another stick"
            )
        case .quectelIMS:
            guard let line, ATFields(line).integer(2) == 0 || ATFields(line).count < 3 else { return .fine }
            return .doubtful("the modem has no VoLTE now: calls work only where there is a 2G or 3G network")
        case .cvhu:
            guard line.flatMap({ ATFields($0).integer(0) }) == 1 else { return .fine }
            return .doubtful("the modem ignores ATH (+CVHU: 1): calls are ended with +CHUP")
        case .voiceClass:
            // The answer has no prefix on most modems: a line of something else may be among the lines.
            guard reply.isOK, let list = reply.lines.first(where: Self.isListOfClasses) else { return .fine }
            guard !list.split(whereSeparator: { !"0123456789.".contains($0) }).contains("8") else { return .fine }
            return .impossible("it has no voice class (+FCLASS has no 8): use MODEM_PROFILE=analog")
        }
    }

    private static func isListOfClasses(_ line: String) -> Bool {
        let list = line.hasPrefix("+FCLASS:") ? line.dropFirst("+FCLASS:".count) : line[...]
        // Class 0 is in every list; a late answer to ATI may be a number, too.
        return list.allSatisfy { "0123456789., ()\"".contains($0) }
            && list.split { !"0123456789.".contains($0) }.contains { $0 == "0" || $0 == "8" }
    }
}
