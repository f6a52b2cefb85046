import TestSupport
import Testing

struct CheckConfigTests {
    @Test func allProblemsAreToldAtOnceWithFileAndLine() async throws {
        let directory = try TemporaryDirectory()
        let key = try directory.write("key", "ABC123DEF456\n", mode: 0o644)
        let file = try directory.write(
            "line.conf",
            """
            PATRIOT_PROT=9009
            PATRIOT_PORT=9009
            PATRIOT_PORT=9010
            MODEM_BAUD_RATE=fast
            PATRIOT_API_KEY_FILE=\(key)
            SIM_PIN_FILE=/nonexistent/pin
            """
        )
        let outcome = try await Program.run(["check-config", "--config", file])
        #expect(outcome.exitCode == 1)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("\(file):1: PATRIOT_PROT") && $0.contains("PATRIOT_PORT") })
        #expect(lines.contains { $0.hasPrefix("\(file):3: PATRIOT_PORT") && $0.contains("line 2") })
        #expect(lines.contains { $0.hasPrefix("\(file):4: MODEM_BAUD_RATE") })
        #expect(lines.contains { $0.hasPrefix("\(file):5: PATRIOT_API_KEY_FILE") && $0.contains("chmod 600") })
        #expect(lines.contains { $0.hasPrefix("\(file):6: SIM_PIN_FILE") && $0.contains("/nonexistent/pin") })
        #expect(!outcome.output.contains("ABC123DEF456"))
    }

    @Test func aConfigurationThatIsFineIsOneLine() async throws {
        let directory = try TemporaryDirectory()
        let key = try directory.write("key", "ABC123DEF456\n")
        let file = try directory.write("line.conf", "PATRIOT_API_KEY_FILE=\(key)\n")
        let outcome = try await Program.run(["check-config", "--config", file])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == "The configuration is fine.\n")
    }

    @Test func aLineWithABrokenConfigurationDoesNotStart() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("line.conf", "PATRIOT_PORT=many\n")
        let outcome = try await Program.run(["run", "--config", file])
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("\(file):1: PATRIOT_PORT"))
    }
}
