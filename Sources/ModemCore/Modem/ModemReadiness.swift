/// Whether the modem can place a call now, and if not, why: a closed list of cases, each with its data.
///
/// What a program reads is ``word``; what a person reads is ``description``. Nothing decides by the text.
package enum ModemReadiness: Equatable, Sendable {
    /// No port matches what the site named; `selector` is MODEM_DEVICE.
    case notPluggedIn(selector: String)
    /// Another process has the port.
    case heldBy(String)
    /// The port is there and cannot be opened, for this reason.
    case cannotOpen(String)
    /// The port is being opened, or the modem looked for on it for the first time.
    case opening
    /// The modem answers and gets its setup commands.
    case settingUp
    case simNotReady(SIMFault)
    case notRegistered(NetworkFault)
    /// With a sentence saying why no voice call can be made.
    case noVoice(String)
    case ready
    /// It can be dialled on; whether a call comes of it only the call shows.
    case readyInDoubt(ServiceDoubt)
    /// The modem restarts again and again; so often within the last minute.
    case keepsRestarting(Int)
    /// The port is there and nothing came back on it since then.
    case notResponding(since: Instant)
    /// Bytes come, and they are no text: first to be suspected is the bit rate.
    case garbage(since: Instant)
    /// A system call of ours on the port has not come back from the kernel, which waits for the device.
    case hung
}

/// Why it is not certain that an ordinary call works on a network that the modem is registered in.
package enum ServiceDoubt: Equatable, Sendable {
    /// Only the packet domain (+CEREG, +C5GREG) is registered: a call needs VoLTE.
    case packetDomainOnly
}

extension ServiceDoubt: CustomStringConvertible {
    package var description: String {
        switch self {
        case .packetDomainOnly: "calls depend on VoLTE: the network registered the modem for data only"
        }
    }
}

extension ModemReadiness {
    /// True when a dial is tried at all.
    package var allowsDialing: Bool {
        switch self {
        case .ready, .readyInDoubt: true
        case .notPluggedIn, .heldBy, .cannotOpen, .opening, .settingUp, .simNotReady, .notRegistered, .noVoice,
            .keepsRestarting, .notResponding, .garbage, .hung:
            false
        }
    }

    /// Since when there has been no sensible answer; nil where that is not what is wrong.
    package var since: Instant? {
        switch self {
        case .notResponding(let since), .garbage(let since): since
        case .notPluggedIn, .heldBy, .cannotOpen, .opening, .settingUp, .simNotReady, .notRegistered, .noVoice, .ready,
            .readyInDoubt, .keepsRestarting, .hung:
            nil
        }
    }

    /// One word for programs, `modem.state` in `status --json`. The list is closed and a promise; README documents it.
    package var word: String {
        switch self {
        case .notPluggedIn: "not-plugged-in"
        case .heldBy: "held"
        case .cannotOpen: "cannot-open"
        case .opening: "opening"
        case .settingUp: "setting-up"
        case .simNotReady: "sim"
        case .notRegistered: "no-network"
        case .noVoice: "no-voice"
        case .ready: "ready"
        case .readyInDoubt: "ready-in-doubt"
        case .keepsRestarting: "restarting"
        case .notResponding: "not-responding"
        case .garbage: "garbage"
        case .hung: "hung"
        }
    }

    /// Every word of ``word``, in the order of the cases.
    package static let words = [
        "not-plugged-in", "held", "cannot-open", "opening", "setting-up", "sim", "no-network", "no-voice", "ready",
        "ready-in-doubt", "restarting", "not-responding", "garbage", "hung",
    ]
}

extension ModemReadiness {
    /// What is wrong, or how far it is.
    package var cause: String {
        switch self {
        case .notPluggedIn(let selector): "no modem found for MODEM_DEVICE=\(selector)"
        case .heldBy(let holder): "the modem's port is in use by \(holder)"
        case .cannotOpen(let reason): "the modem's port cannot be opened: \(reason)"
        case .opening: "opening the modem's port"
        case .settingUp: "the modem is being set up"
        case .simNotReady(let fault): "the SIM is not ready: \(fault.cause)"
        case .notRegistered(let fault): "no network: \(fault.cause)"
        case .noVoice(let reason): "this modem cannot call: \(reason)"
        case .ready: "ready"
        case .readyInDoubt(let doubt): "ready, but \(doubt)"
        case .keepsRestarting(let count): "the modem keeps restarting (\(count) times within a minute)"
        case .notResponding: "the modem does not answer"
        case .garbage: "the modem sends garbage"
        case .hung: "the device does not let go of its port"
        }
    }

    /// What to do about it; nil where nothing is wrong, or where ``cause`` says it.
    package var remedy: String? { remedy(ofLine: nil) }

    /// As ``remedy``.
    /// - Parameter line: its name, for its files; nil where that is not known.
    package func remedy(ofLine line: String?) -> String? {
        switch self {
        case .notPluggedIn: "plug it in, or correct MODEM_DEVICE"
        case .heldBy: "stop that program, or name another port"
        case .simNotReady(let fault): fault.remedy(ofLine: line)
        case .notRegistered(let fault): fault.remedy
        case .keepsRestarting: "its power supply is too weak; give it a supply of its own (2 A)"
        case .notResponding: "check its power, its cable and MODEM_BAUD_RATE"
        case .garbage: "correct MODEM_BAUD_RATE, then check the cable and MODEM_DEVICE"
        case .hung: "unplug it"
        case .cannotOpen, .opening, .settingUp, .noVoice, .ready, .readyInDoubt: nil
        }
    }
}

extension ModemReadiness: CustomStringConvertible {
    package var description: String { remedy.map { "\(cause): \($0)" } ?? cause }
}

/// Why a port could not be opened, as the shell found it.
package enum PortFault: Equatable, Sendable {
    /// `selector` as MODEM_DEVICE has it.
    case absent(selector: String)
    case held(by: String)
    /// One sentence part with what to do.
    case failed(String)

    var readiness: ModemReadiness {
        switch self {
        case .absent(let selector): .notPluggedIn(selector: selector)
        case .held(let holder): .heldBy(holder)
        case .failed(let reason): .cannotOpen(reason)
        }
    }
}

/// Why a dial was not even tried.
package enum DialRefusal: Equatable, Sendable {
    case notReady(ModemReadiness)
    case callInProgress(CallState)
    /// The line began to ring: to dial now would answer the caller.
    case lineRinging
}

extension DialRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notReady(let readiness): readiness.description
        case .callInProgress(.hangingUp): "the last call is still being hung up: try again in a moment"
        case .callInProgress: "a call is in progress: hangup ends it"
        case .lineRinging: "the line is ringing: dial when it has stopped, or answer it"
        }
    }
}
