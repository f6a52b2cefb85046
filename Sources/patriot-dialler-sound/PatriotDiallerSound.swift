import ArgumentParser
import Dialler
import Glibc

/// Carries the sound of a line's calls between the modem's sound port and a headset. A process of its own: whatever a sound
/// library does, the line and its calls go on.
@main
struct PatriotDiallerSound: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patriot-dialler-sound",
        abstract: "Carry the sound of a line's calls between the modem's sound port and a headset.",
        discussion: """
            It follows the line over its control socket, and opens the modem's sound port while a call is answered. The modem must \
            have been told to put its sound there (SOUND=on). Port and devices are those of the line's configuration.

            Exit codes: 1 the configuration is wrong; 2 the command line is wrong. It waits for a line that does not run.

            Example:
              patriot-dialler-sound --line line1
            """
    )

    @Option(help: "The line's name.")
    var line: String?

    @Option(help: ArgumentHelp("The line's configuration file, instead of its name.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The tty on which the modem carries sound.", valueName: "device"))
    var port: String?

    @Option(help: ArgumentHelp("ALSA device on which the operator hears.", valueName: "device"))
    var output: String?

    @Option(help: ArgumentHelp("ALSA device into which the operator speaks.", valueName: "device"))
    var input: String?

    func validate() throws {
        if (line == nil) == (config == nil) { throw ValidationError("Give --line or --config.") }
        if let fault = line.flatMap(LineDirectory.fault) { throw ValidationError("\(fault)") }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let file = config ?? LineDirectory(LineDirectory.standardPath).configurationFile(of: line ?? "")
        let sources = ConfigurationSources(file: file, environment: ProcessEnvironment.variables)
        var sound: Configuration.Sound
        let socket: String
        do throws(ConfigurationProblem) {
            sound = try Configuration.sound(sources)
            socket = ControlSocket.path(in: try Configuration.runtimeDirectory(sources))
        } catch {
            SoundLog.write("\(error)")
            throw ExitCode(1)
        }
        sound.port = port ?? sound.port
        sound.output = output ?? sound.output
        sound.input = input ?? sound.input
        guard let port = sound.port else {
            SoundLog.write("\(file): SOUND_PORT is missing: name the tty on which the modem carries sound")
            throw ExitCode(1)
        }
        SoundProcess(socket: socket, port: port, sound: sound).run()
    }

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            SoundLog.write(fullMessage(for: error))
            Glibc.exit(2)
        }
    }
}

/// The journal, or anyone who started it.
enum SoundLog {
    static func write(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
