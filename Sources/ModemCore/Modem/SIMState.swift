import Basics

/// What a `+CPIN:` line says of the SIM (27.007 8.3), as an answer or unsolicited.
package enum SIMState: Equatable, Sendable {
    /// READY: no PIN is wanted, or none any more.
    case ready
    /// SIM PIN2 and SIM PUK2. The second PIN guards settings such as fixed dialling; calls work without it.
    case secondPIN
    /// SIM PIN.
    case pinWanted
    /// NOT READY, and SIM BUSY as a state: it is still being read.
    case busy
    case fault(SIMFault)

    /// - Returns: nil for a line of another name.
    package init?(line: String) {
        guard line.uppercased().hasPrefix("+CPIN:") else { return nil }
        self.init(word: line.dropFirst("+CPIN:".count).filter { $0 != "\"" }.trimmed)
    }

    private init(word: String) {
        switch word.uppercased() {
        case "READY": self = .ready
        case "SIM PIN2", "SIM PUK2": self = .secondPIN
        case "SIM PIN": self = .pinWanted
        case "NOT READY", "SIM NOT READY", "SIM BUSY", "BUSY", "": self = .busy
        case "NOT INSERTED", "SIM NOT INSERTED", "SIM REMOVED", "REMOVED", "NO SIM", "ABSENT", "SIM ABSENT",
            "NOT DETECTED":
            self = .fault(.absent)
        case "SIM PUK", "PUK": self = .fault(.pukLocked)
        case "BLOCKED", "SIM BLOCKED", "PUK BLOCKED", "SIM PUK BLOCKED": self = .fault(.blocked)
        case "SIM FAILURE", "SIM FAIL", "SIM ERROR", "FAILURE", "SIM WRONG": self = .fault(.faulty)
        case let name where !Self.isStateWord(name): self = .fault(.other("an unknown state"))
        case let name where name.hasPrefix("PH-"): self = .fault(.deviceLock(ForeignText(name)))
        case let name: self = .fault(.other(ForeignText(name)))
        }
    }

    /// A state is a few words in letters, at most with a digit behind them (`SIM PIN2`): what else a modem sends may hold a
    /// number, and the fault's sentence is shown and logged as it is.
    private static func isStateWord(_ text: String) -> Bool {
        text.utf8.count <= 24 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || " -_2".utf8.contains($0) }
    }

    /// What it means, for a person who reads along.
    var explanation: String {
        switch self {
        case .ready: "the SIM is open"
        case .secondPIN: "the SIM is open, its second PIN is wanted"
        case .pinWanted: "the SIM wants its PIN"
        case .busy: "the SIM is not ready yet"
        case .fault(let fault): fault.ofSIM
        }
    }
}
