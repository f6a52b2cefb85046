import Basics
import ModemCore
import Testing

/// A modem machine at a bench: virtual time, a scripted modem, and checks that hold after every event.
final class Bench {
    private var machine: ModemMachine
    /// One beginning for all benches, so that outcomes with times in them compare.
    private static let beginning = ContinuousClock.now
    private(set) var now = Bench.beginning
    private(set) var outcome = Outcome()
    private(set) var bytesFed = 0
    /// Something was not as it has to be: the other cuts would say the same again.
    private(set) var hasFailed = false
    private var feeding = Feeding.whole
    private let sourceLocation: SourceLocation

    static let workingReplies: [String: String] = [
        "AT+CPIN?": "\r\n+CPIN: READY\r\n\r\nOK\r\n",
        "AT+CREG?": "\r\n+CREG: 1,1\r\n\r\nOK\r\n",
        "AT+CSQ": "\r\n+CSQ: 20,99\r\n\r\nOK\r\n",
        "AT+CGMI": "\r\nExample\r\n\r\nOK\r\n",
        "+++": "",
        "<CR>": "",
    ]
    /// What the modem answers to which command; nothing to a dial, OK to all others that are not listed.
    var replies = workingReplies
    /// True to answer no command at all.
    var isDead = false
    /// Takes each line that is written, and DTR, instead of `replies`.
    var modem: (any BenchModem)?
    private var awaitsReply = false
    private var hasCall = false
    private(set) var isPortOpen = false
    private var unread = 0

    init(
        _ profile: ModemProfile,
        options: ModemOptions = ModemOptions(),
        identifiesProfile: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        machine = ModemMachine(profile: profile, options: options, identifiesProfile: identifiesProfile)
        self.sourceLocation = sourceLocation
    }

    var call: Call? { machine.call }
    var recollection: Recollection { machine.recollection }
    var profile: ModemProfile { machine.profile }
    var readiness: ModemReadiness { machine.readiness }
    var signalQuality: SignalQuality? { machine.signalQuality }
    var operatorName: ForeignText? { machine.operatorName }
    var registration: RegistrationStatus? { machine.registration }
    var nextDeadline: Instant? { machine.nextDeadline }

    // MARK: Steps

    /// Opens the port and waits until the modem is ready; what happened up to then is forgotten.
    func becomeReady() {
        plug()
        wait(.seconds(5))
        check(readiness == .ready, "not ready: \(readiness)")
        forget()
    }

    func forget() {
        outcome = Outcome()
        unread = 0
        bytesFed = 0
    }

    func forgetSent() {
        outcome.sent = []
        unread = 0
    }

    func begin(_ feeding: Feeding) { self.feeding = feeding }

    func play(_ steps: [Step]) {
        var block = ""
        for (index, step) in steps.enumerated() {
            if case .modem(let text) = step {
                block += text
                if feeding == .glued, index + 1 < steps.count, case .modem = steps[index + 1] { continue }
                feed(block)
                block = ""
            } else {
                play(step)
            }
        }
    }

    private func play(_ step: Step) {
        switch step {
        case .dial(let text): dial(text)
        case .hangUp: hangUp()
        case .answer: apply(machine.answer(now: now))
        case .unplug: unplug()
        case .plug: plug()
        case .modem(let text): feed(text)
        case .replies(let command, let reply): replies[command] = reply
        case .wait(let duration): wait(duration)
        case .wrote(let line):
            let written = unread < outcome.sent.count ? outcome.sent[unread] : "nothing"
            check(written == line, "wrote \(written), not \(line)")
            unread += 1
        case .wroteNothing:
            check(unread >= outcome.sent.count, "wrote \(outcome.sent.dropFirst(unread))")
        }
    }

    /// The process starts with what an earlier one knew.
    func recall(_ recollection: Recollection) { apply(machine.recall(recollection, now: now)) }

    func plug() {
        isPortOpen = true
        awaitsReply = false
        apply(machine.portOpened(now: now))
    }

    func unplug() {
        isPortOpen = false
        awaitsReply = false
        apply(machine.portClosed(now: now))
        // The port may have been closed to be opened again: then only the next try finds that the device is gone.
        apply(machine.deviceMissing(now: now))
        check(machine.call == nil, "a call survives the unplug")
    }

    func dial(_ text: String) {
        guard let number = DialString(text) else { return check(false, "not a dial string: \(text)") }
        apply(machine.dial(number, now: now))
    }

    func hangUp() { apply(machine.hangUp(now: now)) }

    func answer() { apply(machine.answer(now: now)) }

    /// - Throws: why it is not sent.
    func send(
        _ line: String,
        timeout: Duration = OperatorCommand.defaultTimeout
    ) throws(OperatorCommand.Refusal) {
        apply(try machine.send(OperatorCommand(line, timeout: timeout), now: now))
    }

    func sendTones(_ digits: String) throws(OperatorCommand.Refusal) {
        apply(try machine.sendTones(OperatorCommand(tones: digits), now: now))
    }

    func feed(_ text: String) { feed(Array(text.utf8)) }

