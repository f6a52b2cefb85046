/// All that can be known of a serial port without opening it.
package struct PortReport: Equatable, Sendable {
    /// What udev says.
    package var port: DiscoveredModem
    /// nil when nobody holds it, or somebody whom only root may see.
    package var holder: PortHolder?
    /// What ModemManager would do with it.
    package var modemManager: ModemManagerVerdict

    package init(port: DiscoveredModem, holder: PortHolder?, modemManager: ModemManagerVerdict) {
        self.port = port
        self.holder = holder
        self.modemManager = modemManager
    }

    /// Whether there is a ModemManager at work.
    package static var isModemManagerRunning: Bool {
        FileSystem.entries(of: "/proc").contains {
            CInt($0) != nil && FileSystem.line(of: "/proc/\($0)/comm") == "ModemManager"
        }
    }

    /// Looks the ports' holders up. Reads /proc, some milliseconds; writes nothing to any port.
    package static func all(of ports: [DiscoveredModem]) -> [PortReport] {
        let isInstalled = ["/usr/sbin/ModemManager", "/usr/bin/ModemManager"].contains(where: FileSystem.exists)
        return ports.map { port in
            let siblings = ports.filter { $0.devicePlace == port.devicePlace && $0.usb?.vendorID == port.usb?.vendorID }
            return PortReport(
                port: port,
                holder: PortHolder.find(ofNode: port.node),
                modemManager: ModemManagerVerdict(port, portCount: siblings.count, isInstalled: isInstalled)
            )
        }
    }
}
