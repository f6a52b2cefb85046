import Basics
import ModemCore
import SerialDevice

extension LineFacts {
    /// What keeps the modem from calling: the port hides the SIM, the SIM hides the network.
    var modemFindings: [Finding] {
        switch modem {
        case nil: accessFindings + modemManagerFindings
        case .absent(let error): [absentFinding(error)]
        case .closed(let error): [closedFinding(error)]
        case .asked(let readiness, let signal, let doubt):
            interfaceFindings(readiness.word)
                ?? accessFindings + readinessFindings(readiness, signal) + doubtFindings(doubt) + modemManagerFindings
        case .reported(let modem):
            interfaceFindings(modem.state) ?? accessFindings + reportedFindings(modem) + modemManagerFindings
        }
    }

    private func absentFinding(_ error: DiscoveryError) -> Finding {
        switch error {
        case .noModem(let seen) where !seen.isEmpty:
            Finding(
                .modemUnknown,
                cause: error.cause,
                remedy: "If your modem is among them: sudo patriot-dialler setup --line \(line ?? "LINE") chooses it; "
                    + "else plug the modem in."
            )
        case .noModem, .notFound, .noMatch:
            Finding(.modemAbsent, cause: error.cause, remedy: "Plug the modem in, and see: patriot-dialler modems")
        case .udevUnavailable:
            Finding(.modemAbsent, cause: error.cause, remedy: error.advice)
        case .ambiguous:
            Finding(.modemAmbiguous, cause: "MODEM_DEVICE=\(error.cause)", remedy: error.advice)
        }
    }

    private func closedFinding(_ error: SerialPortError) -> Finding {
        switch error {
        case .notFound:
            Finding(.modemAbsent, cause: error.cause, remedy: "Plug the modem in, and see: patriot-dialler modems")
        case .permissionDenied:
            Finding(
                .modemPermission,
                cause: error.cause,
                remedy: "Run this command with sudo; if the line itself may not: \(error.advice)"
            )
        case .deviceNotAllowed:
            Finding(.modemPermission, cause: error.cause, remedy: "Allow the line to open it: \(error.advice).")
        case .busy(let path, let holder) where holder?.name == "ModemManager":
            Finding(.modemManager, cause: "\(path) is held by ModemManager.", remedy: heldByModemManagerRemedy)
        case .busy(let path, let holder):
            heldFinding(path, holder)
        case .notATerminal:
            Finding(
                .modemPort,
                cause: error.cause,
                remedy: "Correct MODEM_DEVICE; patriot-dialler modems lists what there is."
            )
        case .settingsRefused:
            Finding(.modemPort, cause: error.cause, remedy: "Check MODEM_BAUD_RATE and the adapter.")
        case .notReleased, .system:
            Finding(.modemPort, cause: error.cause, remedy: "Unplug the modem and plug it in again.")
        }
    }

    private func heldFinding(_ path: String, _ holder: PortHolder?) -> Finding {
        let cause = "\(path) is in use by \(holder.map { "\($0)" } ?? "another process")."
        guard let holder else {
            return Finding(.modemHeld, cause: cause, remedy: "sudo fuser -v \(shellQuoted(path)) names it; stop it.")
        }
        // As the kernel cuts it.
        let isAnotherLine = holder.name == "patriot-dialler"
        return Finding(
            .modemHeld,
            cause: cause,
            remedy: isAnotherLine
                ? "Give each line a modem of its own (MODEM_DEVICE), or stop the other: systemctl status "
                    + "\(holder.processID) names it, then sudo systemctl stop patriot-dialler@LINE"
                : "Stop that program (systemctl status \(holder.processID) names its service, if it is one): "
                    + "sudo kill \(holder.processID)"
        )
    }

    /// Another port than the one for AT: what it says, or that it says nothing, is irrelevant.
    private func interfaceFindings(_ word: String) -> [Finding]? {
        guard word == "not-responding", let modem = port?.report.port else { return nil }
        switch modem.role {
        case .gsmModem, .analogModem, .serialAdapter, .unknown:
            return nil
        case .otherModemPort(let model), .audioPort(let model):
            return [
                Finding(
                    .modemWrongInterface,
                    cause: "\(modem.node) is not the port of the \(model) that takes AT commands.",
                    remedy: "Name the modem instead of a port: MODEM_DEVICE=path:\(modem.devicePlace ?? "ID_PATH")"
                )
            ]
        }
    }

