import Dialler
import Glibc

/// systemctl(1), for the unit of one line.
struct Systemctl {
    let unit: String

    init(line: String) {
        unit = SystemdUnit.name(ofLine: line)
    }

    /// Whether systemd runs this machine (sd_booted(3)).
    static var isThere: Bool { access("/run/systemd/system", F_OK) == 0 }

    /// Runs it to its end, which a start may delay for as long as the unit's time limits say.
    /// - Returns: whether it was done.
    func run(_ verb: String) -> Bool {
        ProgramOutput.of(["systemctl", verb, unit], within: .seconds(60)) != nil
    }

    /// Has ModemManager let go of the modems that udev keeps it off; it keeps what it opened before the rules were there.
    /// Does nothing where it does not run.
    static func restartModemManager() -> Bool {
        ProgramOutput.of(["systemctl", "try-restart", "ModemManager.service"], within: .seconds(60)) != nil
    }

    /// Has systemd read its units again.
    static func reloadUnits() -> Bool {
        ProgramOutput.of(["systemctl", "daemon-reload"], within: .seconds(60)) != nil
    }

    /// Whether the status text (sd_notify(3), STATUS=) is that of a line that works: then its first word is Ready. For lines whose
    /// control socket gives no report.
    static func tellsReady(_ statusText: String) -> Bool {
        statusText.prefix { $0.isLetter } == "Ready"
    }

    /// The sentence by which the line says its state; empty until it has said one.
    func statusText() -> String {
        let text = ProgramOutput.of(["systemctl", "show", "--property=StatusText", "--value", unit]) ?? ""
        return String(text.prefix { !$0.isNewline })
    }
}
