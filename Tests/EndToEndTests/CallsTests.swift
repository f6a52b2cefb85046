import Glibc
import TestSupport
import Testing

/// `calls` over records as the daemon writes them.
struct CallsTests {
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private static func record(
        _ id: String,
        _ event: String,
        _ time: String,
        number: String = "5550101",
        direction: String = "outbound",
        _ rest: String = ""
    ) -> String {
        #"{"id":"\#(id)","event":"\#(event)","time":"\#(time)","line":"line1","direction":"\#(direction)","#
            + #""number":"\#(number)","requestedBy":"patriot"\#(rest)}"# + "\n"
    }

    /// Four calls of two months: one over the turn of the month, one refused, one missed, one open; and a torn line.
    private func writeRecords() throws {
        let october =
            Self.record("a", "start", "2026-10-31T11:59:00.000Z")
            + Self.record("a", "answered", "2026-10-31T11:59:10.000Z")
        let november =
            Self.record(
                "a",
                "end",
                "2026-11-02T12:01:05.500Z",
                #","result":"remote-hang-up","reason":"the remote party hung up","seconds":125.5,"answeredSeconds":115.5"#
            )
            + Self.record(
                "b",
                "refused",
                "2026-11-03T12:00:00.000Z",
                number: "+61491570156",
                #","result":"refused","reason":"no network, \"none\"""#
            ) + #"{"id":"torn","event":"sta"# + "\n"
            + Self.record("c", "start", "2026-11-04T12:00:00.000Z", number: "=1+1", direction: "inbound")
            + Self.record(
                "c",
                "end",
                "2026-11-04T12:00:09.000Z",
                number: "=1+1",
                direction: "inbound",
                #","result":"missed","reason":"","seconds":9.0"#
            ) + Self.record("d", "start", "2026-11-05T12:00:00.000Z")
        _ = try temporary.write("calls-2026-10.jsonl", october)
        _ = try temporary.write("calls-2026-11.jsonl", november)
    }

    private func calls(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(["calls", "--directory", temporary.path] + arguments)
    }

    @Test func theTableJoinsTheMonthsAndFitsATerminal() async throws {
        try writeRecords()
        let outcome = try await calls("--reasons")
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors == "Skipped 1 line: truncated or invalid.\n")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        // Local time; its form is what counts here.
        let words = lines.map { $0.split(separator: " ").dropFirst(2).joined(separator: " ") }
        #expect(
            words == [
                "result length talked", "out 5550101 remote-hang-up 2:05 1:55", "party hung up",
                "out +61491570156 refused", "\"none\"", "in =1+1 missed 0:09", "out 5550101 open",
            ]
        )
    }

    @Test(arguments: [
        (["--since", "2026-11-02"], ["b", "c", "d"]), (["--since", "2026-10-01"], ["a", "b", "c", "d"]),
        (["--number", "+61 491"], ["b"]), (["--number", "0101"], ["a", "d"]), (["--result", "missed"], ["c"]),
        (["--result", "open", "--result", "refused"], ["b", "d"]), (["--result", "answered"], ["a"]),
        (["--result", "remote"], ["a"]), (["--result", "busy"], []), (["--since", "0m"], []),
    ])
    func theFiltersChoose(_ arguments: [String], _ expected: [String]) async throws {
        try writeRecords()
        let outcome = try await Program.run(["calls", "--directory", temporary.path, "--json"] + arguments)
        #expect(outcome.exitCode == (expected.isEmpty ? 1 : 0))
        let ids = outcome.output.split(separator: "\n").compactMap { line in
            line.hasPrefix(#"{"id":""#) ? String(line.dropFirst(7).prefix { $0 != "\"" }) : nil
        }
        #expect(ids == expected)
    }

    @Test func commaSeparatedValuesAreSafeInASpreadsheet() async throws {
        try writeRecords()
        let outcome = try await calls("--csv", "--since", "2026-11-02")
        // Local times; their form is what counts here.
        let time = /,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/
        #expect(
            outcome.output.replacing(time, with: ",TIME") == #"""
                id,line,direction,number,dialled,requestedBy,adopted,start,answered,end,result,reason,seconds,answeredSeconds
                b,line1,outbound,'+61491570156,,patriot,false,,,TIME,refused,"no network, ""none""",,
                c,line1,inbound,'=1+1,,patriot,false,TIME,,TIME,missed,,9.0,
                d,line1,outbound,'5550101,,patriot,false,TIME,,,open,,,

                """#
        )
    }

    @Test func theSummaryCounts() async throws {
        try writeRecords()
        let outcome = try await calls("--summary")
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.output.hasPrefix(
                "4 calls, 2026-10-31 to 2026-11-05: 3 out, 1 in\n1 seen to be answered, talked for 1:55\n"
            )
        )
        #expect(outcome.output.contains("\n  remote-hang-up 1 "))
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(arguments: [
        ["--since", "yesterday"], ["--since", "2026-11-31"], ["--since", "-1d"], ["--since", "2026-11-03T24:00"],
        ["--number", "abc"], ["--json", "--csv"], ["--line", "../x"], ["--line", "a"],
    ])
    func aWrongCommandLineIsToldSo(_ arguments: [String]) async throws {
        let outcome = try await Program.run(["calls", "--directory", temporary.path] + arguments)
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains("Error: "))
    }

    @Test func theConfigurationSaysWhereTheRecordsAre() async throws {
        try writeRecords()
        // The rest of it may be wrong, and the key out of this reader's reach.
        let file = try temporary.write("line1.conf", "STATE_DIRECTORY=\(temporary.path)\nMODEM_BAUD_RATE=x\n")
        let outcome = try await Program.run(["calls", "--config", file])
        #expect(outcome.exitCode == 0)
        let missing = try await Program.run(["calls", "--config", temporary.path + "/none.conf"])
        #expect(missing.exitCode == 1)
        #expect(missing.errors.contains("none.conf: the configuration file does not exist"))
    }

    @Test func aDirectoryThatIsNotThereIsNamed() async throws {
        let outcome = try await Program.run(["calls", "--directory", temporary.path + "/none"])
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("none cannot be read: No such file or directory: correct the path"))
        let empty = try await calls()
        #expect(empty.exitCode == 1)
        #expect(empty.output == "No such call is recorded.\n")
    }
}
