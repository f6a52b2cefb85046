/// Why a call ended, or why it never came to be.
package enum ReleaseCause: Equatable, Sendable {
    case localHangUp
    case remoteHangUp
    case busy
    case noAnswer
    case rejected
    case noDialtone
    case noCarrier
    case lineInUse
    /// No loop current: the line is not plugged in.
    case noLine
    case delayed
    case blacklisted
    case barred
    /// The SIM allows only the numbers of its list (FDN).
    case fixedDialingOnly
    case unassignedNumber
    case numberChanged
    case invalidNumber
    case noRoute
    case outOfOrder
    /// The network has no free channel.
    case congestion
    case networkFailure
    case signalLost
    case noCredit
    case noVoiceService
    /// A dial failed where only the packet domain is registered.
    case noVoLTE
    case emergencyOnly
    /// A cause of 24.008 10.5.4.11 without a case of its own here.
    case network(Int)
    case noNetwork
    case simNotReady
    case notSupported
    /// `+CME ERROR: n` (27.007 9.2) without a case of its own here.
    case cmeError(Int)
    case modemError
    case modemLost
    case modemReset
    case missed
    case timeout
    case unverified
    /// The modem answered nothing for long; the call may still be up.
    case notResponding
    /// The call is over, or counts as over, and nobody could see when it ended.
    case unknownEnd
}

extension ReleaseCause {
    /// What the modem's final result says about a call in `state`.
    package init(_ result: FinalResultCode, in state: CallState) {
        switch result {
        case .noCarrier:
            self = Self.carrierLost(in: state)
        case .busy: self = .busy
        case .noAnswer: self = .noAnswer
        case .noDialtone: self = .noDialtone
        case .lineInUse: self = .lineInUse
        case .noLine: self = .noLine
        case .delayed: self = .delayed
        case .blacklisted: self = .blacklisted
        case .unsupported: self = .notSupported
        case .cmeError(let code): self = Self.cme(code)
        case .ok, .connect, .voiceConnect: self = .rejected
        case .error: self = .modemError
        }
    }

    /// Of a dial that failed where calls depend on VoLTE: what says no more than that it failed is most likely that.
    var whereVoLTEIsNeeded: Self {
        switch self {
        case .noCarrier, .noVoiceService, .noNetwork, .modemError, .notSupported, .network, .networkFailure, .cmeError:
            .noVoLTE
        case .localHangUp, .remoteHangUp, .busy, .noAnswer, .rejected, .noDialtone, .lineInUse, .noLine, .delayed,
            .blacklisted, .barred, .fixedDialingOnly, .unassignedNumber, .numberChanged, .invalidNumber, .noRoute,
            .outOfOrder, .congestion, .signalLost, .noCredit, .noVoLTE, .emergencyOnly, .simNotReady, .modemLost,
            .modemReset, .missed, .timeout, .unverified, .notResponding, .unknownEnd:
            self
        }
    }

    /// What the network's cause says about a call in `state` (24.008 10.5.4.11).
    package init(networkCause cause: Int, in state: CallState) {
        switch cause {
        case 1: self = .unassignedNumber
        case 3: self = .noRoute
        case 8, 10, 29, 50, 55, 57: self = .barred
        // Normal clearing: who was talking has hung up, who was being called has refused or given up.
        case 16, 31: self = Self.carrierLost(in: state)
        case 17: self = .busy
        case 18, 19: self = .noAnswer
        case 21: self = .rejected
        case 22: self = .numberChanged
        case 27: self = .outOfOrder
        case 28: self = .invalidNumber
        case 34, 42, 44, 47: self = .congestion
        case 38, 41, 102, 111: self = .networkFailure
        case 58, 63, 65, 69, 70, 79: self = .noVoiceService
        case 68: self = .noCredit
        default: self = .network(cause)
        }
    }

    package init(_ reason: EndReason, in state: CallState) {
        switch reason {
        case .unexplained: self = Self.carrierLost(in: state)
        case .network(let cause): self.init(networkCause: cause, in: state)
        case .cause(let cause): self = cause
        }
    }

    private static func carrierLost(in state: CallState) -> Self {
        switch state {
        case .idle, .dialing, .released: .noCarrier
        case .dialed, .alerting, .active, .held, .handedOver: .remoteHangUp
        case .incoming, .waiting: .missed
        case .hangingUp: .localHangUp
        }
    }

