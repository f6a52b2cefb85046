import ModemCore
import NIOOpenSSL
import PatriotLink
import SerialDevice

@testable import Dialler

extension LineFacts {
    /// Of a line that is not running at this moment, on a machine where all is well: a test spoils what it wants.
    static var healthy: LineFacts {
        var facts = LineFacts()
        facts.line = "line1"
        facts.configurationFile = "/etc/patriot-dialler/line1.conf"
        facts.now = 1_800_000_000
        facts.configurationWritten = 1_790_000_000
        facts.isClockSynchronized = true
        facts.storage = Storage(directory: "/var/lib/patriot-dialler/line1", fault: nil, freeBytes: 1 << 30)
        facts.unit = Unit(
            properties: [
                "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "UnitFileState": "enabled",
                "StatusText": "Ready: modem ready, Patriot connected, line free.",
            ],
            isTargetEnabled: true
        )
        facts.hasUdevRules = true
        facts.disconnects = 0
        facts.port = port()
        facts.modem = .asked(.ready, signal: SignalQuality(line: "+CSQ: 20,99"), doubt: nil)
        facts.patriotAddress = "192.0.2.7"
        facts.patriot = .session(.authenticated)
        return facts
    }

    /// Of a Quectel EC25 whose AT port is interface 02.
    static func port(interface: UInt8 = 2, tags: [String: String] = ["ID_MM_DEVICE_IGNORE": "1"]) -> Port {
        let modem = DiscoveredModem(
            node: "/dev/ttyUSB\(interface)",
            usb: USBPort(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: interface, interfaceProtocol: 0),
            driver: "option",
            place: "pci-0000:00:14.0-usb-0:2:1.\(interface)",
            modemManagerTags: tags
        )
        let verdict = ModemManagerVerdict(modem, portCount: 4, isInstalled: true)
        return Port(
            report: PortReport(port: modem, holder: nil, modemManager: verdict),
            powerControlFile: "/sys/devices/usb1/1-2/power/control",
            powerControl: "on"
        )
    }

    mutating func setUnit(_ properties: [String: String]) {
        unit?.properties.merge(properties) { _, new in new }
    }

    mutating func setProblem(
        _ severity: ConfigurationProblem.Severity,
        _ key: ConfigurationKey,
        _ message: String,
        _ fault: SecretFault? = nil
    ) {
        let place = ConfigurationProblem.Place.file("/etc/patriot-dialler/line1.conf", line: 3)
        var problem = ConfigurationProblem(severity, place, key: key.rawValue, message)
        problem.secretFault = fault
        problems.append(problem)
    }

    mutating func setTrust(_ reason: TrustFailure.Reason) throws {
        let certificate = try TLSIdentity.selfSigned(names: ["desktop-client-api.patriotsystems.com"]).certificate
        patriot = .untrusted(
            TrustFailure(reason: reason, serverName: "desktop-client-api.patriotsystems.com", certificate: certificate)
        )
    }

    mutating func setUnreachable(_ stage: PatriotProbe.Failure.Stage) {
        patriot = .unreachable(.init(stage: stage, description: "this went wrong: see there"))
    }

    mutating func setSession(_ reason: String) {
        patriot = .session(.disconnected(reason: reason, retryIn: .seconds(1)))
    }
}

extension StatusReport {
    /// Of a line whose modem is being set up.
    static func notReady(_ sentence: String) -> Self {
        Self(
            line: "line1",
            sentence: sentence,
            isReady: false,
            modem: Modem(
                profile: "quectel",
                isReady: false,
                state: "setting-up",
                readiness: "the modem is being set up"
            ),
            patriot: Patriot(isAuthenticated: true, state: "authenticated", link: "connected", seconds: 60),
            lastCalls: [],
            complaints: [],
            counters: Counters(),
            latencies: Latencies(),
            upSeconds: 61
        )
    }
}
