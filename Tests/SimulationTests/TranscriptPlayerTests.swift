import ModemCore
import Testing

@testable import Simulation

@Suite struct TranscriptPlayerTests {
    private static let recording = """
        # Example E1
        < RDY
        > AT
        < OK
        > ATD…101;
        < OK
        # +2.000s
        < ^CONF:1
        > AT+CLCC
        < +CLCC: 1,0,3,0,0
        < OK
        > AT+CLCC
        < OK
        """
    private let start = ContinuousClock.now

    private func player(speed: Double = 1) throws -> TranscriptPlayer {
        TranscriptPlayer(transcript: try ModemTranscript(Self.recording), speed: speed, now: start)
    }

    /// What it writes, with `|` for CR LF.
    private func written(_ actions: [SimulatedModemMachine.Action]) -> String {
        actions.map { action in
            if case .write(let bytes) = action {
                String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "|")
            } else {
                ""
            }
        }.joined()
    }

    @Test func repliesComeAsTheyWereRecorded() throws {
        var player = try player()
        #expect(written(player.deadlineReached(now: start)) == "|RDY|")
        #expect(written(player.bytesReceived(Array("AT\r".utf8), now: start)) == "|OK|")
        #expect(written(player.bytesReceived(Array("ATD5550101;\r".utf8), now: start)) == "|OK|")
        #expect(player.nextDeadline == start + .seconds(2))
        // What was recorded before is told although the next command comes earlier than then.
        #expect(written(player.bytesReceived(Array("AT+CLCC\r".utf8), now: start)) == "|+CLCC: 1,0,3,0,0||OK|")
        #expect(written(player.deadlineReached(now: start + .seconds(2))) == "|^CONF:1|")
    }

    @Test func theNextOfSeveralCountsAndThenTheFirstAgain() throws {
        var player = try player()
        _ = player.deadlineReached(now: start)
        let answers = (1...3).map { _ in written(player.bytesReceived(Array("AT+CLCC\r".utf8), now: start)) }
        #expect(answers == ["|+CLCC: 1,0,3,0,0||OK|", "|OK|", "|+CLCC: 1,0,3,0,0||OK|"])
    }

    @Test func whatWasNeverRecordedIsAnError() throws {
        var player = try player()
        _ = player.deadlineReached(now: start)
        #expect(written(player.bytesReceived(Array("\r\nATZ\rAT\r".utf8), now: start)) == "|ERROR||OK|")
    }

    @Test func speedShortensThePauses() throws {
        var player = try player(speed: 10)
        _ = player.bytesReceived(Array("ATD5550101;\r".utf8), now: start)
        #expect(player.nextDeadline == start + .milliseconds(200))
    }

    @Test func aPlugStartsItAnew() throws {
        var player = try player()
        _ = player.bytesReceived(Array("AT+CLCC\rATD55".utf8), now: start)
        #expect(player.perform(.unplug, now: start) == [.unplug, .event(.unplugged)])
        #expect(player.nextDeadline == nil)
        #expect(player.perform(.replug, now: start) == [.replug])
        #expect(written(player.deadlineReached(now: start)) == "|RDY|")
        #expect(written(player.bytesReceived(Array("AT+CLCC\r".utf8), now: start)) == "|+CLCC: 1,0,3,0,0||OK|")
    }
}
