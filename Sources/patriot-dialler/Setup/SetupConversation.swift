import Dialler
import SerialDevice

/// The questions of `setup`, in their order. Nothing is written.
struct SetupConversation {
    let options: SetupOptions
    let directory: LineDirectory
    var questionnaire: Questionnaire

    init(options: SetupOptions, directory: LineDirectory) {
        self.options = options
        self.directory = directory
        let isAsked = StandardInput.isTerminal && !options.json
        questionnaire = Questionnaire(isTerminal: isAsked, takesDefaults: options.yes, output: options.output)
    }

    /// What is to be written, once all is answered.
    /// - Throws: `UsageFault`, `SetupRefusal` or `Interruption`.
    mutating func installation() async throws -> LineInstallation {
        let faults = options.faults
        if questionnaire.isTerminal, !faults.isEmpty { throw UsageFault(faults) }
        if questionnaire.asks {
            questionnaire.say(
                "Press Enter to accept [the default], type - to clear it, < to go back. Nothing is saved until you confirm.\n"
            )
        }
        let line = try lineName()
        let setup = directory.setup(of: line) ?? directory.sharedSetup
        var installation = LineInstallation(directory: directory, line: line, setup: setup)
        try askWhoConnects(&installation.setup)
        let kind = try askForModem(&installation)
        if installation.setup.listens {
            try askForCertificate(&installation)
        } else {
            try askForPatriot(&installation)
        }
        try askForAPIKey(&installation)
        if kind != .analog || options.simPINFile != nil { try askForSIMPIN(&installation) }
        try askForNumbers(&installation.setup, isAsked: kind != .gsm)
        if !installation.setup.listens { noteTrustIfMissing() }
        guard faults.isEmpty, questionnaire.missing.isEmpty else {
            throw UsageFault(faults, missing: questionnaire.missing)
        }
        if !installation.setup.listens, try await decideTrust(&installation) { try await tryKey(&installation) }
        return installation
    }

    private mutating func lineName() throws -> String {
        let lines = directory.lines
        if options.yes, options.line == nil, !lines.isEmpty {
            throw UsageFault(["--yes needs --line NAME, as there are lines already: \(lines.joined(separator: ", "))"])
        }
        let known = lines.isEmpty ? "" : " (to change one that is there: \(lines.joined(separator: ", ")))"
        return try questionnaire.answer(
            .init(
                flag: "--line NAME",
                text: "Name of the line\(known)",
                standard: LineDirectory.nextName(after: lines),
                fault: LineDirectory.fault
            ),
            given: options.line
        )
    }

    // MARK: Modem

    private enum ModemKind {
        case gsm
        case analog
        case unknown
    }

    private mutating func askForModem(_ installation: inout LineInstallation) throws(Interruption) -> ModemKind {
        let ports = (try? ModemDiscovery.modems()) ?? []
        let menu = ModemMenu(ports: ports, lines: directory.modems(withoutThatOf: installation.line))
        let isNew = directory.setup(of: installation.line) == nil
        let current = isNew ? nil : ModemSelector(installation.setup[.modemDevice]) ?? .automatic
        if questionnaire.asks, options.modem == nil {
            questionnaire.say("The modems that are there:\n\(menu.text)")
        }
        let answer = try questionnaire.answer(
            .init(
                flag: "--modem NAME",
                text: questionnaire.isTerminal
                    ? "Which modem (its number, or a name as MODEM_DEVICE takes it)"
                    : "Which modem; `patriot-dialler modems` lists them",
                standard: menu.standard(for: current)?.description,
                fault: {
                    menu.fault(inChoice: $0) ?? LineSetup.fault(in: menu.selector(for: $0), of: .modemDevice)
                }
            ),
            given: options.modem
        )
        if let absence = Self.absence(of: menu.selector(for: answer)) { questionnaire.say(absence) }
        for rival in menu.rivals {
            StandardError.write(
                line: "Line \(rival) takes whichever modem comes first. To give it one of its own: "
                    + "sudo patriot-dialler setup --line \(rival)"
            )
        }
        let name = menu.selector(for: answer)
        installation.setup[.modemDevice] = name
        switch ModemSelector(name).flatMap(menu.port)?.role {
        case .gsmModem: return .gsm
        case .analogModem: return .analog
        case .audioPort, .otherModemPort, .serialAdapter, .unknown, nil: return .unknown
        }
    }

    /// What becomes of a line whose modem is named and not there; nil if it is there, and for whichever comes first.
    private static func absence(of name: String) -> String? {
        guard let selector = ModemSelector(name), selector != .automatic else { return nil }
        do throws(DiscoveryError) {
            _ = try ModemDiscovery.resolve(selector)
            return nil
        } catch {
            if case .ambiguous = error { return "\(error)" }
            return "\(error.cause): the line will wait for it."
        }
    }

    // MARK: Patriot

    private mutating func askForPatriot(_ installation: inout LineInstallation) throws(Interruption) {
        try ask(.patriotHost, "Patriot's name in its certificate", "--host NAME", options.host, &installation.setup)
        try ask(
            .patriotPort,
            "Patriot's port (WebSocketServerPort)",
            "--port NUMBER",
            options.port,
            &installation.setup
        )
        if let path = options.path { installation.setup[.patriotPath] = path }
        try ask(
            .patriotAddress,
            "Address of Patriot's PC, if it is another machine than this",
            "--address ADDRESS",
            options.address,
            &installation.setup
        )
    }

