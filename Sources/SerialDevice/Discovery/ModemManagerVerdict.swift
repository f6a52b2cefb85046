/// Whether ModemManager would open a port, and why. It writes to a port in order to find out what it is, and holds it.
package struct ModemManagerVerdict: Equatable, Sendable {
    /// Whether it would, once it runs.
    package var opens: Bool
    /// A sentence part that fits behind a colon.
    package var reason: String

    /// Judges as ModemManager's strict policy does, from udev's tags and the driver (its mm-filter.c).
    /// - Parameters:
    ///   - portCount: how many serial ports the port's device has.
    ///   - isInstalled: whether there is a ModemManager at all.
    package init(_ port: DiscoveredModem, portCount: Int, isInstalled: Bool) {
        let tags = port.modemManagerTags
        func isSet(_ tag: String) -> Bool { tags[tag] == "1" }
        (opens, reason) =
            switch port.driver {
            case _ where !isInstalled: (false, "it is not installed")
            case _ where isSet("ID_MM_DEVICE_IGNORE"): (false, "udev keeps it off this modem (ID_MM_DEVICE_IGNORE)")
            case _ where isSet("ID_MM_PORT_IGNORE"): (false, "udev keeps it off this port (ID_MM_PORT_IGNORE)")
            case _ where isSet("ID_MM_DEVICE_PROCESS"): (true, "udev gives it this modem (ID_MM_DEVICE_PROCESS)")
            case let driver? where Self.modemDrivers.contains(driver): (true, "the driver \(driver) is one for modems")
            case "cdc_acm" where portCount > 1: (true, "a cdc_acm device with \(portCount) ports looks like a modem")
            case "cdc_acm": (false, "the only port of a cdc_acm device is not taken for a modem")
            case let driver?: (false, "the driver \(driver) is not one for modems")
            case nil: (false, "the port has no USB driver")
            }
    }

    /// Whether udev keeps ModemManager off the port, so that it lets go of it when it starts again.
    package static func isKeptOff(_ port: DiscoveredModem) -> Bool {
        ["ID_MM_DEVICE_IGNORE", "ID_MM_PORT_IGNORE"].contains { port.modemManagerTags[$0] == "1" }
    }

    /// Drivers whose ports are a modem's without further proof.
    private static let modemDrivers: Set<String> = ["option", "option1", "qcserial", "qcaux", "nozomi", "sierra"]
}
