import Basics
import ModemCore
import NIOOpenSSL
import PatriotLink
import SerialDevice

@testable import Dialler

extension SpoiltLine {
    static let oneFault = machine + service + usb + modem + patriot + listening

    private static let machine: [SpoiltLine] = [
        SpoiltLine("a clock of 1970", .clockWrong) { $0.now = 1000 },
        SpoiltLine("a clock before the configuration", .clockWrong) { $0.now = 1_780_000_000 },
        SpoiltLine("a clock that runs by itself", .clockUnsynchronized) { $0.isClockSynchronized = false },
        SpoiltLine("no configuration file", .configurationMissing) { $0.configuration = .missing },
        SpoiltLine("a configuration of root's", .configurationUnreadable) { $0.configuration = .unreadable },
        SpoiltLine("a port that is no number", .configurationInvalid) {
            $0.setProblem(.error, .patriotPort, "\"x\" is no number")
        },
        SpoiltLine("a prefix that has no effect", .configurationDoubtful) {
            $0.setProblem(.warning, .dialPrefix, "has no effect")
        },
        SpoiltLine("no key", .keyMissing) {
            $0.setProblem(.error, .patriotAPIKeyFile, "there is no API key: write it", .notNamed)
        },
        SpoiltLine("a key file that is not there", .keyMissing) {
            $0.setProblem(.error, .patriotAPIKeyFile, "the file \"/k\" does not exist: create it", .missing(path: "/k"))
        },
        SpoiltLine("a key that all may read", .keyUnusable) {
            $0.setProblem(
                .error,
                .patriotAPIKeyFile,
                "the file \"/k\" is open to other users: run chmod",
                .openToOthers(path: "/k")
            )
        },
        SpoiltLine("an empty key", .keyUnusable) {
            $0.setProblem(.error, .patriotAPIKeyFile, "the file \"/k\" is empty: write it", .unusable(path: "/k"))
        },
        SpoiltLine("a directory that cannot be written", .stateNotWritable) {
            $0.storage?.fault = "Read-only file system"
        },
        SpoiltLine("a full disk", .diskFull) {
            $0.storage?.fault = "No space left on device"
            $0.storage?.freeBytes = 0
        },
        SpoiltLine("a disk that is nearly full", .diskFull) { $0.storage?.freeBytes = 1 << 20 },
    ]

    private static let service: [SpoiltLine] = [
        SpoiltLine("no unit", .unitNotInstalled) { $0.setUnit(["LoadState": "not-found", "ActiveState": "inactive"]) },
        SpoiltLine("a masked unit", .unitNotInstalled) {
            $0.setUnit(["LoadState": "masked", "ActiveState": "inactive"])
        },
        SpoiltLine("a unit that is not enabled", .unitNotEnabled) { $0.setUnit(["UnitFileState": "disabled"]) },
        SpoiltLine("a unit that failed", .unitFailed) {
            $0.setUnit(["ActiveState": "failed", "Result": "core-dump"])
            $0.unit?.lastWords = "Fatal error"
        },
        SpoiltLine("a unit that fails again and again", .unitFailed) {
            $0.setUnit(["ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code"])
        },
        SpoiltLine("a unit that was stopped", .unitStopped) { $0.setUnit(["ActiveState": "inactive"]) },
        SpoiltLine("a target that is not enabled", .targetNotEnabled) { $0.unit?.isTargetEnabled = false },
        SpoiltLine("a line that says that it is not ready", .lineNotReady) {
            $0.report = .notReady("Not ready: the modem is being set up; Patriot connected.")
        },
    ]

    private static let usb: [SpoiltLine] = [
        SpoiltLine("no rules", .udevRulesMissing) {
            $0.hasUdevRules = false
            $0.port = LineFacts.port(tags: [:])
        },
        SpoiltLine("rules that were not applied", .udevRulesIneffective) { $0.port = LineFacts.port(tags: [:]) },
        SpoiltLine("a modem that falls off the USB", .usbDisconnects) { $0.disconnects = 3 },
        SpoiltLine("a modem that may sleep", .usbAutosuspend) { $0.port?.powerControl = "auto" },
    ]

