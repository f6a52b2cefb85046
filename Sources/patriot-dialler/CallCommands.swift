import ArgumentParser
import Dialler

struct DialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dial",
        abstract: "Dial a number on a running line, as if Patriot had asked.",
        discussion: """
            The rules for numbers hold as for Patriot, which is told that a call is up. status shows how the call goes.

            Exit code 0: it is being dialled. 1: it is not, for the reason told. 67: no line is running.

            Example: patriot-dialler dial 5550101 --line line1
            """
    )

    @Argument(help: "Digits, perhaps with + before them.")
    var number: String

    @OptionGroup var place: ControlPlace

    func run() throws {
        try place.connect().obey(.dial(number))
    }
}

struct HangUpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hangup",
        abstract: "End the call of a running line, whatever its state.",
        discussion: """
            Without a call it makes the line certainly free. Exit code 0: it is being hung up. 67: no line is running.

            Example: patriot-dialler hangup
            """
    )

    @OptionGroup var place: ControlPlace

    func run() throws {
        try place.connect().obey(.hangUp)
    }
}

struct AnswerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Take the call that comes in on a running line.",
        discussion: """
            Exit code 0: it is being answered. 1: it is not, for the reason told. 67: no line is running.

            Example: patriot-dialler answer
            """
    )

    @OptionGroup var place: ControlPlace

    func run() throws {
        try place.connect().obey(.answer)
    }
}

struct DTMFCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dtmf",
        abstract: "Send tones into the answered call of a running line.",
        discussion: """
            For GSM and LTE modems; on an analog line press the keys of the handset. Exit code 0: the modem sent them. 1: it \
            did not, for the reason told. 65: it did not answer in time. 67: no line is running.

            Example: patriot-dialler dtmf '1234#'
            """
    )

    @Argument(help: "Up to 20 of 0-9, *, #, A-D.")
    var digits: String

    @OptionGroup var place: ControlPlace

    func run() throws {
        let reply = try place.connect().order(.tones(digits), timeout: .seconds(15))
        try ATCommandLine.end(with: reply)
    }
}

struct ATCommandLine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "at",
        abstract: "Send one AT command through a running line and show the answer.",
        discussion: """
            It goes out between the line's own commands, and never while a call is being placed. What would dial, hang up or \
            change how the modem answers is refused.

            Exit code 0: OK. 1: ERROR, or refused for the reason told. 65: no answer in time. 66: no modem. 67: no line is running.

            Example: patriot-dialler at 'AT+CSQ'
            """
    )

    @Argument(help: "The whole command, beginning with AT; in quotes.")
    var command: String

    @Option(help: ArgumentHelp("How long the answer may take, 1...300.", valueName: "seconds"))
    var timeout = 10

    @Flag(help: "The answer as one JSON object.")
    var json = false

    @OptionGroup var place: ControlPlace

    func validate() throws {
        if !(1...300).contains(timeout) { throw ValidationError("--timeout takes 1...300 seconds.") }
    }

    func run() throws {
        let client = try place.connect()
        let reply = try client.order(.command(command, timeout: .seconds(timeout)), timeout: .seconds(timeout + 10))
        if json {
            let members: [(String, JSONText)] = [
                ("command", .string(command)), ("lines", .array((reply.lines ?? []).map { .string($0) })),
                ("result", JSONText(reply.result)), ("error", JSONText(reply.error)),
            ]
            print(JSONText.object(members))
        } else {
            for line in reply.lines ?? [] { print(line) }
            if let result = reply.result { print(result) }
        }
        try Self.end(with: reply)
    }

    /// With the exit code that says how it went.
    static func end(with reply: ControlMessage.Reply) throws {
        switch (reply.result, reply.error) {
        case ("OK", _): return
        case (_?, _): throw ExitCode(1)
        case (nil, let error?):
            StandardError.write(line: "Not done: \(error).")
            if error.hasPrefix("the modem did not answer") { throw ControlExit.timedOut }
            throw error.hasPrefix("the modem") ? ControlExit.noModem : ExitCode(1)
        case (nil, nil): throw ExitCode(1)
        }
    }
}
