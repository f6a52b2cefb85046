import ServiceLifecycle
import Simulation

/// The demonstration on its stage: the scenes one after another, or what a person types.
struct DemoService: Service {
    /// The scenes take some ten seconds; a demonstration that hangs must end too.
    private static let timeLimit: Duration = .seconds(60)

    let stage: Stage
    let isInteractive: Bool

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            if isInteractive {
                try await playPrompt()
            } else {
                try await withTimeLimit(Self.timeLimit) { try await playScenes() }
            }
        }
    }

    private func playScenes() async throws {
        var director = DemoDirector(stage: stage)
        try await director.untilReady()
        await stage.untilPatriotIsAdmitted()
        for scene in DemoScene.all(for: stage.profile) {
            director.show(heading: scene.title)
            try await scene.play(&director, stage)
        }
    }

    // MARK: Interactive

    private func playPrompt() async throws {
        var director = DemoDirector(stage: stage)
        try await director.untilReady()
        await stage.untilPatriotIsAdmitted()
        director.show(heading: "Your turn. Type help for the commands.")
        await withDiscardingTaskGroup { group in
            group.addTask {
                await obeyCommands()
                stage.endEvents()
            }
            await director.untilEnd()
            group.cancelAll()
        }
    }

    private func obeyCommands() async {
        for await line in StandardInput.lines() {
            guard perform(line) else { return }
        }
    }

    /// Patriot's words first, then the words of the world around the modem; `busy` is the other side's, `hangup` the
    /// operator's, `remote hangup` the other side's.
    private func perform(_ line: String) -> Bool {
        if let command = try? PatriotPrompt.parse(line) {
            switch command {
            case .quit: return false
            case .help: StandardOutput.write(line: Self.help)
            case .nothing: break
            case .dial, .hangUp, .status, .disconnect, .kill, .silence, .raw:
                if let answer = stage.patriot.perform(command) { StandardOutput.write(line: answer) }
            }
            return true
        }
        let remote = line.hasPrefix("remote ") ? String(line.dropFirst("remote ".count)) : line
        switch ModemPrompt.interpret(remote) {
        case .perform(let action): stage.modem.perform(action)
        case .unknown(let sentence): StandardOutput.write(line: sentence)
        case .status, .help, .quit, .nothing: break
        }
        return true
    }

    private static let help = """
        You are the operator at Patriot:
        \(PatriotPrompt.help)

        and the world around the modem (`remote hangup` is the other side's):
        \(ModemPrompt.help)
        """

    private func withTimeLimit(
        _ limit: Duration,
        _ operation: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw DemoError.stalled
            }
            try await group.next()
            group.cancelAll()
        }
    }
}

/// Why a demonstration was given up.
enum DemoError: Error, CustomStringConvertible {
    case stalled

    var description: String {
        "the demonstration stopped on the way: what the transcript shows last was never answered"
    }
}
