import Basics
import Glibc
import ModemCore
import ModemDriver
import PatriotCore
import PatriotLink

/// What is known of the line beyond its present state: since when, how often, and how the last call went.
struct LineStatistics {
    typealias Instant = ContinuousClock.Instant

    /// A call that is over, or a dial that was refused.
    private struct Ended {
        var direction: CallDirection
        var number: String?
        var result: String
        var reason: String
        var start: Instant
        var answer: Instant?
        var end: Instant
    }

    private static let keptCalls = 10
    private static let keptSignals = 120

    private let start = Instant.now
    private var status = LineStatus()
    private var linkSince = Instant.now
    private var isReadySince = Instant.now
    private var callSince: Instant?
    private var answeredSince: Instant?
    /// What Patriot asked for last, until that is refused or dialled.
    private var askedNumber: String?
    /// The newest first.
    private var lastCalls: [Ended] = []
    private var signals: [Int] = []
    private var counters = StatusReport.Counters()
    private var latencies = LineLatencies()

    /// - Returns: true when a person would see a difference.
    mutating func follow(_ event: LineService.Event, now: Instant) -> Bool {
        let (oldLink, wasReady) = (status.link, status.isReady)
        status.follow(event)
        if status.isReady != wasReady { isReadySince = now }
        latencies.follow(event, now: now)
        switch event {
        case .link(let link):
            if link.isNewConnection { counters.patriotConnections += 1 }
            if status.link.word != oldLink.word { linkSince = now }
            return status.link != oldLink
        case .modem(.callChanged(let call)): callChanged(call, now: now)
        case .modem(.readinessChanged(let readiness)):
            if readiness == .settingUp { counters.modemOpenings += 1 }
            if readiness == .opening { signals = [] }
        case .modem(.received(let line)):
            if let signal = SignalQuality(line: line)?.rssi { signals = (signals + [signal]).suffix(Self.keptSignals) }
            return false
        case .dialRefused(let reason):
            refused(askedNumber, reason, now: now)
            askedNumber = nil
        // Which of the numbers asked for that was is not known here.
        case .queuedDialDropped(let reason): refused(nil, reason, now: now)
        case .patriot(.received, .dialRequest(let number, _)):
            askedNumber = number
            return false
        case .patriot, .modem(.sent), .modem(.dialRefused): return false
        }
        return true
    }

    mutating func follow(_ note: ModemNote) {
        if let rung = note.recoveryRung { counters.recoveries[rung, default: 0] += 1 }
    }

    private mutating func callChanged(_ call: Call, now: Instant) {
        if callSince == nil {
            callSince = now
            counters.calls += 1
        }
        if call.direction == .outbound { askedNumber = nil }
        if call.state == .active { answeredSince = answeredSince ?? now }
        guard case .released(let cause) = call.state else { return }
        keep(
            Ended(
                direction: call.direction,
                number: call.number,
                result: cause.name,
                reason: cause.explanation,
                start: callSince ?? now,
                answer: answeredSince,
                end: now
            )
        )
        (callSince, answeredSince) = (nil, nil)
        counters.results[cause.name, default: 0] += 1
    }

    private mutating func refused(_ number: String?, _ reason: String, now: Instant) {
        counters.refusedDials += 1
        let result = CallRecord.refusedResult
        keep(Ended(direction: .outbound, number: number, result: result, reason: reason, start: now, end: now))
    }

    private mutating func keep(_ ended: Ended) {
        lastCalls = Array(([ended] + lastCalls).prefix(Self.keptCalls))
    }

    func report(
        line: String,
        modem: ModemDriver,
        lastFrame: Instant?,
        mask: NumberMask,
        lease: String?,
        complaints: [String],
        now: Instant
    ) -> StatusReport {
        let lastCalls = lastCalls(mask: mask, now: now)
        return StatusReport(
            line: line,
            sentence: status.sentence,
            isReady: modem.readiness.allowsDialing && status.link.isUp,
            isReadySeconds: now.seconds(since: isReadySince),
            modem: report(of: modem, line: line, now: now),
            patriot: .init(
                isAuthenticated: status.link.isUp,
                state: status.link.word,
                link: visible(status.link.text),
                detail: status.link.detail.map(visible),
                seconds: now.seconds(since: linkSince),
                secondsSinceLastFrame: lastFrame.map { max(0, now.seconds(since: $0)) }
            ),
            call: modem.call.map { report(of: $0, mask: mask, now: now) },
            lastCall: lastCalls.first { $0.result != CallRecord.refusedResult },
            lastCalls: lastCalls,
            redialLock: modem.redialLock.flatMap { Self.report(of: $0, mask: mask, now: now) },
            lease: lease,
            complaints: complaints,
            counters: counters,
            latencies: latencies.report,
            upSeconds: now.seconds(since: start),
            privateKilobytes: Self.privateKilobytes()
        )
    }

