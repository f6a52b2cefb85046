import Testing

@testable import ModemCore

@Suite struct ModemTranscriptTests {
    @Test func whatIsWrittenIsRead() throws {
        let entries: [ModemTranscript.Entry] = [
            .comment("as delivered"), .received("RDY"), .sent("ATI"), .received("Example"), .received("OK"),
            .pause(.milliseconds(1205)), .received("RING"), .sent("ATH"),
        ]
        let transcript = try ModemTranscript(entries.map(\.text).joined(separator: "\n") + "\n")
        #expect(transcript.greeting == [.init(line: "RDY", pause: .zero, number: 2)])
        #expect(
            transcript.exchanges == [
                .init(
                    command: "ATI",
                    number: 3,
                    replies: [
                        .init(line: "Example", pause: .zero, number: 4), .init(line: "OK", pause: .zero, number: 5),
                        .init(line: "RING", pause: .milliseconds(1205), number: 7),
                    ]
                ),
                .init(command: "ATH", number: 8, replies: []),
            ]
        )
    }

    @Test func aStrangeLineIsNamed() {
        #expect(throws: ModemTranscript.Problem(number: 3)) { try ModemTranscript("> ATI\r\n\r\nOK\r\n") }
    }

    @Test(
        arguments: [
            (["+CSQ: 20,99", "OK"], nil), (["noise", "+CSQ: 7,99", "more", "OK"], nil), (["OK", "+CSQ: 7,99"], "OK"),
            (["+CSQ: 7,99"], "OK"), (["ERROR"], "+CSQ: …,99"), ([], "+CSQ: …,99"),
        ] as [([String], String?)]
    )
    func whatAnAnswerLacks(_ answer: [String], _ missing: String?) throws {
        let transcript = try ModemTranscript("> AT+CSQ\n< AT+CSQ\n< +CSQ: …,99\n< OK\n")
        #expect(transcript.exchanges[0].missing(in: answer)?.line == missing)
    }

    @Test(arguments: [
        ("OK", "OK", true), ("OK", "ok", false), ("ATD…101;", "ATD5550101;", true), ("ATD...;", "ATD5550101;", true),
        ("ATD…102;", "ATD5550101;", false), ("+CLIP: \"…\",…", "+CLIP: \"5550101\",129,,,,0", true), ("…", "", true),
        ("a…a", "a", false), ("…b…b…", "ab", false), ("…b…b…", "abab", true),
    ])
    func matching(_ expected: String, _ line: String, _ matches: Bool) {
        #expect(ModemTranscript.matches(expected, line) == matches)
    }
}
