import ModemCore
import PatriotCore
import TestSupport
import Testing

@testable import Dialler

@Suite("Each call has one start and one end in the records")
struct CallLedgerTests {
    /// A ledger whose calls are numbered, and a clock that a test moves.
    private struct Bench {
        var ledger: CallLedger
        var now: CallLedger.Moment

        init(numbers: NumberVisibility = .full, openCalls: [CallLedger.OpenCall] = []) {
            var count = 0
            ledger = CallLedger(line: "line1", numbers: numbers, openCalls: openCalls) {
                count += 1
                return "call\(count)"
            }
            now = .init(time: .init(seconds: 1_795_400_000, milliseconds: 500), instant: .now)
        }

        mutating func pass(_ milliseconds: Int) {
            now.time.seconds += (now.time.milliseconds + milliseconds) / 1000
            now.time.milliseconds = (now.time.milliseconds + milliseconds) % 1000
            now.instant += .milliseconds(milliseconds)
        }

        /// Everything that follows, as JSON without what is the same in each.
        mutating func follow(_ happenings: CallLedger.Happening...) -> [String] {
            happenings.flatMap { ledger.follow($0, at: now) }.map(Self.short)
        }

        static func short(_ record: CallRecord) -> String {
            record.json.description.split(separator: ",").filter { part in
                // What begins with a space is the rest of a reason that has commas.
                !part.hasPrefix(#""time""#) && !part.hasPrefix(#""line""#) && !part.hasPrefix(#""reason""#)
                    && !part.hasPrefix(" ")
            }.joined(separator: ",")
        }
    }

    private static func open(
        _ id: String,
        number: String?,
        _ direction: CallDirection = .outbound,
        secondsAgo: Int = 60,
        answered: Int? = nil
    ) -> CallLedger.OpenCall {
        let now = Bench().now.time.seconds
        return CallLedger.OpenCall(
            subject: .init(id: id, line: "line1", direction: direction, number: number, requestedBy: .patriot),
            start: .init(seconds: now - secondsAgo, milliseconds: 500),
            answer: answered.map { .init(seconds: now - $0, milliseconds: 500) }
        )
    }

    private static func call(
        _ state: CallState,
        _ number: String? = "5550101",
        _ direction: CallDirection = .outbound,
        isAdopted: Bool = false
    ) -> CallLedger.Happening {
        .call(Call(direction: direction, number: number, state: state, isAdopted: isAdopted))
    }

    @Test("A call that Patriot asked for: start, answer, end, with both durations")
    func answeredCall() {
        var bench = Bench()
        #expect(bench.follow(.requested("5550101", by: .patriot)) == [])
        let subject = #""direction":"outbound","number":"5550101","requestedBy":"patriot""#
        #expect(bench.follow(Self.call(.dialing)) == [#"{"id":"call1","event":"start",\#(subject)}"#])
        bench.pass(1500)
        #expect(bench.follow(Self.call(.alerting)) == [])
        bench.pass(1500)
        #expect(bench.follow(Self.call(.active)) == [#"{"id":"call1","event":"answered",\#(subject)}"#])
        bench.pass(10_250)
        #expect(bench.follow(Self.call(.held), Self.call(.active), Self.call(.hangingUp)) == [])
        let end = #""result":"remote-hang-up","seconds":13.25,"answeredSeconds":10.25}"#
        #expect(
            bench.follow(Self.call(.released(.remoteHangUp))) == [#"{"id":"call1","event":"end",\#(subject),\#(end)"#]
        )
        #expect(bench.follow(Self.call(.released(.remoteHangUp)), .callsKnown) == [])
    }

    @Test("The number is the one that was asked for; what was dialled stands beside it")
    func dialledOtherwise() {
        var bench = Bench()
        let records = bench.follow(.requested("+61491570156", by: .control), Self.call(.dialing, "0,0491570156"))
        let numbers = #""number":"+61491570156","dialled":"0,0491570156","requestedBy":"control""#
        #expect(records == [#"{"id":"call1","event":"start","direction":"outbound",\#(numbers)}"#])
    }

