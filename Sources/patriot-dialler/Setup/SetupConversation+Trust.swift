import Dialler
import NIOOpenSSL
import PatriotLink

extension SetupConversation {
    /// Nobody is taken for Patriot by silence: it needs a flag, or `--yes` for what is trusted now.
    mutating func noteTrustIfMissing() {
        let isDecided = options.trustPin != nil || options.trustCertificate != nil || options.trustShown
        guard !isDecided, !questionnaire.isTerminal, !questionnaire.takesDefaults else { return }
        questionnaire.note(
            .init(
                flag: "--trust-certificate FILE, --trust-pin PIN or --trust-shown",
                text: "What Patriot is trusted by",
                standard: "what is trusted now",
                fault: { _ in nil }
            )
        )
    }

    /// By a flag, or by what a person says of the certificate that is shown.
    /// - Returns: false where Patriot is not trusted, or not there, and the person knows.
    mutating func decideTrust(_ installation: inout LineInstallation) async throws -> Bool {
        if let pin = options.trustPin {
            Self.pin(pin, in: &installation.setup)
        } else if let file = options.trustCertificate {
            installation.certificate = try certificate(in: file)
        } else if options.trustShown {
            try await trustShown(&installation.setup)
        } else if questionnaire.asks {
            let file = directory.configurationFile(of: installation.line)
            if try await !isDecided(&installation.setup) {
                questionnaire.say(
                    "The line does not connect before Patriot is trusted: sudo patriot-dialler trust --config \(file)"
                )
                return false
            }
        }
        return true
    }

    private func certificate(in file: String) throws -> [UInt8] {
        do throws(TLSError) {
            return Array(try CertificateFile.load(file).map(\.pem).joined().utf8)
        } catch {
            throw UsageFault(["--trust-certificate: \(error)"])
        }
    }

    private func trustShown(_ setup: inout LineSetup) async throws {
        let finding: PatriotProbe.Finding
        do {
            finding = try await CertificateView.look(Configuration(patriot: setup.patriot))
        } catch {
            throw SetupRefusal(text: "No certificate seen at \(CertificateView.place(setup.patriot)): \(error)")
        }
        guard case .untrusted(let failure) = finding else { return }
        guard let certificate = failure.certificate else { throw SetupRefusal(text: "\(failure)") }
        options.output(CertificateView.text(certificate))
        Self.pin(certificate.pin.description, in: &setup)
    }

    /// Shows what answers and asks. Patriot may be off just now: then another address, once more, or later.
    /// - Returns: whether Patriot is trusted now.
    private func isDecided(_ setup: inout LineSetup) async throws -> Bool {
        while true {
            StandardOutput.write(line: "\nConnecting to \(CertificateView.place(setup.patriot)) …")
            do {
                let finding = try await CertificateView.look(Configuration(patriot: setup.patriot))
                return try isTrusted(finding, &setup)
            } catch let failure as PatriotProbe.Failure {
                questionnaire.say(
                    """
                    No certificate was seen: \(failure). The Patriot Client has to be open on its PC.
                    Try \u{22}again\u{22}, type another address, or leave it for \u{22}later\u{22}.
                    """
                )
            }
            guard try hasAnotherTry(&setup) else { return false }
        }
    }

    private func isTrusted(_ finding: PatriotProbe.Finding, _ setup: inout LineSetup) throws(Interruption) -> Bool {
        switch finding {
        case .trusted(let certificate):
            let source = CertificateView.source(of: setup.patriot.trust)
            StandardOutput.write(line: "\(CertificateView.text(certificate))\n\nIt is trusted, by \(source).")
            return true
        case .untrusted(let failure):
            guard let certificate = failure.certificate else {
                StandardOutput.write(line: "\(failure)")
                return false
            }
            // Not prose: it is compared.
            StandardOutput.write(line: CertificateView.text(certificate))
            questionnaire.say(
                """

                Not trusted yet: \(CertificateView.text(failure.reason, certificate)).
                \(CertificateView.comparison)
                """
            )
            guard try questionnaire.isYes("Trust this key from now on?") else { return false }
            Self.pin(certificate.pin.description, in: &setup)
            return true
        }
    }

    /// Whether to look once more, perhaps elsewhere.
    private func hasAnotherTry(_ setup: inout LineSetup) throws(Interruption) -> Bool {
        while true {
            let answer = try questionnaire.line("again, an address, or later [later]: ")
            switch answer.lowercased() {
            case "", "later": return false
            case "again": return true
            default:
                guard let fault = LineSetup.fault(in: answer, of: .patriotAddress) else {
                    setup[.patriotAddress] = answer
                    return true
                }
                StandardOutput.write(line: "  \(fault)")
            }
        }
    }

    private static func pin(_ pin: String, in setup: inout LineSetup) {
        setup[.patriotPins] = pin
        setup[.patriotCAFile] = ""
    }
}
