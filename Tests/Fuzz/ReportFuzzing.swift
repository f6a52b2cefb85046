import PatriotCore

@testable import ModemCore

/// Each reader of a modem's line: none traps, and what they call a number is one.
enum ReportFuzzing {
    /// The first byte chooses the profile, the lines follow.
    static func check(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let profile = ModemProfile.all[Int(first) % ModemProfile.all.count]
        var translator = ReportTranslator(grammars: profile.reports)
        var decoder = ATLineDecoder(hasShieldedEvents: profile.hasShieldedEvents)
        var lines: [String] = []
        for element in decoder.decode(bytes.dropFirst()) {
            switch element {
            case .line(let line):
                lines.append(line)
                for report in translator.reports(from: line) ?? [] { try check(report, of: line) }
                try checkReaders(of: line)
            case .shielded(let code):
                for report in translator.reports(fromShielded: code) { try check(report, of: "<DLE>\(code)") }
            case .overflow, .separation: break
            }
        }
        _ = ModemProfile.identified(by: lines)
        _ = RegistrationStatus(answers: lines)
        _ = RedialLock.wait(for: "5550101", in: lines)
        for check in [VoiceCheck.cvoice, .quectelIMS, .cvhu, .voiceClass] {
            _ = check.verdict(ATReply(.result(.ok), lines: lines))
        }
    }

    private static func check(_ report: CallReport, of line: String) throws {
        switch report {
        case .callerID(let callerID): try checkNumber(callerID.number, of: line)
        case .secondCall(let number): try checkNumber(number, of: line)
        case .missed(let number): try checkNumber(number, of: line)
        case .progress(let progress), .dataCall(let progress): try checkNumber(progress.number, of: line)
        case .released(_, let reason), .someReleased(let reason):
            for state in [CallState.dialing, .alerting, .active, .incoming] {
                try hold(!"\(ReleaseCause(reason, in: state))".isEmpty, "an end without a word: \(line)")
            }
        case .ended(let result):
            try hold(FinalResultCode(line: result.description) == result, "\(result) is not read as it is written")
        case .ringing, .dataReleased, .someCallUp, .answered, .numbered, .handsetLifted: break
        }
    }

    private static func checkNumber(_ number: String?, of line: String) throws {
        guard let number else { return }
        try hold(PhoneNumber(number) != nil, "\(line.debugDescription) has the number \(number.debugDescription)")
    }

    private static func checkReaders(of line: String) throws {
        if let entry = CallListEntry(line: line) { try checkNumber(entry.number, of: line) }
        if let quality = SignalQuality(line: line), let dBm = quality.dBm {
            try hold((-113 ... -51).contains(dBm), "\(dBm) dBm")
        }
        if let code = FinalResultCode(line: line) {
            try hold(FinalResultCode(line: code.description) == code, "\(code) is not read as it is written")
        }
        _ = UnsolicitedResultCode(line: line)
        try checkCommand(line)
        try checkDialling(line)
    }

    /// A person's command that is let through does not dial, answer or hang up.
    private static func checkCommand(_ line: String) throws {
        guard let command = try? OperatorCommand(line).command else { return }
        let text = command.text.uppercased().filter { $0 != " " }
        try hold(text.hasPrefix("AT") && command.bytes.allSatisfy { $0 == 0x0D || (0x20..<0x7F).contains($0) }, line)
        for word in ["ATD", "ATA", "ATH", "ATO", "ATZ", "AT+CHUP", "AT+CPIN="] where text.hasPrefix(word) {
            let rest = text.dropFirst(word.count)
            let isQuestion = word.hasSuffix("=") && (rest == "?" || rest.hasPrefix("?;"))
            let isAnotherName = word == "AT+CHUP" && (rest.first.map { $0.isLetter || $0.isNumber } ?? false)
            try hold(isQuestion || isAnotherName, "let through: \(line)")
        }
        try hold((try? OperatorCommand(line.lowercased())) != nil, "refused in small letters only: \(line)")
    }

    /// What the rules let through is what a modem is given, with nothing else in it.
    private static func checkDialling(_ line: String) throws {
        for rules in [
            NumberRules(kind: .gsm), NumberRules(kind: .analog, prefix: "0,", countryCode: "61", trunkPrefix: "0"),
        ] {
            guard let text = try? rules.dialString(for: line) else { continue }
            try hold(
                DialString(text) != nil,
                "\(line.debugDescription) becomes \(text.debugDescription), which cannot be dialled"
            )
            let isCLIR = text.hasPrefix("*31#") || text.hasPrefix("#31#")
            if rules.kind == .gsm {
                try hold(!text.dropFirst(isCLIR ? 4 : 0).contains { "*#".contains($0) }, "a service code: \(text)")
            } else {
                try hold(!text.contains("+"), "a + on an analog line: \(text)")
            }
        }
    }
}
