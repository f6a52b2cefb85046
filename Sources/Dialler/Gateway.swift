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
    private let patriot: PatriotDialer
    private let configuration: Configuration
    private let eventLoop: any EventLoop
    private let logger: Logger

    init(
        modem: ModemDriver,
        patriot: PatriotDialer,
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
        logger.warning("not dialled: \(reason)")
        onDialRefused(reason)
    }

    // MARK: From the modem

    func modemEvent(_ event: ModemEvent) {
        switch event {
        case .callChanged(let call): callChanged(call)
        case .dialRefused(let refusal): dialFailed("\(refusal)")
        case .readinessChanged(let readiness): logger.notice("modem: \(readiness)")
        case .sent, .received: break
        }
    }

    private func callChanged(_ call: Call) {
        // The wire goes first: a line of log takes as long as all the rest of the way.
        eventLoop.assumeIsolated().execute { [self] in log(call) }
        // May bring the next dial about.
        if isReported(call) { patriot.lineChanged(activity(of: call)) }
        switch (call.state, configuration.incoming) {
        case (.incoming, .reject): modem.hangUp()
        case (.incoming, .answer): modem.answer()
        default: break
        }
    }

    /// An incoming call that is ignored or rejected is none of Patriot's; once somebody has it, it is.
    private func isReported(_ call: Call) -> Bool {
        switch (call.direction, configuration.incoming) {
        case (.outbound, _), (.inbound, .report), (.inbound, .answer): true
        case (.inbound, .ignore), (.inbound, .reject):
            switch call.state {
            case .active, .held, .idle, .released: true
            case .dialing, .dialed, .alerting, .incoming, .waiting, .handedOver, .hangingUp: false
            }
        }
    }

    private func activity(of call: Call) -> LineActivity {
        // Patriot wants to hear the number as it asked for it, not as our prefixes changed it.
        let callerID = call.asked ?? call.number
        switch call.state {
        case .idle, .released:
            return .idle
        case .hangingUp:
            return .hangingUp(outbound: call.direction == .outbound, callerID: callerID)
        case .handedOver:
            return .outbound(callerID: callerID, replaceable: true)
        case .dialing, .dialed, .alerting, .active, .held, .incoming, .waiting:
            switch call.direction {
            case .outbound: return .outbound(callerID: callerID, replaceable: false)
            case .inbound: return .incoming(callerID: callerID)
            }
        }
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
