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
                "the other side hangs up", "dial-request +61491570156", "dialing", "ATD+61491570156;",
                "active outbound +61491570156", "alerting", "active", "NO CARRIER", "not active",
                "the operator hangs up", "dial-request 5550101", "ATD5550101;", "active outbound 5550101",
                "hangup-request", "AT+CHUP", "not active",
                "is busy", "ATD5550177;", "BUSY", "not active",
                "call forwarding", "dial-request *21*5550123#", "DIAL_ALLOW_MMI", "not active",
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
                "ATDT5550101;", "active outbound 5550101", "OK", "dialed", "hangup-request", "ATH", "not active",
                "ATDT5550101;", "active outbound 5550101", "NO DIALTONE", "not active",
                "dial-request +61491570156", "DIAL_INTERNATIONAL_PREFIX", "not active",
                "Somebody calls", "RING", "NMBR", "active inbound", "not active",
            ],
            inOrderIn: outcome.output
        )
        let states = outcome.output.split(separator: "\n").filter { !$0.contains("call-status-update") }
            .compactMap { $0.split(separator: " ").last }
        #expect(outcome.output.contains("dialed, the operator confirms"))
        #expect(!states.contains("active"), "an analog modem cannot know of an answer")
    }

    @Test func everySceneIsShownWherePatriotConnectsToTheLine() async throws {
        let outcome = try await Program.run(["demo", "--listen"])
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
        expect(
            [
                "waiting on 127.0.0.1:", "connected from 127.0.0.1", "dial-request +61491570156", "ATD+61491570156;",
                "active outbound +61491570156", "NO CARRIER", "not active", "hangup-request", "AT+CHUP", "not active",
                "Somebody calls", "active inbound +4930123456", "not active",
            ],
            inOrderIn: outcome.output
        )
    }

    @Test(.timeLimit(.minutes(1)))
    func interactiveTakesBothSides() async throws {
        let outcome = try await Program.converse(
            ["demo", "--interactive"],
            [
                .init(awaited: "Your turn", typed: "dial 5550101"),
                .init(awaited: "dialing", typed: "hangup"),
                .init(awaited: "call-status-update not active", typed: "ring 5550102"),
                .init(awaited: "active inbound 5550102", typed: "stop"),
                .init(awaited: "call-status-update not active", typed: "next ring\ndial 5550103"),
                .init(awaited: "alerting", typed: "busy"),
                .init(awaited: "call-status-update not active", typed: "nonsense"),
                .init(awaited: "\"nonsense\" is not known here", typed: "dial 5550104"),
                .init(awaited: "active outbound 5550104", typed: "unplug"),
                .init(awaited: "call-status-update not active", typed: "quit"),
            ]
        )
        #expect(outcome.exitCode == 0, "\(outcome.output)")
        expect(
            [
                "dial-request 5550101", "hangup-request", "not active",
                "active inbound 5550102", "not active",
                "ATD5550103;", "BUSY", "not active",
                "ATD5550104;", "unplugged", "not active",
            ],
            inOrderIn: outcome.output
        )
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
