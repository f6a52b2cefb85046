import ArgumentParser
import SerialDevice

/// Writes the rules file of the package; for anyone who changes the table of modems.
struct UdevRulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "udev-rules",
        abstract: "Print the udev rules that belong to this program's table of modems.",
        discussion: """
            Example:
              patriot-dialler udev-rules >udev/78-patriot-dialler.rules
            """,
        shouldDisplay: false
    )

    func run() async throws {
        StandardOutput.write(line: String(ModemCatalog.udevRules.dropLast()))
    }
}
