import Testing

struct CommandLineTests {
    @Test func versionIsOneLine() async throws {
        let outcome = try await Program.run(["--version"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        ["--help"], ["run", "--help"], ["demo", "--help"], ["simulate", "--help"], ["check-config", "--help"],
        ["modems", "--help"], ["trust", "--help"],
    ])
    func helpShowsAnExampleOrTheCommands(_ arguments: [String]) async throws {
        let outcome = try await Program.run(arguments)
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("USAGE: patriot-dialler"))
    }

    @Test(arguments: [["nonsense"], ["run", "--nonsense"], ["demo", "--profile", "nonsense"]])
    func wrongCommandLineIsTwo(_ arguments: [String]) async throws {
        let outcome = try await Program.run(arguments)
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains("nonsense"))
    }

    @Test func completionsAreWritten() async throws {
        let outcome = try await Program.run(["--generate-completion-script", "bash"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("check-config"))
    }
}
