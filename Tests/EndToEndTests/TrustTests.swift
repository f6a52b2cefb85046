import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)))
struct TrustTests {
    private struct Bench {
        let directory: TemporaryDirectory
        let file: String
        /// The pin of the Patriot that answers.
        let pin: String

        init(address: String, port: String, pin: String, configuration: String = "") throws {
            directory = try TemporaryDirectory()
            let key = try directory.write("key", "drill\n")
            file = try directory.write(
                "line.conf",
                """
                # the line of the night shift
                PATRIOT_API_KEY_FILE=\(key)
                PATRIOT_ADDRESS=\(address)
                PATRIOT_PORT=\(port)
                \(configuration)
                """,
                mode: 0o640
            )
            self.pin = pin
        }

        var text: String { get throws { try directory.read(file) } }
    }

    private static let otherPin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    /// Runs the body while a simulated Patriot answers.
    private func withPatriot(configuration: String = "", _ body: (Bench) async throws -> Void) async throws {
        try await Program.whileRunning(["simulate", "patriot", "--port", "0"], untilItSays: "PATRIOT_PINS=") { said in
            func value(_ key: String) throws -> String {
                try #require(
                    said.split(separator: "\n").first { $0.hasPrefix(key + "=") }.map {
                        String($0.dropFirst(key.count + 1))
                    }
                )
            }
            let bench = try Bench(
                address: try value("PATRIOT_ADDRESS"),
                port: try value("PATRIOT_PORT"),
                pin: try value("PATRIOT_PINS"),
                configuration: configuration
            )
            try await body(bench)
        }
    }

    @Test func showsAndChangesNothingWhenNobodyCanBeAsked() async throws {
        try await withPatriot { bench in
            let before = try bench.text
            let outcome = try await Program.run(["trust", "--config", bench.file])
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.contains(bench.pin))
            #expect(outcome.output.contains("desktop-client-api.patriotsystems.com"))
            #expect(outcome.output.contains("self-signed certificate"))
            #expect(try bench.text == before)
        }
    }

    @Test func writesThePinAndThenFindsItTrusted() async throws {
        try await withPatriot { bench in
            let outcome = try await Program.run(["trust", "--yes", "--config", bench.file])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let reload = "To apply it to a running line: sudo systemctl reload patriot-dialler@LINE\n"
            #expect(outcome.output.hasSuffix(reload))
            #expect(try bench.text.hasPrefix("# the line of the night shift\n"))
            #expect(try bench.text.hasSuffix("PATRIOT_PINS=\(bench.pin)\n"))
            let again = try await Program.run(["trust", "--config", bench.file])
            #expect(again.exitCode == 0)
            #expect(again.output.contains("It is trusted, by the pin of its key."))
        }
    }

    @Test(arguments: [false, true])
    func replacesOrKeepsTheOldPin(isAdded: Bool) async throws {
        try await withPatriot(configuration: "PATRIOT_PINS=\(Self.otherPin)") { bench in
            let outcome = try await Program.run(
                ["trust", "--yes", "--config", bench.file] + (isAdded ? ["--add"] : [])
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("none of those pinned (\(Self.otherPin))"))
            let pins = isAdded ? "\(Self.otherPin),\(bench.pin)" : bench.pin
            #expect(try bench.text.hasSuffix("PATRIOT_PINS=\(pins)\n"))
        }
    }

    @Test func isNotDoneWhileAFlagBeatsTheFile() async throws {
        try await withPatriot { bench in
            let outcome = try await Program.run([
                "trust", "--yes", "--config", bench.file, "--patriot-pins", Self.otherPin,
            ])
            #expect(outcome.exitCode == 1)
            #expect(outcome.errors.contains("still not trusted"))
        }
    }

    @Test func namesTheSettingWithoutAFileToWriteItTo() async throws {
        try await withPatriot { bench in
            let outcome = try await Program.run([
                "trust", "--yes", "--patriot-api-key-file", bench.directory.path + "/key", "--patriot-address",
                "127.0.0.1",
                "--patriot-port", try #require(try bench.text.firstMatch(of: /PATRIOT_PORT=([0-9]+)/)?.1.description),
            ])
            #expect(outcome.exitCode == 1)
            #expect(outcome.errors.contains("PATRIOT_PINS=\(bench.pin)"))
        }
    }

    @Test func saysWhyNothingAnswers() async throws {
        let bench = try Bench(address: "127.0.0.1", port: "1", pin: "")
        let outcome = try await Program.run(["trust", "--config", bench.file])
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("connection refused"))
    }
}
