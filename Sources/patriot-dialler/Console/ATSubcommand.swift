import ArgumentParser
import Dialler
import ModemCore
import PatriotCore

/// Sends AT commands to the modem, over a running line or by its port.
struct ATSubcommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "at",
        abstract: "Send AT commands to the modem and show the answers.",
        discussion: """
            They go through a running line, between its own commands, and never while a call is being placed. What takes a \
            PIN or password, dials, hangs up, diverts calls, switches the modem off or changes what the line has set up is \
            refused. Questions and what is known to be harmless are sent; all else needs --force, which only root may use. \
            With --device they go to a port that no line has open.

            A script is what console --record writes: each line with > is sent, and has to be answered by the lines with < \
            that follow, among others; … in them stands for anything. It ends at the first answer that is not as expected.

            Exit code 0: OK, or all as expected. 1: ERROR, not as expected, or refused; the reason is printed. 65: no answer in \
            time. 66: no modem. 67: no line is running.

            Examples:
              patriot-dialler at 'AT+CSQ'
              patriot-dialler at --device /dev/ttyUSB2 ATI
              patriot-dialler at --script check.at
            """
    )

    @Argument(help: "The whole command, beginning with AT; in quotes.")
    var command: String?

    @Option(help: ArgumentHelp("What is sent and expected.", valueName: "file"), completion: ValueCompletion.file)
    var script: String?

    @Option(help: ArgumentHelp("How long an answer may take, 1...300.", valueName: "seconds"))
    var timeout = 10

    @Flag(help: "The answer as one JSON object; of a script, one for each command.")
    var json = false

    @Flag(help: "Send it although it is not known to be harmless; for root only.")
    var force = false

    @OptionGroup var place: ControlPlace
    @OptionGroup var device: DeviceOptions

    func validate() throws {
        if (command == nil) == (script == nil) {
            throw ValidationError("Give one command, such as 'AT+CSQ', or --script.")
        }
        if !(1...300).contains(timeout) { throw ValidationError("--timeout takes 1...300 seconds.") }
    }

    func run() throws {
        if let command {
            let reply = try chat()(command)
            show(command, reply)
            try Self.end(with: reply)
        } else if let script {
            try run(script)
        }
    }

    // MARK: One command

    /// What sends a command and gives its answer.
    private typealias Chat = (String) throws -> ControlMessage.Reply

    private func chat() throws -> Chat {
        let timeout = Duration.seconds(timeout)
        switch try device.open(place, port: { try DirectChat($0, settings: $1, mask: $2) }) {
        case .port(let chat): return { chat.run($0, timeout: timeout) }
        case .line(let path):
            let client = try ControlPlace.connect(to: path)
            // Nobody else's command in between.
            if script != nil { try client.perform(.lease(true)) }
            return { try client.order(.command($0, timeout: timeout, force: force), timeout: timeout + .seconds(10)) }
        }
    }

    private func show(_ command: String, _ reply: ControlMessage.Reply) {
        guard !json else { return StandardOutput.write(row: "\(JSONText.object(members(command, reply)))") }
        for line in reply.lines ?? [] { StandardOutput.write(row: line) }
        if let result = reply.result { StandardOutput.write(row: result) }
    }

    private func members(_ command: String, _ reply: ControlMessage.Reply) -> [(String, JSONText)] {
        [
            ("command", .string(command)), ("lines", .array((reply.lines ?? []).map { .string($0) })),
            ("result", JSONText(reply.result)), ("error", JSONText(reply.error)),
        ]
    }

    /// With the exit code that says how it went.
    static func end(with reply: ControlMessage.Reply) throws {
        switch (reply.result, reply.error) {
        case ("OK", _): return
        case (_?, _): throw ExitCode(1)
        case (nil, let error?):
            StandardError.write(line: "Failed: \(error).")
            switch reply.failure {
            case .timedOut: throw ControlExit.timedOut
            case .noModem: throw ControlExit.noModem
            default: throw ExitCode(1)
            }
        case (nil, nil): throw ExitCode(1)
        }
    }

    // MARK: A script

    private func run(_ script: String) throws {
        let transcript: ModemTranscript
        do throws(TranscriptFileError) {
            transcript = try ModemTranscript.read(script)
        } catch {
            StandardError.write(line: "\(error)")
            throw ExitCode(1)
        }
        let chat = try chat()
        for exchange in transcript.exchanges {
            let reply = try chat(exchange.command)
            let missing = exchange.missing(in: (reply.lines ?? []) + [reply.result].compactMap { $0 })
            if json {
                let members = members(exchange.command, reply) + [("missing", JSONText(missing?.line))]
                StandardOutput.write(row: "\(JSONText.object(members))")
            } else {
                StandardOutput.write(row: "> \(exchange.command)")
                for line in (reply.lines ?? []) + [reply.result].compactMap({ $0 }) {
                    StandardOutput.write(row: "< \(line)")
                }
            }
            if reply.result == nil { try Self.end(with: reply) }
            if let missing {
                StandardError.write(line: "\(script):\(missing.number): not answered: \(missing.line)")
                throw ExitCode(1)
            }
        }
    }
}
