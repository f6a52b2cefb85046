import ArgumentParser
import Dialler
import NIOOpenSSL
import PatriotLink

/// Shows the certificate that Patriot presents, and has a person decide whether to trust it.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Show Patriot's certificate and, if you say so, trust its key from now on.",
        discussion: """
            Connects to Patriot as `run` does, shows the certificate and why it is trusted or not, asks, and writes the \
            pin of its key into the configuration file as PATRIOT_PINS. The API key is not sent. \
            \(CertificateView.comparison)

            Exit code 0: Patriot is trusted now. 1: it is not.

            Examples:
              sudo patriot-dialler trust --config /etc/patriot-dialler/line1.conf
              sudo patriot-dialler trust --config /etc/patriot-dialler/line1.conf --add
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Keep the pins that are set and add this one: before a planned change of the key.")
    var add = false

    @Flag(help: "Do not ask. For scripts that know the certificate.")
    var yes = false

    func run() async throws {
        let configuration = try load()
        let finding = try await look(configuration)
        switch finding {
        case .trusted(let certificate):
            show(certificate)
            StandardOutput.write(
                line: "\nIt is trusted, by \(CertificateView.source(of: configuration.patriot.trust))."
            )
        case .untrusted(let failure):
            guard let certificate = failure.certificate else { try fail("\(failure)") }
            show(certificate)
            StandardOutput.write(line: "\nNot trusted yet: \(CertificateView.text(failure.reason, certificate)).")
            try await trust(certificate, in: configuration)
        }
    }

    private func load() throws -> Configuration {
        let loaded = options.load(environment: ProcessEnvironment.variables)
        for problem in loaded.problems { StandardError.write(line: "\(problem)") }
        guard let configuration = loaded.configuration else { throw ExitCode(1) }
        return configuration
    }

    private func look(_ configuration: Configuration) async throws -> PatriotProbe.Finding {
        do {
            return try await CertificateView.look(configuration)
        } catch {
            try fail("No certificate seen at \(CertificateView.place(configuration.patriot)): \(error)")
        }
    }

    private func show(_ certificate: TLSCertificate) {
        StandardOutput.write(line: CertificateView.text(certificate))
    }

    private func trust(_ certificate: TLSCertificate, in configuration: Configuration) async throws {
        let pins = (add ? Self.pins(of: configuration.patriot.trust) : []) + [certificate.pin]
        let value = pins.map(\.description).joined(separator: ",")
        guard let file = options.file else {
            try fail("No configuration file was named (--config FILE). To trust it, set PATRIOT_PINS=\(value)")
        }
        guard isWanted(file, insteadOf: configuration.patriot.trust) else {
            try fail("Nothing was changed.")
        }
        do throws(ConfigurationEditError) {
            try ConfigurationEdit.set(.patriotPins, to: value, in: file)
        } catch {
            try fail("\(file): \(error)")
        }
        StandardOutput.write(line: "\(file): PATRIOT_PINS=\(value)")
        // A flag or the environment may beat the file, and Patriot is asked once more in any case.
        guard case .trusted = try await look(try load()) else {
            try fail(
                "It is still not trusted: PATRIOT_PINS is also set on the command line or in the environment, and wins."
            )
        }
        let line = LineDirectory(LineDirectory.standardPath).line(ofFile: file) ?? "LINE"
        StandardOutput.write(
            line: "Patriot is trusted now. To apply it to a running line: "
                + "sudo systemctl reload patriot-dialler@\(line)"
        )
    }

    private func isWanted(_ file: String, insteadOf trust: TLSTrust) -> Bool {
        if yes { return true }
        let replaced = add ? [] : Self.pins(of: trust)
        if !replaced.isEmpty {
            StandardOutput.write(
                line: "This replaces the current \(replaced.map(\.description).joined(separator: ", "))."
            )
        }
        if case .certificateFile(let path) = trust {
            StandardOutput.write(line: "From then on only pins count, and \(path) no more.")
        }
        guard StandardInput.isTerminal else {
            StandardOutput.write(line: "Not a terminal: run it in a terminal, or with --yes.")
            return false
        }
        StandardOutput.write(line: "\(CertificateView.comparison)\nTrust this key from now on, in \(file)? [y/N]")
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    private func fail(_ sentence: String) throws -> Never {
        StandardError.write(line: sentence)
        throw ExitCode(1)
    }

    private static func pins(of trust: TLSTrust) -> [SPKIPin] {
        switch trust {
        case .pins(let pins): pins
        case .system, .certificateFile: []
        }
    }
}
