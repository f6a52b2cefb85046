import Basics
import Logging
import ModemCore
import ModemDriver
import NIOCore
import PatriotCore
import PatriotLink

/// Joins the two sides: Patriot's requests become modem operations, and the state of the call becomes Patriot's.
///
/// Bound to the event loop of both. This is the one place that knows both vocabularies.
final class Gateway {
    /// Told why a dial was not tried.
    var onDialRefused: (String) -> Void = { _ in }

    private let modem: ModemDriver
    private let patriot: PatriotSession
    private let configuration: Configuration
    private let eventLoop: any EventLoop
    private let logger: Logger

    /// The present call is one that Patriot is told of.
    private var isShown = false
    private var refusals = RateLimiter()
    private var lastComplaint: String?
    /// As it was logged last.
    private var lastReadiness: ModemReadiness?

    init(
        modem: ModemDriver,
        patriot: PatriotSession,
        configuration: Configuration,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        self.modem = modem
        self.patriot = patriot
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
    }

    // MARK: From Patriot

    func perform(_ request: LineRequest) {
        switch request {
        case .dial(let phoneNo): dial(phoneNo)
        case .hangUp: modem.hangUp()
        }
    }

    private func dial(_ phoneNo: String) {
        let replaces = configuration.dialling.duringCall == .replace || !tellsRinging
        if modem.isRingHeldBack, modem.canReject, replaces { return patriot.dialPostponed(phoneNo) }
        do throws(NumberRefusal) {
            let text = try configuration.numberRules(for: modem.kind).dialString(for: phoneNo)
            guard let number = DialString(text) else { throw .tooLong }
            modem.dial(number, asked: phoneNo)
        } catch {
            dialFailed("\(error)")
        }
    }

    /// Patriot has no message for a reason; it learns that nothing is up, and the log learns why.
    private func dialFailed(_ reason: String) {
        patriot.dialFailed()
        let verdict = refusals.admit(now: .now)
        if verdict.suppressed > 0 { logger.warning("not dialled, and not logged: \(verdict.suppressed) numbers more") }
        if verdict.isAdmitted { logger.warning("not dialled: \(reason)") }
        onDialRefused(reason)
    }

    // MARK: From the modem

    func modemEvent(_ event: ModemEvent) {
        switch event {
        case .callChanged(let call): callChanged(call)
        case .dialRefused(let refusal): dialFailed("\(refusal)")
        case .readinessChanged(let readiness):
            log(readiness)
            if readiness.allowsDialing { complain() }
        case .sent, .received: break
        }
    }

    private func callChanged(_ call: Call) {
        // The wire goes first: a line of log takes as long as all the rest of the way.
        eventLoop.assumeIsolated().execute { [self] in log(call) }
        isShown = isShown || isReported(call)
        // May bring the next dial about.
        patriot.lineChanged(activity(of: call))
        if case .released = call.state { isShown = false }
        switch (call.state, incoming) {
        case (.incoming, .reject): modem.hangUp()
        case (.incoming, .answer): modem.answer()
        default: break
        }
    }

    /// What happens to a call that comes in: what the modem cannot reject is reported.
    private var incoming: Configuration.IncomingPolicy {
        configuration.incoming == .reject && !modem.canReject ? .report : configuration.incoming
    }

    private var tellsRinging: Bool { incoming == .report || incoming == .answer }

    /// An incoming call that is ignored or rejected is none of Patriot's; once somebody has it, it is.
    private func isReported(_ call: Call) -> Bool {
        call.direction == .outbound || tellsRinging || call.state == .active || call.state == .held
    }

    // MARK: What the modem cannot do

    /// What of the configuration has no effect on this modem, in one sentence; nil when all has.
    var complaint: String? {
        switch configuration.incoming {
        case .reject where modem.readiness.allowsDialing && !modem.canReject:
            "INCOMING=reject has no effect: this modem cannot reject, calls are reported"
        case .answer where modem.readiness.allowsDialing && !modem.canAnswer:
            "INCOMING=answer has no effect: this modem cannot answer a voice call, calls are reported"
        case .report, .ignore, .reject, .answer: nil
        }
    }

    /// Says it once.
    private func complain() {
        let complaint = complaint
        if let complaint, complaint != lastComplaint { logger.warning("\(complaint)") }
        lastComplaint = complaint
    }

    private func activity(of call: Call) -> LineActivity {
        // Patriot wants to hear the number as it asked for it, not as our prefixes changed it.
        let callerID = call.asked ?? call.number
        switch call.state {
        case .idle, .released:
            return .idle
        case _ where !isShown:
            return .unwanted(call.state == .hangingUp ? .hangingUp : .ringing(endable: modem.canReject))
        case .hangingUp:
            return .hangingUp(outbound: call.direction == .outbound, callerID: callerID)
        case .handedOver:
            return .outbound(callerID: callerID, replaceable: true)
        case .dialing, .dialed, .alerting, .active, .held, .incoming, .waiting:
            switch call.direction {
            case .outbound: return .outbound(callerID: callerID, replaceable: false)
            case .inbound:
                return .incoming(callerID: callerID, endable: call.state != .incoming || modem.canReject)
            }
        }
    }

    /// Each change once; one to a state in which nothing can be dialled is a warning, but not the steps to get ready.
    private func log(_ readiness: ModemReadiness) {
        guard readiness != lastReadiness else { return }
        let wasReady = lastReadiness?.allowsDialing == true
        lastReadiness = readiness
        let isStep = readiness == .opening || readiness == .settingUp
        let isNotice = readiness.allowsDialing || isStep && !wasReady
        logger.log(level: isNotice ? .notice : .warning, "modem: \(readiness)")
    }

    private func log(_ call: Call) {
        var metadata: Logger.Metadata = ["direction": "\(call.direction)"]
        if let number = call.number { metadata["number"] = "\(number)" }
        if case .released(let cause) = call.state {
            logger.notice("call ended: \(cause)", metadata: metadata)
        } else {
            logger.notice("call \(call.state)", metadata: metadata)
        }
    }
}
