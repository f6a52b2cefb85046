import ModemCore

@testable import SerialDevice

/// A modem that `auto` may choose, as the page has to show it.
struct KnownModem: CustomStringConvertible, Sendable {
    var id: String
    var model: String
    /// The text of the column "AT port".
    var port: String
    var profile: String

    var description: String { id }

    /// The ids are those that the rules for udev have.
    static let all: [Self] = listed + [newerHuawei]

    private static let listed: [Self] = {
        let rule = /ATTR\{idVendor\}=="(\w{4})", ATTR\{idProduct\}=="([\w|]+)", ENV\{PATRIOT_DIALLER_MODEM\}="([^"]+)"/
        return ModemCatalog.udevRules.matches(of: rule).flatMap { match in
            match.2.split(separator: "|").compactMap { product in
                guard let vendor = UInt16(match.1, radix: 16), let product = UInt16(product, radix: 16) else {
                    return nil
                }
                return Self(vendor: vendor, product: product, model: String(match.3))
            }
        }
    }()

    /// Huawei's others are known by the protocol of their interface, whatever the product.
    private static let newerHuawei: Self = {
        let protocols = hexadecimal { number in
            let port = USBPort(vendorID: 0x12d1, productID: 0xffff, interfaceNumber: 0, interfaceProtocol: number)
            return if case .gsmModem = ModemCatalog.role(of: port) { true } else { false }
        }
        return Self(id: "12d1:*", model: "Huawei", port: "interface protocol \(protocols)", profile: "huawei")
    }()

    private init(id: String, model: String, port: String, profile: String) {
        self.id = id
        self.model = model
        self.port = port
        self.profile = profile
    }

    /// The profile is the one that the modem gets when it says by its model who it is.
    private init(vendor: UInt16, product: UInt16, model: String) {
        let device = USBPort(vendorID: vendor, productID: product)
        let interfaces = Self.hexadecimal { number in
            let port = USBPort(vendorID: vendor, productID: product, interfaceNumber: number)
            return if case .gsmModem = ModemCatalog.role(of: port) { true } else { false }
        }
        let isAnalog = if case .analogModem = ModemCatalog.role(of: device) { true } else { false }
        let fallback: ModemProfile = isAnalog ? .analog : .genericGSM
        self.init(
            id: device.description,
            model: model,
            port: isAnalog ? "its only port" : "interface \(interfaces)",
            profile: (ModemProfile.identified(by: [model]) ?? fallback).name
        )
    }

    /// The numbers that are meant, with "or" between.
    private static func hexadecimal(of isMeant: (UInt8) -> Bool) -> String {
        (UInt8.min...UInt8.max).filter(isMeant).map { USBPort.hex($0, digits: 2) }.joined(separator: " or ")
    }
}
