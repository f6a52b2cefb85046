import ArgumentParser
import Dialler
import Glibc
import Logging

/// Watches all lines and runs a site's executable when one is not ready.
struct AlertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert",
        abstract: "Watch all lines; run an executable when one is not ready for some time, and when it is again.",
        discussion: """
            The unit patriot-dialler-alert.service runs it; it is off until you enable it. The executable, the hook, is yours: copy \
            the example and edit it. It gets no arguments. Exit code 0 means that the alert was delivered; after another one \
            it is run again. When it takes longer than --timeout, its process group is killed, and that is a failure too. Each \
            event is delivered once, whatever happens to the alert process; only when the hook itself is killed from outside \
            may it run twice for one event, with the same ALERT_ID.

            In its environment:
              LINE            the name of the line
              STATE           not-ready, ready, call-started, call-answered, call-ended
              SENTENCE        the line's status as a sentence, or how the call ended
              SINCE           since when: 2026-11-22T09:05:07.042Z
              REASON          with not-ready: not-running, no-answer, not-allowed,
                              no-patriot, or modem.state of status --json
              OUTAGE_SECONDS  with ready: how long it was not ready
              CALL_DIRECTION  with call-…: outbound or inbound
              CALL_NUMBER     masked as in the log; unset if not known
              CALL_RESULT     with call-ended: one word, as in the call records
              CALL_SECONDS    since the call began; with call-ended, its length
              ALERT_ID        a word that no other event has
              ATTEMPT         1 at first

            A line is ready if a click in Patriot can become a call, or is one. A line that does not run or does not answer \
            is not ready. Call events that happen while this command is not running are not reported.

            Exit code 0: it was stopped by a signal. 1: it cannot work, and says why.

            Examples:
              patriot-dialler alert --hook /tmp/hook --state-directory /tmp --after 5
              sudo install -m 755 \\
                /usr/share/doc/patriot-dialler/examples/alert /etc/patriot-dialler/
              sudo systemctl enable --now patriot-dialler-alert
            """
    )

    @Option(
        help: ArgumentHelp("The executable, an absolute path.", valueName: "file"),
        completion: ValueCompletion.file
    )
    var hook = "/etc/patriot-dialler/alert"

    @Option(
        help: ArgumentHelp("How long a line must be not ready: 1 to 86400 seconds.", valueName: "seconds")
    )
    var after = 60

    @Flag(help: "A line whose modem is ready counts as ready, connected to Patriot or not.")
    var ignorePatriot = false

    @Flag(help: "Also run the hook when a call starts, is answered and ends.")
    var calls = false

    @Option(help: ArgumentHelp("How long the hook may take: 1 to 600 seconds.", valueName: "seconds"))
    var timeout = 30

    @Option(help: ArgumentHelp("How often the hook is run for one event at most: 1 to 20.", valueName: "number"))
    var attempts = 5

    @Option(
        help: ArgumentHelp(
            "How long to wait after the first failure: 0 to 600 seconds; after each further one twice as long, at most 600.",
            valueName: "seconds"
        )
    )
    var retryDelay = 10

    @Option(
        help: ArgumentHelp(
            "Where it is remembered what was delivered; a directory. By default the unit's.",
            valueName: "directory"
        ),
        completion: .directory
    )
    var stateDirectory: String?

    func validate() throws {
        guard hook.hasPrefix("/") else { throw ValidationError("--hook is not an absolute path: begin it with /.") }
        let ranges = [
            ("--after", after, 1...86_400), ("--timeout", timeout, 1...600), ("--attempts", attempts, 1...20),
            ("--retry-delay", retryDelay, 0...600),
        ]
        for (name, value, range) in ranges where !range.contains(value) {
            throw ValidationError("\(name) must be \(range.lowerBound) to \(range.upperBound), not \(value).")
        }
    }

    func run() throws {
        // Before there is another thread.
        guard let signals = SignalPipe([SIGTERM, SIGINT, SIGCHLD]) else { throw failure("no file descriptors left") }
        let environment = ProcessEnvironment.variables
        guard let directory = stateDirectory ?? environment["STATE_DIRECTORY"] else {
            throw failure("no directory for what was delivered: give one with --state-directory")
        }
        guard access(hook, X_OK) == 0 else {
            throw failure(
                "cannot execute \(hook) (\(String(cString: strerror(errno)))): copy the example "
                    + "/usr/share/doc/patriot-dialler/examples/alert there, edit it, and chmod 755 it"
            )
        }
        guard access(directory, W_OK | X_OK) == 0 else {
            throw failure("cannot write to \(directory): \(String(cString: strerror(errno)))")
        }
        if let holder = LineLock.take(file: "\(directory)/lock") {
            throw failure("\(directory) is in use by \(holder): one alert process is enough, stop that one first")
        }
        let logger = Logger(label: "patriot-dialler") { _ in
            DiallerLogHandler(level: .info, numbers: .masked, style: .forStandardError(environment: environment))
        }
        let deliveries = AlertDeliveries(
            hook: hook,
            directory: directory,
            limit: timeout,
            rules: AlertRules(after: after, hasCalls: calls, attempts: attempts, retryDelay: retryDelay),
            environment: environment,
            logger: logger
        )
        logger.notice("watching all lines for \(after) s without being ready; hook: \(hook)")
        let watch = AlertWatch(deliveries, ignoresPatriot: ignorePatriot, environment: environment)
        watch.run(until: signals)
    }

    private func failure(_ reason: String) -> ExitCode {
        StandardError.write(line: "Failed: \(reason).")
        return ExitCode(1)
    }
}
