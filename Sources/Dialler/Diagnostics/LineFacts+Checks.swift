import ModemCore
import PatriotLink
import SerialDevice

/// What was looked at in one area, in a few words.
package struct Check: Equatable, Sendable {
    /// What can be wrong, in the order of causes.
    package enum Area: String, CaseIterable, Sendable {
        case clock
        case configuration
        case disk
        case service
        case usb = "USB"
        case modem
        case patriot = "Patriot"
    }

    /// What looking at it came to.
    package enum Outcome: Equatable, Sendable {
        case fine, wrong, notLookedAt
    }

    /// What was looked at.
    package let area: Area
    /// What that came to.
    package let outcome: Outcome
    /// What was seen, in a few words.
    package let text: String
}

extension LineFacts {
    /// One for each area, in the order of causes.
    package var checks: [Check] {
        let wrong = Set(findings.map(\.id.area))
        return Check.Area.allCases.map { area in
            let text = text(of: area)
            if wrong.contains(area) || area == .service && isServiceDown {
                return Check(area: area, outcome: .wrong, text: text ?? "see above")
            }
            return Check(area: area, outcome: text == nil ? .notLookedAt : .fine, text: text ?? notLookedAt(area))
        }
    }

    /// Also where something else explains it, and it is no finding of its own.
    private var isServiceDown: Bool { unit.map { !$0.isRunning || $0.keepsRestarting } ?? false }

    private func notLookedAt(_ area: Check.Area) -> String {
        switch area {
        case .patriot where configuration == .unreadable || isKeyUnread: "not checked: run it with sudo"
        case .patriot where mayBeConnected:
            "not checked: the line may be connected, and a second connection could end that"
        default: "not looked at"
        }
    }

    private func text(of area: Check.Area) -> String? {
        switch area {
        case .clock: isClockSynchronized.map { $0 ? "synchronized" : "not synchronized" } ?? "plausible"
        case .configuration: configuration == .unreadable ? nil : configurationFile
        case .disk: storage.map { "\($0.freeBytes >> 20) MiB free for \($0.directory)" }
        case .service: unit.map(serviceText)
        case .usb: usbText
        case .modem: modemText
        case .patriot: patriotText
        }
    }

    private func serviceText(_ unit: Unit) -> String {
        let state = unit.properties["ActiveState"] ?? "unknown"
        return "\(unitName) is \(state)\(unit.keepsRestarting ? ", restarted \(unit.restarts) times" : "")"
    }

    private var usbText: String? {
        guard let port, port.report.port.usb != nil else { return nil }
        let parts = [
            hasUdevRules.map { $0 ? "udev rules installed" : "no udev rules" },
            port.powerControl.map { "power \($0)" },
            disconnects.map { "\($0) disconnects within an hour" },
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }

    private var modemText: String? {
        let name = port.map { "\($0.report.port)" }
        switch modem {
        case nil: return isRunning ? name.map { "\($0): in use by the line" } : nil
        case .absent: return nil
        case .closed: return name
        case .asked(.ready, let signal, _), .asked(.readyInDoubt, let signal, _):
            let dBm = signal?.dBm.map { ", \($0) dBm" } ?? ""
            return (name.map { "\($0): " } ?? "") + "ready\(dBm)"
        case .asked, .reported: return name
        }
    }

    private func listeningText(_ listening: Listening) -> String? {
        if isPatriotConnected, let link = report?.patriot.link { return link }
        return isRunning && listening.isOpen ? "waiting for Patriot on \(listening.place)" : nil
    }

    private var patriotText: String? {
        switch patriot {
        case nil:
            if let listening { return listeningText(listening) }
            guard isPatriotConnected else { return nil }
            return "connected to the line"
        case .unreachable(let failure): return "\(failure)"
        case .untrusted: return "answers"
        case .unknownPath: return "answers HTTP 404, certificate trusted"
        case .session(.authenticated): return "certificate trusted, key accepted"
        case .session: return "answers, certificate trusted"
        }
    }
}

extension Finding.ID {
    /// Where it belongs.
    package var area: Check.Area {
        switch self {
        case .clockWrong, .clockUnsynchronized: .clock
        case .configurationMissing, .configurationUnreadable, .configurationInvalid, .configurationDoubtful,
            .keyMissing,
            .keyUnusable:
            .configuration
        case .stateNotWritable, .diskFull: .disk
        case .unitNotInstalled, .unitNotEnabled, .unitFailed, .unitStopped, .targetNotEnabled, .lineNotReady: .service
        case .udevRulesMissing, .udevRulesIneffective, .usbDisconnects, .usbAutosuspend: .usb
        case .modemAbsent, .modemUnknown, .modemAmbiguous, .modemWrongInterface, .modemPermission, .modemHeld,
            .modemManager, .modemPort, .modemSilent, .modemGarbage, .modemPower, .modemSlow, .modemSIM, .modemNetwork,
            .modemVoice, .modemSignal:
            .modem
        case .patriotName, .patriotRefused, .patriotNoAnswer, .patriotNotTLS, .patriotUntrusted, .patriotPin,
            .patriotCertificateName, .patriotCertificateDate, .patriotConnection, .patriotPath, .patriotWebSocket,
            .patriotKey, .listenPort, .listenClosed, .listenCertificateName, .listenCertificateDate, .listenKeyMode:
            .patriot
        }
    }
}
