import Testing

struct ModemsTests {
    /// The machine that runs this may have ports or none; both answers are whole.
    @Test func tellsPortsOrThatThereAreNone() async throws {
        let outcome = try await Program.run(["modems"])
        if outcome.exitCode == 0 {
            #expect(outcome.output.hasPrefix("/dev/"))
        } else {
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.contains("no USB serial port"))
        }
        let json = try await Program.run(["modems", "--json"])
        #expect(json.exitCode == outcome.exitCode)
        #expect(json.output == "[]\n" || json.output.hasPrefix(#"[{"node":"/dev/"#))
    }

    @Test func theRulesAreForUdev() async throws {
        let outcome = try await Program.run(["udev-rules"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("ID_MM_DEVICE_IGNORE"))
        #expect(outcome.output.hasSuffix("LABEL=\"patriot_dialler_end\"\n"))
    }
}
