import Basics
import Dialler
import NIOOpenSSL
import PatriotCore

extension SetupConversation {
    /// The port that is proposed; Patriot's own server has 9009.
    private static let standardPort = "9010"

    /// Who connects to whom, which decides what else is asked.
    mutating func askWhoConnects(_ setup: inout LineSetup) throws(Interruption) {
        if let place = options.listen { return setup.meet(listeningOn: place) }
        let isOutgoing = options.isOutgoing
        guard questionnaire.asks, !isOutgoing else {
            return setup.meet(listeningOn: isOutgoing || !setup.listens ? nil : setup[.patriotListen])
        }
        questionnaire.say(
            """
            How Patriot and this computer meet:
              1  This computer connects to Patriot.
                 For any Patriot; its PC must be reachable from here (port proxy, SSH tunnel or WSL).
              2  Patriot connects to this computer ("Patriot as Client").
                 For Patriot 6.13 and later; opens a port here, and Windows must trust this computer's certificate.
            """
        )
        let answer = try questionnaire.answer(
            .init(
                flag: "--listen [ADDRESS:]PORT",
                text: "Who connects (1 or 2)",
                standard: setup.listens ? "2" : "1",
                fault: { ["1", "2"].contains($0) ? nil : "Answer 1 or 2." }
            ),
            given: nil
        )
        guard answer == "2" else { return setup.meet(listeningOn: nil) }
        let place = try questionnaire.answer(
            .init(
                flag: "--listen [ADDRESS:]PORT",
                text: "Port of this computer that Patriot connects to",
                standard: setup.listens ? setup[.patriotListen] : Self.standardPort,
                fault: { LineSetup.fault(in: $0, of: .patriotListen) }
            ),
            given: nil
        )
        setup.meet(listeningOn: place)
    }

    /// Keeps a certificate that is there; else makes one for the names that are asked for.
    mutating func askForCertificate(_ installation: inout LineInstallation) throws {
        if let path = options.path { installation.setup[.patriotPath] = path }
        let files = LineCertificate(directory: directory, line: installation.line)
        let present = (try? files.current()) ?? nil
        if let present, options.names.isEmpty || Set(options.names) == Set(present.names.map(\.raw)) { return }
        let proposed = LineCertificate.proposedNames(present: present, computer: .now)
        let names = try CertificateCommand.askForNames(proposed, given: options.names, &questionnaire)
        guard !names.isEmpty, names.allSatisfy({ LineCertificate.fault(inName: $0) == nil }) else { return }
        do throws(LineCertificate.Failure) {
            installation.identity = try files.made(names: names)
        } catch {
            throw SetupRefusal(text: "\(error)")
        }
    }

    /// 32 letters and digits, chosen by the system's random numbers: 165 bits.
    static func newKey() -> Secret {
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        return Secret(String((0..<32).compactMap { _ in letters.randomElement(using: &generator) }))
    }
}

/// What is left to do for a line that Patriot connects to: in the firewall, and on Patriot's PC.
struct ListeningInstructions {
    let installation: LineInstallation

    /// - Throws: what keeps the files that were just written from being read.
    func text() throws -> String {
        let directory = installation.directory
        let line = installation.line
        let setup = installation.setup
        guard let port = setup.listeningPort,
            let certificate = try LineCertificate(directory: directory, line: line).current()
        else { return "" }
        let key = try installation.apiKey ?? SecretFile.copy(of: setup[.patriotAPIKeyFile])
        let settings = PatriotClientSettings(
            host: certificate.names.first?.raw ?? "",
            port: port,
            path: setup[.patriotPath].isEmpty ? Configuration.Listening.defaultPath : setup[.patriotPath],
            apiKey: APIKey(key.text)
        )
        let firewall =
            Firewall.installed().map { "To let Patriot through the firewall: \($0.command(port: port))" }
            ?? "No firewall was found on this computer."
        let width = settings.escaped.map(\.name.count).max() ?? 0
        let rows = settings.escaped.map { name, value in
            "  " + name + String(repeating: " ", count: width - name.count + 2) + value
        }
        return """

            \(firewall)

            \(CertificateView.windowsText(certificate))

            \(CertificateInstructions(directory: directory, line: line).trust(certificate))

            Settings for the Patriot Client's .config file (escaped for XML; the key is in them):
            \(rows.joined(separator: "\n"))
            """
    }
}
