import ArgumentParser
import Glibc
import NIOCore
import NIOOpenSSL
import NIOPosix

/// The program: its subcommands, and what they have in common.
@main
struct PatriotDialler: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "patriot-dialler",
        abstract:
            "Dials the numbers that an operator clicks in Patriot, on a USB modem, and tells Patriot the truth about the call.",
        discussion: """
            Exit codes: 0 done, or all is well; 1 failed, the reason is printed; 2 the command line is wrong; 65 no answer in time; \
            66 no modem; 67 no line is running.

            Example, without a modem or a Patriot at hand:
              patriot-dialler demo
            """,
        version: version,
        subcommands: [
            RunCommand.self, StatusCommand.self, DialCommand.self, HangUpCommand.self, AnswerCommand.self,
            DTMFCommand.self,
            ATSubcommand.self, ConsoleCommand.self, CallsCommand.self, SetupCommand.self, DoctorCommand.self,
            SupportBundleCommand.self, ModemsCommand.self, TrustCommand.self, CertificateCommand.self,
            AlertCommand.self, CheckConfigCommand.self, DemoCommand.self, SimulateCommand.self, UdevRulesCommand.self,
        ]
    )

    static func main() async {
        // A peer that closes its end while we write is an error code, never the end of the process.
        signal(SIGPIPE, SIG_IGN)
        if CommandLine.arguments.dropFirst().first == RunCommand.configuration.commandName { EarlySignals.keep() }
        OpenSSLLibrary.keepUntilTheEnd()
        // Both sides of a line share one event loop: a request crosses no thread on its way to the tty.
        NIOSingletons.groupLoopCountSuggestion = 1
        if let misspelled = MisspelledCommand(Array(CommandLine.arguments.dropFirst()), of: Self.self) {
            StandardError.write(line: misspelled.message)
            Glibc.exit(2)
        }
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            finish(with: error)
        }
    }

    /// ArgumentParser's own way out, except for its exit code of a wrong command line (EX_USAGE, 64), which here is 2.
    private static func finish(with error: any Error) -> Never {
        let code = exitCode(for: error)
        guard code == .validationFailure else { exit(withError: error) }
        StandardError.write(line: fullMessage(for: error))
        Glibc.exit(2)
    }
}
