/// What a tty is to us, judged by its USB ids alone: nothing is ever written to a port in order to find out.
package enum PortRole: Hashable, Sendable {
    /// The port of a GSM or LTE modem that takes voice commands.
    case gsmModem(model: String)
    case analogModem(model: String)
    /// Another port of a known modem: diagnosis, GPS, audio, data.
    case otherModemPort(model: String)
    /// A serial adapter: anything may hang on it, so a person has to name it.
    case serialAdapter(model: String)
    case unknown
}

/// The modems that `auto` may choose: vendor and product id, and which interface takes AT commands.
package enum ModemCatalog {
    package static func role(of port: USBPort) -> PortRole {
        if let model = adapters[port.vendorID]?[port.productID] { return .serialAdapter(model: model) }
        if port.vendorID == huawei { return huaweiRole(of: port) }
        guard let entry = entries.first(where: { $0.vendor == port.vendorID && $0.products.contains(port.productID) })
        else { return .unknown }
        switch entry.kind {
        case .analog: return .analogModem(model: entry.model)
        case .gsm(let interface):
            return port.interfaceNumber == interface
                ? .gsmModem(model: entry.model) : .otherModemPort(model: entry.model)
        }
    }

    enum Kind {
        /// The interface that takes AT commands.
        case gsm(interface: UInt8)
        /// The only tty of the device.
        case analog
    }

    struct Entry {
        let vendor: UInt16
        let products: [UInt16]
        let model: String
        let kind: Kind
    }

    static let huawei: UInt16 = 0x12d1

    /// Sources: the port type rules of ModemManager, the id table of the kernel's option driver, makers' manuals.
    static let entries: [Entry] = [
        Entry(vendor: 0x2c7c, products: [0x0125], model: "Quectel EC25/EG25", kind: .gsm(interface: 2)),
        Entry(vendor: 0x2c7c, products: [0x0121], model: "Quectel EC21", kind: .gsm(interface: 2)),
        Entry(vendor: 0x2c7c, products: [0x0191, 0x0195], model: "Quectel EG91/EG95", kind: .gsm(interface: 2)),
        Entry(vendor: 0x2c7c, products: [0x0306], model: "Quectel EP06", kind: .gsm(interface: 2)),
        Entry(vendor: 0x1e0e, products: [0x9001], model: "SIMCom SIM7100/SIM7600", kind: .gsm(interface: 2)),
        Entry(vendor: 0x1e0e, products: [0x9011], model: "SIMCom A7600", kind: .gsm(interface: 4)),
        Entry(vendor: 0x1546, products: [0x1102, 0x1104], model: "u-blox LISA/SARA-U2", kind: .gsm(interface: 0)),
        Entry(vendor: 0x1546, products: [0x1107], model: "u-blox TOBY-R2", kind: .gsm(interface: 0)),
        Entry(vendor: 0x1546, products: [0x110a], model: "u-blox LARA-R2", kind: .gsm(interface: 0)),
        Entry(vendor: 0x1546, products: [0x1010], model: "u-blox TOBY-L4", kind: .gsm(interface: 6)),
        Entry(vendor: 0x1bc7, products: [0x1201], model: "Telit LE910C1", kind: .gsm(interface: 4)),
        Entry(vendor: 0x1e2d, products: [0x0061], model: "Cinterion PLS8", kind: .gsm(interface: 2)),
        Entry(
            vendor: 0x1199,
            products: [0x9071, 0x9091, 0x9079, 0x68c0],
            model: "Sierra EM/MC",
            kind: .gsm(interface: 3)
        ),
        Entry(vendor: 0x0baf, products: [0x0303], model: "USRobotics USR5637", kind: .analog),
        Entry(
            vendor: 0x0572,
            products: [0x1321, 0x1324, 0x1328, 0x1329, 0x1340],
            model: "Conexant 56K",
            kind: .analog
        ),
        Entry(vendor: 0x0803, products: [0x3095], model: "Zoom 3095", kind: .analog),
        Entry(vendor: 0x0ace, products: [0x1602, 0x1608, 0x1611], model: "ZyDAS 56K", kind: .analog),
    ]

    /// Older sticks, whose interfaces carry no telling protocol number.
    static let huaweiInterfaces: [UInt16: UInt8] = [
        0x1001: 2, 0x140c: 3, 0x1436: 4, 0x14ac: 4, 0x1506: 3,
    ]

    /// The interface protocols of the control port; 01, 03, 31, 33 and so on are data, diagnosis, audio.
    static let huaweiControlProtocols: [UInt8] = [0x02, 0x32]

    private static let adapters: [UInt16: [UInt16: String]] = [
        0x0403: [0x6001: "FTDI adapter", 0x6010: "FTDI adapter", 0x6014: "FTDI adapter"],
        0x10c4: [0xea60: "CP210x adapter"],
        0x1a86: [0x7523: "CH340 adapter"],
        0x067b: [0x2303: "PL2303 adapter"],
    ]

    private static func huaweiRole(of port: USBPort) -> PortRole {
        let model = "Huawei"
        if let interface = huaweiInterfaces[port.productID] {
            return port.interfaceNumber == interface ? .gsmModem(model: model) : .otherModemPort(model: model)
        }
        let isControl = port.interfaceProtocol.map(huaweiControlProtocols.contains) ?? false
        return isControl ? .gsmModem(model: model) : .otherModemPort(model: model)
    }
}
