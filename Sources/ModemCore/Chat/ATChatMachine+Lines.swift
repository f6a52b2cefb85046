/// Which line is whose.
extension ATChatMachine {
    /// Lines of the modem's own, beside those that all modems have in common: what it tells of a call or of its start.
    struct Reports: Equatable {
        var prefixes: [String] = []
        var banners: [String] = []

        /// A message that came (27.005 3.4.1), an indicator that changed (27.007 8.10), the network's time (27.007 8.41):
        /// none of them answers a command in free text.
        private static let notices = ["+CMTI:", "+CIEV:", "+CTZV:", "+CTZE:"]

        func hold(_ line: String) -> Bool {
            UnsolicitedResultCode.isKnown(line) || banners.contains(line) || prefixes.contains(where: line.hasPrefix)
                || Self.notices.contains(where: line.hasPrefix)
        }
    }

    /// The modem is of this family: its reports are no answer in free text.
    package mutating func use(_ profile: ModemProfile) {
        let prefixes = profile.reports.flatMap(\.prefixes) + profile.noisePrefixes
        reports = Reports(prefixes: prefixes, banners: profile.resetBanners)
    }

    static func isPlainResult(_ line: String) -> Bool {
        FinalResultCode(line: line).map { !$0.concernsCall } ?? false
    }

    /// A number that no command waits for, in words: some modems fall into numeric results, and some tell NO CARRIER as `3`
    /// whatever they were told (V.250 table 1).
    static func worded(_ line: String) -> String {
        FinalResultCode.word(numeric: line) ?? line
    }

    /// The final result code that `line` is to the command.
    static func result(_ line: String, for command: ATCommand) -> FinalResultCode? {
        guard
            let result = FinalResultCode(line: line)
                ?? (command.responses.mayBeNumbers ? nil : FinalResultCode(numeric: line)),
            !result.concernsCall || command.startsCall
        else { return nil }
        return result
    }

    /// True for an information line of the command's.
    func belongs(_ line: String, to responses: ATCommand.Responses) -> Bool {
        switch responses {
        case .none: false
        case .prefix(let prefix): line.hasPrefix(prefix)
        case .freeText: !reports.hold(line)
        case .freeTextOr(let prefixes): prefixes.contains(where: line.hasPrefix) || !reports.hold(line)
        }
    }
}
