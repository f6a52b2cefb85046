import Glibc
import ModemCore
import Testing

@testable import Simulation

/// A profile and the simulated modem of its name.
struct TruthPair: Sendable, CustomTestStringConvertible {
    var simulated: SimulatedProfile
    var profile: ModemProfile
    var testDescription: String { profile.name }

    /// The modem itself tells the end of a call.
    var reportsEnds: Bool { profile.kind == .analog || simulated != .nokia }
    /// The modem itself tells the answer.
    var reportsAnswers: Bool { ![.nokia, .genericGSM, .zteMF].contains(simulated) }

    static let all = ModemProfile.all.compactMap { profile in
        SimulatedProfile(rawValue: profile.name).map { TruthPair(simulated: $0, profile: profile) }
    }
}

@Suite("What is reported is true")
struct TruthRunTests {
    /// From the environment for the long run, which prints its table.
    private static let longRun = getenv("TRUTH_RUN_CALLS").flatMap { Int(String(cString: $0)) }
    private static let seed = getenv("TRUTH_RUN_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1

    @Test(arguments: TruthPair.all)
    func whatIsReportedIsTrue(_ pair: TruthPair) {
        let showsSlowest = getenv("TRUTH_RUN_SLOWEST") != nil
        let run = TruthRun(pair.simulated, profile: pair.profile, seed: Self.seed, keepsHistory: showsSlowest)
        let report = run.run(calls: Self.longRun ?? 500)
        if Self.longRun != nil { print(report.table) }
        if showsSlowest {
            for (lag, history) in run.slowest {
                print("slowest \(lag.rawValue) of \(pair)\n  " + history.joined(separator: "\n  "))
            }
        }
        #expect(report.failureCount == 0, "\(report.table)\n\(Self.firstFailure(of: pair, like: report))")
        for (lag, limit) in Self.limits(of: pair) {
            #expect(report.count(lag) > 0, "nothing measured: \(lag.rawValue)")
            #expect(report.percentile(0.99, lag) <= limit, "\(lag.rawValue)\n\(report.table)")
        }
        for (lag, limit) in Self.limitsOfLostEnds(of: pair) {
            #expect(report.percentile(0.99, lag, isFaulted: true) <= limit, "\(lag.rawValue)\n\(report.table)")
        }
    }

    /// The same run again, up to the call that was not right, with what was said.
    private static func firstFailure(of pair: TruthPair, like report: TruthReport) -> String {
        guard let call = report.firstFailure else { return "" }
        let run = TruthRun(pair.simulated, profile: pair.profile, seed: seed, keepsHistory: true)
        return run.run(calls: call + 1).failureHistory
    }

    /// A list without the call is believed when the next one has shown the same.
    private static let confirmation = Duration.milliseconds(250)

    /// How long it may take until a lost end is found: two polls. An analog modem has no list; there the operator hears it.
    private static func limitsOfLostEnds(of pair: TruthPair) -> [TruthReport.Lag: Duration] {
        guard let callList = pair.profile.callList else { return [:] }
        let line = Duration.milliseconds(500)
        let early: Duration =
            switch callList.start {
            case .accepted: callList.setupInterval * 2 + line
            // The dial is in flight until it rings there or has failed: only its own time limit ends it.
            case .alerting where pair.simulated.script.dialResult == .whenAlerting:
                pair.profile.voiceDial.timeout + confirmation * 2 + line
            // The modem must be left alone while it sets the call up; after half a minute it is asked anyway.
            case .alerting: .seconds(30) + confirmation * 2 + line
            // The dial is in flight until somebody answers: only its own time limit ends it.
            case .answered: pair.profile.voiceDial.timeout + .seconds(30)
            }
        return [.lostEnd: max(callList.setupInterval, callList.activeInterval) * 2 + line, .lostEarlyEnd: early]
    }

    /// How long a change of the line may take to be reported, where nothing is wrong.
    private static func limits(of pair: TruthPair) -> [TruthReport.Lag: Duration] {
        // Our own part, and the line's: a reply of up to eighty bytes, each a millisecond long, 20 ms after its command.
        let line = Duration.milliseconds(50) + .milliseconds(100)
        var limits: [TruthReport.Lag: Duration] = [
            // Without a caller ID only the second ring is believed.
            .begin: pair.simulated.script.ringInterval + line,
            // An end that is told in the middle of a list is decided by the next one. A modem that does not tell it is
            // asked, and lists in a row without the call are believed.
            .end: (pair.profile.callList == nil ? line : line + .milliseconds(100))
                + (pair.reportsEnds ? .zero : (pair.profile.callList?.activeInterval ?? .zero) + confirmation),
            // At most: the dial is broken off, the line falls quiet, the hang-up, and the list that proves it.
            .hangUp: .milliseconds(500) + line,
            .ringEnd: pair.profile.limits.ringGap + line,
        ]
        if let callList = pair.profile.callList {
            limits[.answer] = line + (pair.reportsAnswers ? .zero : callList.setupInterval)
        }
        return limits
    }
}
