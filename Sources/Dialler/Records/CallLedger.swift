import Basics
import ModemCore

/// Turns what happens on a line into its call records: exactly one start and one end for each call, over restarts too.
///
/// Pure: time and identities come in, records come out.
struct CallLedger {
    /// What the records are about.
    enum Happening: Equatable, Sendable {
        /// Somebody wants this number dialled.
        case requested(String, by: CallRecord.Requester)
        /// What was requested and not carried out so far never will be, or was none of ours.
        case requestsForgotten
        /// The newest request of the control socket, else the oldest of Patriot's, was not carried out.
        case refused(String)
        /// The request that waits longest was dropped.
        case queuedDialDropped(String)
        case call(Call)
        /// The modem has said by now which calls it has, and tells of no other.
        case callsKnown
    }

    struct Moment: Equatable, Sendable {
        /// What the record says.
        var time: WallClockTime
        /// What durations are measured by.
        var instant: ContinuousClock.Instant
    }

    /// A call of an earlier run that has a start and no end.
    struct OpenCall: Equatable, Sendable {
        var subject: CallRecord.Subject
        var start: WallClockTime
        var answer: WallClockTime?
        /// How it counts as ended should it not be found again; nil when nobody could see it.
        var lost: CallRecord.Ending?
    }

    private struct Request {
        var number: String
        var requester: CallRecord.Requester
    }

    private struct Stage {
        var time: WallClockTime
        /// nil when it happened in an earlier run.
        var instant: ContinuousClock.Instant?

        func duration(to end: Moment) -> Duration {
            max(.zero, instant.map { $0.duration(to: end.instant) } ?? time.duration(to: end.time))
        }
    }

    private struct CurrentCall {
        var subject: CallRecord.Subject
        var start: Stage
        var answer: Stage?
    }

    /// How much of a number the records show.
    var numbers: NumberVisibility
    private let line: String
    private let makeID: () -> String
    private var openCalls: [OpenCall]
    private var current: CurrentCall?
    /// Oldest first. One waits at most, except for those that a peer sends faster than they are refused.
    private var requests: [Request] = []
    private static let requestLimit = 16
    private var refusals = RateLimiter()

    /// - Parameters:
    ///   - openCalls: what earlier runs left, oldest first.
    ///   - makeID: gives another identity each time.
    init(line: String, numbers: NumberVisibility, openCalls: [OpenCall], makeID: @escaping () -> String) {
        self.line = line
        self.numbers = numbers
        self.openCalls = openCalls
        self.makeID = makeID
    }

    /// The records that this calls for, in order.
    mutating func follow(_ happening: Happening, at moment: Moment) -> [CallRecord] {
        switch happening {
        case .requested(let number, let requester):
            if requests.count == Self.requestLimit { requests.removeFirst() }
            requests.append(Request(number: number, requester: requester))
            return []
        case .requestsForgotten:
            // What somebody at this computer wants does not end with the connection.
            requests.removeAll { $0.requester == .patriot }
            return []
        case .refused(let reason): return refused(takeRefusedRequest(), reason, at: moment).map { [$0] } ?? []
        case .queuedDialDropped(let reason):
            let oldest = requests.isEmpty ? nil : requests.removeFirst()
            return refused(oldest, reason, at: moment).map { [$0] } ?? []
        case .call(let call): return changed(call, at: moment)
        case .callsKnown: return current == nil ? closeOpenCalls(at: moment) : []
        }
    }

    /// - Returns: nil for one of too many; how many those were the next record says.
    private mutating func refused(_ request: Request?, _ reason: String, at moment: Moment) -> CallRecord? {
        let verdict = refusals.admit(now: moment.instant)
        guard verdict.isAdmitted else { return nil }
        let rest = verdict.suppressed
        let reason = rest == 0 ? reason : "\(reason) (\(rest) more refused before are not recorded)"
        let subject = CallRecord.Subject(
            id: makeID(),
            line: line,
            direction: .outbound,
            number: shown(request?.number),
            requestedBy: request?.requester ?? .modem
        )
        return CallRecord(subject, .refused(reason: mask(reason)), at: moment.time)
    }

