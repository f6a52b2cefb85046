import Glibc
import ModemCore
import ModemDriver
import PatriotClient

/// What is known of the line beyond its present state: since when, how often, and how the last call went.
struct LineStatistics {
    typealias Instant = ContinuousClock.Instant

    private struct Ended {
        var call: Call
        var cause: ReleaseCause
        var time: Instant
    }

    private let start = Instant.now
    private var status = LineStatus()
    private var link = "connecting"
    private var linkSince = Instant.now
    private var isAuthenticated = false
    private var callSince: Instant?
    private var lastCall: Ended?
    private var counters = StatusReport.Counters()

    /// - Returns: true when a person would see a difference.
    mutating func follow(_ event: LineService.Event, now: Instant) -> Bool {
        status.follow(event)
        switch event {
        case .link(let link): linkChanged(link, now: now)
        case .modem(.callChanged(let call)): callChanged(call, now: now)
        case .modem(.readinessChanged(let readiness)):
            if readiness == .initializing { counters.modemOpenings += 1 }
        case .dialRefused: counters.refusedDials += 1
        case .patriot, .modem(.sent), .modem(.received), .modem(.dialRefused): return false
        }
        return true
    }

    private mutating func linkChanged(_ link: PatriotLink, now: Instant) {
        let text =
            switch link {
            case .connecting: "connecting"
            case .connected: "connected, the key is not yet accepted"
            case .authenticated: "connected"
            case .refused(let error): "the API key is refused: \(error)"
            case .disconnected(let reason, _): reason
            }
        if link == .connected { counters.patriotConnections += 1 }
        isAuthenticated = link == .authenticated
        guard text != self.link else { return }
        self.link = visible(text)
        linkSince = now
    }

    private mutating func callChanged(_ call: Call, now: Instant) {
        if callSince == nil {
            callSince = now
            counters.calls += 1
        }
        guard case .released(let cause) = call.state else { return }
        callSince = nil
        lastCall = Ended(call: call, cause: cause, time: now)
        counters.results[cause.name, default: 0] += 1
    }

    func report(
        line: String,
        modem: ModemDriver,
        mask: NumberMask,
        lease: String?,
        complaints: [String],
        now: Instant
    ) -> StatusReport {
        func seconds(since instant: Instant) -> Int { Int(instant.duration(to: now).components.seconds) }
        func shown(_ number: String?) -> String? { number.map { mask.masked($0, as: .number) } }
        let lock = modem.redialLock.flatMap { lock -> StatusReport.RedialLock? in
            let left = Int(now.duration(to: lock.end).components.seconds)
            return left > 0 ? .init(number: mask.masked(lock.number, as: .number), secondsLeft: left) : nil
        }
        return StatusReport(
            line: line,
            sentence: status.sentence,
            isReady: modem.readiness == .ready && isAuthenticated,
            modem: .init(
                port: modem.portPath,
                profile: modem.profileName,
                isReady: modem.readiness == .ready,
                readiness: modem.readiness.description,
                signal: modem.signalQuality?.rssi,
                signalDBm: modem.signalQuality?.dBm
            ),
            patriot: .init(isAuthenticated: isAuthenticated, link: link, seconds: seconds(since: linkSince)),
            call: modem.call.map { call in
                .init(
                    direction: CallRecord.word(for: call.direction),
                    number: shown(call.number),
                    state: "\(call.state)",
                    seconds: callSince.map(seconds) ?? 0
                )
            },
            lastCall: lastCall.map { last in
                .init(
                    direction: CallRecord.word(for: last.call.direction),
                    number: shown(last.call.number),
                    result: last.cause.name,
                    reason: last.cause.explanation,
                    endedSecondsAgo: seconds(since: last.time)
                )
            },
            redialLock: lock,
            lease: lease,
            complaints: complaints,
            counters: counters,
            upSeconds: seconds(since: start),
            privateKilobytes: Self.privateKilobytes()
        )
    }

    /// `Private_Dirty` of proc(5), smaps_rollup.
    private static func privateKilobytes() -> Int? {
        guard let file = try? SmallFile.read("/proc/self/smaps_rollup", limit: 8192) else { return nil }
        let text = String(decoding: file.bytes, as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Private_Dirty:") }) else {
            return nil
        }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
}
