import Glibc
import Logging
import NIOConcurrencyHelpers
import Synchronization
import Testing

@testable import Dialler

@Suite("A log event is one safe line")
struct DiallerLogHandlerTests {
    /// Keeps the lines that a handler writes.
    private final class Lines: Sendable {
        private let lines = NIOLockedValueBox<[[UInt8]]>([])
        private let isFull = Atomic(false)

        /// False, and nothing kept, while it is full.
        func append(_ line: [UInt8]) -> Bool {
            guard !isFull.load(ordering: .relaxed) else { return false }
            lines.withLockedValue { $0.append(line) }
            return true
        }

        func setFull(_ isFull: Bool) { self.isFull.store(isFull, ordering: .relaxed) }

        var texts: [String] { lines.withLockedValue { $0.map { String(decoding: $0, as: UTF8.self) } } }
    }

    private func line(
        _ message: Logger.Message,
        level: Logger.Level = .notice,
        metadata: Logger.Metadata = [:],
        style: LogStyle = .journal,
        numbers: NumberVisibility = .masked
    ) throws -> String {
        let lines = Lines()
        let handler = DiallerLogHandler(
            level: .trace,
            numbers: numbers,
            style: style,
            clock: { WallClockTime(seconds: 1_795_338_307, milliseconds: 42) },
            sink: { lines.append($0) }
        )
        let logger = Logger(label: "test") { _ in handler }
        logger.log(level: level, message, metadata: metadata)
        #expect(lines.texts.count == 1)
        return try #require(lines.texts.first)
    }

    @Test("On a pipe the line has time, level, message and metadata in the order of the keys")
    func plainText() throws {
        let text = try line(
            "Connected",
            metadata: ["port": "9009", "host": "patriot.example"],
            style: .text(isColored: false)
        )
        #expect(text == "2026-11-22T09:05:07.042Z notice   Connected host=patriot.example port=9009\n")
    }

    @Test("On a terminal the level has a colour")
    func coloredText() throws {
        let text = try line("Lost", level: .error, style: .text(isColored: true))
        #expect(text == "2026-11-22T09:05:07.042Z \u{1B}[31merror   \u{1B}[0m Lost\n")
    }

