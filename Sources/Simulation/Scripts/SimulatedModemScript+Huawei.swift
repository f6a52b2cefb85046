extension SimulatedModemScript {
    /// ^ORIG, ^CONF, ^CONN, ^CEND, and NO CARRIER behind the last (MU509 9).
    static let huawei = Self(
        manufacturer: "huawei",
        model: "E1550",
        settings: ["^CURC", "^PORTSEL", "^DDSETEX", "^CVOICE"],
        answers: ["^CVOICE?": ["^CVOICE:0,8000,16,20"]],
        banner: ["^SYSSTART"],
        noise: ["^RSSI:19", "^BOOT:20952548,0,0,0,6", "^HCSQ:\"WCDMA\",44,37,60", "+CUSATEND"],
        reports: { progress, context in
            guard context.settings["^CURC"] != "0" else { return context.standardEnd(of: progress) }
            let id = context.id
            switch progress {
            case .originated: return [.line("^ORIG:\(id),0")]
            case .alerting: return [.line("^CONF:\(id)")]
            case .answered: return [.raw("\r\n\r\n^CONN:\(id),0\r\n")]
            case .ringing: return []
            case .ended(let end): return huaweiEnd(end, context)
            }
        }
    )

    private static func huaweiEnd(_ end: SimulatedEnd, _ context: SimulatedReportContext) -> [SimulatedLine] {
        let report: SimulatedLine
        switch end {
        case .local where !context.wasAnswered: report = .line("^CEND:\(context.id),0,29")
        case .local: report = .line("^CEND:\(context.id),\(context.seconds),29,16")
        case .remote: report = .line("^CEND:\(context.id),\(context.seconds),104,16")
        case .busy, .rejected, .noAnswer, .unobtainable:
            report = .line("^CEND: \(context.id),0, 67, \(end.cause)")
        case .networkLost: report = .line("^CEND:\(context.id),\(context.seconds),21")
        }
        return [report, .result(end.result)]
    }
}
