/// How the configuration names the modem.
package enum ModemSelector: Equatable, Sendable {
    /// The first supported modem.
    case automatic
    /// A device node or a link to one.
    case path(String)
}

/// Why no modem was found. The description says what was seen and what to do.
package enum DiscoveryError: Error, Equatable, CustomStringConvertible {
    /// No supported modem among the ports.
    case noModem(seen: [DiscoveredModem])
    case notFound(path: String)
    case udevUnavailable

    package var description: String {
        switch self {
        case .noModem(let seen) where seen.isEmpty:
            "No modem found: no USB serial port is there. Is the modem plugged in and powered? "
                + "`dmesg | tail` shows what the kernel saw."
        case .noModem(let seen):
            "No supported modem found among: \(seen.map(\.description).joined(separator: "; ")). "
                + "If one of them is your modem, name it: MODEM_DEVICE=\(seen[0].stableName)"
        case .notFound(let path):
            "\(path) does not exist: is the modem plugged in and powered? "
                + "`patriot-dialler modems` lists what the system sees."
        case .udevUnavailable:
            "The device database (libudev) cannot be read: name the modem by MODEM_DEVICE=/dev/…"
        }
    }
}

/// Finds modems. Reads sysfs for some milliseconds; writes nothing to any port.
package enum ModemDiscovery {
    /// All serial ports with a USB device behind them, in a stable order; empty where there are none.
    package static func modems() throws(DiscoveryError) -> [DiscoveredModem] {
        guard let ports = UdevScan.usbSerialPorts() else { throw .udevUnavailable }
        return ports.sorted(by: comesBefore)
    }

    /// The port that the selector means at this moment: call it again for each try to open.
    package static func resolve(_ selector: ModemSelector) throws(DiscoveryError) -> DiscoveredModem {
        switch selector {
        case .automatic:
            return try choose(from: modems())
        case .path(let path):
            guard let node = FileSystem.resolve(path) else { throw .notFound(path: path) }
            let known = try? modems().first { $0.node == node }
            return known ?? DiscoveredModem(node: node, links: node == path ? [] : [path])
        }
    }

    /// The first port that is known to take AT commands. Serial adapters are never chosen: what hangs on one may be
    /// somebody's door lock.
    static func choose(from modems: [DiscoveredModem]) throws(DiscoveryError) -> DiscoveredModem {
        guard let modem = modems.sorted(by: comesBefore).first(where: \.isKnownATPort) else {
            throw .noModem(seen: modems)
        }
        return modem
    }

    /// By name, then by number: ttyUSB2 before ttyUSB10.
    private static func comesBefore(_ left: DiscoveredModem, _ right: DiscoveredModem) -> Bool {
        (left.node.utf8.count, left.node) < (right.node.utf8.count, right.node)
    }
}
