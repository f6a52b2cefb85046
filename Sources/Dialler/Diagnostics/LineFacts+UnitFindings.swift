extension LineFacts {
    var unitName: String { SystemdUnit.name(ofLine: line ?? "LINE") }

    /// - Parameter isExplained: something is wrong that keeps any line from starting.
    func unitFindings(isExplained: Bool) -> [Finding] {
        guard let unit else { return [] }
        guard unit.properties["LoadState"] == "loaded" else { return [notInstalledFinding(unit)] }
        return stateFindings(unit, isExplained: isExplained) + enablingFindings(unit)
    }

    /// What a running line says, if nothing that was seen explains it.
    var notReadyFindings: [Finding] {
        guard let report, !report.isReady, report.call == nil else { return [] }
        let status = report.sentence
        let look = unit == nil ? "patriot-dialler status" : "systemctl status \(unitName)"
        return [
            Finding(
                .lineNotReady,
                cause: "The line runs and says: \(status)",
                remedy: "Follow the message, then run \(look) again."
            )
        ]
    }

    /// A line that runs and could not be asked: what it does with modem and Patriot is not known.
    var controlFindings: [Finding] {
        let notChecked = "its modem and its connection to Patriot were not checked"
        switch controlFailure {
        case nil: return []
        case .notAllowed(let path):
            return [
                Finding(
                    .configurationUnreadable,
                    .warning,
                    cause: "This user may not open \(path): the line was not asked, \(notChecked).",
                    remedy: Self.sudo
                )
            ]
        case .noDaemon, .timedOut, .lost:
            let look = unit == nil ? "patriot-dialler status \(configurationArgument)" : "systemctl status \(unitName)"
            return [
                Finding(
                    .lineNotReady,
                    .warning,
                    cause: "The line runs and does not answer at its control socket: \(notChecked).",
                    remedy: "Try again in a minute; \(look) shows what is known of it."
                )
            ]
        }
    }

    static let sudo = "Run this command with sudo."

    private func notInstalledFinding(_ unit: Unit) -> Finding {
        let state = unit.properties["LoadState"] ?? "unknown"
        if state == "masked" {
            return Finding(
                .unitNotInstalled,
                cause: "The unit \(unitName) is masked: the line does not run.",
                remedy: "sudo systemctl unmask \(unitName)"
            )
        }
        return Finding(
            .unitNotInstalled,
            cause: "The unit \(unitName) cannot be used by systemd (\(state)): the line does not run.",
            remedy: "Install the package patriot-dialler again, then: sudo systemctl daemon-reload"
        )
    }

    private func stateFindings(_ unit: Unit, isExplained: Bool) -> [Finding] {
        let properties = unit.properties
        if unit.hasEnded || unit.keepsRestarting {
            guard !isExplained else { return [] }
            let words = unit.lastWords.map { " Last log line: \($0)" } ?? ""
            let count = unit.restarts > 1 ? ", and was restarted \(unit.restarts) times" : ""
            return [
                Finding(
                    .unitFailed,
                    cause: "The service exited (\(properties["Result"] ?? "no result"))\(count).\(words)",
                    remedy:
                        "sudo systemctl restart \(unitName); if it ends again, sudo journalctl -u \(unitName) -n 50 says why"
                )
            ]
        }
        guard properties["ActiveState"] == "inactive" else { return [] }
        return [
            Finding(.unitStopped, cause: "The line is not running.", remedy: "sudo systemctl start \(unitName)")
        ]
    }

    private func enablingFindings(_ unit: Unit) -> [Finding] {
        guard ["enabled", "enabled-runtime"].contains(unit.properties["UnitFileState"] ?? "") else {
            return [
                Finding(
                    .unitNotEnabled,
                    .warning,
                    cause: "The line does not start with the machine, nor with its modem.",
                    remedy: "sudo systemctl enable \(unitName)"
                )
            ]
        }
        guard !unit.isTargetEnabled else { return [] }
        return [
            Finding(
                .targetNotEnabled,
                .warning,
                cause: "The target \(SystemdUnit.target) is not enabled: no line starts with the machine.",
                remedy: "sudo systemctl enable \(SystemdUnit.target)"
            )
        ]
    }
}
