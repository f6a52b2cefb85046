/// `<id>,<stat>` with the states of +CLCC, 6 for disconnected and 7 for connected: +UCALLSTAT (u-blox AT Commands Manual) and
/// Intel's +XCALLSTAT.
enum CallStatReport {
    static func reports(from line: String, prefix: String) -> [CallReport]? {
        guard line.hasPrefix(prefix) else { return nil }
        let fields = ATFields(line)
        guard let id = fields.integer(0), let stat = fields.integer(1) else { return nil }
        switch stat {
        case 6: return [.released(id: id, .unexplained)]
        case 7: return [.progress(CallProgress(id: id, state: .active))]
        default: return CallListEntry.state(stat).map { [.progress(CallProgress(id: id, state: $0))] }
        }
    }
}