    private func report(of call: Call, mask: NumberMask, now: Instant) -> StatusReport.Call {
        StatusReport.Call(
            direction: CallRecord.word(for: call.direction),
            number: call.number.map { mask.masked($0, as: .number) },
            state: "\(call.state)",
            seconds: callSince.map { now.seconds(since: $0) } ?? 0
        )
    }

    private func lastCalls(mask: NumberMask, now: Instant) -> [StatusReport.LastCall] {
        lastCalls.map { last in
            StatusReport.LastCall(
                direction: CallRecord.word(for: last.direction),
                number: last.number.map { mask.masked($0, as: .number) },
                result: last.result,
                reason: visible(last.reason),
                seconds: last.end.seconds(since: last.start),
                answeredSeconds: last.answer.map { last.end.seconds(since: $0) },
                endedSecondsAgo: now.seconds(since: last.end)
            )
        }
    }

    /// - Returns: nil once it is over.
    private static func report(of lock: RedialLock, mask: NumberMask, now: Instant) -> StatusReport.RedialLock? {
        let left = Int(now.duration(to: lock.end).components.seconds)
        return left > 0 ? .init(number: mask.masked(lock.number, as: .number), secondsLeft: left) : nil
    }

    /// Where the packet domain alone is registered, what the circuit-switched one reports is not what counts.
    private func registration(of modem: ModemDriver) -> (isRegistered: Bool?, text: String?) {
        if case .readyInDoubt(let doubt) = modem.readiness { return (true, "\(doubt)") }
        return (modem.registration?.allowsVoice, modem.registration?.explanation)
    }

    private func report(of modem: ModemDriver, line: String, now: Instant) -> StatusReport.Modem {
        let registration = registration(of: modem)
        let sim: String? =
            if case .simNotReady(let fault) = modem.readiness { "\(fault)" } else { modem.isSIMReady ? "ready" : nil }
        return StatusReport.Modem(
            port: modem.portPath,
            profile: modem.profileName,
            isReady: modem.readiness.allowsDialing,
            state: modem.readiness.word,
            stateSeconds: modem.readiness.since.map { max(0, now.seconds(since: $0)) },
            readiness: visible(modem.readiness.description),
            problem: modem.readiness == .ready ? nil : visible(modem.readiness.cause),
            remedy: modem.readiness.remedy(ofLine: line).map(visible),
            sim: sim.map(visible),
            isRegistered: registration.isRegistered,
            registration: registration.text,
            operatorName: modem.operatorName?.description,
            signal: modem.signalQuality?.rssi,
            signalDBm: modem.signalQuality?.dBm,
            signalHistory: signals
        )
    }

    /// Resident and in no file, by proc(5), statm.
    private static func privateKilobytes() -> Int? {
        guard let file = try? SmallFile.read("/proc/self/statm", limit: 8192) else { return nil }
        let pages = String(decoding: file.bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        guard pages.count > 2 else { return nil }
        return (pages[1] - pages[2]) * (sysconf(CInt(_SC_PAGESIZE)) / 1024)
    }
}

extension LineStatus.Link {
    /// As programs are told.
    fileprivate var word: String {
        switch self {
        case .connecting: "connecting"
        case .connected: "connected"
        case .authenticated: "authenticated"
        case .absent: "disconnected"
        case .refused: "refused"
        case .listening: "listening"
        case .admitted: "authenticated"
        }
    }

    /// What does not fit into the sentence part.
    fileprivate var detail: String? {
        if case .absent(_, let detail) = self { detail } else { nil }
    }

    /// A sentence part.
    fileprivate var text: String {
        switch self {
        case .connecting: "connecting"
        case .connected: "connected, the key is not yet accepted"
        case .authenticated: "connected"
        case .absent(let reason, _): reason
        case .listening(let place): "waiting for Patriot on \(place)"
        case .admitted(let address, let rivals):
            "connected from \(address)" + (rivals.isEmpty ? "" : ", contested by \(rivals.joined(separator: ", "))")
        case .refused(let error): "the API key is refused: \(error)"
        }
    }
}

extension ContinuousClock.Instant {
    /// Whole ones.
    fileprivate func seconds(since start: Self) -> Int { Int(start.duration(to: self).components.seconds) }
}

extension PatriotLink {
    fileprivate var isNewConnection: Bool {
        switch self {
        case .connected, .admitted: true
        case .connecting, .authenticated, .refused, .disconnected, .listening: false
        }
    }
}
