/// The table of AT commands: the rows of all families, from which both the refusal at the console and the mask of the logs
/// come.
///
/// The families are not told apart: which one a modem is of is known only once it has answered.
package enum ATCommandTable {
    private struct Entry {
        let family: Int
        let rule: ATCommandRule
    }

    /// By the name; of each family in the order of its rows.
    private static let entries: [String: [Entry]] = {
        var entries: [String: [Entry]] = [:]
        for (family, profile) in ModemProfile.all.enumerated() {
            for rule in profile.commands + [ATCommandRule(.ownedBySetup, .set, setupNames(of: profile))] {
                for name in rule.names { entries[name, default: []].append(Entry(family: family, rule: rule)) }
            }
        }
        return entries
    }()

    /// What the profile's own set-up sets, beside what it has in common with all modules; the basic commands have rows.
    private static func setupNames(of profile: ModemProfile) -> [String] {
        let common = profile.name == ModemProfile.genericGSM.name ? [] : ModemProfile.genericGSM.setup
        return profile.setup.filter { !common.contains($0) }.flatMap { OperatorCommand.parts(of: $0.text.dropFirst(2)) }
            .filter { $0.contains("=") }.map { String(ATCommandPart($0[...]).name) }
    }

    /// - Returns: nil for a command that no row knows, and that does not ask.
    static func effect(of part: ATCommandPart) -> ATCommandRule.Effect? {
        switch part.form {
        case .question: return .harmless
        case .bare: return effect(of: part.name, value: nil)
        case .set(let value): return effect(of: part.name, value: value)
        case .other:
            // Neither a set nor the name alone: the worst of both, and never harmless.
            let effects = [effect(of: part.name, value: nil), effect(of: part.name, value: "")].compactMap { $0 }
            return effects.max().flatMap { $0 == .harmless ? nil : $0 }
        }
    }

    /// - Parameters:
    ///   - name: in capitals, with the character before it.
    ///   - value: behind the `=`, in capitals and without blanks; nil for the name alone.
    static func effect(of name: Substring, value: Substring?) -> ATCommandRule.Effect? {
        if let known = strictest(String(name), value) { return known }
        // Registers, S00 being S0, and the makers' own commands of one letter.
        if name.first == "S", name.count > 1, name.dropFirst().allSatisfy(\.isNumber) {
            return Int(name.dropFirst()).flatMap { strictest("S\($0)", value) } ?? strictest("S", value)
        }
        if name.first == "&", name.count == 2 { return strictest("&", value) }
        // A number may stand right behind a name: +CDV5550101 dials.
        let stem = name.prefix(while: { !$0.isNumber })
        if stem.count < name.count, stem.count > 1, let known = strictest(String(stem), value ?? ""), known != .harmless
        {
            return known
        }
        if value != nil, soundsSecret(name.dropFirst()) { return .takesSecret }
        return switchingWords.contains { name.contains($0) } ? .switchesModem : nil
    }

    private static func strictest(_ name: String, _ value: Substring?) -> ATCommandRule.Effect? {
        var decided: [Int: ATCommandRule.Effect] = [:]
        for entry in entries[name] ?? [] where decided[entry.family] == nil && entry.rule.fits(value: value) {
            decided[entry.family] = entry.rule.effect
        }
        return decided.values.max()
    }

    /// Whether a value of it may be a secret.
    static func mayTakeSecret(_ name: Substring) -> Bool {
        let stem = name.prefix(while: { !$0.isNumber })
        return [name, stem].contains { entries[String($0)]?.contains { $0.rule.effect == .takesSecret } ?? false }
            || soundsSecret(name)
    }

    /// Whether makers call by such a name what takes a PIN, PUK, lock code or password.
    static func soundsSecret(_ name: Substring) -> Bool {
        let text = name.replacing("PING", with: "").replacing("CLOCK", with: "")
        return secretWords.contains { text.contains($0) }
    }

    /// What makers call by such a name restarts the modem, switches it off, or loads other firmware or USB ports.
    private static let switchingWords = [
        "RESET", "REBOOT", "RESTART", "PWROFF", "POWEROFF", "PWRDN", "POWERDOWN", "SHUTDOWN", "SHDN", "FACTORY", "FOTA",
        "FWUP", "DOWNLOAD", "FASTBOOT", "USBCFG", "USBCOMP", "USBMODE", "USBPID",
    ]

    private static let secretWords = ["PIN", "PUK", "PWD", "PASS", "PSW", "LCK", "LOCK", "NCK", "AUTH", "CHV1", "CHV2"]
}
