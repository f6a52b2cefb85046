/// One row of a +CLCC reply (27.007 7.18).
package struct CallListEntry: Equatable, Sendable {
    /// What the row says about the call's state.
    private enum Standing: Equatable {
        case up(CallState)
        /// The makers' own "disconnected" (6) and "released" (7).
        case over
        /// A `<stat>` that nobody documents: the call exists, and that is all the row says.
        case unknown
    }

    /// `<id>`, the modem's number for the call; +CHLD takes it.
    package var id: Int
    /// `<dir>`.
    package var direction: CallDirection
    /// nil where the call is over, and where `<stat>` is none that is known.
    package var state: CallState? {
        if case .up(let state) = standing { state } else { nil }
    }
    /// ``state``, as of the one call that is followed: a waiting call beside which no other is left rings.
    var stateOfOne: CallState? { state == .waiting ? .incoming : state }
    /// True when the row says that the call is over.
    package var isOver: Bool { standing == .over }
    /// False for data, fax and "unknown" (mode 9). LTE modems list their data connection as a call for as long as it is up, and
    /// some modems give a voice call such a mode: whose call the row is, its number or its id has to tell.
    package var isVoice: Bool
    /// The remote number, nil when withheld or not given.
    package var number: String?
    private var standing: Standing

    /// - Returns: nil for a line that is not a complete row.
    package init?(line: String) {
        guard line.hasPrefix("+CLCC:") else { return nil }
        let fields = ATFields(line)
        guard let id = fields.integer(0), let direction = CallDirection(row: fields.integer(1)),
            let stat = fields.integer(2), let mode = fields.integer(3)
        else { return nil }
        self.id = id
        self.direction = direction
        isVoice = Self.isVoice(mode: mode)
        number = fields.number(5)
        standing = (6...7).contains(stat) ? .over : Self.state(stat).map { .up($0) } ?? .unknown
    }

    /// `<stat>` of +CLCC, which makers use in their own reports, too; nil for the values above 5, which makers added.
    static func state(_ stat: Int) -> CallState? {
        switch stat {
        case 0: .active
        case 1: .held
        case 2: .dialing
        case 3: .alerting
        case 4: .incoming
        case 5: .waiting
        default: nil
        }
    }

    /// Voice, and alternating voice; all else is data, fax, or a connection that only looks like a call.
    static func isVoice(mode: Int) -> Bool { [0, 3, 4, 5].contains(mode) }
}

extension [CallListEntry] {
    /// The rows of a reply to `AT+CLCC`; lines of something else, and damaged rows, are left out.
    init(_ reply: ATReply) {
        self = reply.lines.compactMap { CallListEntry(line: $0) }
    }

    /// The voice calls that are up.
    var voiceCalls: Self { filter { $0.isVoice && $0.state != nil } }
}

extension CallDirection {
    /// `<dir>` of +CLCC, which makers use in their own reports, too; nil when it is neither.
    init?(row field: Int?) {
        switch field {
        case 0: self = .outbound
        case 1: self = .inbound
        default: return nil
        }
    }
}