    /// The codes of 27.007 9.2 worth a sentence of their own; 257 is Siemens' "call barred".
    private static func cme(_ code: Int) -> Self {
        switch code {
        case 4: .notSupported
        case 10, 11, 12, 13, 14, 15, 16, 17, 18: .simNotReady
        case 26, 27: .invalidNumber
        case 30: .noNetwork
        case 31: .timeout
        case 32: .emergencyOnly
        case 56: .fixedDialingOnly
        case 62, 257: .barred
        default: .cmeError(code)
        }
    }
}

extension ReleaseCause: CustomStringConvertible {
    package var description: String { explanation }

    /// One plain sentence: what happened and, where something can be done, what to do.
    package var explanation: String {
        switch self {
        case .localHangUp: "the call was hung up here"
        case .remoteHangUp: "the remote party hung up"
        case .busy: "the number is busy"
        case .noAnswer: "nobody answered"
        case .rejected: "the call was rejected or cancelled before it was answered"
        case .noDialtone:
            "there is no dial tone: check the telephone cable, or use ATX3 on a line whose tone is not recognised"
        case .noCarrier: "the call could not be set up: check the number and, on LTE, that the SIM may make voice calls"
        case .lineInUse: "another telephone on this line is off hook: hang it up and dial again"
        case .noLine: "the telephone line is not connected: check the cable at the modem and at the wall"
        case .delayed: "the modem temporarily blocks redialling this number: wait a minute and dial again"
        case .blacklisted:
            "the modem bars this number after too many failed calls: unplug the modem and plug it in again"
        case .barred: "the network or the SIM bars this call: ask the provider to allow it"
        case .fixedDialingOnly:
            "the SIM allows only the numbers of its fixed list (FDN): switch that off with a telephone"
        case .unassignedNumber: "the number does not exist: check it"
        case .numberChanged: "the number has changed: find out the new one"
        case .invalidNumber: "the network rejected the number as invalid: check it and the number settings"
        case .noRoute: "no route to this number: check its country and area code"
        case .outOfOrder: "the remote party's telephone cannot be reached: try another number"
        case .congestion: "the network is congested: dial again in a moment"
        case .networkFailure: "the network failed: dial again in a moment"
        case .signalLost: "the radio signal was lost: check the antenna and its place"
        case .noCredit: "the SIM has no credit or its limit is reached: top it up"
        case .noVoiceService:
            "voice calls are not available to this modem on this network: the SIM needs VoLTE, or the modem a 2G or 3G network"
        case .noVoLTE:
            "the call could not be set up: here calls need VoLTE, so check that the modem and the SIM have it, then the number"
        case .emergencyOnly: "the network allows this SIM emergency calls only: check the SIM"
        case .network(let cause):
            "the network ended the call with cause \(cause): dial again; if it stays so, tell the provider that number"
        case .noNetwork: "the modem has no network: check the antenna and the SIM"
        case .simNotReady: "the SIM is missing, locked or faulty: check the SIM and SIM_PIN_FILE"
        case .notSupported: "the modem does not support this: check that it is a voice modem and MODEM_PROFILE"
        case .cmeError(21): "the modem refused the dial with +CME ERROR: 21 (invalid index): \(Self.voiceAdvice)"
        case .cmeError(let code):
            "the modem refused with +CME ERROR: \(code)\(CMEError.text(code).map { " (\($0))" } ?? ""): see the modem's manual"
        case .modemError:
            "the modem refused the dial with ERROR: check the number and MODEM_PROFILE; \(Self.voiceAdvice)"
        case .modemLost: "the modem was unplugged or stopped answering: check its cable and its power"
        case .modemReset: "the modem restarted by itself: check its power supply"
        case .missed: "the caller gave up or somebody answered elsewhere"
        case .timeout:
            "the modem or the network did not bring the call to an end in time, so it was hung up: dial again"
        case .notResponding: "the modem is not responding; the call may still be up: check its cable and its power"
        case .unknownEnd:
            "nobody could see when the call ended: the line was started again or its modem was silent"
        case .unverified:
            "the modem did not confirm the hang-up, so its port is being reopened: check that the line is free"
        }
    }

    /// What helps where a modem refuses every dial.
    private static let voiceAdvice =
        "a mobile modem may make no voice calls, or only after MODEM_BEFORE_DIAL=AT%icscall=1,0 (ZTE) or AT^DDSETEX=2 (Huawei), "
        + "or MODEM_INIT_EXTRA=AT_OPCMENABLE=1 (Option)"
}