    private static let modem: [SpoiltLine] = [
        SpoiltLine("no modem", .modemAbsent) {
            $0.modem = .absent(.noModem(seen: []))
            $0.port = nil
        },
        SpoiltLine("a node that is not there", .modemAbsent) { $0.modem = .absent(.notFound(path: "/dev/ttyUSB9")) },
        SpoiltLine("a node that went", .modemAbsent) { $0.modem = .closed(.notFound(path: "/dev/ttyUSB9")) },
        SpoiltLine("only an adapter that nobody named", .modemUnknown) {
            $0.modem = .absent(.noModem(seen: [DiscoveredModem(node: "/dev/ttyUSB0")]))
            $0.port = nil
        },
        SpoiltLine("two modems of one name", .modemAmbiguous) {
            let port = LineFacts.port().report.port
            $0.modem = .absent(.ambiguous(.usb(vendorID: 0x2c7c, productID: 0x0125, serialNumber: nil), [port, port]))
        },
        SpoiltLine("the port for GPS", .modemWrongInterface) {
            $0.port = LineFacts.port(interface: 1)
            $0.modem = .asked(.notResponding(since: .now), signal: nil, doubt: nil)
        },
        SpoiltLine("a port of root's, looked at by root", .modemPermission) { $0.port?.foreignGroup = "root" },
        SpoiltLine("a port of root's", .modemPermission) {
            $0.modem = .closed(.permissionDenied(path: "/dev/ttyUSB2", group: "root", user: "somebody"))
        },
        SpoiltLine("a port that the unit's device policy forbids", .modemPermission) {
            $0.modem = .closed(.deviceNotAllowed(path: "/dev/ttyAMA0"))
        },
        SpoiltLine("a port that minicom has", .modemHeld) {
            let holder = PortHolder(processID: 77, name: "minicom")
            $0.modem = .closed(.busy(path: "/dev/ttyUSB2", holder: holder))
        },
        SpoiltLine("a port that another line has", .modemHeld) {
            let holder = PortHolder(processID: 77, name: "patriot-dialler")
            $0.modem = .closed(.busy(path: "/dev/ttyUSB2", holder: holder))
        },
        SpoiltLine("a port that somebody has", .modemHeld) {
            $0.modem = .closed(.busy(path: "/dev/ttyUSB2", holder: nil))
        },
        SpoiltLine("a port that ModemManager has", .modemManager) {
            let holder = PortHolder(processID: 77, name: "ModemManager")
            $0.modem = .closed(.busy(path: "/dev/ttyUSB2", holder: holder))
        },
        SpoiltLine("a port that ModemManager would take", .modemManager) {
            $0.isModemManagerRunning = true
            $0.port = LineFacts.port(interface: 3, tags: [:])
        },
        SpoiltLine("a file in place of a port", .modemPort) { $0.modem = .closed(.notATerminal(path: "/etc/hosts")) },
        SpoiltLine("a modem that says nothing", .modemSilent) { $0.setModem(.notResponding(since: .now)) },
        SpoiltLine("a modem at another bit rate", .modemGarbage) { $0.setModem(.garbage(since: .now)) },
        SpoiltLine("a module whose supply breaks down", .modemPower) { $0.setModem(.keepsRestarting(5)) },
        SpoiltLine("a modem that takes its time", .modemSlow) { $0.setModem(.settingUp) },
        SpoiltLine("a modem without a SIM", .modemSIM) { $0.setModem(.simNotReady(.absent)) },
        SpoiltLine("a SIM with another lock", .modemSIM) { $0.setModem(.simNotReady(.refused(.error))) },
        SpoiltLine("no network", .modemNetwork) { $0.setModem(.notRegistered(.registration(.searching))) },
        SpoiltLine("a modem without a voice", .modemVoice) {
            $0.setModem(.noVoice("it has no voice class (+FCLASS has no 8): use MODEM_PROFILE=analog"))
        },
        SpoiltLine("a modem with its voice switched off", .modemVoice) {
            $0.modem = .asked(.ready, signal: nil, doubt: "its voice function is switched off (^CVOICE: 1)")
        },
        SpoiltLine("a weak signal", .modemSignal) {
            $0.modem = .asked(.ready, signal: SignalQuality(line: "+CSQ: 5,99"), doubt: nil)
        },
    ]

