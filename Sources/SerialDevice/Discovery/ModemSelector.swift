/// How the configuration names the modem (`MODEM_DEVICE`). All but `path` survive another port number.
package enum ModemSelector: Equatable, Sendable {
    /// The first supported modem.
    case automatic
    /// A device node or a link to one.
    case path(String)
    /// A USB device by its ids; with a serial number, exactly one device.
    case usb(vendorID: UInt16, productID: UInt16, serialNumber: String?)
    /// The place on the USB where it is plugged in: udev's `ID_PATH`, with or without the interface at its end.
    case usbPath(String)

    /// - Parameter text: `auto`, a whole path, `usb:VID:PID[:SERIAL]` (ids in four hexadecimal digits) or `path:ID_PATH`;
    ///   anything else is nil.
    package init?(_ text: String) {
        if text.lowercased() == "auto" {
            self = .automatic
        } else if text.hasPrefix("/") {
            self = .path(text)
        } else if text.hasPrefix("path:"), text.utf8.count > 5 {
            self = .usbPath(String(text.dropFirst(5)))
        } else if text.hasPrefix("usb:") {
            let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count >= 3, let vendorID = Self.identifier(parts[1]), let productID = Self.identifier(parts[2])
            else { return nil }
            let serialNumber = parts.count == 4 ? String(parts[3]) : nil
            guard serialNumber != "" else { return nil }
            self = .usb(vendorID: vendorID, productID: productID, serialNumber: serialNumber)
        } else {
            return nil
        }
    }

    private static func identifier(_ text: Substring) -> UInt16? {
        text.utf8.count == 4 && text.first != "+" && text.first != "-" ? UInt16(text, radix: 16) : nil
    }

    /// Whether that port may be the one that is meant. Of one device with several ports all may.
    package func admits(_ modem: DiscoveredModem) -> Bool {
        switch self {
        case .automatic:
            return modem.isKnownATPort
        case .path(let path):
            return modem.node == path || modem.links.contains(path)
        case .usb(let vendorID, let productID, let serialNumber):
            guard let usb = modem.usb, usb.vendorID == vendorID, usb.productID == productID else { return false }
            return serialNumber == nil || serialNumber == modem.serialNumber
        case .usbPath(let place):
            return modem.place == place || modem.devicePlace == place
        }
    }
}

extension ModemSelector: CustomStringConvertible {
    /// As `MODEM_DEVICE` takes it.
    package var description: String {
        switch self {
        case .automatic: "auto"
        case .path(let path): path
        case .usb(let vendorID, let productID, let serialNumber):
            "usb:\(USBPort.hex(vendorID, digits: 4)):\(USBPort.hex(productID, digits: 4))"
                + (serialNumber.map { ":\($0)" } ?? "")
        case .usbPath(let place): "path:\(place)"
        }
    }
}
