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
        abstract: "A Patriot Desktop Client's API, or with --connect a Patriot that connects to the dialler.",
        discussion: """
            Prints the settings by which a dialler finds and trusts it. Type help for what it can ask of the dialler. With \
            --connect it connects to a line with PATRIOT_LISTEN, as Patriot 6.13 can, and again whenever the connection ends.

            Examples:
              patriot-dialler simulate patriot --port 9009 --key secret
              patriot-dialler simulate patriot --connect wss://dialler1:9010/dialler
            """
    )

    @Option(help: "The TCP port; 0 takes a free one.")
    var port: UInt16 = 9009

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The API key that it accepts, or shows. For drills: the real one belongs into a file.")
    var key = "drill"

    @Option(
        help: ArgumentHelp(
            "Connect to the dialler at this address instead (WebSocketClientDiallerUrl).",
            valueName: "url"
        )
    )
    var connect: String?

    @Option(
        help: ArgumentHelp(
            "The JSON of the InitRequest (WebSocketClientDiallerConfig). Default: {\"apiKey\":\"KEY\"}.",
            valueName: "json"
        )
    )
    var config: String?

    @Option(help: ArgumentHelp("The type of the InitRequest.", valueName: "text"))
    var initType = "init-request"

    @Option(
        help: ArgumentHelp(
            "The dialler's certificate, or its issuer's. Default: this machine's authorities.",
            valueName: "file"
        )
    )
    var trust: String?

    func validate() throws {
        guard let connect else {
            if config != nil || trust != nil { throw ValidationError("--config and --trust need --connect.") }
            return
        }
        guard SimulatedPatriotCaller.URL(connect) != nil else {
            throw ValidationError("\(connect) is not a URL like wss://192.0.2.7:9010/dialler.")
        }
        if let config, !SimulatedPatriotCaller.isJSON(config) { throw ValidationError("--config is not JSON.") }
    }

    func run() async throws {
        let patriot: any SimulatedPatriotSide
        if let url = connect.flatMap(SimulatedPatriotCaller.URL.init) {
            patriot = try caller(url)
        } else {
            patriot = try await server()
        }
        let prompt = PromptService(
            perform: { line in Self.perform(line, patriot) },
            end: { await patriot.stop() }
        )
        try await ServiceGroup.line([prompt], logger: Logger(label: "simulate") { _ in SwiftLogNoOpLogHandler() }).run()
    }

    private func server() async throws -> any SimulatedPatriotSide {
        var options = SimulatedPatriot.Options(apiKey: APIKey(key))
        options.host = host
        options.port = Int(port)
        let patriot = try await SimulatedPatriot.start(options, group: MultiThreadedEventLoopGroup.singleton) { event in
            StandardOutput.write(row: "\(event)")
        }
        StandardOutput.write(
            line: """
                PATRIOT_ADDRESS=\(host)
                PATRIOT_PORT=\(patriot.port)
                PATRIOT_PINS=\(patriot.identity.certificate.pin)
                """
        )
        return patriot
    }

    private func caller(_ url: SimulatedPatriotCaller.URL) throws -> any SimulatedPatriotSide {
        var options = SimulatedPatriotCaller.Options(
            url: url,
            trust: trust.map(TLSTrust.certificateFile) ?? .system,
            payload: config ?? SimulatedPatriotCaller.payload(key: APIKey(key))
        )
        options.type = initType
        do {
            return try SimulatedPatriotCaller(options, group: MultiThreadedEventLoopGroup.singleton) { event in
                StandardOutput.write(line: "\(event)")
            }
        } catch {
            StandardError.write(line: "\(error)")
            throw ExitCode(1)
        }
    }

    private static func perform(_ line: String, _ patriot: any SimulatedPatriotSide) -> Bool {
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
