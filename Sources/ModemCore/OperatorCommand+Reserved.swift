/// Commands that belong to the line alone: what takes a secret, moves a call or the power, or belongs to the set-up.
extension OperatorCommand {
    /// The commands that take a PIN, PUK or password, without the character before the name: 27.007 7.4, 7.5, 8.3 and 8.17 (a
    /// VERIFY in `+CSIM`), and makers' own. What stands behind the `=` of any of them is never shown.
    package static let secretCommands = [
        "CPIN", "CPIN2", "CPWD", "CLCK", "CSIM", "EPIN", "CPUK", "QCPIN", "PIN", "SPIC", "SLCK", "SPWD",
        "CARDLOCK",
    ]

    /// They end calls, or switch the modem or its radio off, with a value or without one.
    private static let callAndPowerCommands = [
        "+CHUP", "^CHUP", "^SHUP", "+QHUP", "+VLS", "+CPOF", "+CPWROFF", "+QPOWD", "^SMSO", "#SHDN", "#REBOOT",
        "+CRESET",
    ]

    /// Settings that the line lives on: what it set up must stay so.
    private static let setupCommands = [
        "+CLCC", "+FCLASS", "+IPR", "+ICF", "+CMUX", "+IFC", "+CLIP", "+CREG", "+CRC", "+CMEE", "+CSCS", "+CNMI",
        "+COLP",
        "+CCWA", "^CURC", "^SLCC", "^DSCI", "*ECAM", "#ECAM", "+CLCCR",
    ]

    /// - Parameters:
    ///   - name: in upper case, with the character before it.
    ///   - value: what stands behind the `=`; nil where there is none, or where it is the `?` of a question.
    static func isSecret(_ name: Substring, value: Substring?) -> Bool {
        guard let value, let first = name.first, !first.isLetter else { return false }
        // Whether a lock is on may be asked (mode 2), without a password.
        if name == "+CLCK" { return !isQuery(value) }
        return secretCommands.contains(String(name.dropFirst()))
    }

    /// As ``isSecret(_:value:)``; `isQuestion` is true for `?` and `=?`.
    static func movesCallOrPower(_ name: Substring, value: Substring?, isQuestion: Bool) -> Bool {
        if callAndPowerCommands.contains(String(name)) { return !isQuestion }
        // Leaves the network (27.007 7.3).
        if name == "+COPS" { return value?.first == "2" }
        // Diverts calls; its query does not (27.007 7.11).
        if name == "+CCFC" { return value.map { !isQuery($0) } ?? false }
        return false
    }

    static func isSetup(_ name: Substring, value: Substring?) -> Bool {
        value != nil && setupCommands.contains(String(name))
    }

    /// `<fac>,2` or `<reason>,2`: the mode that asks, and nothing behind it.
    private static func isQuery(_ value: Substring) -> Bool {
        let fields = value.split(separator: ",", omittingEmptySubsequences: false)
        return fields.count == 2 && fields[1] == "2"
    }
}
