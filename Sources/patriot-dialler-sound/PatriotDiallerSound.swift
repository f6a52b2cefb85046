import ArgumentParser
import Dialler
import Glibc
import SoundBridge
import SoundCore

/// Carries the sound of a line's calls between the modem's sound port and a headset. A process of its own: whatever a sound
/// library does, the line and its calls go on.
@main
struct PatriotDiallerSound: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patriot-dialler-sound",
        abstract: "Carry the sound of a line's calls between the modem's sound port and a headset.",
        discussion: """
            It follows the line over its control socket, and opens the modem's sound port while a call is answered. The modem must \
            have been told to put its sound there.

            Exit codes: 0 ended by a signal; 2 the command line is wrong. It waits for a line that does not run.

            Example:
              patriot-dialler-sound --line line1 --port /dev/ttyUSB4 --output plughw:CARD=Headset --input plughw:CARD=Headset
            """
    )

    @Option(help: "The line's name.")
    var line: String?

    @Option(help: ArgumentHelp("The line's control socket, instead of its name.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The tty on which the modem carries sound.", valueName: "device"))
    var port: String

    @Option(help: ArgumentHelp("ALSA device on which the operator hears.", valueName: "device"))
    var output = "default"

    @Option(help: ArgumentHelp("ALSA device into which the operator speaks.", valueName: "device"))
    var input = "default"

    @Option(help: "Sound kept ready for the loudspeaker, in milliseconds (20 to 500).")
    var delayMs = 60

    @Option(help: "Loudness of what the operator hears, in dB (-40 to 40).")
    var gainOut = 0

    @Option(help: "Loudness of what the remote party hears, in dB (-40 to 40).")
    var gainIn = 0

    @Flag(help: "The modem wants 1600 bytes every 100 ms (Quectel's tty) instead of 320 bytes every 20 ms.")
    var quectel = false

    func validate() throws {
        if (line == nil) == (socket == nil) { throw ValidationError("Give --line or --socket.") }
        if let fault = line.flatMap(LineDirectory.fault) { throw ValidationError("\(fault)") }
        guard (20...500).contains(delayMs) else { throw ValidationError("--delay-ms is from 20 to 500.") }
        guard Gain.range.contains(gainOut), Gain.range.contains(gainIn) else {
            throw ValidationError("A gain is from -40 to 40 dB.")
        }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let socket = self.socket ?? ControlSocket.path(in: "\(Configuration.allRuntimeDirectories)/\(line ?? "")")
        let settings = CallBridge.Settings(
            delay: .milliseconds(delayMs),
            gainOut: Gain(decibels: gainOut),
            gainIn: Gain(decibels: gainIn),
            format: quectel ? .quectel : .frames20ms
        )
        SoundProcess(socket: socket, port: port, output: output, input: input, settings: settings).run()
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

/// The journal, or whoever started it.
enum SoundLog {
    static func write(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
