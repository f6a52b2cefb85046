extension OperatorCommand {
    /// What a modem asks the network or searches its memories for takes up to minutes (27.007 7.3, 7.4, 7.11 to 7.15; 27.005).
    private static let slowNames: Set<String> = [
        "+COPS", "+COPN", "+CPLS", "+CPOL", "+CLCK", "+CPWD", "+CCFC", "+CCWA", "+CLIR", "+CLIP", "+COLP", "+CUSD",
        "+CGATT",
        "+CGACT", "+CMGL", "+CMGD", "+CMSS", "+CPBR", "+CPBF", "+CPBW", "+CSIM", "+CRSM", "^SYSINFOEX", "^SYSCFGEX",
        "+QSCAN", "+QENG", "+CNETSCAN", "#CSURV", "#MONI", "+CSURV",
    ]
    /// Longer than a person's command may take while a call is up.
    private static let longestInACall = OperatorCommand.defaultTimeout

    /// The part of the line that may take longer than 5 s; nil when none may. A plain question for a setting is answered at once.
    var slowPart: String? {
        if command.timeout > Self.longestInACall { return command.shownText }
        return Self.parts(of: command.text.uppercased().dropFirst(2)).first { part in
            let name = part.prefix(1) + part.dropFirst().prefix { $0.isLetter || $0.isNumber }
            let isQuestion = part.hasSuffix("?") && !part.hasSuffix("=?") && name == "+COPS"
            return Self.slowNames.contains(String(name)) && !isQuestion
        }
    }
}
