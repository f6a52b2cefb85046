import Basics
package import SerialDevice

/// The modems to choose from for a line: which are there, and which other lines have.
package struct ModemMenu: Equatable, Sendable {
    /// One port that may be chosen.
    package struct Choice: Equatable, Sendable {
        /// As udev knows it.
        package var port: DiscoveredModem
        /// What MODEM_DEVICE is to say.
        package var selector: ModemSelector
        /// The line that has it already.
        package var user: String?
    }

    /// Known modems first; what only a person can know to be one comes last.
    package private(set) var choices: [Choice] = []
    /// The other lines that take whichever modem comes first: they could take this line's.
    package let rivals: [String]
    /// Whether other lines are there, whose modems `auto` could take.
    private let isShared: Bool

    /// - Parameters:
    ///   - ports: those that are there.
    ///   - lines: the other lines with their modems.
    package init(ports: [DiscoveredModem], lines: [(line: String, selector: ModemSelector)]) {
        isShared = !lines.isEmpty
        rivals = lines.filter { $0.selector == .automatic }.map(\.line)
        let known = ports.filter(\.isKnownATPort)
        // What is not known to be a modem comes last: only a person can know.
        for port in known + ports.filter({ !$0.isKnownATPort && !$0.isOtherModemPort }) {
            let user = lines.first { line in
                line.selector == .automatic ? port == known.first : line.selector.admits(port)
            }
            choices.append(Choice(port: port, selector: port.stableSelector(among: ports), user: user?.line))
        }
    }

    /// What to take when nobody says anything else; `nil` when a person has to choose.
    /// - Parameter current: what the line has now; `nil` for a new one.
    package func standard(for current: ModemSelector?) -> ModemSelector? {
        if let current, current != .automatic || !isShared { return current }
        let free = choices.filter { $0.port.isKnownATPort && $0.user == nil }
        guard isShared else { return free.count < 2 ? .automatic : nil }
        return free.count == 1 ? free[0].selector : current
    }

    /// The ports with their numbers; what a device says of itself is made visible.
    package var text: String {
        guard !choices.isEmpty else { return "  (none is plugged in)" }
        return choices.enumerated().map { index, choice in
            let user = choice.user.map { "; line \($0) has it" } ?? ""
            let doubt = choice.port.isKnownATPort ? "" : "; not known to be a modem"
            return visible("  \(index + 1)  \(choice.port)\(user)\(doubt)") + "\n     " + visible("\(choice.selector)")
        }.joined(separator: "\n")
    }

    /// What MODEM_DEVICE is to say for an answer: the number of a choice, or a name as the key takes it.
    package func selector(for answer: String) -> String {
        guard let number = Int(answer), choices.indices.contains(number - 1) else { return answer }
        return choices[number - 1].selector.description
    }

    /// Why the answer is the number of no choice; `nil` if it is one, or a name.
    package func fault(inChoice answer: String) -> String? {
        guard let number = Int(answer), !choices.indices.contains(number - 1) else { return nil }
        switch choices.count {
        case 0: return "There is no modem \(number): none is plugged in."
        case 1: return "There is no modem \(number), only modem 1."
        default: return "There is no modem \(number): choose 1 to \(choices.count)."
        }
    }

    /// The port that a value of MODEM_DEVICE means now; `nil` for one that is not there.
    package func port(for selector: ModemSelector) -> DiscoveredModem? {
        choices.first { selector.admits($0.port) }?.port
    }
}
