import Testing

@testable import SerialDevice

@Suite("ModemSelector")
struct ModemSelectorTests {
    @Test(arguments: [
        ("auto", ModemSelector.automatic),
        ("AUTO", .automatic),
        ("/dev/ttyUSB2", .path("/dev/ttyUSB2")),
        ("usb:2c7c:0125", .usb(vendorID: 0x2c7c, productID: 0x0125, serialNumber: nil)),
        ("usb:2C7C:0125:AB:12", .usb(vendorID: 0x2c7c, productID: 0x0125, serialNumber: "AB:12")),
        ("path:pci-0000:00:14.0-usb-0:2:1.2", .usbPath("pci-0000:00:14.0-usb-0:2:1.2")),
    ])
    func readsWhatTheConfigurationSays(text: String, selector: ModemSelector) {
        #expect(ModemSelector(text) == selector)
    }

    @Test(arguments: [
        "", "ttyUSB2", "usb:", "usb:2c7c", "usb:2c7c:125", "usb:2c7c:+125", "usb:2c7c:012g", "usb:2c7c:0125:", "path:",
    ])
    func refusesTheRest(text: String) {
        #expect(ModemSelector(text) == nil)
    }

    @Test(arguments: ["auto", "/dev/ttyUSB2", "usb:2c7c:0125", "usb:0baf:0303:A:B", "path:pci-0000:00:14.0-usb-0:2"])
    func isWrittenAsItIsRead(text: String) {
        #expect(ModemSelector(text)?.description == text)
    }

    /// A port of an EC25 in that socket.
    private static func port(_ number: Int, socket: Int, interface: UInt8, serial: String? = nil) -> DiscoveredModem {
        DiscoveredModem(
            node: "/dev/ttyUSB\(number)",
            usb: USBPort(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: interface),
            serialNumber: serial,
            place: "pci-0000:00:14.0-usb-0:\(socket):1.\(interface)"
        )
    }

    private static let gpsA = port(1, socket: 1, interface: 1, serial: "A")
    private static let modemA = port(2, socket: 1, interface: 2, serial: "A")
    private static let modemB = port(6, socket: 2, interface: 2, serial: "B")
    private static let adapter = DiscoveredModem(
        node: "/dev/ttyUSB9",
        usb: USBPort(vendorID: 0x0403, productID: 0x6010, interfaceNumber: 0),
        place: "pci-0000:00:14.0-usb-0:3:1.0"
    )
    private static let secondPortOfAdapter = DiscoveredModem(
        node: "/dev/ttyUSB10",
        usb: USBPort(vendorID: 0x0403, productID: 0x6010, interfaceNumber: 1),
        place: "pci-0000:00:14.0-usb-0:3:1.1"
    )
    private static let withoutUdev = DiscoveredModem(
        node: "/dev/ttyACM0",
        usb: USBPort(vendorID: 0x0baf, productID: 0x0303, interfaceNumber: 0),
        place: "1-4:1.0"
    )
    private static let all = [gpsA, modemA, modemB, adapter, secondPortOfAdapter, withoutUdev]

    @Test(arguments: [
        ("usb:2c7c:0125:A", modemA),
        ("usb:2c7c:0125:B", modemB),
        ("path:pci-0000:00:14.0-usb-0:1", modemA),
        ("path:pci-0000:00:14.0-usb-0:2", modemB),
        ("path:pci-0000:00:14.0-usb-0:1:1.1", gpsA),
        ("path:pci-0000:00:14.0-usb-0:3:1.1", secondPortOfAdapter),
        ("usb:0baf:0303", withoutUdev),
        ("path:1-4", withoutUdev),
    ])
    func choosesTheOnePortThatIsMeant(text: String, port: DiscoveredModem) throws {
        let selector = try #require(ModemSelector(text))
        #expect(try ModemDiscovery.choose(selector, from: Self.all) == port)
        #expect(try ModemDiscovery.choose(selector, from: Self.all.reversed()) == port)
    }

    @Test(arguments: [
        ("usb:2c7c:0125", [modemA, modemB]),
        ("usb:0403:6010", [adapter, secondPortOfAdapter]),
        ("path:pci-0000:00:14.0-usb-0:3", [adapter, secondPortOfAdapter]),
    ])
    func doesNotGuessBetweenTwo(text: String, ports: [DiscoveredModem]) throws {
        let selector = try #require(ModemSelector(text))
        let error = DiscoveryError.ambiguous(selector, ports)
        #expect(throws: error) { try ModemDiscovery.choose(selector, from: Self.all) }
        for port in ports { #expect(error.description.contains("MODEM_DEVICE=path:\(port.place ?? "")")) }
    }

    @Test(arguments: ["usb:2c7c:0125:C", "usb:2c7c:0121", "path:pci-0000:00:14.0-usb-0:7"])
    func saysWhatIsThereWhenItIsNot(text: String) throws {
        let selector = try #require(ModemSelector(text))
        let error = DiscoveryError.noMatch(selector, seen: Self.all)
        #expect(throws: error) { try ModemDiscovery.choose(selector, from: Self.all) }
        #expect(error.description.contains(text))
        #expect(error.description.contains("/dev/ttyUSB2"))
        #expect(error.description.contains("patriot-dialler modems"))
    }

    @Test(arguments: [
        ("auto", modemA, true), ("auto", gpsA, false), ("auto", adapter, false),
        ("/dev/ttyUSB2", modemA, true), ("/dev/ttyUSB2", modemB, false),
        ("usb:2c7c:0125:B", modemB, true), ("usb:2c7c:0125:B", modemA, false),
        ("path:pci-0000:00:14.0-usb-0:2", modemB, true), ("path:pci-0000:00:14.0-usb-0:2", modemA, false),
    ])
    func admitsOnlyWhatItMayMean(text: String, port: DiscoveredModem, isAdmitted: Bool) throws {
        #expect(try #require(ModemSelector(text)).admits(port) == isAdmitted)
    }

    /// Another device with the same serial number as `modemA`, as cheap sticks have it.
    private static let twinOfA = port(12, socket: 4, interface: 2, serial: "A")
    private static let oddlyNumbered = port(16, socket: 5, interface: 2, serial: "A \"1\"")

    @Test(arguments: [
        (modemA, all, "usb:2c7c:0125:A"),
        (modemA, all + [twinOfA], "path:pci-0000:00:14.0-usb-0:1"),
        (twinOfA, all + [twinOfA], "path:pci-0000:00:14.0-usb-0:4"),
        (oddlyNumbered, [oddlyNumbered], "path:pci-0000:00:14.0-usb-0:5"),
        (secondPortOfAdapter, all, "path:pci-0000:00:14.0-usb-0:3:1.1"),
        (withoutUdev, all, "path:1-4"),
        (DiscoveredModem(node: "/dev/ttyS0"), [], "/dev/ttyS0"),
    ])
    func namesAPortSoThatItIsFoundAgain(port: DiscoveredModem, among ports: [DiscoveredModem], name: String) throws {
        #expect(port.stableSelector(among: ports).description == name)
        if !ports.isEmpty {
            #expect(try ModemDiscovery.choose(try #require(ModemSelector(name)), from: ports) == port)
        }
    }

    @Test func admitsTheDeviceBehindALink() {
        var port = Self.modemA
        port.links = ["/dev/serial/by-id/usb-Quectel-if02"]
        #expect(ModemSelector.path("/dev/serial/by-id/usb-Quectel-if02").admits(port))
    }
}
