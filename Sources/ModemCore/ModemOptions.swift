/// What the site sets for one modem.
package struct ModemOptions: Equatable, Sendable {
    /// Whether a number is dialled to be talked to, or as a data call, which tells busy from no answer on an analog line.
    package enum DialMode: Equatable, Sendable {
        case voice, data
    }

    /// Replaces the profile's setup commands; lines with or without their `AT`.
    package var initOverride: [String]?
    /// Ignored by a profile that has only one way to dial.
    package var dialMode: DialMode
    /// The SIM's PIN, digits only; nil to never enter one.
    package var simPIN: String?
    /// True when the PIN was already entered since the last start of the machine and must not be tried again.
    package var isSIMPINSpent: Bool
    /// Analog: how long after dialling the modem goes on hook and leaves the line to the handset; nil to hold it.
    package var handover: Duration?

    package init(
        initOverride: [String]? = nil,
        dialMode: DialMode = .voice,
        simPIN: String? = nil,
        isSIMPINSpent: Bool = false,
        handover: Duration? = nil
    ) {
        self.initOverride = initOverride
        self.dialMode = dialMode
        self.simPIN = simPIN
        self.isSIMPINSpent = isSIMPINSpent
        self.handover = handover
    }

    /// The commands that set the modem up.
    func setup(for profile: ModemProfile) -> [ATCommand] {
        guard let initOverride else { return profile.setup }
        return initOverride.map { line in
            let text = line.trimmed
            return ATCommand(
                text.uppercased().hasPrefix("AT") ? text : "AT\(text)",
                responses: .freeText,
                timeout: .seconds(15)
            )
        }
    }
}
