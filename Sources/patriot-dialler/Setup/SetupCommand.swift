import ArgumentParser
import Dialler
import PatriotCore
import SerialDevice

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
            are wrong or missing. With --yes a second run with the same answers writes nothing and restarts nothing.

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
            if options.check { return try rehearse(installation) }
            let written = try write(installation)
            if installation.setup.listens {
                options.output(try ListeningInstructions(installation: installation).text() + "\n")
            }
            let hasStarted = try start(installation, written: written)
            report(installation.line, written: written, isStarted: hasStarted)
            if isStarted { try await awaitReadiness(installation) }
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
                if conversation.questionnaire.asks, !options.check {
                    try confirm(installation, conversation.questionnaire)
                }
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

    /// - Returns: the files that are new or other than before.
    private func write(_ installation: LineInstallation) throws(LineInstallationError) -> [String] {
        let outcome = try installation.write()
        for warning in outcome.warnings { StandardError.write(line: "\(warning)") }
        var written = outcome.written
        let kept = outcome.kept
        if let file = try allowPort(installation) { written.append(file) }
        options.output(
            written.isEmpty ? "Nothing had to be changed." : "Written: \(written.joined(separator: ", "))"
        )
        if !kept.isEmpty { options.output("Old files saved as: \(kept.joined(separator: ", "))") }
        return written
    }

    /// The unit of a line may listen only on the port of its own drop-in.
    /// - Returns: the drop-in, if it was written or removed.
    private func allowPort(_ installation: LineInstallation) throws(LineInstallationError) -> String? {
        guard options.directory == LineDirectory.standardPath, Systemctl.isThere else { return nil }
        let unit = ListeningUnit(line: installation.line)
        guard try unit.allow(installation.setup.listeningPort) else { return nil }
        _ = Systemctl.reloadUnits()
        return unit.file
    }

    /// What would be written, for a person or a program.
    private func rehearse(_ installation: LineInstallation) throws(LineInstallationError) {
        let outcome = try installation.rehearse()
        for warning in outcome.warnings { StandardError.write(line: "\(warning)") }
        let list = outcome.written.joined(separator: ", ")
        options.output(list.isEmpty ? "Nothing would be changed." : "Would be written: \(list)")
        report(installation.line, written: outcome.written, isStarted: false)
    }

    /// For a program, where one reads standard output.
    private func report(_ line: String, written: [String], isStarted: Bool) {
        guard options.json else { return }
        let object = JSONText.object([
            ("line", .string(line)),
            ("changed", .bool(!written.isEmpty || isStarted)),
            ("written", .array(written.map { .string($0) })),
            ("started", .bool(isStarted)),
        ])
        StandardOutput.write(row: "\(object)")
    }

    /// - Returns: whether systemd had anything to do.
    private func start(_ installation: LineInstallation, written: [String]) throws -> Bool {
        let line = installation.line
        guard isStarted else {
            let isInPlace = options.directory == LineDirectory.standardPath
            let command =
                isInPlace
                ? "sudo systemctl enable --now patriot-dialler@\(line)"
                : "patriot-dialler run --config \(installation.directory.configurationFile(of: line))"
            options.output("To start the line: \(command)")
            return false
        }
        let unit = Systemctl(line: line)
        if written.isEmpty, unit.run("is-enabled"), unit.run("is-active") { return false }
        guard unit.run("enable"), unit.run(verb(for: written, of: installation)) else {
            StandardError.write(line: "\(unit.unit) could not be started. To see why: systemctl status \(unit.unit)")
            throw ExitCode(1)
        }
        freeModem(of: installation)
        options.output("The line is started. Waiting for modem and Patriot …")
        return true
    }

    /// A modem that was plugged in before the udev rules were installed may still be open in ModemManager.
    private func freeModem(of installation: LineInstallation) {
        let name = installation.setup[.modemDevice]
        guard let selector = name.isEmpty ? .automatic : ModemSelector(name),
            let port = try? ModemDiscovery.resolve(selector), ModemManagerVerdict.isKeptOff(port),
            let report = PortReport.all(of: [port]).first, report.holder?.isModemManager ?? false
        else { return }
        options.output("ModemManager holds \(port.node): restarting it, so that it leaves the modem to the line.")
        if !Systemctl.restartModemManager() {
            StandardError.write(line: "That failed. To see why: systemctl status ModemManager")
        }
    }

    /// A new secret, or another port, reaches the line only when it starts; a call that is up goes on.
    private func verb(for written: [String], of installation: LineInstallation) -> String {
        if written.isEmpty { return "start" }
        let directory = installation.directory
        let line = installation.line
        let needsRestart = [
            directory.apiKeyFile(of: line), directory.simPINFile(of: line), directory.tlsKeyFile(of: line),
            ListeningUnit(line: line).file,
        ]
        return written.contains(where: needsRestart.contains) ? "restart" : "reload-or-restart"
    }

    /// Waits until the line is ready.
    private func awaitReadiness(_ installation: LineInstallation) async throws {
        let unit = Systemctl(line: installation.line)
        let (isWorking, sentence) = try await readiness(of: unit, of: installation)
        options.output(sentence)
        guard isWorking else {
            options.output("To see what is missing: sudo patriot-dialler doctor --line \(installation.line)")
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
