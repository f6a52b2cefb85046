/// What one maker's modem does in its own way: its words, their bytes and their order.
struct SimulatedModemScript: Sendable {
    /// When a voice dial gets its result code.
    enum DialResult: Equatable, Sendable {
        /// OK as soon as the number is taken.
        case atOnce
        /// OK when the remote telephone rings, or when the call has failed.
        case whenAlerting
        /// OK when the call is answered; the reason when it is not.
        case whenAnswered
        /// CONNECT when it is answered; OK when it is not.
        case connect
    }

    enum Ring: Equatable, Sendable {
        /// RING or +CRING, and +CLIP.
        case always
        /// The same, but without +CRC=1 only +CLIP.
        case withCRC
        case never
    }

    var isAnalog = false
    var manufacturer = "Simulation"
    var model = "GSM Voice 1"
    /// Between two rings: 5 s on GSM, 6 s on a North American line.
    var ringInterval = Duration.seconds(5)
    var dialResult = DialResult.atOnce
    /// Set commands that are taken and kept, beyond those that all have.
    var settings: Set<String> = []
    /// Known to others, and an error here.
    var unknownCommands: Set<String> = []
    /// The information text of a command, by all that follows AT.
    var answers: [String: [String]] = [:]
    /// +CVHU at power-on: 1 answers OK to ATH and keeps the call.
    var hangUpControl = 0
    /// How an incoming call is told, beside the reports.
    var ring = Ring.always
    /// What ends the +CRING line, and what begins it.
    var cringLineEnd = "\r\n"
    /// The end of a call that we hang up is told before the OK of the command.
    var tellsEndBeforeOK = false
    /// A data call that is always listed; it has id 1.
    var hasPhantomCall = false
    /// With this `<stat>` +CLCC lists a call for a moment after its end.
    var lingeringStatus: Int?
    /// Told after a start.
    var banner = ["RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready"]
    /// Lines that mean nothing and come at any time.
    var noise: [String] = []
    /// What is told when something happens to the call.
    var reports: @Sendable (SimulatedProgress, SimulatedReportContext) -> [SimulatedLine] = { progress, context in
        context.standardEnd(of: progress)
    }

    /// The modem's number for the call.
    var callID: Int { hasPhantomCall ? 2 : 1 }
}

/// What happens to the call, for the script to tell.
enum SimulatedProgress: Equatable, Sendable {
    /// The number was taken.
    case originated
    case alerting
    case answered
    /// Each ring of an incoming call.
    case ringing
    case ended(SimulatedEnd)
}

/// Why a call ended.
enum SimulatedEnd: Equatable, Sendable {
    case local, remote, busy, rejected, noAnswer, unobtainable, networkLost

    /// 24.008 10.5.4.11
    var cause: Int {
        switch self {
        case .local, .remote: 16
        case .busy: 17
        case .rejected: 21
        case .noAnswer: 19
        case .unobtainable: 1
        case .networkLost: 27
        }
    }

    var result: SimulatedModemResult {
        switch self {
        case .local, .remote, .rejected, .unobtainable, .networkLost: .noCarrier
        case .busy: .busy
        case .noAnswer: .noAnswer
        }
    }
}

/// Something the modem says unsolicited.
enum SimulatedLine: Equatable, Sendable {
    /// Between line ends.
    case line(String)
    /// As the registers want it.
    case result(SimulatedModemResult)
    /// Byte for byte.
    case raw(String)
}

/// What a script may know of the call and the settings.
struct SimulatedReportContext: Sendable {
    var id: Int
    var isOutbound: Bool
    /// Empty when not shown.
    var number: String
    var wasAnswered: Bool
    /// Of the conversation.
    var seconds: Int
    var settings: [String: String]

    /// 27.007 7.6: 145 international, 129 unknown, 128 none.
    var numberType: Int { number.isEmpty ? 128 : number.hasPrefix("+") ? 145 : 129 }
    /// `<dir>` of +CLCC.
    var direction: Int { isOutbound ? 0 : 1 }

    func isOn(_ setting: String) -> Bool { settings[setting].map { $0 != "0" } ?? false }

    /// The line that all modems tell a remote end by: none when we hung up, or when nobody answered the ringing.
    func standardEnd(of progress: SimulatedProgress) -> [SimulatedLine] {
        guard case .ended(let end) = progress, end != .local, isOutbound || wasAnswered else { return [] }
        return [.result(end.result)]
    }
}
