import Testing

@testable import Dialler

@Suite struct ATTranscriptTests {
    private let time = WallClockTime(seconds: 1_795_400_000, milliseconds: 7)

    @Test func theNewestLinesAreKeptInTheirOrder() {
        var transcript = ATTranscript()
        #expect(transcript.lines { $0 } == [])
        for number in 1...(ATTranscript.lineLimit + 3) {
            transcript.append("AT\(number)", isSent: number % 2 == 0, at: time)
        }
        let lines = transcript.lines { $0 }
        #expect(lines.count == ATTranscript.lineLimit)
        #expect(lines.first == "\(time.text) → AT4")
        #expect(lines.dropLast().last == "\(time.text) → AT\(ATTranscript.lineLimit + 2)")
        #expect(lines.last == "\(time.text) ← AT\(ATTranscript.lineLimit + 3)")
        #expect(lines == lines.sorted { ($0.count, $0.suffix(4)) < ($1.count, $1.suffix(4)) })
    }

    @Test func whatIsToldFitsALineOfTheProtocol() throws {
        var transcript = ATTranscript()
        for _ in 1...ATTranscript.lineLimit {
            transcript.append(String(repeating: "\"\\\u{1}", count: 300), isSent: false, at: time)
        }
        var reply = ControlMessage.Reply(id: 1)
        reply.lines = transcript.lines { $0 }
        #expect(reply.lines?.isEmpty == false)
        #expect(ControlMessage(reply: reply).line.count <= ControlMessage.maximumLine)
    }
}