    @Test(
        "In the journal the line has syslog's priority and no time",
        arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2])
    )
    func journal(_ level: Logger.Level, _ priority: Int) throws {
        #expect(try line("Hello", level: level) == "<\(priority)>\(level.rawValue): Hello\n")
    }

    @Test(
        "A value is quoted where it would not be one word, and nothing invisible stays",
        arguments: [
            ("", "\"\""), ("plain", "plain"), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
            ("say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""), ("C:\\path", "C:\\path"),
            ("a\r\n<0>critical: forged", "\"a\\r\\n<0>critical: forged\""), ("\u{1B}[2J", "\"\\u{1B}[2J\""),
            ("\u{9B}2J", "\"\\u{9B}2J\""), ("\u{202E}gpj", "\"\\u{202E}gpj\""), ("\u{2028}", "\"\\u{2028}\""),
            ("\u{0}\u{7F}\t", "\"\\u{0}\\u{7F}\\t\""), ("grüße", "grüße"),
        ]
    )
    func quoting(_ value: String, _ written: String) throws {
        #expect(try line("M", metadata: ["key": "\(value)"]) == "<5>notice: M key=\(written)\n")
    }

    @Test("Neither a message nor a key can forge a line")
    func forgedMessage() throws {
        let text = try line("a\n<0>b\u{1B}]0;c\u{7}", metadata: ["k\n": "v", "k = x": "v"])
        #expect(text == "<5>notice: a\\n<0>b\\u{1B}]0;c\\u{7} \"k\\n\"=v \"k = x\"=v\n")
    }

    @Test("Numbers and secrets are masked by the value's key, in lists and dictionaries too")
    func masking() throws {
        let metadata: Logger.Metadata = [
            "number": "+61491570156", "at.line": "ATD5550156;", "port": "12345",
            "list": .dictionary(["number": .array(["5550156", "112"])]),
        ]
        #expect(
            try line("M", metadata: metadata)
                == "<5>notice: M at.line=ATD…156; list=\"{number: […156, 112]}\" number=…156 port=12345\n"
        )
        #expect(
            try line("M", metadata: metadata, numbers: .full)
                == "<5>notice: M at.line=ATD5550156; list=\"{number: [5550156, 112]}\" number=+61491570156 "
                + "port=12345\n"
        )
    }

    @Test("A line is never longer than its limit, and is cut between two characters", arguments: 0..<4)
    func limit(_ offset: Int) throws {
        let padding = String(repeating: "a", count: offset)
        let text = try line("\(padding)\(String(repeating: "é", count: 40_000))\n")
        #expect(text.utf8.count <= LogLine.byteLimit)
        #expect(text.hasSuffix(" bytes more)\n"))
        #expect(!text.contains("\u{FFFD}"))
        let shown = text.utf8.count { $0 == 0xC3 }
        #expect(text.contains("(\((40_000 - shown) * 2 + 2) bytes more)"))
    }

    @Test("A line of exactly the limit stays whole")
    func exactLimit() throws {
        let start = "<5>notice: "
        let message = String(repeating: "a", count: LogLine.byteLimit - start.utf8.count - 1)
        #expect(try line("\(message)") == start + message + "\n")
        #expect(try line("\(message)a").hasSuffix(" bytes more)\n"))
    }

    @Test("The event's metadata beats the provider's, which beats the logger's")
    func metadataPrecedence() throws {
        let lines = Lines()
        var handler = DiallerLogHandler(level: .info, numbers: .masked, style: .journal, sink: { lines.append($0) })
        handler.metadataProvider = Logger.MetadataProvider { ["a": "provider", "b": "provider"] }
        var logger = Logger(label: "test") { _ in handler }
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("M", metadata: ["a": "event"])
        logger.debug("not shown")
        #expect(lines.texts == ["<6>info: M a=event b=provider c=logger\n"])
    }

    @Test("Lines that nobody took are counted, and told of with the next one")
    func lostLines() {
        let lines = Lines()
        let handler = DiallerLogHandler(level: .info, numbers: .masked, style: .journal, sink: { lines.append($0) })
        let logger = Logger(label: "test") { _ in handler }
        logger.notice("1")
        lines.setFull(true)
        logger.notice("2")
        logger.notice("3")
        lines.setFull(false)
        logger.notice("4")
        logger.notice("5")
        let note = "<4>warning: dropped 2 log lines: the reader is too slow\n"
        #expect(lines.texts == ["<5>notice: 1\n", note, "<5>notice: 4\n", "<5>notice: 5\n"])
    }

    @Test("A full pipe on standard error holds nobody up")
    func fullPipe() async {
        await #expect(processExitsWith: .success) {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0, dup2(ends[1], STDERR_FILENO) >= 0 else { exit(1) }
            let line = [UInt8](repeating: UInt8(ascii: "a"), count: LogLine.byteLimit)
            var written = 0
            while DiallerLogHandler.writeToStandardError(line) { written += 1 }
            // What is read makes room for one more.
            var bytes = [UInt8](repeating: 0, count: LogLine.byteLimit)
            guard written > 0, read(ends[0], &bytes, bytes.count) == bytes.count,
                DiallerLogHandler.writeToStandardError(line), !DiallerLogHandler.writeToStandardError(line)
            else { exit(2) }
            exit(0)
        }
    }

    @Test("An error goes with its description")
    func errorOfAnEvent() throws {
        let lines = Lines()
        let handler = DiallerLogHandler(level: .info, numbers: .masked, style: .journal, sink: { lines.append($0) })
        handler.log(
            event: LogEvent(
                level: .error,
                message: "Failed",
                error: InvalidValue("x"),
                metadata: nil,
                source: nil,
                file: "",
                function: "",
                line: 1
            )
        )
        #expect(lines.texts.first?.hasPrefix("<3>error: Failed error=") == true)
    }

    @Test("The journal is known by standard error's device and inode")
    func journalStream() throws {
        let identity = try #require(LogStyle.identity(of: STDERR_FILENO))
        #expect(LogStyle.forStandardError(environment: ["JOURNAL_STREAM": identity]) == .journal)
        #expect(LogStyle.forStandardError(environment: ["JOURNAL_STREAM": "1:2"]) != .journal)
        #expect(LogStyle.forStandardError(environment: [:]) != .journal)
        let plain = LogStyle.text(isColored: false)
        #expect(LogStyle.forStandardError(environment: ["NO_COLOR": "1"]) == plain)
        #expect(LogStyle.forStandardError(environment: ["TERM": "dumb"]) == plain)
    }
}
