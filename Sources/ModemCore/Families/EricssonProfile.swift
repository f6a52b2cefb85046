extension ModemProfile {
    /// Ericsson and Sony Ericsson modules and telephones: *ECAV, on newer ones *CPI.
    package static let ericsson = family(
        name: "ericsson",
        identification: Identification(makers: ["ericsson"]),
        setup: [.set("*ECAM", "1")],
        reports: [.ericsson],
        noise: ["*EMRDY", "*E2"],
        resetBanners: ["*EMRDY: 1"],
        explainsFailures: true,
        reportIDsAreListed: false,
        commands: [
            ATCommandRule(.harmless, .bare, ["*E2IPCFG"]),
            ATCommandRule(.takesSecret, .set, ["*EPIN", "*EIAAUW"]),
            ATCommandRule(.switchesModem, .any, ["*E2RESET", "*RESET", "*E2CFUN"]),
            ATCommandRule(.ownedBySetup, .any, ["*ECAM", "*ECAV"]),
            ATCommandRule(.diverts, .any, ["*EDIF"]),
            ATCommandRule(.changesSound, .any, ["*EARS", "*EMIC", "*ESIL"]),
            ATCommandRule(.changesNetwork, .any, ["*ENAP", "*E2NAP", "*ERINFO", "*CNTI", "*E2REG", "*EPPSD"]),
        ]
    )
}

/// `*ECAV: <ccid>,<ccstatus>,<calltype>,…` (GM47 AT manual) and `*CPI: <id>,<message>,…` (Sony Ericsson developers' guide).
enum EricssonReport {
    static func reports(from line: String) -> [CallReport]? {
        let fields = ATFields(line)
        guard let id = fields.integer(0), let status = fields.integer(1) else { return nil }
        if line.hasPrefix("*ECAV:") { return callStatus(id, status, type: fields.integer(2)) }
        if line.hasPrefix("*CPI:") { return callProgress(id, message: status) }
        return nil
    }

    private static func callStatus(_ id: Int, _ status: Int, type: Int?) -> [CallReport]? {
        // Type 1 is voice; a line without it is cut off.
        guard let type else { return nil }
        guard type == 1 else { return [] }
        return switch status {
        case 0: [.released(id: id, .unexplained)]
        case 1: [.progress(CallProgress(id: id, direction: .outbound, state: .dialing))]
        case 2: [.progress(CallProgress(id: id, direction: .outbound, state: .alerting))]
        case 3: [.progress(CallProgress(id: id, state: .active))]
        case 4: [.progress(CallProgress(id: id, state: .held))]
        case 5: [.progress(CallProgress(id: id, direction: .inbound, state: .waiting))]
        case 6: [.progress(CallProgress(id: id, direction: .inbound, state: .incoming))]
        case 7: [.released(id: id, .cause(.busy))]
        default: nil
        }
    }

    private static func callProgress(_ id: Int, message: Int) -> [CallReport]? {
        switch message {
        // Setup and proceeding tell no more than the dial does.
        case 0, 3: []
        case 1: [.released(id: id, .unexplained)]
        case 2: [.progress(CallProgress(id: id, direction: .outbound, state: .alerting))]
        case 6: [.progress(CallProgress(id: id, state: .active))]
        default: nil
        }
    }
}
