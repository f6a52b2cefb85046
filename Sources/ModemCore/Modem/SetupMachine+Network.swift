/// Where a modem can be registered (27.007 7.2, 10.1.22, 10.1.47).
enum RegistrationDomain: Equatable, Sendable {
    case circuit, eps, fiveG

    var command: ATCommand {
        switch self {
        case .circuit: .read("+CREG")
        case .eps: .read("+CEREG")
        case .fiveG: .read("+C5GREG")
        }
    }

    /// The domain to ask when this one does not let the modem call.
    var following: Self? {
        switch self {
        case .circuit: .eps
        case .eps: .fiveG
        case .fiveG: nil
        }
    }
}

/// Why `+CFUN?` is asked.
enum RadioReason: Equatable, Sendable {
    case sim, network
}

/// What was asked about the network, and what it said.
struct NetworkQuestions {
    /// Where the next round of questions begins.
    var next: RegistrationDomain = .circuit
    /// Domains whose question the modem refused; they are not asked again before the next set-up.
    var refused: [RegistrationDomain] = []
    /// `+CFUN?` was asked since the set-up began.
    var wasRadioAsked = false
    /// `AT+CFUN=1` was sent on this port.
    var isRadioSpent = false
    /// A call came in, or was answered: the network carries calls.
    var isVoiceProven = false

    var isRadioDue: Bool { !wasRadioAsked }

    mutating func begin() {
        next = .circuit
        refused = []
        wasRadioAsked = false
        isVoiceProven = false
    }
}

/// The registration: the circuit-switched domain first, and where it does not let the modem call, the packet domains, in which
/// voice depends on VoLTE. A modem that searches for nothing is asked whether its radio is on.
extension SetupMachine {
    mutating func askRegistration(_ domain: RegistrationDomain) -> [Action] {
        step = .registration(domain)
        network.next = .circuit
        return [.send(domain.command)]
    }

    mutating func registrationReceived(
        _ reply: ATReply,
        _ domain: RegistrationDomain,
        now: Instant
    ) -> [Action] {
        if let actions = askChangedSIM(now: now) { return actions }
        let status = RegistrationStatus(answers: reply.lines)
        guard domain == .circuit else { return packetDomainReceived(status, reply, domain, now: now) }
        if let status { return registered(status, now: now) }
        unanswered += 1
        let isRefused = if case .result(let result) = reply.ending { result != .ok } else { false }
        if isRefused || unanswered >= Self.maximumUnanswered {
            // The modem cannot say: the dial will tell.
            return ready()
        }
        step = .registrationWait
        retryAt = now + Timing.registration
        return []
    }

    /// A +CREG line, asked for by the slow poll or not.
    ///
    /// - Parameter isLineIdle: while a call is set up nothing is asked; the question is put off.
    package mutating func registrationReported(
        _ status: RegistrationStatus,
        isLineIdle: Bool,
        now: Instant
    ) -> [Action] {
        guard profile.kind == .gsm, isComplete, step != .noVoice else { return [] }
        switch step {
        case .registration, .radio, .radioOn: return []
        case .notStarted, .command, .identity, .voiceCheck, .noVoice, .simState, .simIdentity, .simRetries, .simPIN,
            .simPINDoubt,
            .simWait, .callList, .registrationWait, .ready:
            break
        }
        if status.allowsVoice || isLineIdle { return registered(status, now: now) }
        registration = status
        step = .registrationWait
        network.next = .eps
        retryAt = now + Timing.registration
        return []
    }

    /// The network was seen to carry a call.
    package mutating func voiceProven() -> [Action] {
        network.isVoiceProven = true
        guard case .readyInDoubt = toldReadiness else { return [] }
        return change(.ready)
    }

    private mutating func registered(_ status: RegistrationStatus, now: Instant) -> [Action] {
        registration = status
        unanswered = 0
        if status.allowsVoice { return ready() }
        return askNext(after: .circuit, now: now)
    }

    private mutating func askNext(after domain: RegistrationDomain, now: Instant) -> [Action] {
        var next = domain.following
        while let candidate = next, network.refused.contains(candidate) { next = candidate.following }
        if let next { return askRegistration(next) }
        return notRegistered(now: now)
    }

    private mutating func packetDomainReceived(
        _ status: RegistrationStatus?,
        _ reply: ATReply,
        _ domain: RegistrationDomain,
        now: Instant
    ) -> [Action] {
        if status?.allowsVoice == true {
            step = .ready
            retryAt = nil
            return change(network.isVoiceProven ? .ready : .readyInDoubt(.packetDomainOnly))
        }
        if status == nil, !reply.isOK { network.refused.append(domain) }
        return askNext(after: domain, now: now)
    }

    private mutating func notRegistered(now: Instant) -> [Action] {
        let status = registration ?? .unknown
        // A modem that does not even search may have its radio off; any is asked once.
        if status == .idle || status == .unknown || network.isRadioDue { return askRadio(.network) }
        return waitForNetwork(.registration(status), now: now)
    }

    private mutating func waitForNetwork(_ fault: NetworkFault, now: Instant) -> [Action] {
        step = .registrationWait
        retryAt = now + Timing.registration
        return change(.notRegistered(fault))
    }

    // MARK: Radio

    mutating func askRadio(_ reason: RadioReason) -> [Action] {
        network.wasRadioAsked = true
        step = .radio(reason)
        return [.send(.read("+CFUN"))]
    }

    mutating func radioReceived(_ reply: ATReply, _ reason: RadioReason, now: Instant) -> [Action] {
        if let actions = askChangedSIM(now: now) { return actions }
        let mode = reply.lines.lazy.filter { $0.hasPrefix("+CFUN:") }.compactMap { ATFields($0).integer(0) }.last
        guard mode == 0 || mode == 4 else {
            switch reason {
            case .sim: return askSIM()
            case .network: return waitForNetwork(.registration(registration ?? .unknown), now: now)
            }
        }
        let told = change(.notRegistered(.radioOff))
        guard !network.isRadioSpent else {
            step = reason == .sim ? .simWait : .registrationWait
            retryAt = now + (reason == .sim ? Timing.simFault : Timing.registration)
            if reason == .sim { network.wasRadioAsked = false }
            return told
        }
        network.isRadioSpent = true
        step = .radioOn(reason)
        return told + [.note(.radioSwitchedOn), .send(.set("+CFUN", "1", timeout: .seconds(15)))]
    }

    /// Whatever it answered: the next question shows what came of it.
    mutating func radioSwitched(_ reason: RadioReason, now: Instant) -> [Action] {
        if isSIMChanged { isSIMChanged = false }
        // The SIM may have had no power until now.
        step = .simWait
        retryAt = now + Timing.radio
        simBusySince = nil
        return []
    }

    /// The SIM spoke up while another answer was due: it is asked now.
    private mutating func askChangedSIM(now: Instant) -> [Action]? {
        guard isSIMChanged else { return nil }
        isSIMChanged = false
        step = .simWait
        retryAt = now
        return []
    }
}