    @Test("A caller's number that comes late is in the end")
    func lateNumber() {
        var bench = Bench()
        let start = bench.follow(Self.call(.incoming, nil, .inbound))
        #expect(start == [#"{"id":"call1","event":"start","direction":"inbound","requestedBy":"modem"}"#])
        #expect(bench.follow(Self.call(.incoming, "5550199", .inbound)) == [])
        let end = bench.follow(Self.call(.released(.missed), nil, .inbound))
        #expect(end.count == 1)
        #expect(end.first?.contains(#""number":"5550199""#) == true)
    }

    @Test("A dial that is not tried has one record, and takes no other call's number")
    func refused() {
        var bench = Bench()
        _ = bench.follow(.requested("5550101", by: .patriot), Self.call(.dialing))
        let refused = bench.follow(.requested("5550102", by: .patriot), .refused("a call is in progress"))
        let expected =
            #"{"id":"call2","event":"refused","direction":"outbound","number":"5550102","requestedBy":"patriot","result":"refused""#
        #expect(refused == [expected])
        #expect(bench.follow(Self.call(.released(.busy))).first?.contains(#""id":"call1","event":"end""#) == true)
        let next = bench.follow(.requested("5550103", by: .patriot), Self.call(.dialing, "5550103"))
        #expect(next.first?.contains(#""number":"5550103","requestedBy":"patriot""#) == true)
    }

    @Test("A call that nobody asked for is the modem's own, also after a request from before the key was accepted")
    func unexpected() {
        var bench = Bench()
        let records = bench.follow(.requested("5550666", by: .patriot), .requestsForgotten, Self.call(.dialing))
        #expect(records.first?.contains(#""number":"5550101","requestedBy":"modem""#) == true)
    }

    @Test("Masked records show the last digits alone, in the reason too")
    func masked() {
        var bench = Bench(numbers: .masked)
        let start = bench.follow(.requested("+61491570156", by: .patriot), Self.call(.dialing, "0,0491570156"))
        #expect(start.first?.contains(#""number":"…156","dialled":"0,…156""#) == true)
        let refused = bench.ledger.follow(.refused("what is 0491570156?"), at: bench.now)
        #expect(refused.map(\.event) == [.refused(reason: "what is …156?")])
    }

    // MARK: Earlier runs

    @Test("Calls of an earlier run end as unknown once the modem has told that it has none")
    func closed() {
        var bench = Bench(openCalls: [Self.open("old1", number: "5550101"), Self.open("old2", number: nil)])
        let subject = #""direction":"outbound""#
        #expect(
            bench.follow(.callsKnown) == [
                #"{"id":"old1","event":"end",\#(subject),"number":"5550101","requestedBy":"patriot","result":"unknown-end""#,
                #"{"id":"old2","event":"end",\#(subject),"requestedBy":"patriot","result":"unknown-end""#,
            ]
        )
        #expect(bench.follow(.callsKnown) == [])
    }

    @Test("A call that is found up goes on under its old identity and ends with its true end")
    func adopted() {
        var bench = Bench(openCalls: [Self.open("old", number: "5550101", answered: 50)])
        #expect(bench.follow(Self.call(.active, isAdopted: true), .callsKnown) == [])
        bench.pass(5000)
        let end = bench.follow(Self.call(.released(.remoteHangUp)))
        #expect(end.count == 1)
        #expect(end.first?.hasPrefix(#"{"id":"old","event":"end""#) == true)
        #expect(end.first?.hasSuffix(#""seconds":65.0,"answeredSeconds":55.0}"#) == true)
    }

    @Test("An answer that nobody saw is told when the call is found up")
    func answeredBetween() {
        var bench = Bench(openCalls: [Self.open("old", number: "5550101")])
        #expect(
            bench.follow(Self.call(.active, isAdopted: true)).first?.hasPrefix(#"{"id":"old","event":"answered""#)
                == true
        )
    }

