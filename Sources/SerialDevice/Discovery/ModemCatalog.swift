/// What a tty is to us, judged by its USB ids alone: nothing is ever written to a port in order to find out.
package enum PortRole: Hashable, Sendable {
    /// The port of a GSM or LTE modem that takes voice commands.
    case gsmModem(model: String)
    case analogModem(model: String)
    /// The port of a known modem that carries a call's sound once the modem is told to.
    case audioPort(model: String)
    /// Another port of a known modem: diagnosis, GPS, data.
    case otherModemPort(model: String)
    /// A serial adapter: anything may hang on it, so a person has to name it.
    case serialAdapter(model: String)
    case unknown
}

/// The modems that `auto` may choose: vendor and product id, and which interface takes AT commands.
package enum ModemCatalog {
    /// `.unknown` for what is not in the table.
    package static func role(of port: USBPort) -> PortRole {
        if let model = adapters[port.vendorID]?[port.productID] { return .serialAdapter(model: model) }
        let entry = entries.first { $0.vendor == port.vendorID && $0.products.contains(port.productID) }
        if let entry { return role(of: port, in: entry) }
        return port.vendorID == huawei ? huaweiRole(of: port) : .unknown
    }

    /// One model, or several that have the same interfaces.
    struct Entry: Equatable {
        enum Kind: Equatable {
            /// The interface that takes AT commands, and the one that carries sound.
            case gsm(interface: UInt8, audio: UInt8? = nil)
            /// The only tty of the device.
            case analog
        }

        let vendor: UInt16
        let products: [UInt16]
        let model: String
        let kind: Kind
    }

    private static func role(of port: USBPort, in entry: Entry) -> PortRole {
        switch entry.kind {
        case .analog: .analogModem(model: entry.model)
        case .gsm(let interface, _) where port.interfaceNumber == interface: .gsmModem(model: entry.model)
        case .gsm(_, let audio?) where port.interfaceNumber == audio: .audioPort(model: entry.model)
        case .gsm: .otherModemPort(model: entry.model)
        }
    }

    // MARK: Huawei

    static let huawei: UInt16 = 0x12d1

    /// The interface protocols of the control port and of the one for diagnosis and sound; 01, 31 and so on are data. Older
    /// sticks, whose protocols tell nothing, are among the entries.
    static let huaweiControlProtocols: [UInt8] = [0x02, 0x32]
    static let huaweiAudioProtocols: [UInt8] = [0x03, 0x33]

    private static func huaweiRole(of port: USBPort) -> PortRole {
        let model = "Huawei"
        guard let number = port.interfaceProtocol else { return .otherModemPort(model: model) }
        if huaweiControlProtocols.contains(number) { return .gsmModem(model: model) }
        return huaweiAudioProtocols.contains(number) ? .audioPort(model: model) : .otherModemPort(model: model)
    }

    // MARK: Adapters

    private static let adapters: [UInt16: [UInt16: String]] = [
        0x0403: [0x6001: "FTDI adapter", 0x6010: "FTDI adapter", 0x6014: "FTDI adapter"],
        0x10c4: [0xea60: "CP210x adapter"],
        0x1a86: [0x7523: "CH340 adapter"],
        0x067b: [0x2303: "PL2303 adapter"],
    ]
}
