import Testing

/// The first thing a new user sees, run as they run it.
struct DemoTests {
    @Test func everySceneOfAGSMModemIsShownAndItEndsByItself() async throws {
        let outcome = try await Program.run(["demo"])
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
        expect(
            [
                "authentication-request (key not shown)",
                "authentication-response success",
                "The other side hangs up", "dial-request +61491570156", "active outbound +61491570156",
                "ATD+61491570156;", "not active",
                "The operator hangs up", "dial-request 5550101", "ATD5550101;", "hangup-request", "not active",
                "busy", "ATD", "BUSY", "not active",
                "call forwarding", "dial-request *21*5550123#", "not active",
                "Somebody calls", "RING", "+4930123456", "active inbound +4930123456", "not active",
            ],
            inOrderIn: outcome.output
        )
        #expect(!outcome.output.contains("\u{1B}"), "colours belong on a terminal, not in a pipe")
        #expect(!outcome.output.contains("ATD*21"))
    }

    @Test func everySceneOfAnAnalogModemIsShownAndItEndsByItself() async throws {
        let outcome = try await Program.run(["demo", "--profile", "analog"])
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
        expect(
            [
                "authentication-response success",
                "active outbound 5550101", "ATDT5550101;", "OK", "dialed", "hangup-request", "ATH", "not active",
                "active outbound 5550101", "ATDT5550101;", "NO DIALTONE", "not active",
                "dial-request +61491570156", "not active",
                "RING", "NMBR", "active inbound", "not active",
            ],
            inOrderIn: outcome.output
        )
        #expect(!outcome.output.contains("answered"))
    }

    @Test func interactiveTakesBothSides() async throws {
        let outcome = try await Program.run(
            ["demo", "--interactive"],
            input: "dial 5550101\nhangup\nring 5550102\nbusy\nunplug\nnonsense\nquit\n"
        )
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
        expect(["dial-request 5550101", "ATD5550101;", "hangup-request"], inOrderIn: outcome.output)
        #expect(outcome.output.contains("nonsense"))
    }

    /// Each text has to come after the one before it.
    private func expect(_ texts: [String], inOrderIn output: String) {
        var rest = output[...]
        for text in texts {
            guard let found = rest.firstRange(of: text) else {
                Issue.record("\"\(text)\" is not where it should be in:\n\(output)")
                return
            }
            rest = rest[found.upperBound...]
        }
    }
}
