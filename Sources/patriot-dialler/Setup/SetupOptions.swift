import ArgumentParser
import Dialler

/// A flag for each answer of `setup`.
struct SetupOptions: ParsableArguments {
    @Option(help: "The line's name. Default: line1, or the next that is free.")
    var line: String?
    @Option(help: "The modem: auto, a device node or a link to it, usb:VID:PID[:SERIAL] or path:ID_PATH.")
    var modem: String?
    @Option(help: "Patriot connects to this computer, to this port: [ADDRESS:]PORT. For Patriot 6.13 and later.")
    var listen: String?
    @Option(
        name: .customLong("name"),
        help: "With --listen: a name or address of this computer for its certificate; may be repeated."
    )
    var names: [String] = []
    @Option(help: "Patriot's name in its certificate.")
    var host: String?
    @Option(help: "Patriot's WebSocketServerPort.")
    var port: String?
    @Option(help: "The path of Patriot's API.")
    var path: String?
    @Option(help: "Where Patriot's PC is reached: HOST, HOST:PORT or [IPV6]:PORT.")
    var address: String?
    @Option(
        name: .customLong("api-key-file"),
        help: ArgumentHelp("The file with Patriot's API key, to be copied; - for standard input.", valueName: "file")
    )
    var apiKeyFile: String?
    @Option(help: ArgumentHelp("Trust Patriot by this pin, sha256/BASE64.", valueName: "pin"))
    var trustPin: String?
    @Option(
        help: ArgumentHelp(
            "Trust Patriot by its certificate or its authority's, a file to be copied.",
            valueName: "file"
        )
    )
    var trustCertificate: String?
    @Flag(help: "Trust the certificate shown now, without checking. Only on an isolated network.")
    var trustShown = false
    @Option(help: "The own country's code without +, for an analog line.")
    var countryCode: String?
    @Option(help: "What takes the place of + and the own country's code, for an analog line.")
    var trunkPrefix: String?
    @Option(help: "What takes the place of other countries' +, for an analog line.")
    var internationalPrefix: String?
    @Option(help: "What comes before an outside number on an analog line, its pause included: 0,")
    var prefix: String?
    @Option(
        name: .customLong("sim-pin-file"),
        help: ArgumentHelp("The file with the SIM's PIN, to be copied.", valueName: "file")
    )
    var simPINFile: String?
    @Flag(help: "Take the defaults for everything not given as an option.")
    var yes = false
    @Option(help: ArgumentHelp("Where the lines' files are.", valueName: "path"))
    var directory = LineDirectory.standardPath
    @Flag(help: "Write nothing; say which files would be written.")
    var check = false
    @Flag(help: "One JSON object: line, changed, written, started. Asks nothing; other messages go to standard error.")
    var json = false

    /// Where messages for a person go: standard output is one object where a program reads it.
    func output(_ text: String) {
        if json { StandardError.write(line: text) } else { StandardOutput.write(line: text) }
    }

    /// Whether a flag says how this computer connects to Patriot.
    var isOutgoing: Bool {
        [host, port, address, trustPin, trustCertificate].contains { $0 != nil } || trustShown
    }

    /// What is wrong with the flags that are set, one sentence each.
    var faults: [String] {
        let values: [(flag: String, value: String?, key: ConfigurationKey)] = [
            ("--modem", modem, .modemDevice), ("--host", host, .patriotHost), ("--port", port, .patriotPort),
            ("--listen", listen, .patriotListen), ("--path", path, .patriotPath),
            ("--address", address, .patriotAddress),
            ("--trust-pin", trustPin, .patriotPins), ("--trust-certificate", trustCertificate, .patriotCAFile),
            ("--country-code", countryCode, .dialCountryCode), ("--trunk-prefix", trunkPrefix, .dialTrunkPrefix),
            ("--international-prefix", internationalPrefix, .dialInternationalPrefix),
            ("--prefix", prefix, .dialPrefix),
        ]
        var faults: [String] = []
        if let line, let fault = LineDirectory.fault(inName: line) { faults.append("--line: \(fault)") }
        for (flag, value, key) in values {
            if let value, let fault = LineSetup.fault(in: value, of: key) { faults.append("\(flag): \(fault)") }
        }
        for (flag, file, isPIN) in [("--api-key-file", apiKeyFile, false), ("--sim-pin-file", simPINFile, true)] {
            guard let file, file != "-" || isPIN else { continue }
            do throws(InvalidValue) {
                let secret = try SecretFile.copy(of: file)
                if isPIN { _ = try SecretFile.simPIN(secret) }
            } catch {
                faults.append("\(flag): \(error.message)")
            }
        }
        for name in names { if let fault = LineCertificate.fault(inName: name) { faults.append("--name: \(fault)") } }
        if listen != nil, isOutgoing {
            faults.append(
                "--listen: Patriot connects to this computer; leave out --host, --port, --address and --trust-…"
            )
        }
        if listen == nil, !names.isEmpty { faults.append("--name needs --listen") }
        if [trustPin != nil, trustCertificate != nil, trustShown].count(where: { $0 }) > 1 {
            faults.append("--trust-pin, --trust-certificate and --trust-shown: give one of them")
        }
        return faults
    }
}

/// The command line is wrong or says too little; the text names all of it.
struct UsageFault: Error {
    let text: String

    init(_ faults: [String], missing: [String] = []) {
        var paragraphs = faults
        if !missing.isEmpty {
            paragraphs.append("Not a terminal, so these options are required:")
            paragraphs += missing
            paragraphs.append("--yes takes the defaults where there are any.")
        }
        text = paragraphs.joined(separator: "\n")
    }
}

/// The set-up cannot go on; the text says why and what to do.
struct SetupRefusal: Error {
    let text: String
}
