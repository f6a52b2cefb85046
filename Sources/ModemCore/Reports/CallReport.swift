/// What a line of the modem's, asked for or not, means for the call: the one vocabulary all makers' lines are turned into.
package enum CallReport: Equatable, Sendable {
    /// The line rings.
    case ringing
    case callerID(CallerID)
    /// A second call knocks (+CCWA).
    case secondCall(number: String?)
    /// A call is in this state now, by a maker's own report.
    case progress(CallProgress)
    /// The same of a call that the report gives another mode than voice: it is ours only where its number or its id says so.
    case dataCall(CallProgress)
    /// Such a call is over.
    case dataReleased(id: Int)
    /// A call is up, by an indicator that tells neither which nor how far it is.
    case someCallUp
    /// The remote end answered, by a result that names no call.
    case answered
    /// A caller gave up.
    ///
    /// - Parameter number: nil where the line does not give it.
    case missed(number: String?)
    /// A call, of which nothing else is told yet, has this number in the maker's reports.
    case numbered(Int)
    /// The handset on the modem's own jack was lifted: the operator takes over.
    case handsetLifted
    /// The call is over, or could not be had.
    case ended(FinalResultCode)
    /// A call is over, by a maker's own report.
    ///
    /// - Parameter id: the modem's number for the call, nil where the report has none.
    case released(id: Int?, EndReason)
    /// One of the calls is over, by a report whose number does not tell which.
    case someReleased(EndReason)
}

extension CallReport {
    /// True for what a modem says while the line rings.
    var isRing: Bool {
        switch self {
        case .ringing, .callerID: true
        case .progress(let progress), .dataCall(let progress): progress.state == .incoming
        case .secondCall, .dataReleased, .someCallUp, .answered, .missed, .numbered, .handsetLifted, .ended, .released,
            .someReleased:
            false
        }
    }
}

/// The state of one call as a maker's report gives it.
package struct CallProgress: Equatable, Sendable {
    /// The modem's number for the call, nil where the report has none.
    package var id: Int?
    /// nil where the report does not tell; it is then the call we know of.
    package var direction: CallDirection?
    /// `.dialing`, `.alerting`, `.active`, `.held`, `.incoming` or `.waiting`.
    package var state: CallState
    /// The remote number, nil when withheld or not given.
    package var number: String?

    package init(id: Int? = nil, direction: CallDirection? = nil, state: CallState, number: String? = nil) {
        self.id = id
        self.direction = direction
        self.state = state
        self.number = number
    }

    /// The direction, also where only the state tells it.
    var knownDirection: CallDirection? {
        if let direction { return direction }
        switch state {
        case .dialing, .dialed, .alerting: return .outbound
        case .incoming, .waiting: return .inbound
        case .idle, .active, .held, .handedOver, .hangingUp, .released: return nil
        }
    }
}

/// What a maker's end report says about why.
package enum EndReason: Equatable, Sendable {
    /// Nothing: the state the call was in tells what there is to tell.
    case unexplained
    /// A cause of 24.008 10.5.4.11.
    case network(Int)
    case cause(ReleaseCause)
}