    @Test("A call that is found up and stands in no record gets a start that says so")
    func adoptedUnknown() {
        var bench = Bench()
        let start = bench.follow(Self.call(.alerting, isAdopted: true))
        let expected =
            #"{"id":"call1","event":"start","direction":"outbound","number":"5550101","requestedBy":"modem","adopted":true}"#
        #expect(start == [expected])
    }

    @Test(
        "The modem may write the number otherwise; another number or direction is another call",
        arguments: [
            ("0491570156", "+61491570156", true), ("…156", "0491570156", true), ("9,…156", "0491570156", true),
            ("0,0491570156", "0491570156", true),
            ("5550101", nil, true), (nil, "5550101", true), ("5550101", "5550102", false), ("101", "5550101", true),
        ] as [(String?, String?, Bool)]
    )
    func sameCall(_ recorded: String?, _ found: String?, _ isSame: Bool) {
        var bench = Bench(openCalls: [Self.open("old", number: recorded)])
        let records = bench.follow(Self.call(.alerting, found, isAdopted: true))
        #expect(records.isEmpty == isSame)
        bench = Bench(openCalls: [Self.open("old", number: recorded, .inbound)])
        #expect(bench.follow(Self.call(.alerting, found, isAdopted: true)).count == 2)
    }

    @Test("Of several open calls the newest that fits goes on, the others end")
    func severalOpen() {
        let open = ["5550101", "5550102", "5550101"].enumerated().map {
            Self.open("old\($0.offset)", number: $0.element)
        }
        var bench = Bench(openCalls: open)
        let closed = bench.follow(Self.call(.dialing, isAdopted: true))
        #expect(closed.map { $0.prefix(12) } == [#"{"id":"old0""#, #"{"id":"old1""#])
        #expect(bench.follow(Self.call(.released(.busy))).first?.hasPrefix(#"{"id":"old2""#) == true)
    }

    @Test("A new call shows that those of earlier runs are over")
    func newCall() {
        var bench = Bench(openCalls: [Self.open("old", number: "5550101")])
        let records = bench.follow(Self.call(.dialing))
        #expect(records.count == 2)
        #expect(records.first?.contains(#""result":"unknown-end""#) == true)
        #expect(records.last?.contains(#""event":"start""#) == true)
    }

    @Test("Whatever happens in whatever order, no call has two starts, two ends, or an end before its start")
    func randomOrder() {
        var random = SeededGenerator(seed: 5)
        let states: [CallState] = [
            .dialing, .alerting, .active, .held, .incoming, .hangingUp, .dialed, .handedOver, .released(.busy), .idle,
        ]
        for run in 0..<500 {
            let open = run.isMultiple(of: 2) ? [Self.open("old", number: "5550101")] : []
            var bench = Bench(openCalls: open)
            var started = Set(open.map(\.subject.id))
            var ended: Set<String> = []
            for _ in 0..<60 {
                bench.pass(Int.random(in: 0..<5000, using: &random))
                let happening: CallLedger.Happening =
                    switch Int.random(in: 0..<8, using: &random) {
                    case 0: .requested("5550101", by: .patriot)
                    case 1: .refused("no")
                    case 2: .callsKnown
                    case 3: .requestsForgotten
                    default:
                        Self.call(
                            states[Int.random(in: 0..<states.count, using: &random)],
                            Bool.random(using: &random) ? "5550101" : nil,
                            Bool.random(using: &random) ? .outbound : .inbound,
                            isAdopted: Bool.random(using: &random)
                        )
                    }
                for record in bench.ledger.follow(happening, at: bench.now) {
                    let id = record.subject.id
                    switch record.event {
                    case .start: #expect(started.insert(id).inserted)
                    case .answered: #expect(started.contains(id) && !ended.contains(id))
                    case .end: #expect(started.contains(id) && ended.insert(id).inserted)
                    case .refused: #expect(!started.contains(id) && ended.insert(id).inserted)
                    }
                    #expect(CallRecord(line: Array(record.json.description.utf8)) == record)
                }
            }
        }
    }
}
