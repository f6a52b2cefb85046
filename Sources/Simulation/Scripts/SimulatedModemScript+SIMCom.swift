extension SimulatedModemScript {
    /// The 800 series: +CLCC lines by themselves, MO RING, MO CONNECTED.
    static let simcom = Self(
        manufacturer: "SIMCOM_Ltd",
        model: "SIMCOM_SIM800L",
        settings: ["+CLCC", "+MORING"],
        banner: ["RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready"],
        noise: ["*PSUTTZ: 2026,11,22,23,45,0,\"+4\",0", "DST: 0"],
        reports: { progress, context in
            let row = simcomRow(progress, context)
            let isMoring = context.isOn("+MORING") && context.isOutbound
            switch progress {
            case .originated, .ringing: return row
            case .alerting: return (isMoring ? [.line("MO RING")] : []) + row
            case .answered: return (isMoring ? [.line("MO CONNECTED")] : []) + row
            case .ended: return row + context.standardEnd(of: progress)
            }
        }
    )

    /// SIM7x00 and A76xx: VOICE CALL, whose end comes before the OK of the hang-up.
    static let simcom7600 = Self(
        manufacturer: "SIMCOM INCORPORATED",
        model: "SIMCOM_SIM7600E-H",
        settings: ["+CLCC", "+CPCMREG", "+CPCMFRM"],
        hangUpControl: 1,
        cringLineEnd: "\r\r\n",
        tellsEndBeforeOK: true,
        banner: ["RDY", "+CPIN: READY", "SMS DONE", "PB DONE"],
        reports: { progress, context in
            let row = simcomRow(progress, context)
            switch progress {
            case .originated, .alerting, .ringing: return row
            case .answered: return [.line("VOICE CALL: BEGIN")] + row
            case .ended where !context.isOutbound && !context.wasAnswered:
                return row + [.line("MISSED_CALL: 11:01AM \(context.number)")]
            case .ended:
                let digits = String(context.seconds)
                let time = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
                let end = context.wasAnswered ? "VOICE CALL: END: \(time)" : "VOICE CALL: END"
                return row + [.line(end)] + context.standardEnd(of: progress)
            }
        }
    )

    private static func simcomRow(
        _ progress: SimulatedProgress,
        _ context: SimulatedReportContext
    ) -> [SimulatedLine] {
        guard context.isOn("+CLCC") else { return [] }
        let status =
            switch progress {
            case .originated: 2
            case .alerting: 3
            case .answered: 0
            case .ringing: 4
            case .ended: 6
            }
        return [
            .line(
                "+CLCC: \(context.id),\(context.direction),\(status),0,0,"
                    + "\"\(context.number)\",\(context.numberType),\"\""
            )
        ]
    }
}
