/// A tty that may be a modem's, with all that identifies it.
package struct DiscoveredModem: Equatable, Sendable, CustomStringConvertible {
    /// The device node to open, links followed: `/dev/ttyUSB2`. May change when the modem is plugged in again.
    package var node: String
    /// nil for a tty without a USB device behind it (a built-in port, a simulator).
    package var usb: USBPort?
    /// As the USB device says it; nil when it does not.
    package var manufacturer: String?
    /// As the USB device says it; nil when it does not.
    package var product: String?
    /// nil for the many that have none.
    package var serialNumber: String?
    /// The kernel driver of the interface: `option`, `cdc_acm`, `ftdi_sio`.
    package var driver: String?
    /// Of the tty, below /sys; nil where there is no sysfs for it.
    package var sysfsPath: String?
    /// Links to the node that stay the same (`/dev/serial/by-id/…`, `/dev/serial/by-path/…`); empty without udev.
    package var links: [String]
    /// Where it is plugged in, interface included: udev's `ID_PATH` (`pci-0000:00:14.0-usb-0:2:1.2`); without udev the
    /// kernel's name of the USB interface (`1-2:1.2`), which another boot may change.
    package var place: String?
    /// udev's properties of the port and its device that say what ModemManager does with it (`ID_MM_…`).
    package var modemManagerTags: [String: String]
    /// How long it has been there; nil without udev.
    package var age: Duration?

    package init(
        node: String,
        usb: USBPort? = nil,
        manufacturer: String? = nil,
        product: String? = nil,
        serialNumber: String? = nil,
        driver: String? = nil,
        sysfsPath: String? = nil,
        links: [String] = [],
        place: String? = nil,
        modemManagerTags: [String: String] = [:],
        age: Duration? = nil
    ) {
        self.node = node
        self.usb = usb
        self.manufacturer = manufacturer
        self.product = product
        self.serialNumber = serialNumber
        self.driver = driver
        self.sysfsPath = sysfsPath
        self.links = links
        self.place = place
        self.modemManagerTags = modemManagerTags
        self.age = age
    }

    /// What the table of known modems says the port is for.
    package var role: PortRole { usb.map(ModemCatalog.role) ?? .unknown }

    /// Whether `auto` may choose this port.
    package var isKnownATPort: Bool {
        switch role {
        case .gsmModem, .analogModem: true
        case .audioPort, .otherModemPort, .serialAdapter, .unknown: false
        }
    }

    /// Whether it belongs to a known modem and takes no AT commands.
    package var isOtherModemPort: Bool {
        switch role {
        case .audioPort, .otherModemPort: true
        case .gsmModem, .analogModem, .serialAdapter, .unknown: false
        }
    }

    /// The name to put into MODEM_DEVICE: a link that survives replugging where there is one.
    package var stableName: String {
        links.first { $0.hasPrefix("/dev/serial/by-id/") } ?? links.first ?? node
    }

    /// Where the whole device is plugged in: `place` without the interface (`pci-0000:00:14.0-usb-0:2`).
    package var devicePlace: String? {
        guard let place, let colon = place.lastIndex(of: ":"), usb?.interfaceNumber != nil else { return place }
        let interface = place[place.index(after: colon)...]
        return interface.contains(".") ? String(place[..<colon]) : place
    }

    /// A name that no other port shares.
    package var uniqueSelector: ModemSelector {
        place.map { .usbPath($0) } ?? .path(stableName)
    }

    /// A name that survives replugging and means no other port of these: the device's serial number if no other device
    /// has it, else the place where it is plugged in.
    package func stableSelector(among ports: [DiscoveredModem]) -> ModemSelector {
        var names: [ModemSelector] = []
        // A name is written into a file, without quotes.
        if let usb, let serialNumber,
            serialNumber.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !"\"'\\".utf8.contains($0) })
        {
            names.append(.usb(vendorID: usb.vendorID, productID: usb.productID, serialNumber: serialNumber))
        }
        if let devicePlace { names.append(.usbPath(devicePlace)) }
        return names.first { (try? ModemDiscovery.choose($0, from: ports)) == self } ?? uniqueSelector
    }

    /// `/dev/ttyUSB2, Quectel EC25/EG25 (2c7c:0125 interface 02)`
    package var description: String {
        let what =
            switch role {
            case .gsmModem(let model), .analogModem(let model): model
            case .audioPort(let model): "audio port of \(model)"
            case .otherModemPort(let model): "another port of \(model)"
            case .serialAdapter(let model): model
            case .unknown: product ?? "unknown device"
            }
        return usb.map { "\(node), \(what) (\($0))" } ?? "\(node), \(what)"
    }
}