/// A family of lines a profile understands: one case a maker, whose reader is in the file of that maker's profile. Of two that
/// share a name the first is asked first where the maker is not known.
package enum ReportGrammar: CaseIterable, Equatable, Sendable {
    /// RING, +CRING, +CLIP, +CCWA (27.007) and the call results of V.250.
    case standard
    /// The caller-ID lines of analog modems.
    case analogCallerID
    /// RINGING of modems in voice class.
    case voiceClass
    /// ^SLCC.
    case cinterion
    /// *ECAV, *CPI.
    case ericsson
    /// ^ORIG, ^CONF, ^CONN, ^CEND.
    case huawei
    /// +XCALLSTAT.
    case intelXMM
    /// +QIND: "ccinfo", and ^DSCI in Quectel's numbers.
    case quectel
    /// ^DSCI in the numbers of +CLCC.
    case dsci
    /// +CLCC by itself, MO RING, MO CONNECTED, VOICE CALL.
    case simcom
    /// +WIND.
    case sierra
    /// #ECAM.
    case telit
    /// +UCALLSTAT.
    case ublox
    /// HANGUP.
    case zte

    /// True when its lines tell where a call is, so that nothing has to be asked until it is answered.
    package var tellsProgress: Bool {
        switch self {
        case .standard, .analogCallerID, .voiceClass: false
        case .cinterion, .dsci, .ericsson, .huawei, .intelXMM, .quectel, .simcom, .sierra, .telit, .ublox, .zte: true
        }
    }

    /// What its lines begin with, as far as that tells them from an answer in free text; those that all modems have in common
    /// are known by their form (``UnsolicitedResultCode``).
    var prefixes: [String] {
        switch self {
        case .standard: []
        case .analogCallerID: ["NMBR", "DDN_NMBR"]
        case .voiceClass: ["RINGING"]
        case .cinterion: ["^SLCC:"]
        case .dsci: ["^DSCI:"]
        case .ericsson: ["*ECAV:", "*CPI:"]
        case .huawei: ["^ORIG:", "^CONF:", "^CONN:", "^CEND:"]
        case .intelXMM: ["+XCALLSTAT:"]
        case .quectel: ["+QIND:", "^DSCI:"]
        case .simcom: ["+CLCC:", "MO RING", "MO CONNECTED", "VOICE CALL:"]
        case .sierra: ["+WIND:"]
        case .telit: ["#ECAM:"]
        case .ublox: ["+UCALLSTAT:"]
        case .zte: ["HANGUP:"]
        }
    }
}

/// Turns unsolicited lines into call reports, by the profile's grammars.
package struct ReportTranslator: Sendable {
    private let grammars: [ReportGrammar]
    private var hexCallerID = HexCallerID()
    private var cinterionCalls = CinterionCallList()
    private var simcomCalls = SIMComCallReports()
    private var indicators = CallIndicators()

    /// - Parameter grammars: asked in this order; the first that knows a line decides.
    package init(grammars: [ReportGrammar]) {
        self.grammars = grammars
    }

    /// - Returns: nil when no grammar knows the line; no reports when it is known and means nothing for the call. A line that is
    ///   damaged is not known.
    package mutating func reports(from line: String) -> [CallReport]? {
        reports(from: line, code: UnsolicitedResultCode(line: line))
    }

    /// - Parameter code: what the line is to all modems.
    mutating func reports(from line: String, code: UnsolicitedResultCode?) -> [CallReport]? {
        for grammar in grammars {
            let reports =
                switch grammar {
                case .standard: code.map { $0.reports } ?? indicators.reports(from: line)
                case .analogCallerID: AnalogCallerID.reports(from: line, hex: &hexCallerID)
                case .voiceClass: VoiceClassReport.reports(from: line)
                case .cinterion: cinterionCalls.reports(from: line)
                case .dsci: DSCIReport.reports(from: line)
                case .ericsson: EricssonReport.reports(from: line)
                case .huawei: HuaweiReport.reports(from: line)
                case .intelXMM: CallStatReport.reports(from: line, prefix: "+XCALLSTAT:")
                case .quectel: QuectelReport.reports(from: line)
                case .simcom: simcomCalls.reports(from: line)
                case .sierra: SierraReport.reports(from: line)
                case .telit: TelitReport.reports(from: line)
                case .ublox: CallStatReport.reports(from: line, prefix: "+UCALLSTAT:")
                case .zte: ZTEReport.reports(from: line)
                }
            if let reports { return reports }
        }
        return nil
    }

    /// Indicators are reported by their places, and their order has to be asked for.
    var isIndicatorOrderWanted: Bool { indicators.isOrderWanted }

    mutating func indicatorOrderAsked() { indicators.orderAsked() }

    mutating func indicatorOrderReplied(_ reply: ATReply) { indicators.replied(reply) }

    /// - Parameter code: the letter of a shielded event.
    package func reports(fromShielded code: UInt8) -> [CallReport] {
        grammars.contains(.voiceClass) ? VoiceClassReport.reports(fromShielded: code) : []
    }
}
