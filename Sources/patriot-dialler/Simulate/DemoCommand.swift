import ArgumentParser
import Dialler
import Logging
import NIOPosix
import ServiceLifecycle
import Simulation

/// Shows a line at work between a simulated Patriot and a simulated modem.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "Show whole calls between a simulated Patriot and a simulated modem; needs neither a SIM nor a network.",
        discussion: """
            The daemon between the two is the real one: TLS with a pinned certificate and an API key over loopback on one \
            side, a terminal device and AT commands on the other.

            Examples:
              patriot-dialler demo
              patriot-dialler demo --profile analog
              patriot-dialler demo --listen
              patriot-dialler demo --interactive
            """
    )

    @Flag(help: "Play both ends yourself: dial, hangup, ring, answer, busy, unplug, quit.")
    var interactive = false

    @Flag(help: "Have Patriot connect to the line, as Patriot 6.13 can (PATRIOT_LISTEN).")
    var listen = false

    @Option(help: "The modem to simulate.")
    var profile: SimulatedProfile = .genericGSM

    func run() async throws {
        let stage = try await Stage(profile: profile, listens: listen)
        let demo = DemoService(stage: stage, isInteractive: interactive)
        try await ServiceGroup.line([stage.line, demo], logger: stage.logger).run()
        await stage.clear()
    }
}
