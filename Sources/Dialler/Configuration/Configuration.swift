import Basics
package import Logging
package import ModemCore
package import NIOOpenSSL
package import PatriotCore
package import SerialDevice

/// Everything that can be set on a line (one Patriot client and one modem): typed, checked, with its defaults.
///
/// ``load(_:)`` makes one from the command line, the environment and the configuration file.
package struct Configuration: Equatable, Sendable {
    /// Where Patriot is and how it is trusted.
    package struct Patriot: Equatable, Sendable {
        /// The name in SNI, in the certificate and in the `Host` header.
        package var host: String = "desktop-client-api.patriotsystems.com"
        /// 1...65535.
        package var port: Int = 9009
        /// Begins with a slash.
        package var path: String = "/ws/dialler/v1"
        /// Where the TCP connection goes instead of to what `host` resolves to: `HOST`, `HOST:PORT` or `[IPV6]:PORT`.
        package var address: String?
        /// What Patriot's `WebSocketApiKey` says; never empty in a loaded configuration.
        package var apiKey: APIKey
        /// A file that is named was found to hold a certificate.
        package var trust: TLSTrust = .system

        /// Where Patriot connects to us instead (PATRIOT_LISTEN); nil where we connect to it.
        package var listening: Listening?

        package init(apiKey: APIKey) {
            self.apiKey = apiKey
        }
    }

    /// The port that Patriot connects to ("Patriot as Client").
    package struct Listening: Equatable, Sendable {
        /// An IPv4 or IPv6 address of this computer; nil for all of them.
        package var address: String?
        /// 1...65535.
        package var port: Int
        /// Certificate and key that Patriot is shown.
        package var identity: TLSIdentity
        /// The path that is served unless PATRIOT_PATH says another.
        package static let defaultPath = "/dialler"

        /// As a person reads it: `:9010`, `10.0.0.7:9010` or `[fd00::7]:9010`.
        package var place: String {
            guard let address else { return ":\(port)" }
            return hostAndPort(address, port)
        }

        /// - Parameters:
        ///   - address: of this computer; nil for all.
        ///   - port: 1...65535.
        package init(address: String?, port: Int, identity: TLSIdentity) {
            self.address = address
            self.port = port
            self.identity = identity
        }
    }

    /// The modem and how it is spoken to.
    package struct Modem: Equatable, Sendable {
        /// Which modem is this line's (MODEM_DEVICE).
        package var device: ModemSelector = .automatic
        /// `nil` to find it out.
        package var profile: ModemProfile?
        /// Speed and flow control of the port; a USB modem uses neither.
        package var lineSettings = LineSettings()
        /// Whether a dial is to talk, or for a modem at the other end (MODEM_DIAL_MODE).
        package var dialMode: ModemOptions.DialMode = .voice
        /// AT lines instead of the profile's, in order, with or without `AT`; `nil` for the profile's own.
        package var initCommands: [String]?
        /// AT lines sent after the profile's set-up or its replacement, in order, with or without `AT`; `nil` for none.
        package var initExtra: [String]?
        /// An AT line sent before each dial, with or without `AT`; `nil` for none.
        package var beforeDial: String?
        /// What OK to a dial means; `nil` for what the profile says.
        package var okPolicy: ModemProfile.OKPolicy?
        /// How the list of calls is asked for; `nil` for the profile's way.
        package var polling: ModemOptions.Polling?
        /// AT lines, `DTR` or `CHLD`, gentlest first; `nil` for the profile's.
        package var hangUpLadder: [String]?
        /// Whether the modem is to put its calls' sound on its USB port (SOUND).
        package var carriesSound = false
        /// 4...8 digits.
        package var simPIN: Secret?
    }

    /// From the number that Patriot sends to the digits that are dialled.
    package struct Dialling: Equatable, Sendable {
        /// What an analog line needs before an outside number, its pause included (`0,`).
        package var prefix: String = ""
        /// The own country's code without `+`; empty when not set.
        package var countryCode: String = ""
        /// What replaces `+` and the own country's code on an analog line (`0`).
        package var trunkPrefix: String = ""
        /// What replaces `+` before another country's code on an analog line (`00`, `0011`); empty when not set.
        package var internationalPrefix: String = ""
        /// Whether a GSM modem may be sent strings with `*` and `#`, which can change call forwarding.
        package var allowsMMI: Bool = false
        /// What a dial-request means while a call is up (DIAL_DURING_CALL).
        package var duringCall: DialDuringCall = .keep
        /// How long after dialling an analog modem leaves the line to the handset; `nil` to hold until the hang-up.
        package var handover: Duration?
    }

    /// What happens to a call that comes in.
    package enum IncomingPolicy: String, CaseIterable, Sendable {
        /// Patriot is told.
        case report
        case ignore
        /// Patriot is told and the call is refused; GSM modems only.
        case reject
        /// Patriot is told and the call is answered.
        case answer
    }

    /// What the log shows.
    package struct Logging: Equatable, Sendable {
        /// The least that is shown.
        package var level: Logger.Level = .info
        /// In the log, on the control socket, and in all that is made for others to read (LOG_NUMBERS).
        package var numbers: NumberVisibility = .masked
    }

    /// What is kept of calls.
    package struct Records: Equatable, Sendable {
        /// In the records (RECORD_NUMBERS).
        package var numbers: NumberVisibility = .full
        /// A month's file is deleted so many months after its month; 0 for never.
        package var retentionMonths: Int = 24
    }

    /// The line's name: that of its configuration file.
    package var line = "line"
    /// Where Patriot is and how it is trusted.
    package var patriot: Patriot
    /// The modem and how it is spoken to.
    package var modem = Modem()
    /// From a number to what is dialled.
    package var dialling = Dialling()
    /// Where the operator hears and speaks.
    package var sound = Sound()
    /// What happens to a call that comes in (INCOMING).
    package var incoming: IncomingPolicy = .report
    /// Where call records are kept; `nil` when neither systemd nor anybody else named a directory.
    package var stateDirectory: String?
    /// Where the control socket is; `nil` when neither systemd nor anybody else named a directory.
    package var runtimeDirectory: String?
    /// What is kept of calls.
    package var records = Records()
    /// What the log shows.
    package var logging = Logging()

    package init(patriot: Patriot) {
        self.patriot = patriot
    }
}

extension Configuration {
    /// What the modem machine is told beside its profile.
    package var modemOptions: ModemOptions {
        ModemOptions(
            initOverride: modem.initCommands,
            initExtra: modem.initExtra ?? [],
            carriesSound: modem.carriesSound,
            beforeDial: modem.beforeDial,
            dialMode: modem.dialMode,
            simPIN: modem.simPIN?.text,
            handover: dialling.handover,
            okPolicy: modem.okPolicy,
            polling: modem.polling,
            hangUpLadder: modem.hangUpLadder
        )
    }

    /// How numbers become digits on a modem of that kind.
    package func numberRules(for kind: ModemProfile.Kind) -> NumberRules {
        let ruleKind: NumberRules.Kind =
            switch kind {
            case .gsm: .gsm
            case .analog: .analog
            }
        return NumberRules(
            kind: ruleKind,
            prefix: dialling.prefix,
            countryCode: dialling.countryCode,
            trunkPrefix: dialling.trunkPrefix,
            internationalPrefix: dialling.internationalPrefix,
            allowMMI: dialling.allowsMMI
        )
    }
}