    func feed(_ bytes: [UInt8]) {
        switch feeding {
        case .whole, .glued:
            read(bytes[...])
        case .bytewise:
            for byte in bytes { read([byte]) }
        case .strided(let offset):
            var rest = bytes[...]
            while let first = rest.indices.dropFirst().first(where: {
                (bytesFed + $0 - rest.startIndex) % Feeding.stride == offset
            }) {
                read(rest[..<first])
                rest = rest[first...]
            }
            read(rest)
        case .cut(let index):
            let cut = index - bytesFed
            guard bytes.indices.contains(cut), cut > 0 else { return read(bytes[...]) }
            read(bytes[..<cut])
            read(bytes[cut...])
        }
    }

    private func read(_ bytes: ArraySlice<UInt8>) {
        bytesFed += bytes.count
        apply(machine.bytesReceived(bytes, now: now))
    }

    /// Lets time pass, deadline by deadline.
    func wait(_ duration: Duration) {
        let end = now + duration
        var wakeUps = 0
        while let deadline = machine.nextDeadline, deadline <= end {
            if deadline > now { wakeUps = 0 }
            now = max(now, deadline)
            wakeUps += 1
            apply(machine.deadlineReached(now: now))
            guard wakeUps < 100 else { return check(false, "the timer spins") }
        }
        now = end
    }

    /// Lets time pass for the machine and for `modem`.
    func run(_ duration: Duration) {
        let end = now + duration
        while now < end {
            wait(.milliseconds(20))
            for text in modem?.due(now: now) ?? [] { feed(text) }
        }
    }

    /// Whatever there was before: a modem that says nothing any more ends the call, and one that works is ready again.
    func expectToComeBack(sourceLocation: SourceLocation = #_sourceLocation) {
        isDead = true
        wait(.seconds(5 * 3600))
        #expect(call == nil, sourceLocation: sourceLocation)
        isDead = false
        unplug()
        plug()
        replies = Self.workingReplies
        wait(.seconds(30))
        #expect(readiness == .ready, sourceLocation: sourceLocation)
    }

    // MARK: The world around the machine

    private func apply(_ actions: [ModemMachine.Action]) {
        var answers: [String] = []
        for action in actions {
            record(action)
            if case .sent(let line) = action, !isDead { answers.append(reply(to: line)) }
        }
        checkInvariants()
        for reply in answers where !reply.isEmpty { feed(reply) }
    }

    private func reply(to line: String) -> String {
        if let modem {
            modem.received(line, now: now)
            return ""
        }
        return replies[line] ?? (line.hasPrefix("ATD") ? "" : "\r\nOK\r\n")
    }

    private func record(_ action: ModemMachine.Action) {
        switch action {
        case .write(let bytes):
            check(!bytes.contains(0x0A), "wrote an LF")
            check(isPortOpen, "wrote to a closed port")
        case .sent(let line):
            outcome.sent.append(line)
            sent(line)
        case .received(let line):
            outcome.received.append(line)
            if FinalResultCode(line: line) != nil || FinalResultCode(numeric: line) != nil { awaitsReply = false }
        case .callChanged(let call):
            outcome.calls.append(call)
            changed(call)
        case .readinessChanged(let readiness): outcome.readiness.append(readiness)
        case .operatorReplied(let reply): outcome.replies.append(reply)
        case .dialRefused(let refusal): outcome.refusals.append(refusal)
        case .reopenPort:
            outcome.reopenings += 1
            awaitsReply = false
            isPortOpen = false
        case .note(let note):
            outcome.notes.append(note)
            switch note {
            case .commandTimedOut, .synchronizing, .modemReset, .silent: awaitsReply = false
            default: break
            }
        case .setDTR(let isOn):
            outcome.isDTROn.append(isOn)
            modem?.setDTR(isOn, now: now)
        }
    }

    private func sent(_ line: String) {
        if line == "<CR>" {
            check(awaitsReply, "aborted nothing")
            return
        }
        check(!awaitsReply, "two commands in flight: \(outcome.sent.suffix(2))")
        awaitsReply = line != "+++"
        if line.hasPrefix("ATD") {
            check(outcome.calls.last?.state == .dialing, "dialled before the call was told")
        }
    }

    private func changed(_ call: Call) {
        if case .released = call.state {
            check(hasCall, "a second end")
            hasCall = false
        } else {
            hasCall = true
        }
    }

    private func checkInvariants() {
        check((machine.call != nil) == hasCall, "the call and the told call differ")
        if isPortOpen || machine.call != nil {
            check(machine.nextDeadline != nil, "nothing is awaited in \(String(describing: machine.call))")
        }
    }

    func check(_ condition: Bool, _ comment: @autoclosure () -> String) {
        guard !condition else { return }
        hasFailed = true
        Issue.record("\(comment()), fed \(feeding)", sourceLocation: sourceLocation)
    }
}

/// A modem that lives in the bench's time.
protocol BenchModem: AnyObject {
    func received(_ line: String, now: Instant)
    func setDTR(_ isOn: Bool, now: Instant)
    /// What it sends by now.
    func due(now: Instant) -> [String]
}

extension ModemReadiness {
    /// Why there is no SIM to use, if that is what the modem lacks.
    var simFault: SIMFault? {
        if case .simNotReady(let fault) = self { fault } else { nil }
    }

    /// Why there is no network, if that is what the modem lacks.
    var networkFault: NetworkFault? {
        if case .notRegistered(let fault) = self { fault } else { nil }
    }

    /// Why there are no voice calls, if that is what the modem lacks.
    var voiceFault: String? {
        if case .noVoice(let reason) = self { reason } else { nil }
    }
}
