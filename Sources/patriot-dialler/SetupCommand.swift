import ArgumentParser
import Dialler

/// Asks what a line needs, writes its files and starts it.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract:
            "Set a line up: ask which modem, where Patriot is and what it is trusted by; write the files; start it.",
        discussion: """
            Asks for everything not given as an option. Defaults are what was detected or, for an existing line, its settings. Nothing is \
            written before the last answer. Then it writes LINE.conf and LINE.key (mode 0600), keeps what they replace as \
            .bak, starts patriot-dialler@LINE.service and waits up to 20 s for it to be ready. Where nobody can be asked it \
            says which flags are missing. The API key is never shown, nor taken from the command line.

            Exit code 0: the line is ready, or was not to be started. 1: it is not ready, or nothing was changed. 2: flags \
            are wrong or missing.

            Examples:
              sudo patriot-dialler setup
              sudo patriot-dialler setup --yes --address 192.0.2.7 --api-key-file key.txt \\
                --trust-certificate patriot.cer
            """
    )

    @OptionGroup var options: SetupOptions

    @Flag(name: .customLong("no-start"), help: "Write the files and start nothing.")
    var isOnlyWritten = false

    func run() async throws {
        let directory = LineDirectory(options.directory)
        if let fault = directory.fault {
            StandardError.write(line: fault)
            throw ExitCode(1)
        }
        do {
            let installation = try await answered(in: directory)
            try write(installation)
            let isRestartNeeded = try allowPort(installation)
            if installation.setup.listens {
                StandardOutput.write(line: try ListeningInstructions(installation: installation).text() + "\n")
            }
            try await start(installation, isRestartNeeded: isRestartNeeded)
        } catch let fault as UsageFault {
            StandardError.write(line: fault.text)
            throw ExitCode(2)
        } catch let refusal as SetupRefusal {
            StandardError.write(line: "\(refusal.text)\nNothing was changed.")
            throw ExitCode(1)
        } catch let error as LineInstallationError {
            StandardError.write(line: "\(error)\nNothing was changed.")
            throw ExitCode(1)
        } catch is Interruption {
            StandardError.write(line: "\nNothing was changed.")
            throw ExitCode(1)
        }
    }

    /// Whether systemd takes the line over from here.
    private var isStarted: Bool {
        !isOnlyWritten && options.directory == LineDirectory.standardPath && Systemctl.isThere
    }

    /// What is to be written, confirmed where somebody can be asked.
    private func answered(in directory: LineDirectory) async throws -> LineInstallation {
        var conversation = SetupConversation(options: options, directory: directory)
        while true {
            do {
                var installation = try await conversation.installation()
                if directory.path == LineDirectory.standardPath {
                    installation.runtimeDirectory = "\(Configuration.allRuntimeDirectories)/\(installation.line)"
                }
                if conversation.questionnaire.asks { try confirm(installation, conversation.questionnaire) }
                return installation
            } catch Interruption.back {
                conversation.questionnaire.goBack()
            }
        }
    }

    private func confirm(_ installation: LineInstallation, _ questionnaire: Questionnaire) throws {
        let file = installation.directory.configurationFile(of: installation.line)
        let text = String(decoding: try installation.configuration(), as: UTF8.self)
        StandardOutput.write(line: "\n\(file):\n\n" + text)
        let question = isStarted ? "Write it and start the line?" : "Write it?"
        guard try questionnaire.isYes(question, standard: true) else { throw Interruption.ended }
    }

    private func write(_ installation: LineInstallation) throws(LineInstallationError) {
        let outcome = try installation.write()
        for warning in outcome.warnings { StandardError.write(line: "\(warning)") }
        let written = outcome.written.joined(separator: ", ")
        StandardOutput.write(line: written.isEmpty ? "Nothing had to be changed." : "Written: \(written)")
        if !outcome.kept.isEmpty {
            StandardOutput.write(line: "Old files saved as: \(outcome.kept.joined(separator: ", "))")
        }
    }

    /// The unit of a line may listen only on the port of its own drop-in.
    /// - Returns: whether the line has to be restarted for it.
    private func allowPort(_ installation: LineInstallation) throws(LineInstallationError) -> Bool {
        guard options.directory == LineDirectory.standardPath, Systemctl.isThere else { return false }
        let unit = ListeningUnit(line: installation.line)
        let port = installation.setup.listeningPort
        guard try unit.allow(port) else { return false }
        StandardOutput.write(line: port == nil ? "Removed: \(unit.file)" : "Written: \(unit.file)")
        return Systemctl.reloadUnits()
    }

    private func start(_ installation: LineInstallation, isRestartNeeded: Bool) async throws {
        let line = installation.line
        guard isStarted else {
            let isInPlace = options.directory == LineDirectory.standardPath
            let command =
                isInPlace
                ? "sudo systemctl enable --now patriot-dialler@\(line)"
                : "patriot-dialler run --config \(installation.directory.configurationFile(of: line))"
            return StandardOutput.write(line: "To start the line: \(command)")
        }
        let unit = Systemctl(line: line)
        // A new key reaches the line only when it starts; a call that is up goes on.
        let hasNewSecret =
            installation.apiKey != nil || installation.simPIN != nil || installation.identity?.keepsKey == false
        let verb = hasNewSecret || isRestartNeeded ? "restart" : "reload-or-restart"
        guard unit.run("enable"), unit.run(verb) else {
            StandardError.write(line: "\(unit.unit) could not be started. To see why: systemctl status \(unit.unit)")
            throw ExitCode(1)
        }
        let (isWorking, sentence) = try await readiness(of: unit, of: installation)
        StandardOutput.write(line: sentence)
        guard isWorking else {
            StandardOutput.write(line: "To see what is missing: sudo patriot-dialler doctor --line \(line)")
            throw ExitCode(1)
        }
    }

    /// Whether a click in Patriot can become a call; of a line that Patriot connects to, also whether it may connect now.
    private func isWorking(_ status: StatusReport, _ installation: LineInstallation) -> Bool {
        if status.isReady { return true }
        return installation.setup.listens && status.modem.isReady && status.patriot.state == "listening"
    }

    /// Waits until the line works, at most 20 s.
    /// - Returns: beside that the line's sentence about itself, from its report or, where it gives none, from systemd.
    private func readiness(
        of unit: Systemctl,
        of installation: LineInstallation
    ) async throws -> (isWorking: Bool, sentence: String) {
        StandardOutput.write(line: "The line is started. Waiting for modem and Patriot …")
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let report = try? installation.runtimeDirectory.flatMap {
                try ControlClient(path: ControlSocket.path(in: $0)).ask(.status).status
            }
            let sentence = report?.sentence ?? unit.statusText()
            if report.map({ isWorking($0, installation) }) ?? Systemctl.tellsReady(sentence) { return (true, sentence) }
            guard ContinuousClock.now < end else {
                return (false, sentence.isEmpty ? "The line reported no status." : sentence)
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
