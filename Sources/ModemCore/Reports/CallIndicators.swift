/// `+CIEV: <indicator>,<value>` (27.007 8.9) with the indicator by its name (`"CALL",1`, `call,0`), or by its place in the list
/// that `AT+CIND=?` gives (`2,1`; the first is 1). That order is the modem's own: until it is known, places mean nothing.
///
/// On some modems (Ai-Thinker A9) `CALL` is 1 from the dial on, on others from the answer on. Those that tell the setup besides
/// (`callsetup`, 0 none, 1 incoming, 2 dialling, 3 alerting) are of the second kind.
struct CallIndicators: Equatable, Sendable {
    private enum Order: Equatable {
        case notNeeded, wanted, asked
        /// The names in upper case, without blanks and underscores. Empty where the modem does not give them.
        case known([String])
    }

    static let question = ATCommand.test("+CIND", timeout: .seconds(5))

    private var tellsSetup = false
    private var order = Order.notNeeded

    /// A place was reported, and the order is not known.
    var isOrderWanted: Bool { order == .wanted }

    mutating func orderAsked() {
        order = .asked
    }

    /// A reply that is not to the question is nothing.
    mutating func replied(_ reply: ATReply) {
        guard order == .asked else { return }
        switch reply.ending {
        case .result, .timedOut:
            let names = reply.isOK ? reply.lines.filter { $0.hasPrefix("+CIND:") }.flatMap(Self.names) : []
            order = .known(names)
            if names.contains("CALLSETUP") { tellsSetup = true }
        case .withdrawn, .portClosed: order = .wanted
        }
    }

    /// - Returns: nil for another line; no reports for an indicator that says nothing about a call.
    mutating func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("+CIEV:") else { return nil }
        let fields = ATFields(line)
        guard let indicator = fields[0], let value = fields.integer(1), let name = name(indicator) else { return [] }
        switch (name, value) {
        case ("CALL", 0): return [.released(id: nil, .unexplained)]
        case ("CALL", 1): return [tellsSetup ? .answered : .someCallUp]
        case ("CALLSETUP", _): return setup(value)
        default: return []
        }
    }

    /// - Returns: nil for a place that is not known.
    private mutating func name(_ indicator: String) -> String? {
        guard let place = Int(indicator) else { return Self.plain(indicator) }
        switch order {
        case .known(let names): return names.indices.contains(place - 1) ? names[place - 1] : nil
        case .notNeeded:
            order = .wanted
            return nil
        case .wanted, .asked: return nil
        }
    }

    private mutating func setup(_ value: Int) -> [CallReport] {
        tellsSetup = true
        switch value {
        case 1: return [.ringing]
        case 2: return [.progress(CallProgress(direction: .outbound, state: .dialing))]
        case 3: return [.progress(CallProgress(direction: .outbound, state: .alerting))]
        default: return []
        }
    }

    private static func plain(_ name: some StringProtocol) -> String {
        name.uppercased().filter { !"\"' _-".contains($0) }
    }

    /// `+CIND: ("battchg",(0-5)),("call",(0,1))`: a name is what follows an opening parenthesis and is not a number.
    private static func names(in line: String) -> [String] {
        line.split(separator: "(").dropFirst().compactMap { part in
            let name = plain(part.prefix { $0 != "," && $0 != ")" })
            return name.first?.isLetter == true ? name : nil
        }
    }
}
