import ArgumentParser
import ServiceLifecycle

/// The peers of a line, played.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Stand in for a modem or for Patriot, for drills and tests.",
        discussion: """
            Examples:
              patriot-dialler simulate modem --link /tmp/modem
              patriot-dialler simulate patriot --key drill
              patriot-dialler simulate patriot --connect wss://192.0.2.7:9010/dialler
            """,
        subcommands: [SimulateModemCommand.self, SimulatePatriotCommand.self]
    )
}

/// A person's commands, one a line, until they quit.
///
/// The end of input ends it on a terminal only: a simulation that was started in the background, or was piped its first
/// commands, goes on until a signal ends it.
struct PromptService: Service {
    /// Carries out a line; false ends.
    let perform: @Sendable (String) async -> Bool
    /// Cleans up, however it ended.
    let end: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await line in StandardInput.lines() {
                guard await perform(line) else { return }
            }
            if !StandardInput.isTerminal { try? await gracefulShutdown() }
        }
        await end()
    }
}
