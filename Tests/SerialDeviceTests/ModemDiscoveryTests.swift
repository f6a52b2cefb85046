import Testing

@testable import SerialDevice

@Suite("ModemDiscovery")
struct ModemDiscoveryTests {
    @Test(arguments: [
        (
            USBPort(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: 2),
            PortRole.gsmModem(model: "Quectel EC25/EG25")
        ),
        (.init(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: 0), .otherModemPort(model: "Quectel EC25/EG25")),
        (.init(vendorID: 0x2c7c, productID: 0x0125), .otherModemPort(model: "Quectel EC25/EG25")),
        (.init(vendorID: 0x1e0e, productID: 0x9001, interfaceNumber: 2), .gsmModem(model: "SIMCom SIM7100/SIM7600")),
        (.init(vendorID: 0x1e0e, productID: 0x9011, interfaceNumber: 4), .gsmModem(model: "SIMCom A7600")),
        (
            .init(vendorID: 0x12d1, productID: 0x1001, interfaceNumber: 2, interfaceProtocol: 0xff),
            .gsmModem(model: "Huawei E169/E1550")
        ),
        (
            .init(vendorID: 0x12d1, productID: 0x1001, interfaceNumber: 0, interfaceProtocol: 0xff),
            .otherModemPort(model: "Huawei E169/E1550")
        ),
        (
            .init(vendorID: 0x12d1, productID: 0x1001, interfaceNumber: 1, interfaceProtocol: 0x02),
            .audioPort(model: "Huawei E169/E1550")
        ),
        (
            .init(vendorID: 0x12d1, productID: 0x1c05, interfaceNumber: 1, interfaceProtocol: 0x02),
            .gsmModem(model: "Huawei")
        ),
        (
            .init(vendorID: 0x12d1, productID: 0x1c05, interfaceNumber: 2, interfaceProtocol: 0x32),
            .gsmModem(model: "Huawei")
        ),
        (
            .init(vendorID: 0x12d1, productID: 0x1c05, interfaceNumber: 3, interfaceProtocol: 0x03),
            .audioPort(model: "Huawei")
        ),
        (
            .init(vendorID: 0x12d1, productID: 0x1c05, interfaceNumber: 0, interfaceProtocol: 0x01),
            .otherModemPort(model: "Huawei")
        ),
        (.init(vendorID: 0x12d1, productID: 0x1c05), .otherModemPort(model: "Huawei")),
        (
            .init(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: 1),
            .audioPort(model: "Quectel EC25/EG25")
        ),
        (.init(vendorID: 0x19d2, productID: 0x0031, interfaceNumber: 3), .gsmModem(model: "ZTE")),
        (.init(vendorID: 0x05c6, productID: 0x9008, interfaceNumber: 0), .unknown),
        (.init(vendorID: 0x0baf, productID: 0x0303, interfaceNumber: 0), .analogModem(model: "USRobotics USR5637")),
        (.init(vendorID: 0x0572, productID: 0x1329, interfaceNumber: 0), .analogModem(model: "Conexant 56K")),
        (.init(vendorID: 0x0403, productID: 0x6001, interfaceNumber: 0), .serialAdapter(model: "FTDI adapter")),
        (.init(vendorID: 0x1a86, productID: 0x7523, interfaceNumber: 0), .serialAdapter(model: "CH340 adapter")),
        (.init(vendorID: 0x1546, productID: 0x01a8, interfaceNumber: 0), .unknown),
        (.init(vendorID: 0x2341, productID: 0x0043, interfaceNumber: 0), .unknown),
    ])
    func judgesAPortByItsIds(port: USBPort, role: PortRole) {
        #expect(ModemCatalog.role(of: port) == role)
    }

    private static let adapter = DiscoveredModem(
        node: "/dev/ttyUSB0",
        usb: USBPort(vendorID: 0x0403, productID: 0x6001, interfaceNumber: 0),
        links: ["/dev/serial/by-id/usb-FTDI-if00", "/dev/serial/by-path/pci-0"]
    )
    private static let gps = DiscoveredModem(
        node: "/dev/ttyUSB9",
        usb: USBPort(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: 1)
    )
    private static let first = DiscoveredModem(
        node: "/dev/ttyUSB9",
        usb: USBPort(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: 2)
    )
    private static let second = DiscoveredModem(
        node: "/dev/ttyUSB10",
        usb: USBPort(vendorID: 0x1e0e, productID: 0x9001, interfaceNumber: 2)
    )
    private static let analog = DiscoveredModem(
        node: "/dev/ttyACM0",
        usb: USBPort(vendorID: 0x0baf, productID: 0x0303, interfaceNumber: 0)
    )

    @Test(arguments: [
        ([adapter, gps, second, first], first),
        ([second, adapter], second),
        ([second, analog], analog),
        ([analog], analog),
    ])
    func choosesTheFirstKnownPort(seen: [DiscoveredModem], chosen: DiscoveredModem) throws {
        #expect(try ModemDiscovery.choose(from: seen) == chosen)
        #expect(try ModemDiscovery.choose(from: seen.reversed()) == chosen)
    }

    @Test(arguments: [[], [adapter], [gps], [adapter, gps]])
    func choosesNothingElse(seen: [DiscoveredModem]) {
        #expect(throws: DiscoveryError.noModem(seen: seen)) { try ModemDiscovery.choose(from: seen) }
    }

    @Test func namesTheAdapterAndHowToOptIn() {
        let text = DiscoveryError.noModem(seen: [Self.adapter]).description
        #expect(text.contains("/dev/ttyUSB0, FTDI adapter (0403:6001 interface 00)"))
        #expect(text.contains("MODEM_DEVICE=/dev/serial/by-id/usb-FTDI-if00"))
    }

    @Test func followsALinkToItsDevice() throws {
        let modem = try ModemDiscovery.resolve(.path("/proc/self/root/dev/null"))
        #expect(modem == DiscoveredModem(node: "/dev/null", links: ["/proc/self/root/dev/null"]))
    }

    @Test func saysSoWhenThePathLeadsNowhere() {
        #expect(throws: DiscoveryError.notFound(path: "/dev/serial/by-id/nothing")) {
            try ModemDiscovery.resolve(.path("/dev/serial/by-id/nothing"))
        }
    }
}
