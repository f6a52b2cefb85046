/// One voice call of a +CLCC reply (27.007 7.18).
package struct CallListEntry: Equatable, Sendable {
    /// `<id>`, the modem's number for the call; +CHLD takes it.
    package var id: Int
    /// `<dir>`.
    package var direction: CallDirection
    /// nil for the makers' own "disconnected" (6) and "released" (7).
    package var state: CallState?
    /// The remote number, nil when withheld or not given.
    package var number: String?

    /// - Returns: nil for a line that is not a complete row, and for a row that is not a voice call: LTE modems list their data
    ///   connection as a call (mode 1) for as long as it is up.
    package init?(line: String) {
        guard line.hasPrefix("+CLCC:") else { return nil }
        let fields = ATFields(line)
        guard let id = fields.integer(0), let direction = CallDirection(row: fields.integer(1)),
            let stat = fields.integer(2), let mode = fields.integer(3), Self.isVoice(mode: mode), (0...7).contains(stat)
        else { return nil }
        self.id = id
        self.direction = direction
        number = fields.number(5)
        state = Self.state(stat)
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
