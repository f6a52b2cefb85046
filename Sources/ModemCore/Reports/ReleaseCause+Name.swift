extension ReleaseCause {
    /// The cause in one word, for records and statistics; it never changes.
    ///
    /// A cause that has no case of its own ends with its number: `network-99`, `cme-error-513`.
    package var name: String {
        switch self {
        case .localHangUp: "local-hang-up"
        case .remoteHangUp: "remote-hang-up"
        case .busy: "busy"
        case .noAnswer: "no-answer"
        case .rejected: "rejected"
        case .noDialtone: "no-dialtone"
        case .noCarrier: "no-carrier"
        case .lineInUse: "line-in-use"
        case .noLine: "no-line"
        case .delayed: "delayed"
        case .blacklisted: "blacklisted"
        case .barred: "barred"
        case .fixedDialingOnly: "fixed-dialing-only"
        case .unassignedNumber: "unassigned-number"
        case .numberChanged: "number-changed"
        case .invalidNumber: "invalid-number"
        case .noRoute: "no-route"
        case .outOfOrder: "out-of-order"
        case .congestion: "congestion"
        case .networkFailure: "network-failure"
        case .signalLost: "signal-lost"
        case .noCredit: "no-credit"
        case .noVoiceService: "no-voice-service"
        case .noVoLTE: "no-volte"
        case .emergencyOnly: "emergency-only"
        case .network(let cause): "network-\(cause)"
        case .noNetwork: "no-network"
        case .simNotReady: "sim-not-ready"
        case .notSupported: "not-supported"
        case .cmeError(let code): "cme-error-\(code)"
        case .modemError: "modem-error"
        case .modemLost: "modem-lost"
        case .modemReset: "modem-reset"
        case .missed: "missed"
        case .timeout: "timeout"
        case .unverified: "unverified"
        case .notResponding: "not-responding"
        case .unknownEnd: "unknown-end"
        }
    }
}

extension ReleaseCause {
    /// Every ``name`` without a number, sorted; those with one begin with one of ``numberedNames``.
    package static let names = [
        "barred", "blacklisted", "busy", "congestion", "delayed", "emergency-only", "fixed-dialing-only",
        "invalid-number", "line-in-use", "local-hang-up", "missed", "modem-error", "modem-lost", "modem-reset",
        "network-failure",
        "no-answer", "no-carrier", "no-credit", "no-dialtone", "no-line", "no-network", "no-route",
        "no-voice-service", "no-volte", "not-responding", "not-supported", "number-changed", "out-of-order", "rejected",
        "remote-hang-up",
        "signal-lost", "sim-not-ready", "timeout", "unassigned-number", "unknown-end", "unverified",
    ]
    /// What a ``name`` with a number has before it and a `-`.
    package static let numberedNames = ["cme-error", "network"]
}
