/// `+CIEV: <indicator>,<value>` (27.007 8.9) with the indicator by its name: `"CALL",1`, `call,0`. What has a number for its name
/// is read in an order that every modem has of its own, and left out.
///
/// On some modems (Ai-Thinker A9) `CALL` is 1 from the dial on, on others from the answer on. Those that tell the setup besides
/// (`callsetup`, 0 none, 1 incoming, 2 dialling, 3 alerting) are of the second kind.
struct CallIndicators: Equatable, Sendable {
    private var tellsSetup = false

    /// - Returns: nil for another line; no reports for an indicator that says nothing about a call.
    mutating func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("+CIEV:") else { return nil }
        let fields = ATFields(line)
        guard let name = fields[0]?.uppercased(), let value = fields.integer(1) else { return [] }
        switch (name, value) {
        case ("CALL", 0): return [.released(id: nil, .unexplained)]
        case ("CALL", 1): return [tellsSetup ? .answered : .someCallUp]
        case ("CALLSETUP", _), ("CALL_SETUP", _): return setup(value)
        default: return []
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
}
