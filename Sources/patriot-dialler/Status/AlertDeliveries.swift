import Dialler
import Glibc
import Logging

/// Runs the hook for what is to be told, one run at a time for each line, and remembers on disk what came of it.
final class AlertDeliveries {
    /// Hooks that run at once, for all lines together.
    private static let runLimit = 8
    /// What systemd wants of the alert process alone, and what the hook gets from its event.
    private static let ownVariables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] + AlertEvent.variables

    let rules: AlertRules
    private(set) var memory: AlertMemory
    private let hook: String
    private let directory: String
    /// Seconds.
    let limit: Int
    private let environment: [String: String]
    private let logger: Logger
    /// By the line's name.
    private var runs: [String: HookRun] = [:]
    /// Ended, and not yet forgotten.
    private var ended: [HookRun] = []
    /// When each line was last seen ready, on the clock of `AlertTime.uptime`.
    private var lastReady: [String: Int] = [:]
    private var saved: AlertMemory?
    private var hasSaveFailed = false

    init(
        hook: String,
        directory: String,
        limit: Int,
        rules: AlertRules,
        environment: [String: String],
        logger: Logger
    ) {
        self.hook = hook
        self.directory = directory
        self.limit = limit
        self.rules = rules
        self.environment = environment.filter { !Self.ownVariables.contains($0.key) }
        self.logger = logger
        memory = AlertMemory()
        load()
    }

    private var file: String { "\(directory)/alerts.json" }

    private func load() {
        do {
            memory = try AlertMemory.read(file)
            saved = memory
        } catch {
            rename(file, file + ".bad")
            logger.error("\(file) is damaged and was set aside: lines that are not ready are reported again (\(error))")
        }
        for (name, entry) in memory.lines {
            guard let event = entry.alert.events.first, event.isRunning else { continue }
            runs[name] = HookRun.adopt(prefix: prefix(of: event, line: name), limit: limit)
        }
    }

    private func prefix(of event: AlertEvent, line: String) -> String {
        "\(directory)/hook-\(line)-\(event.id)-\(event.attempts)"
    }

    // MARK: What is seen

    func update(_ lines: [LocatedLine], at time: AlertTime) {
        let configured = LineDirectory(LineDirectory.standardPath).lines
        memory.update(present: lines.map(\.name), configured: configured, at: time)
    }

    func observe(_ observation: LineObservation, of line: String, at time: AlertTime) {
        memory.lines[line]?.alert.observe(observation, at: time, lastReady: lastReady[line], rules)
        if observation.isReady { lastReady[line] = time.uptime }
    }

    /// How many events wait for the hook, or for its end.
    var waiting: Int { memory.lines.values.reduce(0) { $0 + $1.alert.events.count } }
    /// Whether a hook runs.
    var isRunning: Bool { !runs.isEmpty }

    // MARK: Hooks

    /// Takes what ended, and starts what is due unless that is not wanted any more.
    func act(at time: AlertTime, isStarting: Bool = true) {
        for (name, run) in runs {
            guard let outcome = run.outcome() else { continue }
            runs[name] = nil
            ended.append(run)
            finish(name, outcome, time)
        }
        let due = isStarting ? begin(at: time) : []
        // What is begun is on disk first: an alert process that comes later looks for it.
        save()
        // What could not be saved is still in their files.
        if saved == memory {
            for run in ended { run.forget() }
            ended = []
        }
        for (name, event) in due { start(name, event) }
    }

    private func finish(_ name: String, _ outcome: HookRun.Outcome, _ time: AlertTime) {
        guard let event = memory.lines[name]?.alert.events.first else { return }
        let metadata: Logger.Metadata = ["line": "\(name)", "alert": "\(event.state.rawValue)"]
        switch outcome {
        case .succeeded:
            memory.lines[name]?.alert.succeed()
            logger.notice("alert delivered", metadata: metadata)
        case .neverStarted:
            memory.lines[name]?.alert.withdraw()
        case .failed(let reason):
            switch memory.lines[name]?.alert.fail(at: time, rules) {
            case .givenUp:
                logger.error(
                    "alert not delivered after \(event.attempts) attempts: \(hook): \(reason)",
                    metadata: metadata
                )
            case .again, nil:
                logger.warning("attempt \(event.attempts): \(hook): \(reason); trying again", metadata: metadata)
            }
        }
    }

    private func begin(at time: AlertTime) -> [(String, AlertEvent)] {
        var due: [(String, AlertEvent)] = []
        for name in memory.lines.keys.sorted() where runs[name] == nil {
            guard runs.count + due.count < Self.runLimit else { break }
            guard memory.lines[name]?.alert.dueEvent(at: time) != nil else { continue }
            memory.lines[name]?.alert.begin()
            if let event = memory.lines[name]?.alert.events.first { due.append((name, event)) }
        }
        return due
    }

    private func start(_ name: String, _ event: AlertEvent) {
        let values = environment.merging(event.environment(line: name)) { _, new in new }
        runs[name] = HookRun.start(
            hook,
            prefix: prefix(of: event, line: name),
            environment: values,
            limit: limit
        )
        guard runs[name] == nil else { return }
        let reason = String(cString: strerror(errno))
        logger.error("cannot start a process for \(hook): \(reason)", metadata: ["line": "\(name)"])
        memory.lines[name]?.alert.withdraw()
    }

    private func save() {
        guard memory != saved else { return }
        do throws(FileWritingError) {
            try memory.write(file)
            saved = memory
            if hasSaveFailed { logger.notice("\(file) can be written again") }
            hasSaveFailed = false
        } catch {
            // Alerts are delivered anyway; a restart of this process may repeat them.
            if !hasSaveFailed { logger.error("\(file) \(error)") }
            hasSaveFailed = true
        }
    }
}
