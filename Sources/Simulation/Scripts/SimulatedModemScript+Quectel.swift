extension SimulatedModemScript {
    /// +QIND "ccinfo", or ^DSCI in Quectel's own numbering; the data connection is listed as call 1.
    static let quectel = Self(
        manufacturer: "Quectel",
        model: "EC25",
        settings: ["+QINDCFG", "^DSCI", "+QURCCFG", "+QPCMV"],
        answers: ["+QCFG=\"ims\"": ["+QCFG: \"ims\",1,1"]],
        ring: .withCRC,
        hasPhantomCall: true,
        banner: ["RDY", "+CFUN: 1", "+CPIN: READY", "+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE"],
        noise: ["+QIND: \"csq\",20,99"],
        reports: { progress, context in
            var lines: [SimulatedLine] = []
            if context.settings["+QINDCFG"]?.contains("\"ccinfo\",1") ?? false, let status = ccinfo(progress) {
                lines.append(
                    .line(
                        "+QIND: \"ccinfo\",\(context.id),\(context.direction),\(status),0,0,"
                            + "\"\(context.number)\",\(context.numberType)"
                    )
                )
            }
            if context.isOn("^DSCI"), let status = dsci(progress) {
                lines.append(
                    .line(
                        "^DSCI: \(context.id),\(context.direction),\(status),0,\(context.number),\(context.numberType)"
                    )
                )
            }
            return lines + context.standardEnd(of: progress)
        }
    )

    private static func ccinfo(_ progress: SimulatedProgress) -> Int? {
        switch progress {
        case .originated: 2
        case .alerting: 3
        case .answered: 0
        case .ringing: 4
        case .ended: -1
        }
    }

    private static func dsci(_ progress: SimulatedProgress) -> Int? {
        switch progress {
        case .originated: 2
        case .alerting: 7
        case .answered: 3
        case .ringing: 4
        case .ended: 6
        }
    }
}
