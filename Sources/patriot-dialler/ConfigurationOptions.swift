import ArgumentParser
import Dialler

/// The configuration file and a flag for each of its keys; the flags beat the environment, which beats the file.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: ArgumentHelp("The configuration file.", valueName: "file"))
    var file: String?

    @Option(help: "Patriot's name in its certificate and in the request.")
    var patriotHost: String?
    @Option(help: "Patriot's WebSocketServerPort.")
    var patriotPort: String?
    @Option(help: "The path of Patriot's API.")
    var patriotPath: String?
    @Option(help: "Where to connect instead of to what the host resolves to.")
    var patriotAddress: String?
    @Option(name: .customLong("patriot-api-key-file"), help: "The file with the API key, mode 0600.")
    var patriotAPIKeyFile: String?
    @Option(name: .customLong("patriot-ca-file"), help: "A file with Patriot's certificate or its authority.")
    var patriotCAFile: String?
    @Option(help: "Pins sha256/BASE64 of the certificate's public key, with commas between.")
    var patriotPins: String?
    @Option(help: "The modem's device node, usb:VID:PID[:SERIAL], path:ID_PATH or auto.")
    var modemDevice: String?
    @Option(help: "A profile's name, or auto.")
    var modemProfile: String?
    @Option(help: "Bits per second.")
    var modemBaudRate: String?
    @Option(help: "voice or data.")
    var modemDialMode: String?
    @Option(help: "AT lines instead of the profile's, with | between.")
    var modemInit: String?
    @Option(name: .customLong("modem-ok-policy"), help: "What OK to a dial means, if not what the profile says.")
    var modemOKPolicy: String?
    @Option(help: "off, or milliseconds between two questions for the list of calls.")
    var modemPolling: String?
    @Option(help: "The steps of a hang-up instead of the profile's, with | between.")
    var modemHangUp: String?
    @Option(name: .customLong("sim-pin-file"), help: "The file with the SIM's PIN, mode 0600.")
    var simPINFile: String?
    @Option(help: "What comes before an outside number on an analog line.")
    var dialPrefix: String?
    @Option(help: "The own country's code without +.")
    var dialCountryCode: String?
    @Option(help: "What replaces + and the own country's code on an analog line.")
    var dialTrunkPrefix: String?
    @Option(help: "What replaces the + of other countries' numbers on an analog line.")
    var dialInternationalPrefix: String?
    @Option(name: .customLong("dial-allow-mmi"), help: "yes lets strings with * and # through to a GSM network.")
    var dialAllowMMI: String?
    @Option(help: "A dial request while a call is up: keep the call, or replace it.")
    var dialDuringCall: String?
    @Option(help: "How long after dialling an analog modem leaves the line to the handset; 0: until the hang-up.")
    var dialHandoverSeconds: String?
    @Option(help: "A call that comes in: report, ignore, reject or answer.")
    var incoming: String?
    @Option(help: "Where call records are kept.")
    var stateDirectory: String?
    @Option(help: "Phone numbers in the call records: full or masked.")
    var recordNumbers: String?
    @Option(help: "After how many months call records are deleted; 0: never.")
    var recordRetentionMonths: String?
    @Option(help: "Where the control socket is.")
    var runtimeDirectory: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?
    @Option(help: "Phone numbers in the log: masked or full.")
    var logNumbers: String?

    /// Reads and checks the configuration.
    /// - Parameter environment: the process's.
    func load(environment: [String: String]) -> LoadedConfiguration {
        Configuration.load(sources(environment: environment))
    }

    /// Where the configuration comes from.
    /// - Parameter environment: the process's.
    func sources(environment: [String: String]) -> ConfigurationSources {
        var flags: [ConfigurationKey: String] = [:]
        for key in ConfigurationKey.allCases {
            flags[key] = flag(of: key)
        }
        return LineDirectory(LineDirectory.standardPath).sources(file: file, environment: environment, flags: flags)
    }

    private func flag(of key: ConfigurationKey) -> String? {
        switch key {
        case .patriotHost: patriotHost
        case .patriotPort: patriotPort
        case .patriotPath: patriotPath
        case .patriotAddress: patriotAddress
        case .patriotAPIKeyFile: patriotAPIKeyFile
        case .patriotCAFile: patriotCAFile
        case .patriotPins: patriotPins
        case .modemDevice: modemDevice
        case .modemProfile: modemProfile
        case .modemBaudRate: modemBaudRate
        case .modemDialMode: modemDialMode
        case .modemInit: modemInit
        case .modemOKPolicy: modemOKPolicy
        case .modemPolling: modemPolling
        case .modemHangUp: modemHangUp
        case .simPINFile: simPINFile
        case .dialPrefix: dialPrefix
        case .dialCountryCode: dialCountryCode
        case .dialTrunkPrefix: dialTrunkPrefix
        case .dialInternationalPrefix: dialInternationalPrefix
        case .dialAllowMMI: dialAllowMMI
        case .dialDuringCall: dialDuringCall
        case .dialHandoverSeconds: dialHandoverSeconds
        case .incoming: incoming
        case .stateDirectory: stateDirectory
        case .recordNumbers: recordNumbers
        case .recordRetentionMonths: recordRetentionMonths
        case .runtimeDirectory: runtimeDirectory
        case .logLevel: logLevel
        case .logNumbers: logNumbers
        }
    }
}
