import Basics
import Logging
import ModemCore
import NIOOpenSSL
import PatriotCore
import SerialDevice

/// Turns the texts of the keys into a ``Configuration``, noting what is wrong and going on.
struct ConfigurationLoader {
    let texts: ConfigurationTexts
    let credentials: [String: String]?
    /// What is missing may stand in the file.
    private let isFileUnread: Bool
    /// As ``ConfigurationSources/isExamined``.
    private let isExamined: Bool
    /// Beside the configuration file, for the files that have a name of their own there; nil without one.
    let filePrefix: String?
    private(set) var problems: [ConfigurationProblem] = []

    init(
        texts: ConfigurationTexts,
        credentials: [String: String]?,
        isFileUnread: Bool,
        isExamined: Bool = false,
        filePrefix: String? = nil
    ) {
        self.filePrefix = filePrefix
        self.texts = texts
        self.credentials = credentials
        self.isFileUnread = isFileUnread
        self.isExamined = isExamined
    }

    /// The configuration with defaults in place of what is wrong; only good if no problem is an error.
    mutating func configuration() -> Configuration {
        var configuration = Configuration(patriot: patriot())
        configuration.modem = modem()
        configuration.dialling = dialling()
        configuration.sound = sound()
        set(&configuration.incoming, .incoming) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, of: Configuration.IncomingPolicy.self)
        }
        set(&configuration.stateDirectory, .stateDirectory, ConfigurationValues.directory)
        set(&configuration.records.numbers, .recordNumbers) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, of: NumberVisibility.self)
        }
        set(&configuration.records.retentionMonths, .recordRetentionMonths) { text throws(InvalidValue) in
            try ConfigurationValues.number(text, in: 0...1200)
        }
        set(&configuration.runtimeDirectory, .runtimeDirectory, ConfigurationValues.directory)
        set(&configuration.logging.level, .logLevel) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, of: Logger.Level.self)
        }
        set(&configuration.logging.numbers, .logNumbers) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, of: NumberVisibility.self)
        }
        warnOfContradictions(in: configuration)
        return configuration
    }

    private mutating func patriot() -> Configuration.Patriot {
        var patriot = Configuration.Patriot(apiKey: APIKey(apiKey().text))
        set(&patriot.host, .patriotHost, ConfigurationValues.hostName)
        set(&patriot.port, .patriotPort) { text throws(InvalidValue) in
            try ConfigurationValues.number(text, in: 1...65_535)
        }
        set(&patriot.path, .patriotPath, ConfigurationValues.urlPath)
        set(&patriot.address, .patriotAddress, ConfigurationValues.address)
        patriot.trust = trust()
        listen(&patriot)
        return patriot
    }

    private mutating func modem() -> Configuration.Modem {
        var modem = Configuration.Modem()
        set(&modem.device, .modemDevice) { text throws(InvalidValue) in
            try ConfigurationValues.modem(text)
        }
        set(&modem.profile, .modemProfile) { text throws(InvalidValue) in
            let names = ModemProfile.all.map { (word: $0.name, value: Optional($0)) }
            return try ConfigurationValues.choice(text, [("auto", nil)] + names)
        }
        set(&modem.lineSettings.baudRate, .modemBaudRate, ConfigurationValues.baudRate)
        set(&modem.dialMode, .modemDialMode) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, [("voice", .voice), ("data", .data)])
        }
        set(&modem.initCommands, .modemInit) { text throws(InvalidValue) in
            try ConfigurationValues.atLines(text)
        }
        set(&modem.initExtra, .modemInitExtra) { text throws(InvalidValue) in
            try ConfigurationValues.atLines(text)
        }
        set(&modem.beforeDial, .modemBeforeDial, ConfigurationValues.atLine)
        set(&modem.okPolicy, .modemOKPolicy) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, of: ModemProfile.OKPolicy.self)
        }
        set(&modem.polling, .modemPolling, ConfigurationValues.polling)
        set(&modem.hangUpLadder, .modemHangUp) { text throws(InvalidValue) in
            try ConfigurationValues.atLines(text, isHangUp: true)
        }
        set(&modem.carriesSound, .sound, ConfigurationValues.isYes)
        modem.simPIN = simPIN()
        return modem
    }

    private mutating func dialling() -> Configuration.Dialling {
        var dialling = Configuration.Dialling()
        set(&dialling.prefix, .dialPrefix) { text throws(InvalidValue) in
            try ConfigurationValues.dialPrefix(text, example: "0,")
        }
        set(&dialling.countryCode, .dialCountryCode) { text throws(InvalidValue) in
            try ConfigurationValues.digits(text, count: 1...3, example: "61")
        }
        set(&dialling.trunkPrefix, .dialTrunkPrefix) { text throws(InvalidValue) in
            try ConfigurationValues.digits(text, count: 1...4, example: "0")
        }
        set(&dialling.internationalPrefix, .dialInternationalPrefix) { text throws(InvalidValue) in
            try ConfigurationValues.dialPrefix(text, example: "00")
        }
        set(&dialling.allowsMMI, .dialAllowMMI, ConfigurationValues.isYes)
        set(&dialling.duringCall, .dialDuringCall) { text throws(InvalidValue) in
            try ConfigurationValues.choice(text, of: DialDuringCall.self)
        }
        set(&dialling.handover, .dialHandoverSeconds) { text throws(InvalidValue) in
            let seconds = try ConfigurationValues.number(text, in: 0...600)
            return seconds == 0 ? nil : .seconds(seconds)
        }
        return dialling
    }

    // MARK: Files

    /// The key from systemd's credential `api-key`, or from the file; missing is an error.
    private mutating func apiKey() -> Secret {
        let key: Secret
        switch secret(credential: "api-key", key: .patriotAPIKeyFile) {
        case .found(let secret):
            key = secret
        case .unreadable:
            return Secret("")
        case .notNamed:
            if !isFileUnread {
                noteUnusableSecret(.patriotAPIKeyFile, InvalidValue(missingKeyMessage, secretFault: .notNamed))
            }
            return Secret("")
        }
        if key.text.first == " " || key.text.last == " " {
            let message = "the API key begins or ends with a space, which is sent as it is: remove it if it is a slip"
            note(.warning, .patriotAPIKeyFile, message)
        }
        if ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"].contains(where: key.text.contains) {
            let message =
                "the API key looks copied from Patriot's XML file: write &, <, >, \" and ' themselves, not their "
                + "XML forms such as &amp;"
            note(.warning, .patriotAPIKeyFile, message)
        }
        return key
    }

    private var missingKeyMessage: String {
        let hint = "there is no API key: write the value of Patriot's WebSocketApiKey into "
        if credentials != nil {
            let file = visible(filePrefix ?? LineDirectory.standardPath + "/LINE") + ".key"
            return hint + "\(file), and chmod 600 it"
        }
        guard texts.place(of: .patriotAPIKeyFile) == .nowhere else {
            return hint + "a file, chmod 600 it, and name it with this key"
        }
        return "there is no API key, and no configuration file was named: give --config /etc/patriot-dialler/LINE.conf"
    }

    private mutating func simPIN() -> Secret? {
        guard case .found(let pin) = secret(credential: "sim-pin", key: .simPINFile) else { return nil }
        do throws(InvalidValue) {
            return try ConfigurationValues.simPIN(pin)
        } catch {
            note(.error, .simPINFile, error.message)
            return nil
        }
    }

    private enum SecretLookup {
        case found(Secret)
        /// Nobody named a file or gave a credential.
        case notNamed
        /// The reason is noted.
        case unreadable
    }

    private mutating func secret(credential name: String, key: ConfigurationKey) -> SecretLookup {
        let origin: SecretFile.Origin
        if let path = credentials?[name], SecretFile.isGiven(credential: path) {
            origin = .credential(path: path)
        } else if texts[key] == nil {
            return .notNamed
        } else if let path = filePath(key) {
            origin = .file(path: path)
        } else {
            return .unreadable
        }
        do throws(InvalidValue) {
            return .found(try SecretFile.read(origin))
        } catch {
            noteUnusableSecret(key, error)
            return .unreadable
        }
    }

    mutating func noteUnusableSecret(_ key: ConfigurationKey, _ error: InvalidValue) {
        let isUnreadable = if case .unreadable = error.secretFault { true } else { false }
        note(isExamined && isUnreadable ? .warning : .error, key, error.message)
        problems[problems.count - 1].secretFault = error.secretFault
    }

    private mutating func trust() -> TLSTrust {
        let file = certificateFile()
        var pins: [SPKIPin]?
        set(&pins, .patriotPins, ConfigurationValues.pins)
        if texts[.patriotPins] != nil, texts[.patriotCAFile] != nil {
            let message = "is not used, because PATRIOT_PINS is set and then only the pins count: remove one of the two"
            note(.warning, .patriotCAFile, message)
        }
        if let pins { return .pins(pins) }
        return file.map { .certificateFile($0) } ?? .system
    }

    private mutating func certificateFile() -> String? {
        guard let path = filePath(.patriotCAFile) else { return nil }
        do throws(TLSError) {
            _ = try CertificateFile.load(path)
        } catch {
            note(.error, .patriotCAFile, "\(error)")
        }
        return path
    }

    /// A path that a key names. In the configuration file it must be whole: a daemon has no directory of its own.
    mutating func filePath(_ key: ConfigurationKey) -> String? {
        guard let text = visibleText(key) else { return nil }
        if case .file = text.place, !text.value.hasPrefix("/") {
            // It may be the secret itself.
            let isSecret = key == .patriotAPIKeyFile || key == .simPINFile
            let name = isSecret ? "what it says (not shown)" : quoted(text.value)
            note(.error, key, "\(name) is not an absolute path")
            return nil
        }
        return text.value
    }

    // MARK: Problems

    /// Values that are right alone and wrong together.
    private mutating func warnOfContradictions(in configuration: Configuration) {
        let profile = configuration.modem.profile
        let isGSM = profile?.kind == .gsm
        if isGSM, !configuration.dialling.prefix.isEmpty {
            note(.warning, .dialPrefix, "has no effect: a GSM modem needs no prefix for an outside line")
        }
        if isGSM, configuration.dialling.handover != nil {
            note(.warning, .dialHandoverSeconds, "has no effect: only an analog modem can hand a call to a handset")
        }
        if let profile, profile.dataDial == nil, configuration.modem.dialMode == .data {
            note(.warning, .modemDialMode, "has no effect: this profile has no data calls")
        }
        if configuration.incoming == .reject, profile?.canReject != true {
            let whose = profile == nil ? "an analog modem cannot reject, its" : "this modem cannot reject,"
            note(.warning, .incoming, "\(whose) calls will be reported only: write report or ignore")
        }
        if let profile, profile.answer == nil, configuration.incoming == .answer {
            note(.warning, .incoming, "this modem cannot answer, calls will be reported only: write report or ignore")
        }
        if !configuration.dialling.trunkPrefix.isEmpty, configuration.dialling.countryCode.isEmpty {
            let message = "has no effect without DIAL_COUNTRY_CODE: set that too, so that +CODE can be replaced"
            note(.warning, .dialTrunkPrefix, message)
        }
    }

    mutating func note(
        _ severity: ConfigurationProblem.Severity,
        _ key: ConfigurationKey,
        _ message: String
    ) {
        problems.append(ConfigurationProblem(severity, texts.place(of: key), key: key.rawValue, message))
    }

    /// The key's text; `nil` if it is not set, or not fit to be printed, which is noted. It may be a secret by mistake, so
    /// it is not shown.
    private mutating func visibleText(_ key: ConfigurationKey) -> ConfigurationTexts.Text? {
        guard let text = texts[key] else { return nil }
        guard !text.value.unicodeScalars.contains(where: isInvisible) else {
            note(.error, key, "the value contains control characters: retype it")
            return nil
        }
        return text
    }

    /// Sets the value if the key is set and right; a wrong one is noted.
    mutating func set<Value>(
        _ value: inout Value,
        _ key: ConfigurationKey,
        _ parse: (String) throws(InvalidValue) -> Value
    ) {
        guard let text = visibleText(key) else { return }
        do throws(InvalidValue) {
            value = try parse(text.value)
        } catch {
            note(.error, key, error.message)
        }
    }
}
