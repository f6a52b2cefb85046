/// Says in a few words what the lines between the dialler and a modem mean, for a person who reads along.
///
/// It does so with the readers that the dialler itself goes by. Numbers that were masked (`…101`) are read as numbers, and
/// no explanation repeats one.
package struct LineExplanation: Sendable {
    private var reports: ReportTranslator

    /// - Parameter profile: whose lines are meant where makers use the same name; nil: any maker's.
    package init(profile: ModemProfile? = nil) {
        let own = profile?.reports ?? []
        reports = ReportTranslator(grammars: own + ReportGrammar.allCases.filter { !own.contains($0) })
    }

    // MARK: To the modem

    /// - Returns: nil for a line of which nothing is known.
    package func ofSent(_ line: String) -> String? {
        switch line {
        case "+++": return "leaves the data mode"
        case "<CR>": return "takes the dial back"
        default: break
        }
        let upper = line.uppercased()
        guard upper.hasPrefix("AT") else { return nil }
        let parts = OperatorCommand.parts(of: line.trimmed.dropFirst(2))
        if parts.isEmpty { return "are you there?" }
        let meanings = parts.compactMap { part -> String? in
            part == "D" ? (upper.hasSuffix(";") ? "dials, to talk" : "dials, for data") : Self.meaning(of: part)
        }
        return meanings.isEmpty ? nil : meanings.joined(separator: "; ")
    }

    private static func meaning(of part: String) -> String? {
        let isBasic = part.first.map { $0 != "S" && ($0.isLetter || $0 == "&" || $0 == "\\") } ?? false
        let name = String(part.prefix { isBasic ? !$0.isNumber : !"=?".contains($0) })
        guard let meaning = ATCommandCatalog.meaning(of: part) ?? ATCommandCatalog.meaning(of: name) else { return nil }
        switch part.dropFirst(name.count) {
        case "=?": return "what can be set: \(meaning)"
        case "?": return "asks: \(meaning)"
        case let rest where rest.hasPrefix("="): return "sets: \(meaning)"
        default: return meaning
        }
    }

    // MARK: From the modem

    /// - Returns: nil for a line of which nothing is known, such as an answer in free text.
    package mutating func ofReceived(_ line: String) -> String? {
        // What a mask left of a number is still a number for the readers.
        let line = line.replacing("…", with: "00")
        if line.uppercased().hasPrefix("AT") { return "echo" }
        let told = reports.reports(from: line) ?? []
        if let result = FinalResultCode(line: line) { return Self.words(for: result, line) }
        if let words = Self.answer(line) { return words }
        let words = told.compactMap(Self.words)
        if !words.isEmpty { return words.joined(separator: "; ") }
        let name = String(line.prefix { $0 != ":" })
        return name == line ? nil : ATCommandCatalog.meaning(of: name)
    }

    private static func words(for result: FinalResultCode, _ line: String) -> String {
        switch result {
        case .ok: "done"
        case .error: line.hasPrefix("+CMS") ? "the message was refused" : "refused, or not known"
        case .unsupported: "not known"
        case .cmeError(let code): CMEError.text(code) ?? "refused"
        case .connect: "connected"
        case .voiceConnect: "answered, by what the modem heard"
        case .noCarrier: "the call is over, or could not be set up"
        case .busy, .noAnswer, .noDialtone, .lineInUse, .noLine, .delayed, .blacklisted:
            ReleaseCause(result, in: .dialing).explanation
        }
    }

    /// Of a line that answers a command of 27.007, or that tells the same unsolicited.
    private static func answer(_ line: String) -> String? {
        let fields = ATFields(line)
        switch line.prefix(while: { $0 != ":" }) {
        case "+CLCC": return call(line)
        case "+CREG": return registration(line)?.explanation
        case "+CGREG": return registration(line).map { "packets: \($0.explanation)" }
        case "+C5GREG": return registration(line).map { "5G: \($0.explanation)" }
        case "+CEREG": return registration(line).map { "LTE: \($0.explanation)" }
        case "+CSQ": return signal(line)
        case "+CPIN": return SIMState(line: line)?.explanation
        case "+CEER": return FailureExplanation.text([line]).flatMap { line.hasSuffix($0) ? nil : $0 }
        case "+COPS": return fields[2].map { "operator \($0)" } ?? "no operator"
        case "+CPAS": return fields.integer(0).flatMap { activities[$0] }
        case "+CFUN": return fields.integer(0).flatMap { functionalities[$0] }
        default: return nil
        }
    }

    private static func call(_ line: String) -> String? {
        guard let entry = CallListEntry(line: line) else { return nil }
        guard entry.isVoice else { return "call \(entry.id) carries data" }
        return call(entry.id, entry.direction, entry.state)
    }

    private static func call(_ id: Int?, _ direction: CallDirection?, _ state: CallState?) -> String {
        let way = direction.map { $0 == .outbound ? "outbound" : "inbound" }
        return [id.map { "call \($0)" } ?? "the call", way, state.map { "\($0)" } ?? "over"].compactMap { $0 }
            .joined(separator: ", ")
    }

    /// The place of the cell is in quotes; in an answer the second field is the registration.
    private static func registration(_ line: String) -> RegistrationStatus? {
        let second = line.split(separator: ",", maxSplits: 1).dropFirst().first?.trimmed
        return second?.hasPrefix("\"") ?? true
            ? RegistrationStatus(unsolicited: line) : RegistrationStatus(answer: line)
    }

    private static func signal(_ line: String) -> String? {
        guard let signal = SignalQuality(line: line) else { return nil }
        guard let dBm = signal.dBm else { return "the signal is not known" }
        let word = dBm > -85 ? "good" : dBm > -101 ? "fair" : "poor"
        return "\(dBm) dBm, \(word)"
    }

    /// 27.007 8.1
    private static let activities = [
        0: "idle", 1: "takes no commands", 2: "not known", 3: "rings", 4: "a call is up", 5: "asleep",
    ]
    /// 27.007 8.2
    private static let functionalities = [0: "switched down", 1: "all on", 4: "radio off (flight mode)"]

    private static func words(for report: CallReport) -> String? {
        switch report {
        case .ringing: "the line rings"
        case .callerID(.number): "the caller's number"
        case .callerID(.withheld): "the caller hides the number"
        case .callerID(.unavailable): "the caller's number is not known"
        case .secondCall: "a second caller knocks"
        case .progress(let progress): call(progress.id, progress.knownDirection, progress.state)
        case .dataCall(let progress): "\(call(progress.id, progress.knownDirection, progress.state)), data"
        case .dataReleased(let id): "the data call \(id) is over"
        case .someCallUp: "a call is up"
        case .answered: "the call is answered"
        case .missed: "the caller gave up"
        case .numbered(let id): "this is call \(id)"
        case .handsetLifted: "the handset was lifted"
        case .ended(let result): words(for: result, "")
        case .released(let id, let reason):
            "\(id.map { "call \($0)" } ?? "the call") is over\(words(for: reason).map { ": \($0)" } ?? "")"
        case .someReleased: "one of the calls is over"
        }
    }

    private static func words(for reason: EndReason) -> String? {
        switch reason {
        case .unexplained: nil
        case .network(16), .network(31): "ended as usual"
        case .network(let cause): ReleaseCause(networkCause: cause, in: .dialing).explanation
        case .cause(let cause): cause.explanation
        }
    }
}
