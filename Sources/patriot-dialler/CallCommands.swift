import ArgumentParser
import Dialler

/// Has a running line dial.
struct DialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dial",
        abstract: "Dial a number on a running line, as if Patriot had asked.",
        discussion: """
            The rules for numbers hold as for Patriot, which is told that a call is up. status shows how the call goes.

            Exit code 0: dialling. 1: not dialled; the reason is printed. 65: no answer in time. 67: no line is running.

            Example:
              patriot-dialler dial 5550101 --line line1
            """
    )

    @Argument(help: "Digits, perhaps with + before them.")
    var number: String

    @OptionGroup var place: ControlPlace

    func run() throws {
        try place.connect().obey(.dial(number))
    }
}

/// Has a running line hang up.
struct HangUpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hangup",
        abstract: "End the call of a running line, whatever its state.",
        discussion: """
            With no call up, it still resets a stuck line. Exit code 0: it is being hung up. 1: it is not, for the reason \
            told. 65: no answer in time. 67: no line is running.

            Example:
              patriot-dialler hangup
            """
    )

    @OptionGroup var place: ControlPlace

    func run() throws {
        try place.connect().obey(.hangUp)
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
        try place.connect().obey(.answer)
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