    private mutating func askForAPIKey(_ installation: inout LineInstallation) throws {
        let line = installation.line
        if installation.setup[.patriotAPIKeyFile].isEmpty,
            LineSetup.fault(in: directory.apiKeyFile(of: line), of: .patriotAPIKeyFile) == nil
        {
            installation.setup[.patriotAPIKeyFile] = directory.apiKeyFile(of: line)
        }
        if options.apiKeyFile == "-", !questionnaire.isTerminal {
            installation.apiKey = try Self.apiKeyAtStandardInput()
            return
        }
        if let file = options.apiKeyFile, file != "-" {
            // A file that cannot be read is among the flags' faults.
            installation.apiKey = try? SecretFile.copy(of: file)
            return
        }
        let isThere = !installation.setup[.patriotAPIKeyFile].isEmpty
        let listens = installation.setup.listens
        let enter = isThere ? "; Enter keeps the one that is there)" : listens ? "; Enter makes one)" : ")"
        let text =
            listens
            ? "Key that Patriot must show (it is not shown" : "Patriot's API key (WebSocketApiKey; it is not shown"
        let answer = try questionnaire.answer(
            .init(
                flag: "--api-key-file FILE",
                text: text + enter,
                standard: isThere || listens ? "" : nil,
                fault: { Self.fault(inSecret: $0) },
                isSecret: true
            ),
            given: nil
        )
        if !answer.isEmpty { installation.apiKey = Secret(answer) }
        if listens, answer.isEmpty, !isThere { installation.apiKey = Self.newKey() }
    }

    private static func apiKeyAtStandardInput() throws(UsageFault) -> Secret {
        let limit = 4096
        let bytes = Terminal.everything(limit: limit)
        do throws(InvalidValue) {
            guard bytes.count <= limit else { throw InvalidValue("standard input holds more than an API key") }
            return try SecretFile.secret(in: bytes, of: "standard input")
        } catch {
            throw UsageFault(["--api-key-file: \(error.message)"])
        }
    }

    private mutating func askForSIMPIN(_ installation: inout LineInstallation) throws(Interruption) {
        if let file = options.simPINFile {
            installation.simPIN = try? SecretFile.copy(of: file)
            return
        }
        let isThere = !installation.setup[.simPINFile].isEmpty
        let answer = try questionnaire.answer(
            .init(
                flag: "--sim-pin-file FILE",
                text:
                    "The SIM's PIN (it is not shown; Enter \(isThere ? "keeps the one that is there" : "if it asks for none"))",
                standard: "",
                fault: {
                    Self.fault(inSecret: $0)
                        ?? ((try? SecretFile.simPIN(Secret($0))) == nil ? "A PIN is 4 to 8 digits." : nil)
                },
                isSecret: true
            ),
            given: nil
        )
        if !answer.isEmpty { installation.simPIN = Secret(answer) }
    }

    static func fault(inSecret text: String) -> String? {
        do throws(InvalidValue) {
            _ = try SecretFile.secret(in: Array(text.utf8), of: "what was typed")
            return nil
        } catch {
            return error.message
        }
    }

    // MARK: Numbers

    private mutating func askForNumbers(_ setup: inout LineSetup, isAsked: Bool) throws(Interruption) {
        let before = setup[.dialCountryCode]
        try ask(
            .dialCountryCode,
            "Analog lines only: country code without +, such as 61 (Enter to skip)",
            "--country-code DIGITS",
            options.countryCode,
            &setup,
            isAsked: isAsked
        )
        let code = setup[.dialCountryCode]
        let plan = CountryPlan.plan(forCode: code)
        if code != before {
            setup[.dialTrunkPrefix] = plan?.trunkPrefix ?? ""
            setup[.dialInternationalPrefix] = plan?.internationalPrefix ?? ""
        }
        try askForCountryPrefixes(&setup, isAsked: isAsked && !code.isEmpty && plan == nil)
        if let plan, code != before, questionnaire.asks {
            let trunk = plan.trunkPrefix.isEmpty ? "nothing" : plan.trunkPrefix
            questionnaire.say("  \(plan.name): \(trunk) within the country, \(plan.internationalPrefix) abroad")
        }
        try ask(
            .dialPrefix,
            "Prefix for an outside line (analog lines only), such as \"0,\" (0, then a pause); Enter if none",
            "--prefix DIGITS",
            options.prefix,
            &setup,
            isAsked: isAsked
        )
    }

    /// - Parameter isAsked: whether the country is not in the table.
    private mutating func askForCountryPrefixes(_ setup: inout LineSetup, isAsked: Bool) throws(Interruption) {
        try ask(
            .dialTrunkPrefix,
            "Analog lines only: what comes before a number within the country, such as 0",
            "--trunk-prefix DIGITS",
            options.trunkPrefix,
            &setup,
            isAsked: isAsked
        )
        try ask(
            .dialInternationalPrefix,
            "Analog lines only: what comes before another country's code, such as 00",
            "--international-prefix DIGITS",
            options.internationalPrefix,
            &setup,
            isAsked: isAsked
        )
    }

    /// Asks for a key, with its value or the program's default as the default.
    /// - Parameter isAsked: whether it matters; a flag counts in any case.
    private mutating func ask(
        _ key: ConfigurationKey,
        _ text: String,
        _ flag: String,
        _ given: String?,
        _ setup: inout LineSetup,
        isAsked: Bool = true
    ) throws(Interruption) {
        guard isAsked || given != nil else { return }
        let standard = setup[key].isEmpty ? LineSetup.standard(key) : setup[key]
        setup[key] = try questionnaire.answer(
            .init(
                flag: flag,
                text: text,
                standard: standard,
                fault: { LineSetup.fault(in: $0, of: key) }
            ),
            given: given
        )
    }
}
