extension ModemProfile {
    /// Siemens, Cinterion, Gemalto and Thales modules: ^SLCC lists all calls after each change, and `+CEER` knows the cause.
    package static let cinterion = family(
        name: "cinterion",
        identification: Identification(makers: ["cinterion", "siemens", "gemalto", "thales"]),
        setup: [.set("^SLCC", "1")],
        reports: [.cinterion],
        noise: ["^SBC:", "^SCKS:", "^SIND:", "+CIEV:"],
        resetBanners: ["^SYSSTART", "SYSSTART"],
        explainsFailures: true,
        // Manuals: MC55, BGS5 (BGS5_ATC_V02.000) and EHS6 AT Command Sets.
        commands: [
            ATCommandRule(
                .harmless,
                .bare,
                [
                    "^SMONI", "^SMONG", "^SMONP", "^SMOND", "^SMONC", "^SPIC", "^SCID", "^SBV", "^SLCC", "^STCD",
                    "^SPLM",
                    "^SPLR", "^SCNI", "^SQPORT", "^SXRAT",
                ]
            ),
            ATCommandRule(.harmless, .field(0, ["\"SC\"", "\"PS\"", "\"P2\"", "\"PN\""]), ["^SPIC"]),
            ATCommandRule(.harmless, .modeTwo, ["^SLCK", "^SIND"]),
            ATCommandRule(.harmless, .upTo(1), ["^SCFG"]),
            ATCommandRule(.harmless, .set, ["^SPLR", "^SMGR", "^SMGL", "^SISI"]),
            ATCommandRule(
                .takesSecret,
                .set,
                [
                    "^SPIC", "^SLCK", "^SPWD", "^SICS", "^SISS", "^SGAUTH", "^SJOTAP", "^SACM",
                ]
            ),
            ATCommandRule(.movesCall, .any, ["^SHUP"]),
            ATCommandRule(.switchesModem, .any, ["^SMSO", "^SFDL", "^SSRVSET", "^SNFOTA", "^SPOW", "^SDPORT"]),
            ATCommandRule(
                .switchesModem,
                .field(
                    0,
                    [
                        "\"MEOPMODE/AIRPLANE\"", "\"MEOPMODE/AIRPLANE/ONSTART\"", "\"MEOPMODE/CFUN\"",
                        "\"MESHUTDOWN/ONIGNITION\"", "\"MESHUTDOWN/FSO\"",
                    ]
                ),
                ["^SCFG"]
            ),
            ATCommandRule(.prompts, .any, ["^SISW", "^SISR", "^SIST", "^SBNW"]),
            ATCommandRule(.ownedBySetup, .any, ["^SM20", "^SIND", "^SCKS", "^SLCC", "^SSET"]),
            ATCommandRule(
                .changesSound,
                .any,
                [
                    "^SAIC", "^SNFS", "^SNFM", "^SNFI", "^SNFO", "^SNFV", "^SNFD", "^SNFA", "^SNFG", "^SNFPT", "^SNFW",
                    "^SNFTTY",
                ]
            ),
            ATCommandRule(.changesNetwork, .any, ["^SXRAT", "^SWWAN", "^SPLW"]),
            ATCommandRule(
                .changesMemory,
                .any,
                [
                    "^SCFG", "^SFSA", "^SJRA", "^SCPIN", "^SPIO", "^SCPOL", "^SSIO", "^SCTM", "^SMGO",
                ]
            ),
        ]
    )
}

/// ^SLCC: a row for each call, `<id>,<dir>,<stat>,<mode>,<mpty>,<traffic channel>,<number>,<type>`, and an empty one at the
/// end (MC55 AT Command Set, ^SLCC). A call that was in the list before and is not in it now is over.
struct CinterionCallList: Equatable, Sendable {
    private var listed: Set<Int> = []
    private var rows: Set<Int> = []
    /// Those of the ids whose last row was no voice call's.
    private var dataIDs: Set<Int> = []
    private var isDamaged = false

    /// - Returns: nil for a line of something else.
    mutating func reports(from line: String) -> [CallReport]? {
        guard line.hasPrefix("^SLCC:") else {
            // Perhaps a row whose beginning is lost: a list without it proves nothing.
            if let first = line.first, !"+^".contains(first), line.contains("\",") { isDamaged = true }
            return nil
        }
        let fields = ATFields(line)
        guard fields[0] != nil else { return listEnded() }
        guard let id = fields.integer(0), let direction = CallDirection(row: fields.integer(1)),
            let stat = fields.integer(2), let mode = fields.integer(3), (1...99).contains(id), (0...7).contains(stat)
        else {
            isDamaged = true
            return []
        }
        // 7 is a call that is being dropped: it counts as gone.
        guard let state = CallListEntry.state(stat) else { return [] }
        rows.insert(id)
        let progress = CallProgress(id: id, direction: direction, state: state, number: fields.number(6))
        guard CallListEntry.isVoice(mode: mode) else {
            dataIDs.insert(id)
            return [.dataCall(progress)]
        }
        dataIDs.remove(id)
        return [.progress(progress)]
    }

    /// A list with a damaged row may lack a call that is up: it ends none.
    private mutating func listEnded() -> [CallReport] {
        let gone = isDamaged ? [] : listed.subtracting(rows).sorted()
        listed = isDamaged ? listed.union(rows) : rows
        rows = []
        isDamaged = false
        return gone.map { dataIDs.contains($0) ? .dataReleased(id: $0) : .released(id: $0, .unexplained) }
    }
}
