import ArgumentParser
import Dialler
import NIOOpenSSL

/// Makes the certificate of a line that Patriot connects to.
struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Make or renew the certificate that a Patriot which connects to this computer is shown.",
        discussion: """
            For a line with PATRIOT_LISTEN. Asks for the names and addresses by which Patriot's PC reaches this computer, makes \
            a key and a self-signed certificate (EC P-256, ten years), and prints the commands that import it into Windows. The \
            key of a certificate that is there is kept. With --certificate it takes a certificate that the site issued. Files \
            that are replaced are kept as .bak.

            Exit code 0: the files are in place. 1: nothing was changed. 2: the command line is wrong.

            Examples:
              sudo patriot-dialler certificate --line line1
              sudo patriot-dialler certificate --line line1 --name 192.0.2.7
              sudo patriot-dialler certificate --line line1 --certificate site.pem
              patriot-dialler certificate --line line1 --show
            """
    )

    @Option(help: ArgumentHelp("The line.", valueName: "name"))
    var line: String

    @Option(
        name: .customLong("name"),
        help: ArgumentHelp("A host name or IP address of this computer; may be repeated. Nothing is asked then.")
    )
    var names: [String] = []

    @Option(help: ArgumentHelp("Take this certificate instead, with its issuers after it (PEM).", valueName: "file"))
    var certificate: String?

    @Option(
        help: ArgumentHelp("The private key of --certificate, if it is in a file of its own (PEM).", valueName: "file")
    )
    var key: String?

    @Flag(help: "Make a new key: after the present one was disclosed.")
    var newKey = false

    @Flag(help: "Do not ask: take this computer's name and addresses.")
    var yes = false

    @Flag(help: "Show the certificate that is there, and change nothing.")
    var show = false

    @Option(help: ArgumentHelp("Where the lines' files are.", valueName: "path"))
    var directory = LineDirectory.standardPath

    func validate() throws {
        if let fault = LineDirectory.fault(inName: line) { throw ValidationError("\(fault).") }
        for name in names {
            if let fault = LineCertificate.fault(inName: name) { throw ValidationError("\(fault).") }
        }
        if names.count > LineCertificate.maximumNames {
            throw ValidationError("At most \(LineCertificate.maximumNames) names fit into a certificate.")
        }
        if certificate == nil, key != nil { throw ValidationError("--key needs --certificate.") }
        if certificate != nil, newKey || !names.isEmpty {
            throw ValidationError("--certificate cannot be combined with --name or --new-key.")
        }
        if show, newKey || !names.isEmpty || certificate != nil {
            throw ValidationError("--show changes nothing: give it alone.")
        }
    }

    func run() throws {
        let directory = LineDirectory(directory)
        let files = LineCertificate(directory: directory, line: line)
        do {
            if show { return try showPresent(files) }
            if let fault = directory.fault { try fail(fault) }
            let pair = try pair(files)
            let outcome = try files.write(pair)
            report(pair, outcome, CertificateInstructions(directory: directory, line: line))
        } catch let fault as UsageFault {
            StandardError.write(line: fault.text)
            throw ExitCode(2)
        } catch let failure as LineCertificate.Failure {
            try fail("\(failure)\nNothing was changed.")
        } catch let error as LineInstallationError {
            try fail("\(error)\nNothing was changed.")
        } catch is Interruption {
            try fail("\nNothing was changed.")
        }
    }

    private func showPresent(_ files: LineCertificate) throws {
        guard let present = try files.current() else {
            try fail(
                "\(files.certificateFile) does not exist. To make it: sudo patriot-dialler certificate --line \(line)"
            )
        }
        StandardOutput.write(line: CertificateView.windowsText(present))
    }

    private func pair(_ files: LineCertificate) throws -> LineCertificate.Pair {
        if let certificate { return try files.taken(certificate: certificate, key: key) }
        // A certificate that cannot be read is replaced.
        let present = (try? files.current()) ?? nil
        if let present, !present.isSelfIssued {
            throw LineCertificate.Failure.unusable(
                file: files.certificateFile,
                "it was issued by \(present.issuer): name the renewed one with --certificate, or remove the file"
            )
        }
        var questionnaire = Questionnaire(isTerminal: StandardInput.isTerminal, takesDefaults: yes)
        let proposed = LineCertificate.proposedNames(present: present, computer: .now)
        let names = try Self.askForNames(proposed, given: names, &questionnaire)
        guard questionnaire.missing.isEmpty else { throw UsageFault([], missing: questionnaire.missing) }
        return try files.made(names: names, hasNewKey: newKey)
    }

    /// The names and addresses of this computer, as `setup` and `certificate` ask for them.
    static func askForNames(
        _ proposed: [String],
        given: [String],
        _ questionnaire: inout Questionnaire
    ) throws(Interruption) -> [String] {
        let answer = try questionnaire.answer(
            .init(
                flag: "--name NAME",
                text: "Names and addresses by which Patriot's PC reaches this computer",
                standard: proposed.isEmpty ? nil : proposed.joined(separator: " "),
                fault: { text in
                    let names = CertificateCommand.names(in: text)
                    guard !names.isEmpty else { return "A certificate needs at least one name or address." }
                    guard names.count <= LineCertificate.maximumNames else {
                        return "At most \(LineCertificate.maximumNames) names fit into a certificate."
                    }
                    return names.lazy.compactMap(LineCertificate.fault(inName:)).first
                }
            ),
            given: given.isEmpty ? nil : given.joined(separator: " ")
        )
        return names(in: answer)
    }

    /// Separated by spaces or commas; each once.
    private static func names(in text: String) -> [String] {
        var names: [String] = []
        for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let name = word.lowercased()
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func report(
        _ pair: LineCertificate.Pair,
        _ outcome: LineInstallation.Outcome,
        _ instructions: CertificateInstructions
    ) {
        let written = outcome.written.joined(separator: ", ")
        StandardOutput.write(line: written.isEmpty ? "Nothing had to be changed." : "Written: \(written)")
        if !outcome.kept.isEmpty { StandardOutput.write(line: "Kept: \(outcome.kept.joined(separator: ", "))") }
        StandardOutput.write(line: "\n" + CertificateView.windowsText(pair.identity.certificate))
        StandardOutput.write(line: "\n" + instructions.trust(pair.identity.certificate))
        StandardOutput.write(line: "\n" + instructions.use(keepsKey: pair.keepsKey))
    }

    private func fail(_ sentence: String) throws -> Never {
        StandardError.write(line: sentence)
        throw ExitCode(1)
    }
}

/// What is left to do on Patriot's PC and here once a line has its certificate.
struct CertificateInstructions {
    let directory: LineDirectory
    let line: String

    /// How Windows comes to trust it.
    func trust(_ certificate: TLSCertificate) -> String {
        let path = directory.tlsCertificateFile(of: line)
        guard certificate.isSelfIssued else {
            return "Patriot's PC must trust the certificate's issuer: \(certificate.issuer)."
        }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return """
            Copy \(path) to Patriot's PC and compare the thumbprint there:
              certutil -dump \(file)
            Then import it, for all users (as administrator), or for the user who runs Patriot:
              certutil -addstore Root \(file)
              certutil -user -addstore Root \(file)
            """
    }

    /// How the line comes to use it.
    func use(keepsKey: Bool) -> String {
        guard directory.path == LineDirectory.standardPath else {
            return "A running line uses it after SIGHUP."
        }
        // systemd reads the key when the line starts.
        let action = keepsKey ? "reload" : "restart"
        return "A running line uses it after: sudo systemctl \(action) patriot-dialler@\(line)"
    }
}
