import ModemCore

@testable import SerialDevice

/// A modem that `auto` may choose, as the page has to show it.
struct KnownModem: CustomStringConvertible, Sendable {
    var id: String
    var model: String
    /// The text of the column "AT port".
    var port: String
    /// The text of the column "sound".
    var sound: String
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
    private static let newerHuawei = Self(id: "12d1:*", model: "Huawei", profile: "huawei", term: "interface protocol")
    {
        USBPort(vendorID: 0x12d1, productID: 0xffff, interfaceNumber: 0, interfaceProtocol: $0)
    }

    /// The profile is the one that the modem gets when it says by its model who it is.
    private init(vendor: UInt16, product: UInt16, model: String) {
        let device = USBPort(vendorID: vendor, productID: product)
        let isAnalog = if case .analogModem = ModemCatalog.role(of: device) { true } else { false }
        let fallback: ModemProfile = isAnalog ? .analog : .genericGSM
        let profile = ModemProfile.identified(by: [model]) ?? fallback
        self.init(id: device.description, model: model, profile: profile.name, term: "interface") {
            USBPort(vendorID: vendor, productID: product, interfaceNumber: $0)
        }
        if isAnalog { port = "its only port" }
    }

    private init(id: String, model: String, profile: String, term: String, numbered: (UInt8) -> USBPort) {
        self.id = id
        self.model = model
        self.profile = profile
        let roles = (UInt8.min...UInt8.max).map { ($0, ModemCatalog.role(of: numbered($0))) }
        port = Self.text(roles.filter { if case .gsmModem = $0.1 { true } else { false } }.map(\.0), term: term)
        sound = Self.text(roles.filter { if case .audioPort = $0.1 { true } else { false } }.map(\.0), term: term)
    }

    /// `interface 02 or 03`, nothing where there is none.
    private static func text(_ numbers: [UInt8], term: String) -> String {
        numbers.isEmpty
            ? "" : "\(term) " + numbers.map { USBPort.hex($0, digits: 2) }.joined(separator: " or ")
    }
}
