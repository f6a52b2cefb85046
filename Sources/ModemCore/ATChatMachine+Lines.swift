/// Which line is whose.
extension ATChatMachine {
    /// Lines of the modem's own, beside those that all modems have in common: what it tells of a call or of its start.
    struct Reports: Equatable {
        var prefixes: [String] = []
        var banners: [String] = []

        func hold(_ line: String) -> Bool {
            UnsolicitedResultCode.isKnown(line) || banners.contains(line) || prefixes.contains(where: line.hasPrefix)
        }
    }

    /// The modem is of this family: its reports are no answer in free text.
    package mutating func use(_ profile: ModemProfile) {
        reports = Reports(prefixes: profile.reports.flatMap(\.prefixes), banners: profile.resetBanners)
    }

    static func isPlainResult(_ line: String) -> Bool {
        FinalResultCode(line: line).map { !$0.concernsCall } ?? false
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
