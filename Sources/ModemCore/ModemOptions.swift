/// What the site sets for one modem.
package struct ModemOptions: Equatable, Sendable {
    package enum DialMode: Equatable, Sendable {
        case voice, data
    }

    /// Replaces the profile's setup commands; lines with or without their `AT`.
    package var initOverride: [String]?
    package var dialMode: DialMode
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
