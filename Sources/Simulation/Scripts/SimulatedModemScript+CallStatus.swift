/// The makers whose one report gives a number for the state of a call.
extension SimulatedModemScript {
    /// +UCALLSTAT; a LARA tells an incoming call by nothing else.
    static let ublox = Self(
        manufacturer: "u-blox",
        model: "LARA-R211",
        ringInterval: .milliseconds(5500),
        settings: ["+UCALLSTAT"],
        ring: .never,
        lingeringStatus: 6,
        banner: ["+CPIN: READY"],
        reports: { progress, context in
            guard context.isOn("+UCALLSTAT") else { return context.standardEnd(of: progress) }
            let status = Self.listStatus(progress, answered: context.isOutbound ? 7 : 0, ended: 6)
            return [.line("+UCALLSTAT: \(context.id),\(status)")] + context.standardEnd(of: progress)
        }
    )

    /// +XCALLSTAT
    static let intelXMM = Self(
        manufacturer: "Intel",
        model: "XMM7160",
        settings: ["+XCALLSTAT"],
        reports: { progress, context in
            guard context.isOn("+XCALLSTAT") else { return context.standardEnd(of: progress) }
            var lines: [SimulatedLine] = []
            if progress == .answered { lines.append(.line("+XCALLSTAT: \(context.id),7")) }
            let status = Self.listStatus(progress, answered: 0, ended: 6)
            return lines + [.line("+XCALLSTAT: \(context.id),\(status)")] + context.standardEnd(of: progress)
        }
    )

    /// #ECAM, without a line end before it. OK comes with the ringing there, or with the failure.
    static let telit = Self(
        manufacturer: "Telit",
        model: "HE910",
        dialResult: .whenAlerting,
        settings: ["#ECAM", "#DIALMODE"],
        banner: [],
        reports: { progress, context in
            guard context.isOn("#ECAM") else { return context.standardEnd(of: progress) }
            switch progress {
            case .originated:
                return [.raw("#ECAM: 0,1,1,,,\"\(context.number)\",\(context.numberType)\r\n")]
            case .alerting: return [.raw("+CSSI: 1\r\n"), .raw("#ECAM: 0,2,1,,,\r\n")]
            case .answered: return [.raw("#ECAM: 0,3,1,,,\r\n")]
            case .ringing: return [.raw("#ECAM: 0,6,1,,,\r\n")]
            case .ended(.busy): return [.raw("#ECAM: 0,7,1,,,\r\n"), .raw("#ECAM: 0,0,1,,,\r\n")]
            case .ended: return [.raw("#ECAM: 0,0,1,,,\r\n")] + context.standardEnd(of: progress)
            }
        }
    )

    /// *ECAV, with the cause at the end.
    static let ericsson = Self(
        manufacturer: "ERICSSON",
        model: "F3507g",
        settings: ["*ECAM"],
        banner: ["*EMRDY: 1"],
        reports: { progress, context in
            guard context.isOn("*ECAM") else { return context.standardEnd(of: progress) }
            let id = context.id
            switch progress {
            case .originated: return [.line("*ECAV: \(id),1,1,,,\"\(context.number)\",\(context.numberType)")]
            case .alerting: return [.line("*ECAV: \(id),2,1")]
            case .answered: return [.line("*ECAV: \(id),3,1")]
            case .ringing: return [.line("*ECAV: \(id),6,1,,,\"\(context.number)\",\(context.numberType)")]
            case .ended(let end): return [.line("*ECAV: \(id),0,1,\(end.cause)")] + context.standardEnd(of: progress)
            }
        }
    )

    /// ^SLCC: the whole list each time, closed by an empty line of it; NO CARRIER behind the last.
    static let cinterion = Self(
        manufacturer: "Cinterion",
        model: "BGS2-W",
        settings: ["^SLCC"],
        lingeringStatus: 7,
        banner: ["^SYSSTART"],
        noise: ["+CIEV: rssi,3"],
        reports: { progress, context in
            guard context.isOn("^SLCC") else { return context.standardEnd(of: progress) }
            if case .ended = progress {
                return [.raw("\r\n^SLCC: \r\n")] + context.standardEnd(of: progress)
            }
            let status = Self.listStatus(progress, answered: 0, ended: 7)
            let row =
                "^SLCC: \(context.id),\(context.direction),\(status),0,0,\(progress == .answered ? 1 : 0),"
                + "\"\(context.number)\",\(context.numberType)"
            return [.raw("\r\n\(row)\r\n^SLCC: \r\n")]
        }
    )

    /// `<stat>` of +CLCC.
    private static func listStatus(_ progress: SimulatedProgress, answered: Int, ended: Int) -> Int {
        switch progress {
        case .originated: 2
        case .alerting: 3
        case .answered: answered
        case .ringing: 4
        case .ended: ended
        }
    }
}
