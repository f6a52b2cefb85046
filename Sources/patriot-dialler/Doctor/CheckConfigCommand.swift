import ArgumentParser
import Dialler

/// Says all that is wrong with a configuration.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration; say all that is wrong with it, with file and line.",
        discussion: """
            Exit code 0: it can be used, perhaps with warnings. 1: it cannot.

            Examples:
              sudo patriot-dialler check-config --config /etc/patriot-dialler/line1.conf
              sudo patriot-dialler check-config --config line1.conf --show
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Also print the values in force; secrets as \"(set)\".")
    var show = false

    func run() async throws {
        let loaded = options.load(environment: ProcessEnvironment.variables)
        for problem in loaded.problems {
            StandardOutput.write(line: "\(problem)")
        }
        guard let configuration = loaded.configuration else { throw ExitCode(1) }
        if show { StandardOutput.write(line: configuration.summary(mask: NumberMask(.full))) }
        let count = loaded.warnings.count
        StandardOutput.write(
            line: count == 0 ? "The configuration is fine." : "The configuration can be used; warnings: \(count)."
        )
    }
}
