/// One try to end a call; the next follows when the call is not proven gone within 3 s of the modem's answer to it.
package struct HangUpRung: Equatable, Sendable {
    /// What is done to end the call.
    package enum Means: Equatable, Sendable {
        case command(String)
        /// `AT+CHLD=1<id>` (27.007 7.13), skipped when the id is not known.
        case releaseByID
        /// DTR off for half a second, with the modem told to notice it (V.250 6.2.2).
        case dropDTR
    }

    /// When the rung may be tried; otherwise it is skipped.
    package enum Condition: Equatable, Sendable {
        case always
        /// Not before the remote end is rung: some sticks fall deaf when told to release a call they are still setting up.
        case onceAlerting
    }

    /// What is done.
    package var means: Means
    /// When it may be tried.
    package var condition: Condition = .always

    /// DTR off, whatever the state.
    package static let dropDTR = Self(means: .dropDTR)
    /// `AT+CHLD=1<id>`, whatever the state.
    package static let releaseByID = Self(means: .releaseByID)

    /// An AT command line.
    package static func command(_ text: String) -> Self {
        Self(means: .command(text))
    }

    /// `AT+CHLD=1<id>`, in some states only.
    package static func releaseByID(when condition: Condition) -> Self {
        Self(means: .releaseByID, condition: condition)
    }

    /// As a site writes it: an AT command with or without its `AT`, `DTR`, or `CHLD` for the release by id.
    package init(site text: String) {
        switch text.trimmed.uppercased() {
        case "DTR": self = .dropDTR
        case "CHLD": self = .releaseByID
        case let command: self = .command(command.hasPrefix("AT") ? command : "AT\(command)")
        }
    }

    private init(means: Means, condition: Condition = .always) {
        self.means = means
        self.condition = condition
    }

    /// For a log.
    package var name: String {
        switch means {
        case .command(let text): text
        case .releaseByID: "AT+CHLD=1"
        case .dropDTR: "DTR"
        }
    }
}
