import ArgumentParser
import Dialler

/// Has a running line dial.
struct DialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dial",
        abstract: "Dial a number on a running line, as if Patriot had asked.",
        discussion: """
            The same number rules apply as for Patriot, and Patriot is informed of the call. Blanks, hyphens, dots, slashes \
            and parentheses are removed. status shows the progress of the call.

            Exit code 0: dialling. 1: not dialled; the reason is printed. 65: no answer in time. 67: no line is running.

            Examples:
              patriot-dialler dial 5550101 --line line1
              patriot-dialler dial "+49 30 123456"
            """
    )

    @Argument(help: ArgumentHelp("Digits, perhaps after +; in quotes if it has blanks.", valueName: "number"))
    var words: [String]

    @OptionGroup var place: ControlPlace

    func validate() throws {
        // Joined, a stray digit would become a part of the number.
        let whole = words.joined(separator: " ")
        if words.count > 1 { throw ValidationError("Put the number in quotes: dial \"\(whole)\"") }
    }

    func run() throws {
        let number: TypedNumber
        do throws(TypedNumber.Fault) {
            number = try TypedNumber(words.joined(separator: " "))
        } catch {
            StandardError.write(line: "Failed: \(error).")
            throw ExitCode(1)
        }
        let line = try place.connect()
        try line.perform(.dial(number.text))
        let call = try line.order(.status).status?.call
        let isDialling = call?.direction == "outbound" && call?.state == "dialing"
        StandardOutput.write(
            line: isDialling
                ? "\(line.hello.line): dialling \(number.text)"
                : "\(line.hello.line): accepted \(number.text); patriot-dialler status shows the call"
        )
    }
}

/// Has a running line hang up.
struct HangUpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hangup",
        abstract: "End the call of a running line, whatever its state.",
        discussion: """
            With no call up, it still resets a stuck line. Exit code 0: it is being hung up, or there was no call. 1: not hung \
            up; the reason is printed. 65: no answer in time. 67: no line is running.

            Example:
              patriot-dialler hangup
            """
    )

    @OptionGroup var place: ControlPlace

    func run() throws {
        let line = try place.connect()
        let call = try line.order(.status).status?.call
        try line.perform(.hangUp)
        let name = line.hello.line
        StandardOutput.write(
            line: call.map { "\(name): hanging up \($0.words)" } ?? "\(name): no call is up; resetting the line to idle"
        )
    }
}

/// Has a running line take the call that comes in.
struct AnswerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Take the call that comes in on a running line.",
        discussion: """
            Exit code 0: answering. 1: not answered; the reason is printed. 65: no answer in time. 67: no line is running.

            Example:
              patriot-dialler answer
            """
    )

    @OptionGroup var place: ControlPlace

    func run() throws {
        let line = try place.connect()
        let call = try line.order(.status).status?.call
        try line.perform(.answer)
        StandardOutput.write(line: "\(line.hello.line): answering \(call?.words ?? "the call")")
    }
}

/// Has a running line send tones into its call.
struct DTMFCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dtmf",
        abstract: "Send tones into the answered call of a running line.",
        discussion: """
            For GSM and LTE modems; on an analog line press the keys of the handset. Exit code 0: the modem sent them. 1: it \
            did not, for the reason told. 65: it did not answer in time. 66: no modem. 67: no line is running.

            Example:
              patriot-dialler dtmf '1234#'
            """
    )

    @Argument(help: "Up to 20 of 0-9, *, #, A-D.")
    var digits: String

    @OptionGroup var place: ControlPlace

    func run() throws {
        let reply = try place.connect().order(.tones(digits), timeout: .seconds(15))
        try ATSubcommand.end(with: reply)
    }
}

extension StatusReport.Call {
    /// For a sentence: `the outbound call to …101`.
    fileprivate var words: String {
        let way = direction == "outbound" ? "to" : "from"
        return "the \(direction) call" + (number.map { " \(way) \($0)" } ?? "")
    }
}