    /// Somebody at the control socket is answered at once, so that the newest request is refused if it is his. Patriot's may
    /// wait for the line, and of them the oldest is dropped first.
    private mutating func takeRefusedRequest() -> Request? {
        if requests.last?.requester == .control { return requests.removeLast() }
        return requests.isEmpty ? nil : requests.removeFirst()
    }

    // MARK: The call

    private mutating func changed(_ call: Call, at moment: Moment) -> [CallRecord] {
        switch call.state {
        case .idle:
            return []
        case .released(let cause):
            return ended(cause, at: moment)
        case .dialing, .dialed, .alerting, .incoming, .waiting, .handedOver, .hangingUp:
            return begun(call, at: moment)
        case .active, .held:
            return begun(call, at: moment) + answered(at: moment)
        }
    }

    /// The start if the call is new; else only what is learned about it.
    private mutating func begun(_ call: Call, at moment: Moment) -> [CallRecord] {
        if current != nil {
            let number = shown(call.number)
            if call.direction == .inbound, number != nil { current?.subject.number = number }
            return []
        }
        if call.isAdopted, let index = openCalls.lastIndex(where: { mayBe($0.subject, call) }) {
            let open = openCalls.remove(at: index)
            current = CurrentCall(
                subject: open.subject,
                start: Stage(time: open.start),
                answer: open.answer.map { Stage(time: $0) }
            )
            return closeOpenCalls(at: moment)
        }
        let closed = closeOpenCalls(at: moment)
        let subject = newSubject(for: call)
        current = CurrentCall(subject: subject, start: Stage(time: moment.time, instant: moment.instant))
        return closed + [CallRecord(subject, .start(isAdopted: call.isAdopted), at: moment.time)]
    }

    private mutating func newSubject(for call: Call) -> CallRecord.Subject {
        var subject = CallRecord.Subject(
            id: makeID(),
            line: line,
            direction: call.direction,
            number: shown(call.number),
            requestedBy: .modem
        )
        if call.direction == .outbound, !call.isAdopted, !requests.isEmpty {
            let request = requests.removeLast()
            requests = []
            subject.requestedBy = request.requester
            subject.number = shown(request.number)
            if let dialled = call.number, dialled != request.number { subject.dialled = shown(dialled) }
        }
        return subject
    }

    private mutating func answered(at moment: Moment) -> [CallRecord] {
        guard var call = current, call.answer == nil else { return [] }
        call.answer = Stage(time: moment.time, instant: moment.instant)
        current = call
        return [CallRecord(call.subject, .answered, at: moment.time)]
    }

    private mutating func ended(_ cause: ReleaseCause, at moment: Moment) -> [CallRecord] {
        guard let call = current else { return [] }
        current = nil
        if cause == .unknownEnd { return [CallRecord(call.subject, .end(.unknown), at: moment.time)] }
        let ending = CallRecord.Ending(
            result: cause.name,
            reason: mask(cause.explanation),
            duration: call.start.duration(to: moment),
            answered: call.answer?.duration(to: moment)
        )
        // It may still be up: found again, it is the same call.
        if cause == .notResponding {
            openCalls.append(
                OpenCall(subject: call.subject, start: call.start.time, answer: call.answer?.time, lost: ending)
            )
            return []
        }
        return [CallRecord(call.subject, .end(ending), at: moment.time)]
    }

    // MARK: Earlier runs

    private mutating func closeOpenCalls(at moment: Moment) -> [CallRecord] {
        defer { openCalls = [] }
        return openCalls.map { CallRecord($0.subject, .end($0.lost ?? .unknown), at: moment.time) }
    }

    /// Whether the modem's call can be the recorded one. The modem may write its number otherwise, with another prefix, and the
    /// record may show the last digits alone.
    private func mayBe(_ subject: CallRecord.Subject, _ call: Call) -> Bool {
        guard subject.direction == call.direction else { return false }
        guard let known = subject.dialled ?? subject.number, let number = call.number else { return true }
        let visible = known.split(separator: "…").last ?? ""
        let (ours, theirs) = (visible.utf8.filter(isDigit), number.utf8.filter(isDigit))
        let count = min(ours.count, theirs.count, 6)
        return ours.suffix(count) == theirs.suffix(count)
    }

    // MARK: Masking

    private func shown(_ number: String?) -> String? {
        number.map(mask)
    }

    private func mask(_ text: String) -> String {
        NumberMask(numbers).masked(text, as: .number)
    }
}
