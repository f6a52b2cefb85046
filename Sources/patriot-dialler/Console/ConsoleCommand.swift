import ArgumentParser
import Dialler

/// Opens a console to the modem, over a running line or by its port.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Watch what a line and its modem say to each other, and type AT commands.",
        discussion: """
            Attaches to a running line. Watching changes nothing. The first person to type gets exclusive use of the modem; \
            status shows it. It ends after a minute without typing, or when Patriot dials; then only /take gets it back. \
            Without a running line, --device opens the port itself. A modem that is unplugged or a line that is restarted is \
            waited for.

            Through a line, what takes a PIN or password, moves a call, diverts calls, switches the modem off or belongs to the \
            line's set-up is refused; what is not known to be harmless needs --force.

            Numbers are masked as in the log (LOG_NUMBERS), PINs always. Tab completes commands, help lists the rest. \
            Without a terminal it only watches.

            Exit code 0: ended. 66: the port cannot be opened. 67: no line is running.

            Examples:
              patriot-dialler console --explain
              patriot-dialler console --device /dev/ttyUSB2 --record modem.at
              patriot-dialler console --log modem.log --time since-last | grep CLCC
            """
    )

    @OptionGroup var place: ControlPlace
    @OptionGroup var device: DeviceOptions

    @Flag(help: "Say beside each line what it means.")
    var explain = false

    @Flag(help: "Send commands that are not known to be harmless, too; for root only.")
    var force = false

    @Flag(help: "Show bytes.")
    var hex = false

    @Option(help: "The time of day (absolute), or since the line before (since-last).")
    var time: ConsoleView.Clock = .absolute

    @Option(
        help: ArgumentHelp("Write all that is shown to this file, too.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var log: String?

    @Option(
        help: ArgumentHelp("Record the conversation, for simulate modem --script.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var record: String?

    func run() throws {
        let (source, greeting) = try open()
        var view = ConsoleView()
        view.clock = time
        view.isHex = hex
        view.isExplaining = explain
        view.isUTF8 = StandardOutput.isUTF8
        do throws(ConsoleFileError) {
            let title = "patriot-dialler \(PatriotDialler.version), \(WallClockTime.now().text)"
            let session = ConsoleSession(
                source: source,
                view: view,
                log: try log.map { path throws(ConsoleFileError) in try ConsoleLog(path) },
                recording: try record.map { path throws(ConsoleFileError) in try ConsoleRecording(path, title: title) }
            )
            session.run(greeting: greeting)
        } catch {
            StandardError.write(line: "\(error)")
            throw ExitCode(1)
        }
    }

    private func open() throws -> (any ConsoleSource, [ConsoleEvent]) {
        let opened = try device.open(place) { selector, settings, mask in
            try DirectPort(selector, settings: settings, mask: mask)
        }
        switch opened {
        case .port(let port): return (port, port.greeting)
        case .line(let path):
            let line = try attach(path)
            return (line, line.greeting)
        }
    }

    private func attach(_ path: String) throws -> AttachedLine {
        do throws(ControlClient.Failure) {
            return try AttachedLine(path: path, force: force)
        } catch {
            StandardError.write(line: "Failed: \(error).")
            StandardError.write(line: "Without a line: --device opens the modem's port itself.")
            throw ControlExit.noDaemon
        }
    }
}

extension ConsoleView.Clock: ExpressibleByArgument {}
