import Basics
import NIOOpenSSL
import PatriotCore

/// What a person answered about a line, and the configuration file that says it.
package struct LineSetup: Equatable, Sendable {
    /// The texts of the keys that are asked for; empty or not there means the default.
    package var answers: [ConfigurationKey: String]

    /// What all lines share; a line's file holds what differs from it.
    private let shared: [ConfigurationKey: String]

    package init(answers: [ConfigurationKey: String] = [:], shared: [ConfigurationKey: String] = [:]) {
        self.answers = answers
        self.shared = shared
    }

    /// The answers that a configuration file holds already, and those that all lines share. What is wrong in it is not here.
    package init(configuration bytes: [UInt8], shared: LineSetup = LineSetup()) {
        self.init(answers: shared.answers, shared: shared.answers)
        for entry in ConfigurationFile(parsing: bytes).entries {
            guard let key = ConfigurationKey(rawValue: entry.key), Self.comments[key] != nil,
                Self.fault(in: entry.value, of: key) == nil
            else { continue }
            answers[key] = entry.value
        }
    }

    /// The key's answer; empty for the default.
    package subscript(_ key: ConfigurationKey) -> String {
        get { answers[key] ?? "" }
        set { answers[key] = newValue }
    }

    /// What the program takes for a key that nobody set; empty if that is nothing, or something found out later.
    package static func standard(_ key: ConfigurationKey) -> String {
        Configuration(patriot: .init(apiKey: .init(""))).value(of: key) ?? ""
    }

    /// Why the text is no value for the key, and what would be one; `nil` if it is. Reads the file that the key names.
    package static func fault(in text: String, of key: ConfigurationKey) -> String? {
        // A value is one line without quotes.
        guard !text.unicodeScalars.contains(where: isInvisible) else { return "it contains control characters" }
        let problems = Configuration.load(ConfigurationSources(flags: [key: text])).errors
        return problems.first { $0.place == .flag && $0.key == key.rawValue }?.message
    }

    /// Whether Patriot connects to this computer, instead of the other way round.
    package var listens: Bool { !self[.patriotListen].isEmpty }

    /// Which side connects: what belongs to the other way is taken out.
    /// - Parameter place: `PATRIOT_LISTEN`; nil where this computer connects to Patriot.
    package mutating func meet(listeningOn place: String?) {
        let foreign: [ConfigurationKey] =
            place == nil
            ? [.patriotListen] : [.patriotHost, .patriotPort, .patriotAddress, .patriotCAFile, .patriotPins]
        if (place != nil) != listens { self[.patriotPath] = "" }
        for key in foreign { self[key] = "" }
        if let place { self[.patriotListen] = place }
    }

    /// The port of `PATRIOT_LISTEN`; nil where this computer connects to Patriot.
    package var listeningPort: Int? {
        listens ? (try? ConfigurationValues.listenPlace(self[.patriotListen]))?.port : nil
    }

    /// Where Patriot is and how it is trusted, to look at its certificate; the API key is not in it.
    package var patriot: Configuration.Patriot {
        var patriot = Configuration.Patriot(apiKey: .init(""))
        if let host = answers[.patriotHost], !host.isEmpty { patriot.host = host }
        if let port = answers[.patriotPort].flatMap({ Int($0) }) { patriot.port = port }
        if let path = answers[.patriotPath], !path.isEmpty { patriot.path = path }
        if let address = answers[.patriotAddress], !address.isEmpty { patriot.address = address }
        if let pins = answers[.patriotPins].flatMap({ try? ConfigurationValues.pins($0) }) {
            patriot.trust = .pins(pins)
        } else if let file = answers[.patriotCAFile], !file.isEmpty {
            patriot.trust = .certificateFile(file)
        }
        return patriot
    }

    /// The configuration file: of the keys that are asked for those that differ from the defaults.
    /// - Parameter old: the file that is there; what it says already stays as it is, and so does all else in it. `nil` for a
    ///   new line.
    /// - Throws: when a value cannot be written so that it is read back as it was meant.
    package func configuration(of line: String, replacing old: [UInt8]?) throws(ConfigurationEditError) -> [UInt8] {
        var bytes = old ?? Array(Self.head(line).utf8)
        let entries = ConfigurationFile(parsing: bytes).entries
        let current = Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        for key in ConfigurationKey.allCases {
            guard let comment = Self.comments[key] else { continue }
            let value = self[key]
            if value == current[key.rawValue] { continue }
            let isStandard = value.isEmpty || value == Self.standard(key)
            if let common = shared[key], !common.isEmpty, common != value {
                // An empty value is the program's own default.
                let text = isStandard ? "" : value
                if text == current[key.rawValue] { continue }
                bytes = try ConfigurationEdit.bytes(bytes, setting: key, to: text, comment: comment)
            } else if isStandard || value == shared[key] {
                bytes = try ConfigurationEdit.bytes(bytes, removing: key, comment: comment)
            } else {
                bytes = try ConfigurationEdit.bytes(bytes, setting: key, to: value, comment: comment)
            }
        }
        return bytes
    }

    private static func head(_ line: String) -> String {
        """
        # Line \(line) of patriot-dialler. What is not here has its default: see man patriot-dialler.conf.
        # After a change by hand: systemctl reload patriot-dialler@\(line)


        """
    }

    /// The keys that are asked for, and what stands above each in the file.
    private static let comments: [ConfigurationKey: String] = [
        .patriotHost: "The name that Patriot's certificate is for.",
        .patriotPort: "Patriot's WebSocketServerPort.",
        .patriotPath: "The path of Patriot's API.",
        .patriotAddress: "Where Patriot's PC is reached.",
        .patriotAPIKeyFile: "The file with Patriot's API key.",
        .patriotCAFile: "Patriot's certificate, or the one that signed it.",
        .patriotPins: "Patriot is trusted by this key of its certificate.",
        .patriotListen: "Patriot connects to this port of this computer.",
        .modemDevice: "Which modem it is; `patriot-dialler modems` lists them.",
        .simPINFile: "The file with the SIM's PIN.",
        .dialPrefix: "What comes before an outside number.",
        .dialCountryCode: "How numbers that begin with + are dialled.",
        .dialTrunkPrefix: "Takes the place of + and the own country's code.",
        .dialInternationalPrefix: "Takes the place of other countries' +.",
    ]
}
