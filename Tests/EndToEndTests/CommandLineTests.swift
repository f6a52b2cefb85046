import Testing

struct CommandLineTests {
    @Test func versionIsOneLine() async throws {
        let outcome = try await Program.run(["--version"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.split(separator: "\n").count == 1)
    }

    private static let subcommands = [
        "run", "status", "dial", "hangup", "answer", "dtmf", "at", "console", "calls", "setup", "doctor",
        "support-bundle", "modems", "trust", "certificate", "alert", "check-config", "demo", "simulate",
    ]

    /// What is shown can be pasted: no comment beside it, and not broken by a terminal of 80 columns.
    @Test(arguments: [""] + subcommands + ["simulate modem", "simulate patriot", "udev-rules"])
    func helpEndsWithExamplesThatCanBePasted(_ command: String) async throws {
        let outcome = try await Program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(outcome.exitCode == 0)
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        let usage = try #require(lines.firstIndex { $0.hasPrefix("USAGE: patriot-dialler") })
        let heading = try #require(lines[..<usage].firstIndex { $0.hasPrefix("Example") && $0.hasSuffix(":") })
        let examples = lines[(heading + 1)..<usage].filter { !$0.isEmpty }
        #expect(examples.first?.contains("patriot-dialler ") == true)
        for example in examples {
            #expect(example.hasPrefix("  ") && example.count <= 80 && !example.hasSuffix(")"), "\(example)")
            #expect(!example.dropFirst(2).contains("   "), "\(example)")
        }
    }

    @Test func noSubcommandIsLeftOut() async throws {
        let lines = try await Program.run(["--help"]).output.split(separator: "\n").drop { $0 != "SUBCOMMANDS:" }
        let names = lines.filter { $0.prefix { $0 == " " }.count == 2 }.compactMap { $0.split(separator: " ").first }
        #expect(names.filter { $0 != "See" }.map(String.init) == Self.subcommands)
    }

    @Test(arguments: [["nonsense"], ["run", "--nonsense"], ["demo", "--profile", "nonsense"]])
    func wrongCommandLineIsTwo(_ arguments: [String]) async throws {
        let outcome = try await Program.run(arguments)
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains("nonsense"))
    }

    @Test(arguments: [
        (["hang-up"], "hangup"), (["hangUp"], "hangup"), (["stat"], "status"), (["staus", "--json"], "status"),
        (["docter"], "doctor"), (["call", "5550101"], "dial"), (["checkconfig"], "check-config"), (["modem"], "modems"),
        (["answr"], "answer"), (["simulate", "patriots"], "simulate patriot"), (["supportbundle"], "support-bundle"),
    ])
    func misspelledCommandsAreCorrected(_ arguments: [String], _ meant: String) async throws {
        let outcome = try await Program.run(arguments)
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.hasPrefix("Unknown command: "))
        #expect(outcome.errors.hasSuffix("Did you mean: patriot-dialler \(meant)\n"))
    }

    @Test(arguments: ["xyzzy", "\u{1B}[2J", String(repeating: "s", count: 5000)])
    func aWordLikeNoCommandIsLedToHelp(_ word: String) async throws {
        let outcome = try await Program.run([word])
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.hasSuffix("patriot-dialler --help lists the commands.\n"))
        #expect(!outcome.errors.contains("\u{1B}"))
    }

    @Test func aNumberInPiecesIsNotJoined() async throws {
        let outcome = try await Program.run(["dial", "555", "0101"])
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains("Put the number in quotes: dial \"555 0101\""))
    }

    @Test(arguments: [
        (
            ["--link", "/no/such/folder/modem"],
            "The link /no/such/folder/modem cannot be made (No such file or directory): does its folder exist, "
        ),
        (["--script", "/no/such/script.at"], "/no/such/script.at does not exist: "),
    ])
    func aSimulationThatCannotBeginSaysWhyInOneVoice(_ arguments: [String], _ words: String) async throws {
        let outcome = try await Program.run(["simulate", "modem"] + arguments)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.hasPrefix(words), "\(outcome.errors)")
    }

    @Test func completionsAreWritten() async throws {
        let outcome = try await Program.run(["--generate-completion-script", "bash"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("check-config"))
    }
}