    /// Root may open any port, the line's own user may not.
    private var accessFindings: [Finding] {
        guard let port, let group = port.foreignGroup else { return [] }
        return [
            Finding(
                .modemPermission,
                cause:
                    "\(port.report.port.node) belongs to the group \(group): the line may open ports of dialout only.",
                remedy: "sudo udevadm trigger, or plug the modem in again; a port without a rule: sudo chgrp dialout "
                    + shellQuoted(port.report.port.node) + " && sudo chmod 660 " + shellQuoted(port.report.port.node)
            )
        ]
    }

    private func readinessFindings(_ readiness: ModemReadiness, _ signal: SignalQuality?) -> [Finding] {
        switch readiness {
        case .ready:
            return signalFindings(signal)
        case .readyInDoubt(let doubt):
            return doubtFindings("\(doubt)") + signalFindings(signal)
        case .notResponding, .opening, .hung:
            return [
                Finding(
                    .modemSilent,
                    cause: "The modem's port opens, and the modem does not answer AT.",
                    remedy:
                        "Unplug the modem and plug it in again; with a serial adapter check cable and MODEM_BAUD_RATE."
                )
            ]
        case .settingUp:
            return [
                Finding(
                    .modemSlow,
                    cause: "The modem answers AT, and was not ready in time: its SIM, or one of its answers, is late.",
                    remedy:
                        "Try again a minute after it was plugged in; then take the SIM out, clean it and put it back."
                )
            ]
        // The line has the PIN; it is not spent here.
        case .simNotReady(.pinHeldBack):
            return []
        // There may be one that this user cannot read.
        case .simNotReady(.pinMissing) where isPINUnread:
            return []
        case .notRegistered:
            return [finding(readiness.word, readiness.cause, readiness.remedy(ofLine: line))] + signalFindings(signal)
        case .simNotReady, .noVoice, .keepsRestarting, .garbage, .notPluggedIn, .heldBy, .cannotOpen:
            return [finding(readiness.word, readiness.cause, readiness.remedy(ofLine: line))]
        }
    }

    private func reportedFindings(_ modem: StatusReport.Modem) -> [Finding] {
        [finding(modem.state, modem.problem ?? modem.readiness, modem.remedy)]
    }

    /// - Parameters:
    ///   - word: one of ``ModemReadiness/words``.
    ///   - cause: a sentence part.
    private func finding(_ word: String, _ cause: String, _ remedy: String?) -> Finding {
        let id: Finding.ID =
            switch word {
            case "not-plugged-in": .modemAbsent
            case "held": .modemHeld
            case "cannot-open": .modemPort
            case "setting-up": .modemSlow
            case "sim": .modemSIM
            case "no-network": .modemNetwork
            case "no-voice", "ready-in-doubt": .modemVoice
            case "restarting": .modemPower
            case "garbage": .modemGarbage
            default: .modemSilent
            }
        return Finding(
            id,
            cause: Self.sentence(cause),
            remedy: Self.sentence(remedy ?? "unplug the modem and plug it in again") + "."
        )
    }

    /// With a capital letter at its beginning.
    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private func doubtFindings(_ doubt: String?) -> [Finding] {
        guard let doubt else { return [] }
        let remedy = "Place a call to see whether it works; hardware.md tells which modems can call."
        return [Finding(.modemVoice, .warning, cause: "Calls may fail: \(doubt).", remedy: remedy)]
    }

    private func signalFindings(_ signal: SignalQuality?) -> [Finding] {
        guard let rssi = signal?.rssi, rssi < 6, let dBm = signal?.dBm else { return [] }
        return [
            Finding(
                .modemSignal,
                .warning,
                cause: "The signal is weak: \(dBm) dBm.",
                remedy: "Move the antenna, or use one outside, until there are -100 dBm or more."
            )
        ]
    }

    private var modemManagerFindings: [Finding] {
        guard isModemManagerRunning, areUdevRulesEffective, let report = port?.report, report.modemManager.opens else {
            return []
        }
        return [
            Finding(
                .modemManager,
                .warning,
                cause: "ModemManager runs and would open \(report.port.node): \(report.modemManager.reason).",
                remedy: modemManagerRemedy
            )
        ]
    }

    /// Once udev keeps it off the modem it is enough that it starts again: it keeps what it opened before.
    private var heldByModemManagerRemedy: String {
        guard let report = port?.report, ModemManagerVerdict.isKeptOff(report.port) else { return modemManagerRemedy }
        return "It opened the port before the udev rules kept it off: sudo systemctl restart ModemManager"
    }

    private var modemManagerRemedy: String {
        "sudo systemctl disable --now ModemManager; or keep it off this modem by a udev rule with ID_MM_DEVICE_IGNORE=1"
    }
}
