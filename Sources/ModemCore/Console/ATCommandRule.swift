/// One row of the table of AT commands: what commands of these names do in one of their forms.
///
/// Each ``ModemProfile`` has the rows of its family. In one family the first row that fits decides, so exceptions come first.
package struct ATCommandRule: Equatable, Sendable {
    /// What a command does, the least harmful first. Where two families differ, the stricter effect counts.
    package enum Effect: Int, Comparable, Sendable {
        /// It only asks, or changes nothing that a call needs.
        case harmless
        /// Volume, microphone, speaker, sound over USB.
        case changesSound
        /// Radio network, band, operator or packet data.
        case changesNetwork
        /// Files and settings that the modem or the SIM keeps.
        case changesMemory
        /// Messages, which may cost money.
        case sendsMessages
        /// Service codes, which may cost money or divert calls.
        case sendsServiceCodes
        /// How later calls are dialled, shown or answered.
        case changesCalls
        /// It waits for a text, or turns the port over to data.
        case prompts
        /// A setting that the line's set-up makes and relies on.
        case ownedBySetup
        /// Call forwarding, deflection and barring.
        case diverts
        /// It switches the modem or its radio off, puts it to sleep or restarts it.
        case switchesModem
        /// Tones into the call.
        case sendsTones
        /// It dials, answers or hangs up.
        case movesCall
        /// A PIN, PUK or password stands in its value.
        case takesSecret

        package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

        /// True for what nobody sends by hand while a line uses the modem, not even root.
        package var isReserved: Bool { self >= .prompts }
    }

    /// Which form of a command a row is about. Fields are what commas separate behind the `=`, counted from 0.
    package enum Form: Equatable, Sendable {
        /// All but the questions `NAME?` and `NAME=?`.
        case any
        /// The name alone.
        case bare
        /// `NAME=…`, whatever the value.
        case set
        /// `NAME=…` with no more fields than this.
        case upTo(Int)
        /// `NAME=…` whose field of this index is one of these, in capitals, with its quotes.
        case field(Int, [String])
        /// A query of a facility or service: `<fac>,2`, without a password behind it (27.007 7.4).
        case modeTwo
        /// `NAME=<n>,<code>` with a code of call forwarding or waiting (22.030 annex B).
        case forwardingCode
    }

    /// What it does.
    package var effect: Effect
    /// In which form.
    package var form: Form
    /// In capitals, with the character before the name: `+CSQ`, `&F`, `S0`.
    package var names: [String]

    package init(_ effect: Effect, _ form: Form, _ names: [String]) {
        self.effect = effect
        self.form = form
        self.names = names
    }

    private static func isForwarding(_ field: Substring) -> Bool {
        let code = field.drop { "\"*#".contains($0) }.prefix(while: \.isNumber)
        return ["21", "61", "62", "67", "002", "004", "43"].contains(code)
    }

    /// - Parameter value: what stands behind the `=`, in capitals and without blanks; nil for the name alone.
    func fits(value: Substring?) -> Bool {
        guard let value else { return form == .any || form == .bare }
        let fields = value.split(separator: ",", omittingEmptySubsequences: false)
        switch form {
        case .any, .set: return true
        case .bare: return false
        case .upTo(let count): return fields.count <= count
        case .field(let index, let values): return fields.count > index && values.contains(String(fields[index]))
        case .forwardingCode: return fields.count > 1 && Self.isForwarding(fields[1])
        case .modeTwo: return fields.count > 1 && fields[1] == "2" && (fields.count < 3 || fields[2].isEmpty)
        }
    }
}
