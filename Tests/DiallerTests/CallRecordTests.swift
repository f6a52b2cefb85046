import ModemCore
import PatriotCore
import Testing

@testable import Dialler

@Suite("A call record is one line of JSON")
struct CallRecordTests {
    private static let subject = CallRecord.Subject(
        id: "0123456789abcdef",
        line: "line1",
        direction: .outbound,
        number: "+61491570156",
        dialled: "0,0491570156",
        requestedBy: .patriot
    )
    private static let time = WallClockTime(seconds: 1_795_400_000, milliseconds: 7)

    @Test(
        "Each event is written as promised and read again as it was",
        arguments: [
            (.start(isAdopted: false), "start", ""), (.start(isAdopted: true), "start", #","adopted":true"#),
            (.answered, "answered", ""),
            (
                .end(.init(result: "busy", reason: "the number is busy", duration: .milliseconds(12_345))), "end",
                #","result":"busy","reason":"the number is busy","seconds":12.345"#
            ),
            (
                .end(
                    .init(
                        result: "remote-hang-up",
                        reason: "a \"b\"\n",
                        duration: .seconds(60),
                        answered: .milliseconds(1)
                    )
                ),
                "end", #","result":"remote-hang-up","reason":"a \"b\"\u000a","seconds":60.0,"answeredSeconds":0.001"#
            ),
            (.end(.unknown), "end", #","result":"unknown-end","reason":"\#(CallRecord.Ending.unknown.reason)""#),
            (.refused(reason: "no modem"), "refused", #","result":"refused","reason":"no modem""#),
        ] as [(CallRecord.Event, String, String)]
    )
    func form(_ event: CallRecord.Event, _ name: String, _ members: String) {
        let record = CallRecord(Self.subject, event, at: Self.time)
        let head = #"{"id":"0123456789abcdef","event":"\#(name)","time":"2026-11-23T02:13:20.007Z","line":"line1""#
        let number = #""direction":"outbound","number":"+61491570156","dialled":"0,0491570156","requestedBy":"patriot""#
        #expect(record.json.description == "\(head),\(number)\(members)}")
        #expect(CallRecord(line: Array(record.json.description.utf8)) == record)
    }

    @Test("No part of a line but the whole is a record")
    func torn() {
        let ending = CallRecord.Ending(result: "busy", reason: "é", duration: .seconds(1))
        let line = Array(CallRecord(Self.subject, .end(ending), at: Self.time).json.description.utf8)
        for count in 0..<line.count {
            #expect(CallRecord(line: line.prefix(count)) == nil, "\(count) bytes")
            #expect(CallRecord(line: line.suffix(count)) == nil, "the last \(count) bytes")
        }
    }

    @Test(
        "What is no record is none",
        arguments: [
            "", "{}", "null", "[]", "\u{0}\u{0}\u{0}", #"{"id":1}"#,
            #"{"id":"a","event":"start","time":"2026-02-30T00:00:00.000Z","line":"l","direction":"outbound"}"#,
            #"{"id":"a","event":"start","time":"yesterday","line":"l","direction":"outbound"}"#,
            #"{"id":"a","event":"start","time":"2026-11-22T23:33:20.007Z","line":"l","direction":"up"}"#,
            #"{"id":"a","event":"born","time":"2026-11-22T23:33:20.007Z","line":"l","direction":"inbound"}"#,
            #"{"id":"a","event":"end","time":"2026-11-22T23:33:20.007Z","line":"l","direction":"inbound"}"#,
        ]
    )
    func noRecord(_ text: String) {
        #expect(CallRecord(line: Array(text.utf8)) == nil)
    }

    @Test("Members of other versions are passed over, and impossible durations too")
    func tolerant() {
        let text =
            #"{"new":[1,{"a":null}],"id":"a","event":"end","time":"2026-11-22T23:33:20.007Z","line":"l","direction":"inbound","#
            + #""requestedBy":"nobody","result":"busy","seconds":1e300,"answeredSeconds":-1}"#
        let record = CallRecord(line: Array(text.utf8))
        #expect(record?.event == .end(.init(result: "busy", reason: "")))
        #expect(record?.subject.requestedBy == .modem)
    }

    @Test("A line stays short, whatever a peer sent")
    func bounded() {
        var subject = Self.subject
        subject.number = String(repeating: "\u{1}", count: 70_000)
        subject.line = String(repeating: "\u{2}", count: 255)
        subject.dialled = String(repeating: "\u{1F4DE}", count: 70_000)
        let line = CallRecord(subject, .refused(reason: String(repeating: "\u{3}", count: 1000)), at: Self.time).json
            .description
        #expect(line.utf8.count < CallRecord.lineLimit)
        #expect(CallRecord(line: Array(line.utf8)) != nil)
    }

    @Test("A time is read as it was written")
    func time() {
        for seconds in stride(from: 0, to: 4_000_000_000, by: 12_345_679) {
            let time = WallClockTime(seconds: seconds, milliseconds: seconds % 1000)
            #expect(WallClockTime(time.text) == time)
        }
        #expect(WallClockTime("2026-11-22T23:33:20.007+") == nil)
    }
}