    private static let patriot: [SpoiltLine] = [
        SpoiltLine("a name without an address", .patriotName) { $0.setUnreachable(.name) },
        SpoiltLine("a port on which nothing listens", .patriotRefused) { $0.setUnreachable(.refused) },
        SpoiltLine("no address, and nothing here", .patriotRefused) {
            $0.patriotAddress = nil
            $0.setUnreachable(.refused)
        },
        SpoiltLine("a machine that does not answer", .patriotNoAnswer) { $0.setUnreachable(.noAnswer) },
        SpoiltLine("a web server", .patriotNotTLS) { $0.setUnreachable(.notTLS) },
        SpoiltLine("a connection that is cut", .patriotConnection) { $0.setUnreachable(.other) },
        SpoiltLine("a certificate of its own", .patriotUntrusted) { try $0.setTrust(.selfSigned) },
        SpoiltLine("a strange authority", .patriotUntrusted) { try $0.setTrust(.unknownIssuer) },
        SpoiltLine("a certificate with a flaw", .patriotUntrusted) { try $0.setTrust(.other("the key is too short")) },
        SpoiltLine("another pin", .patriotPin) {
            let other = try TLSIdentity.selfSigned(names: ["other"]).certificate
            try $0.setTrust(.pinMismatch(expected: [other.pin]))
        },
        SpoiltLine("another name", .patriotCertificateName) { try $0.setTrust(.nameMismatch) },
        SpoiltLine("an expired certificate", .patriotCertificateDate) { try $0.setTrust(.expired) },
        SpoiltLine("a certificate of the future", .patriotCertificateDate) { try $0.setTrust(.notYetValid) },
        SpoiltLine("another path", .patriotPath) { $0.patriot = .unknownPath },
        // Only the status decides: whatever a peer writes about itself is text.
        SpoiltLine("a reason that speaks of HTTP 404", .patriotWebSocket) {
            $0.setSession("the other end closed the connection: HTTP 404 was yesterday")
        },
        SpoiltLine("a refusal that speaks of a connection", .patriotKey) {
            $0.patriot = .session(.refused("Another Patriot connected with this key"))
        },
        SpoiltLine("no WebSocket", .patriotWebSocket) { $0.setSession("the other end does not speak HTTP") },
        SpoiltLine("no word on the key", .patriotWebSocket) { $0.patriot = .session(.connected) },
        SpoiltLine("another key", .patriotKey) { $0.patriot = .session(.refused("Invalid API key")) },
    ]

    static let severalFaults: [SpoiltLine] = [
        SpoiltLine("a wrong clock hides a wrong date of the certificate", .clockWrong) {
            $0.now = 1000
            try $0.setTrust(.notYetValid)
        },
        SpoiltLine("a wrong clock hides no other name", .clockWrong, .patriotCertificateName) {
            $0.now = 1000
            try $0.setTrust(.nameMismatch)
        },
        SpoiltLine("a wrong key explains why the line ended", .keyMissing) {
            $0.setProblem(.error, .patriotAPIKeyFile, "there is no API key: write it", .notNamed)
            $0.setUnit(["ActiveState": "activating", "SubState": "auto-restart"])
        },
        SpoiltLine("a full disk explains why the line ended", .diskFull) {
            $0.storage?.freeBytes = 0
            $0.setUnit(["ActiveState": "failed"])
        },
        SpoiltLine("a missing unit is not also stopped and not enabled", .unitNotInstalled) {
            $0.setUnit(["LoadState": "not-found", "ActiveState": "inactive", "UnitFileState": ""])
        },
        SpoiltLine("a line that is not enabled does not wait for the target", .unitNotEnabled) {
            $0.setUnit(["UnitFileState": "disabled"])
            $0.unit?.isTargetEnabled = false
        },
        SpoiltLine("errors come before warnings", .modemSilent, .clockUnsynchronized) {
            $0.isClockSynchronized = false
            $0.setModem(.notResponding(since: .now))
        },
        SpoiltLine("a missing modem explains why the line is not ready", .modemAbsent) {
            $0.modem = .absent(.noModem(seen: []))
            $0.report = .notReady("Not ready: no modem found for MODEM_DEVICE=auto; Patriot connected.")
        },
        SpoiltLine("without rules a sleeping modem and ModemManager are no news", .udevRulesMissing) {
            $0.hasUdevRules = false
            $0.isModemManagerRunning = true
            $0.port = LineFacts.port(tags: [:])
            $0.port?.powerControl = "auto"
        },
        SpoiltLine("of a modem that is gone no signal and no voice is told", .modemHeld) {
            $0.modem = .closed(.busy(path: "/dev/ttyUSB2", holder: nil))
            $0.port?.foreignGroup = "root"
        },
        SpoiltLine("no network, and why", .modemNetwork, .modemSignal) {
            let signal = SignalQuality(line: "+CSQ: 1,99")
            $0.modem = .asked(.notRegistered(.registration(.searching)), signal: signal, doubt: nil)
        },
        SpoiltLine("both sides", .modemSilent, .patriotKey) {
            $0.setModem(.notResponding(since: .now))
            $0.patriot = .session(.refused("Invalid API key"))
        },
        SpoiltLine("a PIN that is there is not entered, and no fault") {
            $0.setModem(.simNotReady(.pinHeldBack))
        },
    ]
}

extension LineFacts {
    fileprivate mutating func setModem(_ readiness: ModemReadiness) {
        modem = .asked(readiness, signal: nil, doubt: nil)
    }
}
