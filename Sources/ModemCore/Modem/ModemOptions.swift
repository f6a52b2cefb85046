/// What the site sets for one modem.
package struct ModemOptions: Equatable, Sendable {
    /// Whether a number is dialled to be talked to, or as a data call, which tells busy from no answer on an analog line.
    package enum DialMode: Equatable, Sendable {
        case voice, data
    }

    /// How the site overrides the profile's asking for the list of calls.
    package enum Polling: Equatable, Sendable {
        case off
        /// Between two questions, in every state where the profile or this setting asks.
        case interval(Duration)
    }

    /// Replaces the profile's setup commands; lines with or without their `AT`.
    package var initOverride: [String]?
    /// Sent after the profile's setup commands, or after those that replace them; lines with or without their `AT`.
    package var initExtra: [String] = []
    /// An AT line that is sent before each dial; nil for none.
    package var beforeDial: String?
    /// Ignored by a profile that has only one way to dial.
    package var dialMode: DialMode
    /// The SIM's PIN, digits only; nil to never enter one.
    package var simPIN: String?
    /// The SIMs for which the PIN was already entered, and which must not be tried again.
    package var simsWithSpentPIN: Set<SIMCard> = []
    /// False to leave a PIN that is wanted to somebody else: the tries left are asked for, and none is made.
    package var entersSIMPIN = true
    /// Analog: how long after dialling the modem goes on hook and leaves the line to the handset; nil to hold it.
    package var handover: Duration?
    /// Replaces what the profile says OK to a dial means.
    package var okPolicy: ModemProfile.OKPolicy?
    /// nil to poll as the profile says.
    package var polling: Polling?
    /// Whether the modem is to carry its calls' sound over USB, where the profile knows how.
    package var carriesSound = false
    /// Replaces the profile's hang-up ladder: AT commands, `DTR`, `CHLD`; gentlest first, nil or empty for the profile's.
    package var hangUpLadder: [String]?

    package init(
        initOverride: [String]? = nil,
        initExtra: [String] = [],
        carriesSound: Bool = false,
        beforeDial: String? = nil,
        dialMode: DialMode = .voice,
        simPIN: String? = nil,
        handover: Duration? = nil,
        okPolicy: ModemProfile.OKPolicy? = nil,
        polling: Polling? = nil,
        hangUpLadder: [String]? = nil
    ) {
        self.initOverride = initOverride
        self.initExtra = initExtra
        self.carriesSound = carriesSound
        self.beforeDial = beforeDial
        self.dialMode = dialMode
        self.simPIN = simPIN
        self.handover = handover
        self.okPolicy = okPolicy
        self.polling = polling
        self.hangUpLadder = hangUpLadder
    }

    /// `profile` as the site wants it.
    func adjusted(_ profile: ModemProfile) -> ModemProfile {
        var profile = profile
        if let okPolicy {
            profile.voiceDial.okPolicy = okPolicy
            profile.dataDial?.okPolicy = okPolicy
        }
        if let hangUpLadder, !hangUpLadder.isEmpty { profile.hangUp = hangUpLadder.map { HangUpRung(site: $0) } }
        switch polling {
        case nil: break
        case .off: profile.callList = nil
        case .interval(let interval):
            // A timer that is due at once, again and again, would starve the modem.
            let interval = max(interval, .milliseconds(200))
            var policy =
                profile.callList
                ?? ModemProfile.CallListPolicy(setupInterval: interval, activeInterval: interval, absencesToEnd: 3)
            policy.setupInterval = interval
            policy.activeInterval = interval
            profile.callList = policy
        }
        return profile
    }

    /// The commands that set the modem up.
    func setup(for profile: ModemProfile) -> [ATCommand] {
        (initOverride.map { $0.map(Self.command) } ?? profile.setup) + (sound(of: profile)?.idle ?? [])
    }

    /// What makes that modem carry sound; nil where none is wanted or nobody knows how.
    func sound(of profile: ModemProfile) -> CallSound? { carriesSound ? profile.sound : nil }

    /// What the site adds to the set-up.
    var extraCommands: [ATCommand] { initExtra.map(Self.command) }

    /// What goes before a dial.
    ///
    /// A modem that leaves it unanswered delays each dial by its timeout, so that is short.
    var beforeDialCommand: ATCommand? { beforeDial.map { Self.command($0, timeout: .seconds(5)) } }

    private static func command(_ line: String) -> ATCommand { command(line, timeout: .seconds(15)) }

    private static func command(_ line: String, timeout: Duration) -> ATCommand {
        let text = line.trimmed
        return ATCommand(
            text.uppercased().hasPrefix("AT") ? text : "AT\(text)",
            responses: .freeText,
            timeout: timeout
        )
    }
}

extension ModemOptions.Polling: CustomStringConvertible {
    package var description: String {
        switch self {
        case .off: "off"
        case .interval(let interval):
            "\(interval.components.seconds * 1000 + interval.components.attoseconds / 1_000_000_000_000_000) ms"
        }
    }
}
