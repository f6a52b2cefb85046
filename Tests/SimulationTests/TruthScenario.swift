import TestSupport

@testable import Simulation

/// One call of a truth run: what people do and what goes wrong, and when.
struct TruthScenario: CustomStringConvertible {
    enum Event {
        case dial(String)
        case hangUp
        case answer
        case world(RemoteAction)

        /// Nothing without a call.
        var isEnd: Bool {
            switch self {
            case .hangUp, .world(.hangUp), .world(.stopRinging): true
            case .dial, .answer, .world: false
            }
        }
    }

    private(set) var events: [(Duration, Event)] = []
    private(set) var isFaulted = false
    /// The fault is that the end is not told.
    private(set) var losesEnd = false
    /// Before the next call.
    private(set) var pause = Duration.zero

    var description: String {
        events.map { "\($0.milliseconds) \($1)" }.joined(separator: ", ")
    }

    static func random(
        _ profile: SimulatedProfile,
        number: Int,
        using random: inout SeededGenerator
    ) -> TruthScenario {
        var scenario = TruthScenario()
        if Int.random(in: 0..<4, using: &random) == 0 {
            scenario.callIn(profile, number: number, using: &random)
        } else {
            scenario.callOut(profile, number: number, using: &random)
        }
        if Int.random(in: 0..<4, using: &random) == 0 { scenario.addFault(profile, using: &random) }
        scenario.events = scenario.events.enumerated()
            .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
        scenario.pause = .milliseconds(Int.random(in: 0...20_000, using: &random))
        return scenario
    }

    // MARK: Calls

    private mutating func callOut(_ profile: SimulatedProfile, number: Int, using random: inout SeededGenerator) {
        let answer = Duration.milliseconds(Int.random(in: 500...25_000, using: &random))
        let end = answer + .milliseconds(Int.random(in: 200...40_000, using: &random))
        var reactions: [RemoteReaction] = [
            .answerAfter(answer), .answerAfter(answer), .answerAfter(answer), .busyAfter(answer), .rejectAfter(answer),
            .noAnswer, .ringForever, .unobtainable,
        ]
        if profile.script.isAnalog { reactions += [.lineInUse, .delayed, .blacklisted] }
        let reaction = reactions.randomElement(using: &random) ?? .ringForever
        events = [(.zero, .world(.reaction(reaction))), (.zero, .dial("55501\(10 + number % 90)"))]
        // Dialling takes an analog modem some seconds.
        let remoteEnd = end + .seconds(5)
        events.append((remoteEnd, .world(.hangUp)))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: hangUp(within: .seconds(1), using: &random)
        case 1: hangUp(within: remoteEnd, using: &random)
        case 2 where !profile.script.isAnalog: break
        default: events.append((remoteEnd + .seconds(20), .hangUp))
        }
        // A fault can put an answer off; nobody talks forever.
        events.append((remoteEnd + .seconds(120), .world(.hangUp)))
        if profile.script.isAnalog { events.append((remoteEnd + .seconds(150), .hangUp)) }
    }

    private mutating func callIn(_ profile: SimulatedProfile, number: Int, using random: inout SeededGenerator) {
        let callers: [SimulatedCaller] = [
            .number("+4930123\(100 + number % 900)"), .number("5550\(100 + number % 100)"), .withheld, .unavailable,
            .unidentified,
        ]
        let times = Int.random(in: 1...6, using: &random)
        events = [(.zero, .world(.ring(callers.randomElement(using: &random) ?? .withheld, times: times)))]
        let moment = Duration.milliseconds(Int.random(in: 0...25_000, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: hangUp(within: .seconds(25), using: &random)
        case 1: events.append((moment, .world(.stopRinging)))
        case 2, 3:
            events.append((moment, .answer))
            let end = moment + .milliseconds(Int.random(in: 500...30_000, using: &random))
            events.append((end, Bool.random(using: &random) ? .hangUp : .world(.hangUp)))
        case 4: events.append((moment, .dial("5550199")))
        default: break
        }
        // The dial that met the ring is ended, too.
        events.append((.seconds(90), .hangUp))
    }

    private mutating func hangUp(within time: Duration, using random: inout SeededGenerator) {
        events.append((.milliseconds(Int64.random(in: 0...time.milliseconds, using: &random)), .hangUp))
        // Twice is what an impatient person does.
        if Int.random(in: 0..<4, using: &random) == 0, let last = events.last {
            events.append((last.0 + .milliseconds(Int.random(in: 0...2000, using: &random)), .hangUp))
        }
    }

    // MARK: Faults

    private mutating func addFault(_ profile: SimulatedProfile, using random: inout SeededGenerator) {
        isFaulted = true
        let span = events.map(\.0).max() ?? .zero
        let moment = Duration.milliseconds(Int64.random(in: 0...max(1, span.milliseconds), using: &random))
        func add(_ offset: Duration, _ action: RemoteAction) { events.append((offset, .world(action))) }
        switch Int.random(in: 0..<13, using: &random) {
        case 0: add(moment, .dropNextLine)
        case 1: add(moment, .duplicateNextLine)
        case 2: add(moment, .noise("+ZUSIMR:2"))
        case 3:
            // Later than any command waits.
            add(moment, .replyDelay(.seconds(6)))
            add(moment + .seconds(8), .replyDelay(.milliseconds(20)))
        case 4:
            add(moment, .silence(true))
            add(moment + .milliseconds(Int.random(in: 500...20_000, using: &random)), .silence(false))
        case 5: add(moment, .reset)
        case 6 where !profile.script.isAnalog:
            add(.zero, .lyingHangUp(true))
            add(span + .seconds(60), .lyingHangUp(false))
        case 7:
            add(moment, .unplug)
            add(moment + .milliseconds(Int.random(in: 100...10_000, using: &random)), .replug)
        case 8: add(moment, .echo(true))
        case 9: add(moment, .corruptNextLine)
        case 10:
            add(.zero, .brownOut)
            // The dial comes after.
            events.swapAt(0, events.count - 1)
        case 11 where !profile.script.isAnalog: add(moment, .wait(.number("5550155")))
        default:
            losesEnd = true
            add(.zero, .loseNextEnd(true))
            add(span + .seconds(60), .loseNextEnd(false))
        }
    }
}
