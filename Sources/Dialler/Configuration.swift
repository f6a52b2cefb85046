package import Logging

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
        /// Where the TCP connection goes instead of to what `host` resolves to: a name or an address without port.
        package var address: String?
        /// What Patriot's `WebSocketApiKey` says; never empty in a loaded configuration.
        package var apiKey: Secret
        package var trust: Trust = .system
    }

    /// What makes Patriot's certificate trustworthy.
    package enum Trust: Equatable, Sendable {
        /// The system's certificate authorities.
        case system
        /// A PEM file with the certificate itself or its authority; the name is checked.
        case certificateFile(String)
        /// `sha256/BASE64` pins of the certificate's public key, at least one; then nothing else counts.
        case pins([String])
    }

    /// The modem and how it is spoken to.
    package struct Modem: Equatable, Sendable {
        package var device: Device = .automatic
        /// The name of a modem profile; `nil` to find it out.
        package var profile: String?
        /// Bits per second; `nil` for the profile's own.
        package var baudRate: Int?
        /// `nil` for the profile's own.
        package var dialMode: DialMode?
        /// AT lines instead of the profile's, in order, with or without `AT`; `nil` for the profile's own.
        package var initCommands: [String]?
        /// 4...8 digits.
        package var simPIN: Secret?
    }

    /// Which tty the modem is.
    package enum Device: Equatable, Sendable {
        /// The first supported modem that is plugged in.
        case automatic
        /// A device node or a link to one; it may be missing while the modem is unplugged.
        case path(String)
    }

    /// How a modem is told to dial: for a voice call (`ATD…;`) or as a data call.
    package enum DialMode: String, CaseIterable, Sendable {
        case voice
        case data
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
        package var duringCall: DuringCall = .keep
        /// How long after dialling an analog modem leaves the line to the handset; `nil` to hold until the hang-up.
        package var handover: Duration?
    }

    /// What a dial request does while a call is up.
    package enum DuringCall: String, CaseIterable, Sendable {
        case keep
        case replace
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
        package var level: Logger.Level = .info
        package var numbers: NumberVisibility = .masked
    }

    package var patriot: Patriot
    package var modem = Modem()
    package var dialling = Dialling()
    package var incoming: IncomingPolicy = .report
    /// Where call records are kept; `nil` when neither systemd nor anybody else named a directory.
    package var stateDirectory: String?
    /// Where the control socket is; `nil` when neither systemd nor anybody else named a directory.
    package var runtimeDirectory: String?
    package var logging = Logging()
}
