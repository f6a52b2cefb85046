import ArgumentParser
import Logging
import NIOOpenSSL
import NIOPosix
import PatriotCore
import ServiceLifecycle
import Simulation

/// Plays Patriot for a line.
struct SimulatePatriotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patriot",
        abstract: "A Patriot Desktop Client's API, with a certificate of its own.",
        discussion: """
            Prints the settings by which a dialler finds and trusts it. Type help for what it can ask of the dialler.

            Example:
              patriot-dialler simulate patriot --port 9009 --key secret
            """
    )

    @Option(help: "The TCP port; 0 takes a free one.")
    var port: UInt16 = 9009

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The API key that it accepts. For drills: the real one belongs into a file.")
    var key = "drill"

    func run() async throws {
        var options = SimulatedPatriot.Options(apiKey: APIKey(key))
        options.host = host
        options.port = Int(port)
        let patriot = try await SimulatedPatriot.start(options, group: MultiThreadedEventLoopGroup.singleton) { event in
            StandardOutput.write(line: "\(event)")
        }
        StandardOutput.write(
            line: """
                PATRIOT_ADDRESS=\(host)
                PATRIOT_PORT=\(patriot.port)
                PATRIOT_PINS=\(patriot.identity.certificate.pin)
                """
        )
        let prompt = PromptService(
            obey: { line in Self.obey(line, patriot) },
            end: { await patriot.stop() }
        )
        try await ServiceGroup.line([prompt], logger: Logger(label: "simulate") { _ in SwiftLogNoOpLogHandler() }).run()
    }

    private static func obey(_ line: String, _ patriot: SimulatedPatriot) -> Bool {
        do throws(PatriotPrompt.Mistake) {
            let command = try PatriotPrompt.parse(line)
            if let answer = patriot.perform(command) { StandardOutput.write(line: answer) }
            return command != .quit
        } catch {
            StandardOutput.write(line: "\(error)")
            return true
        }
    }
}
