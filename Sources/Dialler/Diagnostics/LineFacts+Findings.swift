import Basics
import SerialDevice

extension LineFacts {
    /// All that is wrong, the root cause first; what follows from something else that is wrong is left out.
    package var findings: [Finding] {
        var all = clockFindings + configurationFindings + storageFindings
        all += unitFindings(isExplained: all.contains { $0.severity == .error })
        all += controlFindings + usbFindings + modemFindings + patriotFindings + listeningFindings
        if !all.contains(where: { $0.severity == .error }) { all += notReadyFindings }
        return all.filter { $0.severity == .error } + all.filter { $0.severity == .warning }
    }

    /// For `--config`.
    var configurationArgument: String { "--config " + shellQuoted(configurationFile ?? "FILE") }

    /// Where the unit takes the key from.
    var keyFile: String? { line.map { LineDirectory(LineDirectory.standardPath).apiKeyFile(of: $0) } }

    // MARK: Clock

    /// The first second of 2025: this program is younger.
    private static let oldestTime: Int64 = 1_735_689_600

    /// The clock is behind the truth, not just unsynchronized.
    var isClockWrong: Bool {
        now < Self.oldestTime || configurationWritten.map { $0 > now + 86_400 } ?? false
    }

    private var clockFindings: [Finding] {
        if isClockWrong {
            let proof = now < Self.oldestTime ? "it shows a time before 2025" : "the configuration is from its future"
            return [
                Finding(
                    .clockWrong,
                    cause: "The clock is wrong: \(proof). Certificates are judged by it, and call records bear it.",
                    remedy: "sudo timedatectl set-ntp true; without a time server: sudo date -s 'YYYY-MM-DD HH:MM'"
                )
            ]
        }
        guard isClockSynchronized == false else { return [] }
        return [
            Finding(
                .clockUnsynchronized,
                .warning,
                cause: "The clock is not synchronized: the times in the call records may be wrong.",
                remedy: "sudo timedatectl set-ntp true"
            )
        ]
    }

    // MARK: Configuration

    private var configurationFindings: [Finding] {
        switch configuration {
        case .found: return problems.filter { $0.unreadableFile == nil }.map(finding) + secretFindings
        case .missing: return [missingConfigurationFinding]
        case .unreadable:
            return [
                Finding(
                    .configurationUnreadable,
                    .warning,
                    cause: "This user may not read \(configurationFile ?? "the configuration"): "
                        + "what is in it, the modem and Patriot were not checked.",
                    remedy: Self.sudo
                )
            ]
        }
    }

    /// Files with secrets that this user may not read, or that too many may.
    private var secretFindings: [Finding] {
        let open = openSecrets.map { secret in
            Finding(
                .keyUnusable,
                .warning,
                cause: "\(secret.path) is open to other users of this machine (mode \(secret.mode), wanted 0600).",
                remedy: "sudo chmod 600 \(shellQuoted(secret.path))"
            )
        }
        let unread = unreadSecrets.compactMap(\.unreadableFile)
        guard !unread.isEmpty else { return open }
        // A line that this user starts could not read it either; a service, or a line that runs, is another matter.
        let isExcused = line != nil || isRunning
        let notChecked =
            isKeyUnread ? "it was not checked, and with it not whether Patriot accepts the line" : "it was not checked"
        return open + [
            Finding(
                .configurationUnreadable,
                isExcused ? .warning : .error,
                cause: "This user may not read \(unread.joined(separator: " and ")): \(notChecked).",
                remedy: isExcused ? Self.sudo : "Run this command as the user that the line runs as, or with sudo."
            )
        ]
    }

    private var missingConfigurationFinding: Finding {
        let cause =
            configurationFile.map { "There is no configuration file \($0)." }
            ?? "No line is set up: there is no file in /etc/patriot-dialler whose name ends with .conf."
        return Finding(.configurationMissing, cause: cause, remedy: "sudo patriot-dialler setup")
    }

    private func finding(_ problem: ConfigurationProblem) -> Finding {
        let isRunning = unit?.isRunning ?? false
        let reload = isRunning ? " && sudo systemctl reload \(unitName)" : ""
        let check = "Correct it, then: sudo patriot-dialler check-config \(configurationArgument)\(reload)"
        switch (problem.severity, problem.key) {
        case (.warning, _):
            return Finding(.configurationDoubtful, .warning, cause: "\(problem)", remedy: check)
        case (.error, ConfigurationKey.patriotAPIKeyFile.rawValue):
            return keyFinding(problem)
        case (.error, _):
            return Finding(.configurationInvalid, cause: "\(problem)", remedy: check)
        }
    }

