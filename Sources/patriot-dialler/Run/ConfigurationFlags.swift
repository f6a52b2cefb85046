import ArgumentParser
import Dialler

/// A flag for each key of the configuration.
struct ConfigurationFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Patriot's name in its certificate and in the request.", valueName: "name"))
    var patriotHost: String?
    @Option(help: ArgumentHelp("Patriot's WebSocketServerPort.", valueName: "number"))
    var patriotPort: String?
    @Option(help: ArgumentHelp("The path of Patriot's API.", valueName: "path"))
    var patriotPath: String?
    @Option(help: ArgumentHelp("Where to connect instead of to what the host resolves to.", valueName: "address"))
    var patriotAddress: String?
    @Option(
        name: .customLong("patriot-api-key-file"),
        help: ArgumentHelp("The file with the API key, mode 0600.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var patriotAPIKeyFile: String?
    @Option(
        name: .customLong("patriot-ca-file"),
        help: ArgumentHelp("A file with Patriot's certificate or its authority.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var patriotCAFile: String?
    @Option(
        help: ArgumentHelp(
            "Pins sha256/BASE64 of the certificate's public key, with commas between.",
            valueName: "pins"
        )
    )
    var patriotPins: String?
    @Option(help: ArgumentHelp("Let Patriot connect to this port instead: PORT or ADDRESS:PORT.", valueName: "place"))
    var patriotListen: String?
    @Option(
        name: .customLong("patriot-tls-certificate-file"),
        help: ArgumentHelp("The certificate that a connecting Patriot is shown.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var patriotTLSCertificateFile: String?
    @Option(
        name: .customLong("patriot-tls-key-file"),
        help: ArgumentHelp("The private key of that certificate, mode 0600.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var patriotTLSKeyFile: String?
    @Option(
        help: ArgumentHelp("The modem's device node, usb:VID:PID[:SERIAL], path:ID_PATH or auto.", valueName: "device"),
        completion: ValueCompletion.device
    )
    var modemDevice: String?
    @Option(
        help: ArgumentHelp(
            "What the modem is taken for: auto, or a profile such as generic-gsm, quectel, analog.",
            valueName: "name"
        ),
        completion: ValueCompletion.profile
    )
    var modemProfile: String?
    @Option(
        help: ArgumentHelp("Bits per second of a serial adapter; 115200 if not set.", valueName: "rate"),
        completion: ValueCompletion.baudRate
    )
    var modemBaudRate: String?
    @Option(
        help: ArgumentHelp("voice, or data (analog modems only).", valueName: "mode"),
        completion: .list(["voice", "data"])
    )
    var modemDialMode: String?
    @Option(help: ArgumentHelp("AT lines instead of the profile's, with | between.", valueName: "lines"))
    var modemInit: String?
    @Option(help: ArgumentHelp("AT lines sent after the profile's set-up, with | between.", valueName: "lines"))
    var modemInitExtra: String?
    @Option(help: ArgumentHelp("An AT line sent before each dial.", valueName: "line"))
    var modemBeforeDial: String?
    @Option(
        name: .customLong("modem-ok-policy"),
        help: ArgumentHelp(
            "What OK to a dial means: accepted, dialed, rejected, answered or started-then-answered; the profile's if not set.",
            valueName: "word"
        ),
        completion: .list(["accepted", "dialed", "rejected", "answered", "started-then-answered"])
    )
    var modemOKPolicy: String?
    @Option(help: ArgumentHelp("off, or milliseconds between two questions for the list of calls.", valueName: "ms"))
    var modemPolling: String?
    @Option(help: ArgumentHelp("The steps of a hang-up instead of the profile's, with | between.", valueName: "steps"))
    var modemHangUp: String?
    @Option(help: ArgumentHelp("Put the sound of calls on the modem's USB port.", valueName: "on|off"))
    var sound: String?
    @Option(help: ArgumentHelp("The tty on which the modem carries sound.", valueName: "device"))
    var soundPort: String?
    @Option(help: ArgumentHelp("The ALSA device on which the operator hears.", valueName: "device"))
    var soundOutput: String?
    @Option(help: ArgumentHelp("The ALSA device into which the operator speaks.", valueName: "device"))
    var soundInput: String?
    @Option(help: ArgumentHelp("Sound kept ready for the loudspeaker.", valueName: "milliseconds"))
    var soundDelayMs: String?
    @Option(help: ArgumentHelp("Loudness of what the operator hears.", valueName: "dB"))
    var soundGainOut: String?
    @Option(help: ArgumentHelp("Loudness of what the remote party hears.", valueName: "dB"))
    var soundGainIn: String?
    @Option(
        name: .customLong("sim-pin-file"),
        help: ArgumentHelp("The file with the SIM's PIN, mode 0600.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var simPINFile: String?
    @Option(help: ArgumentHelp("What comes before an outside number on an analog line.", valueName: "digits"))
    var dialPrefix: String?
    @Option(help: ArgumentHelp("The own country's code without +.", valueName: "digits"))
    var dialCountryCode: String?
    @Option(help: ArgumentHelp("What replaces + and the own country's code on an analog line.", valueName: "digits"))
    var dialTrunkPrefix: String?
    @Option(
        help: ArgumentHelp("What replaces the + of other countries' numbers on an analog line.", valueName: "digits")
    )
    var dialInternationalPrefix: String?
    @Option(
        name: .customLong("dial-allow-mmi"),
        help: ArgumentHelp("yes lets strings with * and # through to a GSM network.", valueName: "yes|no"),
        completion: .list(["yes", "no"])
    )
    var dialAllowMMI: String?
    @Option(
        help: ArgumentHelp("A dial request while a call is up: keep the call, or replace it.", valueName: "word"),
        completion: .list(["keep", "replace"])
    )
    var dialDuringCall: String?
    @Option(
        help: ArgumentHelp(
            "How long after dialling an analog modem leaves the line to the handset; 0: until the hang-up.",
            valueName: "seconds"
        )
    )
    var dialHandoverSeconds: String?
    @Option(
        help: ArgumentHelp("A call that comes in: report, ignore, reject or answer.", valueName: "word"),
        completion: .list(["report", "ignore", "reject", "answer"])
    )
    var incoming: String?
    @Option(
        help: ArgumentHelp("Where call records are kept.", valueName: "folder"),
        completion: .directory
    )
    var stateDirectory: String?
    @Option(
        help: ArgumentHelp("Phone numbers in the call records: full or masked.", valueName: "word"),
        completion: .list(["full", "masked"])
    )
    var recordNumbers: String?
    @Option(help: ArgumentHelp("After how many months call records are deleted; 0: never.", valueName: "number"))
    var recordRetentionMonths: String?
    @Option(
        help: ArgumentHelp("Where the control socket is.", valueName: "folder"),
        completion: .directory
    )
    var runtimeDirectory: String?
    @Option(
        help: ArgumentHelp(
            "The least that is logged: trace, debug, info, notice, warning, error or critical.",
            valueName: "level"
        ),
        completion: .list(["trace", "debug", "info", "notice", "warning", "error", "critical"])
    )
    var logLevel: String?
    @Option(
        help: ArgumentHelp("Phone numbers in the log: masked or full.", valueName: "word"),
        completion: .list(["masked", "full"])
    )
    var logNumbers: String?

    /// What the flag of that key was given.
    func text(of key: ConfigurationKey) -> String? {
        switch key {
        case .patriotHost: patriotHost
        case .patriotPort: patriotPort
        case .patriotPath: patriotPath
        case .patriotAddress: patriotAddress
        case .patriotAPIKeyFile: patriotAPIKeyFile
        case .patriotCAFile: patriotCAFile
        case .patriotPins: patriotPins
        case .patriotListen: patriotListen
        case .patriotTLSCertificateFile: patriotTLSCertificateFile
        case .patriotTLSKeyFile: patriotTLSKeyFile
        case .modemDevice: modemDevice
        case .modemProfile: modemProfile
        case .modemBaudRate: modemBaudRate
        case .modemDialMode: modemDialMode
        case .modemInit: modemInit
        case .modemInitExtra: modemInitExtra
        case .modemBeforeDial: modemBeforeDial
        case .modemOKPolicy: modemOKPolicy
        case .modemPolling: modemPolling
        case .modemHangUp: modemHangUp
        case .sound: sound
        case .soundPort: soundPort
        case .soundOutput: soundOutput
        case .soundInput: soundInput
        case .soundDelay: soundDelayMs
        case .soundGainOut: soundGainOut
        case .soundGainIn: soundGainIn
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
