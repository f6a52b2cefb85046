import ModemCore

@testable import Simulation

/// Compares what is reported with the truth, moment by moment.
struct TruthWatch {
    typealias Instant = ContinuousClock.Instant

    var report: TruthReport
    /// Lags of this call that are the longest so far.
    private(set) var newSlowest: Set<TruthReport.Lag> = []
    private let knowsAnswers: Bool
    /// The modem may be asked for its calls as soon as the other side is rung.
    private let asksFromAlerting: Bool
    private var isFaulted = false
    private var losesEnd = false
    /// Since when the truth has changed in that way without being reported.
    private var pending: [TruthReport.Lag: Instant] = [:]
    /// Since when a call that is truly up is reported as over.
    private var falselyFree: Instant?
    private var truth: SimulatedCall?
    /// A dial was asked for and has not begun on the line.
    private var isDialOwed = false
    private var isHangUpAsked = false
    private var isReportedUp = false

    init(profile: ModemProfile) {
        report = TruthReport(profile: profile.name)
        knowsAnswers = profile.kind == .gsm
        asksFromAlerting = profile.callList.map { $0.start != .answered } ?? false
    }

    /// Nothing is waiting to be reported.
    var isAgreed: Bool { pending.isEmpty && falselyFree == nil }

    mutating func modemChanged() {
        pending = [:]
        falselyFree = nil
        truth = nil
        isDialOwed = false
        isHangUpAsked = false
        isReportedUp = false
    }

    /// - Parameter losesEnd: the fault is that the end is not told, and there is no other.
    mutating func callBegins(isFaulted: Bool, losesEnd: Bool) {
        self.isFaulted = isFaulted
        self.losesEnd = losesEnd
        newSlowest = []
        report.calls += 1
        if isFaulted { report.faultedCalls += 1 }
        isHangUpAsked = false
    }

    mutating func callEnds(now: Instant) {
        for lag in pending.keys { resolve(lag, now: now) }
        isDialOwed = false
    }

    mutating func neverSettled(isTrulyFree: Bool, isReportedFree: Bool) {
        switch (isTrulyFree, isReportedFree) {
        case (true, false): report.endsNeverReported += 1
        case (false, true): report.hangUpsNotVerified += 1
        case (true, true), (false, false): report.neverSettled += 1
        }
    }

    // MARK: What people ask for

    mutating func dialAsked() { isDialOwed = true }

    mutating func dialRefused() { isDialOwed = false }

    mutating func hangUpAsked() { isHangUpAsked = true }

    // MARK: What truly happens

    mutating func truly(_ event: SimulatedModemEvent, dialler: Call?, now: Instant) {
        switch event {
        case .callChanged(let call): trulyChanged(call, dialler: dialler, now: now)
        case .dialAborted:
            // Only who wants to hang up may break a dial off, also when the modem heard it late.
            if dialler?.state != .hangingUp, !isHangUpAsked { report.forbiddenWrites += 1 }
        case .received, .sent, .tones, .serviceCode, .unplugged, .plugged, .started, .ignored: break
        }
    }

    private mutating func trulyChanged(_ call: SimulatedCall?, dialler: Call?, now: Instant) {
        defer { truth = call }
        switch (truth?.isOutbound, call) {
        case (nil, .some(let call)) where call.isOutbound:
            if !isDialOwed || dialler == nil { report.callsNobodyAskedFor += 1 }
            isDialOwed = false
        case (nil, .some): pending[.begin] = now
        case (.some(let wasOutbound), nil):
            pending[.begin] = nil
            resolve(.answer, now: now)
            let wasRinging = !wasOutbound && truth?.state == .incoming
            let lag: TruthReport.Lag =
                dialler?.state == .hangingUp ? .hangUp : wasRinging ? .ringEnd : endLag
            if isReportedUp || dialler != nil { pending[lag] = now }
        case (_, .some(let call)) where call.state == .active && truth?.state != .active:
            if knowsAnswers { pending[.answer] = now }
        case (_, _): break
        }
    }

    private var endLag: TruthReport.Lag {
        guard losesEnd else { return .end }
        return switch truth?.state {
        case .active: .lostEnd
        case .alerting where asksFromAlerting: .lostEnd
        default: .lostEarlyEnd
        }
    }

    // MARK: What is reported

    mutating func reported(_ call: Call, truth: SimulatedCall?) {
        guard case .released(let cause) = call.state else {
            isReportedUp = true
            return
        }
        if !isReportedUp { report.doubleEnds += 1 }
        isReportedUp = false
        // A dial that was asked for may end a call that rang and was missed.
        if call.direction == .outbound { isDialOwed = false }
        guard let truth, truth.isOutbound == (call.direction == .outbound) else { return }
        switch cause {
        case .unverified, .modemLost, .modemReset, .notResponding, .unknownEnd: report.givenUp += 1
        default:
            if isHangUpAsked {
                report.hangUpsNotVerified += 1
            } else if truth.state == .incoming, isFaulted {
                // It may have gone on ringing unheard.
                report.givenUp += 1
            } else {
                report.falseEnds += 1
            }
        }
    }

    /// Both sides have heard everything there is to hear at this moment.
    mutating func settled(truth: SimulatedCall?, reported: Call?, now: Instant) {
        if reported != nil { resolve(.begin, now: now) }
        if truth != nil, reported.map({ Self.isAnswered($0) || $0.state == .hangingUp }) ?? true {
            resolve(.answer, now: now)
        }
        if reported == nil || truth != nil {
            for lag in [TruthReport.Lag.end, .lostEnd, .lostEarlyEnd, .hangUp, .ringEnd] { resolve(lag, now: now) }
        }
        if let truth, let reported, Self.isAnswered(reported), truth.state != .active,
            truth.isOutbound == (reported.direction == .outbound)
        {
            report.falseAnswers += 1
        }
        let isFalselyFree = truth?.isOutbound == true && reported == nil
        if !isFalselyFree, let since = falselyFree {
            record(.falselyFree, now - since)
            falselyFree = nil
        } else if isFalselyFree, falselyFree == nil {
            falselyFree = now
        }
    }

    private static func isAnswered(_ call: Call) -> Bool {
        call.state == .active || call.state == .held
    }

    private mutating func resolve(_ lag: TruthReport.Lag, now: Instant) {
        guard let since = pending.removeValue(forKey: lag) else { return }
        record(lag, now - since)
    }

    private mutating func record(_ lag: TruthReport.Lag, _ duration: Duration) {
        if report.record(lag, duration, isFaulted: isFaulted) { newSlowest.insert(lag) }
    }
}