    private func keyFinding(_ problem: ConfigurationProblem) -> Finding {
        let cause = "\(problem)"
        func writing(_ path: String?) -> String {
            let place = path.map(shellQuoted) ?? keyFile ?? "FILE"
            return
                "sudo install -m 600 /dev/stdin \(place), paste the value of Patriot's WebSocketApiKey, Enter, Ctrl-D"
        }
        switch problem.secretFault {
        case .notNamed: return Finding(.keyMissing, cause: cause, remedy: writing(nil))
        case .missing(let path): return Finding(.keyMissing, cause: cause, remedy: writing(path))
        case .openToOthers(let path):
            return Finding(.keyUnusable, cause: cause, remedy: "sudo chmod 600 \(shellQuoted(path))")
        case .unreadable(let path), .unusable(let path):
            return Finding(.keyUnusable, cause: cause, remedy: "Write it again: \(writing(path))")
        case nil: return Finding(.keyUnusable, cause: cause, remedy: "Write it again: \(writing(nil))")
        }
    }

    // MARK: Disk

    /// Less than this, and a month of call records may not fit.
    private static let leastFreeBytes: UInt64 = 16 << 20

    private var storageFindings: [Finding] {
        guard let storage else { return [] }
        if storage.freeBytes < Self.leastFreeBytes {
            let isFull = storage.freeBytes < 64 << 10
            return [
                Finding(
                    .diskFull,
                    // A line that runs makes its calls without their records; one that ended may have ended by it.
                    isFull && !isRunning ? .error : .warning,
                    cause: isFull
                        ? "The disk is full: call records cannot be kept in \(storage.directory)."
                        : "The disk is nearly full: \(storage.freeBytes >> 20) MiB are left for \(storage.directory).",
                    remedy:
                        "Make space: sudo journalctl --vacuum-size=100M, and see: df -h \(shellQuoted(storage.directory))"
                )
            ]
        }
        guard let fault = storage.fault else { return [] }
        return [
            Finding(
                .stateNotWritable,
                report?.isReady ?? false ? .warning : .error,
                cause: "Call records cannot be kept in \(storage.directory): \(fault).",
                remedy: "Make it a directory that the line may write, or correct STATE_DIRECTORY."
            )
        ]
    }

    // MARK: USB

    /// What udev and the kernel do with the modem.
    private var usbFindings: [Finding] {
        guard let port, port.report.port.usb != nil else { return disconnectFindings }
        return disconnectFindings + (rulesFinding(port.report).map { [$0] } ?? powerFindings(port))
    }

    /// The rules are there, for a modem that needs them, and took effect.
    var areUdevRulesEffective: Bool { port.flatMap { rulesFinding($0.report) } == nil }

    private func rulesFinding(_ report: PortReport) -> Finding? {
        guard report.port.isKnownATPort else { return nil }
        if hasUdevRules == false {
            return Finding(
                .udevRulesMissing,
                .warning,
                cause: "The udev rules are missing: another program could open the modem, "
                    + "or USB autosuspend could stop it.",
                remedy:
                    "patriot-dialler udev-rules | sudo tee /etc/udev/rules.d/78-patriot-dialler.rules >/dev/null && "
                    + "sudo udevadm control --reload && sudo udevadm trigger"
            )
        }
        guard hasUdevRules == true, report.port.modemManagerTags["ID_MM_DEVICE_IGNORE"] != "1" else { return nil }
        return Finding(
            .udevRulesIneffective,
            .warning,
            cause: "The udev rules are installed and were not applied to \(report.port).",
            remedy: "sudo udevadm control --reload && sudo udevadm trigger; or plug the modem in again"
        )
    }

    private var disconnectFindings: [Finding] {
        guard let disconnects, disconnects >= 3 else { return [] }
        return [
            Finding(
                .usbDisconnects,
                .warning,
                cause: "The modem left the USB \(disconnects) times within an hour: if nobody pulled its plug, "
                    + "it lacks power or its cable is bad.",
                remedy: "Use another cable, and a USB hub with a power supply of its own."
            )
        ]
    }

    private func powerFindings(_ port: Port) -> [Finding] {
        guard port.powerControl == "auto" else { return [] }
        return [
            Finding(
                .usbAutosuspend,
                .warning,
                cause: "The kernel may put the modem to sleep: calls that come in may be missed.",
                remedy:
                    "echo on | sudo tee \(shellQuoted(port.powerControlFile ?? "power/control")), now and after each boot"
            )
        ]
    }
}
