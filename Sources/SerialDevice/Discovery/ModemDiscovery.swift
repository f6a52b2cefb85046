/// Why no modem was found. The description says what was seen and what to do.
package enum DiscoveryError: Error, Equatable, CustomStringConvertible {
    /// No supported modem among the ports.
    case noModem(seen: [DiscoveredModem])
    case notFound(path: String)
    /// No port is what `MODEM_DEVICE=usb:…` or `path:…` says.
    case noMatch(ModemSelector, seen: [DiscoveredModem])
    /// More than one port is; to guess would be to dial on somebody else's line.
    case ambiguous(ModemSelector, [DiscoveredModem])
    case udevUnavailable

    package var description: String { "\(cause). \(advice)" }

    /// What is wrong, without what to do, and without a full stop.
    package var cause: String {
        switch self {
        case .noModem(let seen) where seen.isEmpty: "No modem found: no USB serial port is there"
        case .noModem(let seen): "No supported modem found among: \(Self.list(seen))"
        case .notFound(let path): "\(path) does not exist"
        case .noMatch(let selector, let seen):
            "No modem is \(selector): there is \(seen.isEmpty ? "no USB serial port" : Self.list(seen))"
        case .ambiguous(let selector, let ports): "\(selector) is more than one port: \(Self.list(ports))"
        case .udevUnavailable: "The device database (libudev) cannot be read"
        }
    }

    /// What fixes it: a sentence, without a full stop where a name ends it.
    package var advice: String {
        switch self {
        case .noModem(let seen) where seen.isEmpty:
            "Is the modem plugged in and powered? `dmesg | tail` shows what the kernel saw."
        case .noModem(let seen):
            "If one of them is your modem, name it: MODEM_DEVICE=\(seen[0].stableName)"
        case .notFound:
            "Is the modem plugged in and powered? `patriot-dialler modems` lists what the system sees."
        case .noMatch:
            "Is it plugged in and powered? `patriot-dialler modems` lists what there is, with names."
        case .ambiguous(_, let ports):
            "Name one of them: " + ports.map { "MODEM_DEVICE=\($0.uniqueSelector)" }.joined(separator: " or ")
        case .udevUnavailable: "Name the modem: MODEM_DEVICE=/dev/…"
        }
    }

    private static func list(_ ports: [DiscoveredModem]) -> String {
        ports.map(\.description).joined(separator: "; ")
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
            return UdevScan.usbSerialPort(at: node) ?? DiscoveredModem(node: node, links: node == path ? [] : [path])
        case .usb, .usbPath:
            return try choose(selector, from: modems())
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

    /// The one port that is meant: of a known modem its AT port, else the only one there is.
    static func choose(
        _ selector: ModemSelector,
        from modems: [DiscoveredModem]
    ) throws(DiscoveryError) -> DiscoveredModem {
        let admitted = modems.filter(selector.admits)
        // A whole place, interface included, leaves no choice.
        if case .usbPath(let place) = selector, let port = admitted.first(where: { $0.place == place }) { return port }
        let known = admitted.filter(\.isKnownATPort)
        let candidates = known.isEmpty ? admitted : known
        guard let modem = candidates.first else { throw .noMatch(selector, seen: modems) }
        guard candidates.count == 1 else { throw .ambiguous(selector, candidates) }
        return modem
    }

    /// By name, then by number: ttyUSB2 before ttyUSB10.
    private static func comesBefore(_ left: DiscoveredModem, _ right: DiscoveredModem) -> Bool {
        (left.node.utf8.count, left.node) < (right.node.utf8.count, right.node)
    }
}
