import ArgumentParser
import Dialler
import Logging
import ModemCore
import NIOCore
import NIOPosix
import ServiceLifecycle
import Simulation

/// Plays a modem for a line.
struct SimulateModemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modem",
        abstract: "A modem on a pseudo-terminal, and the telephone network behind it.",
        discussion: """
            Give its path to the dialler as MODEM_DEVICE. What it receives is shown with <-, what it sends with ->. Type help for what can happen \
            to it: calls come in, the other side answers or is busy, the plug is pulled.

            Examples:
              patriot-dialler simulate modem --link /tmp/modem
              patriot-dialler simulate modem --profile analog --reaction busy
              patriot-dialler simulate modem --script recorded.at --link /tmp/modem
            """
    )

    @Option(help: "What it is. (default: generic-gsm)")
    var profile: SimulatedProfile?

    @Option(
        help: ArgumentHelp("Instead of a profile: a conversation that console --record wrote.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var script: String?

    @Option(
        help: ArgumentHelp("A link to the pseudo-terminal that stays the same when replugged.", valueName: "path"),
        completion: ValueCompletion.file
    )
    var link: String?

    @Option(help: "What happens to a number that is dialled: answer, busy, reject, noanswer or ring (until you say).")
    var reaction: Reaction = .answer

    @Option(help: "All delays are divided by this.")
    var speed: Double = 1

    @Option(help: ArgumentHelp("Deliver output in pieces of 1 to this many bytes.", valueName: "bytes"))
    var chunk: Int?

    @Option(help: ArgumentHelp("The PIN its SIM asks for.", valueName: "digits"))
    var pin: String?

    @Flag(name: .customLong("without-sim"), help: "There is no SIM in it.")
    var isWithoutSIM = false

    enum Reaction: String, CaseIterable, ExpressibleByArgument {
        case answer, busy, reject, noanswer, ring

        var simulated: RemoteReaction {
            switch self {
            case .answer: .answerAfter(.seconds(4))
            case .busy: .busyAfter(.seconds(3))
            case .reject: .rejectAfter(.seconds(3))
            case .noanswer: .noAnswer
            case .ring: .ringForever
            }
        }
    }

    func validate() throws {
        if script != nil, profile != nil {
            throw ValidationError("--script and --profile both say what the modem is: give one of them.")
        }
        guard speed > 0, speed.isFinite else { throw ValidationError("--speed has to be more than 0.") }
        guard chunk.map({ $0 > 0 }) ?? true else { throw ValidationError("--chunk has to be 1 or more.") }
    }

    func run() async throws {
        var options = SimulatedModemOptions()
        options.reaction = reaction.simulated
        options.speed = speed
        options.chunkSize = chunk
        options.simPIN = pin
        options.hasSIM = !isWithoutSIM
        options.linkPath = link
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let modem: SimulatedModem
        do {
            modem = try await start(options, on: eventLoop) { event in StandardOutput.write(row: "\(event)") }
        } catch let error as SimulatedModemError {
            try fail("\(error)")
        } catch let error as TranscriptFileError {
            try fail("\(error)")
        }
        let name = script == nil ? (profile ?? .genericGSM).rawValue : "recorded"
        StandardOutput.write(line: "a \(name) modem is at \(modem.devicePath)")
        let prompt = PromptService(
            perform: { line in Self.perform(line, modem) },
            end: { await modem.stop() }
        )
        try await ServiceGroup.line([prompt], logger: Logger(label: "simulate") { _ in SwiftLogNoOpLogHandler() }).run()
    }

    private func fail(_ sentence: String) throws -> Never {
        StandardError.write(line: sentence)
        throw ExitCode(1)
    }

    private func start(
        _ options: SimulatedModemOptions,
        on eventLoop: any EventLoop,
        onEvent: @escaping @Sendable (SimulatedModemEvent) -> Void
    ) async throws -> SimulatedModem {
        guard let script else {
            return try await SimulatedModem.start(
                profile ?? .genericGSM,
                options: options,
                on: eventLoop,
                onEvent: onEvent
            )
        }
        let transcript = try ModemTranscript.read(script)
        return try await SimulatedModem.start(
            playing: transcript,
            speed: speed,
            linkPath: link,
            on: eventLoop,
            onEvent: onEvent
        )
    }

    private static func perform(_ line: String, _ modem: SimulatedModem) -> Bool {
        switch ModemPrompt.interpret(line) {
        case .perform(let action): modem.perform(action)
        case .status: StandardOutput.write(line: "\(SimulatedModemEvent.callChanged(modem.call))")
        case .help: StandardOutput.write(line: ModemPrompt.help)
        case .unknown(let sentence): StandardOutput.write(line: sentence)
        case .nothing: break
        case .quit: return false
        }
        return true
    }
}

extension SimulatedProfile: ExpressibleByArgument {}
