import Basics
import Logging
import ModemCore
import NIOOpenSSL
import PatriotCore
import SerialDevice

extension Configuration {
    /// The values in force, one `KEY=value` a line in the order of the keys; a secret shows as `(set)`.
    ///
    /// For a person: a value that nobody set shows what will be done instead, in parentheses.
    /// - Parameter mask: of the numbers in AT lines.
    package func summary(mask: NumberMask) -> String {
        let width = ConfigurationKey.allCases.map(\.rawValue.count).max() ?? 0
        return ConfigurationKey.allCases.map { key in
            let gap = String(repeating: " ", count: width - key.rawValue.count + 2)
            return key.rawValue + gap + visible(text(of: key, mask: mask))
        }.joined(separator: "\n")
    }

    /// The key's value as a person would write it; in parentheses what happens without one.
    func text(of key: ConfigurationKey, mask: NumberMask = NumberMask(.full)) -> String {
        value(of: key, mask: mask) ?? "(\(withoutValue(key)))"
    }

    /// The key's value as a person would write it; nil for a secret, and where there is none.
    func value(of key: ConfigurationKey, mask: NumberMask = NumberMask(.full)) -> String? {
        switch key {
        case .patriotHost: patriot.host
        case .patriotPort: String(patriot.port)
        case .patriotPath: patriot.path
        case .patriotAddress: patriot.address
        case .patriotCAFile: certificateFile
        case .patriotPins: pins?.map(\.description).joined(separator: ",")
        case .patriotListen: listenPlace
        case .patriotAPIKeyFile, .patriotTLSCertificateFile, .patriotTLSKeyFile, .simPINFile: nil
        case .modemDevice: modem.device.description
        case .modemProfile: modem.profile?.name ?? "auto"
        case .modemBaudRate: String(modem.lineSettings.baudRate)
        case .modemDialMode: dialMode
        case .modemInit: modem.initCommands.map { written($0, " | ", mask) }
        case .modemInitExtra: modem.initExtra.map { written($0, " | ", mask) }
        case .modemBeforeDial: modem.beforeDial.map { written([$0], "", mask) }
        case .modemOKPolicy: modem.okPolicy.map { $0.rawValue }
        case .modemPolling: modem.polling.map { "\($0)" }
        case .modemHangUp: modem.hangUpLadder.map { written($0, "|", mask) }
        case .sound: modem.carriesSound ? "on" : "off"
        case .soundPort: sound.port
        case .soundOutput: sound.output
        case .soundInput: sound.input
        case .soundDelay: String(sound.delay)
        case .soundGainOut: String(sound.gainOut)
        case .soundGainIn: String(sound.gainIn)
        case .dialPrefix: orNil(dialling.prefix)
        case .dialCountryCode: orNil(dialling.countryCode)
        case .dialTrunkPrefix: orNil(dialling.trunkPrefix)
        case .dialInternationalPrefix: orNil(dialling.internationalPrefix)
        case .dialAllowMMI: dialling.allowsMMI ? "yes" : "no"
        case .dialDuringCall: dialling.duringCall.rawValue
        case .dialHandoverSeconds: dialling.handover.map { String($0.components.seconds) } ?? "0"
        case .incoming: incoming.rawValue
        case .stateDirectory: stateDirectory
        case .recordNumbers: records.numbers.rawValue
        case .recordRetentionMonths: String(records.retentionMonths)
        case .runtimeDirectory: runtimeDirectory
        case .logLevel: logging.level.rawValue
        case .logNumbers: logging.numbers.rawValue
        }
    }

    /// What a key without a value to show comes to.
    private func withoutValue(_ key: ConfigurationKey) -> String {
        switch key {
        case .patriotAddress: "what the host resolves to"
        case .patriotAPIKeyFile: "set"
        case .patriotCAFile: pins == nil ? "the system's authorities" : "not used"
        case .patriotListen: "off"
        case .patriotTLSCertificateFile, .patriotTLSKeyFile: patriot.listening == nil ? "not used" : "set"
        case .modemInit, .modemOKPolicy, .modemPolling, .modemHangUp: "the profile's"
        case .simPINFile: modem.simPIN == nil ? "none" : "set"
        default: "none"
        }
    }

    /// The lines as they would be written, except for a PIN in one of them.
    private func written(_ lines: [String], _ separator: String, _ mask: NumberMask) -> String {
        lines.map { mask.masked($0, as: .atLine) }.joined(separator: separator)
    }

    private var dialMode: String {
        switch modem.dialMode {
        case .voice: "voice"
        case .data: "data"
        }
    }

    private var listenPlace: String? {
        guard let listening = patriot.listening else { return nil }
        guard let address = listening.address else { return String(listening.port) }
        return hostAndPort(address, listening.port)
    }

    private var certificateFile: String? {
        guard case .certificateFile(let path) = patriot.trust else { return nil }
        return path
    }

    private var pins: [SPKIPin]? {
        guard case .pins(let pins) = patriot.trust else { return nil }
        return pins
    }

    private func orNil(_ text: String) -> String? {
        text.isEmpty ? nil : text
    }
}
