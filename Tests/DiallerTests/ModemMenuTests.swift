import SerialDevice
import Testing

@testable import Dialler

@Suite("ModemMenu")
struct ModemMenuTests {
    private static func port(_ number: Int, socket: Int, interface: UInt8 = 2, serial: String? = nil) -> DiscoveredModem
    {
        DiscoveredModem(
            node: "/dev/ttyUSB\(number)",
            usb: USBPort(vendorID: 0x2c7c, productID: 0x0125, interfaceNumber: interface),
            serialNumber: serial,
            place: "pci-0000:00:14.0-usb-0:\(socket):1.\(interface)"
        )
    }

    private static let gps = port(1, socket: 1, interface: 1, serial: "A")
    private static let left = port(2, socket: 1, serial: "A")
    private static let right = port(6, socket: 2, serial: "B")
    private static let adapter = DiscoveredModem(
        node: "/dev/ttyUSB9",
        usb: USBPort(vendorID: 0x0403, productID: 0x6001, interfaceNumber: 0),
        place: "pci-0000:00:14.0-usb-0:3:1.0"
    )

    private static let leftName = ModemSelector.usb(vendorID: 0x2c7c, productID: 0x0125, serialNumber: "A")
    private static let rightName = ModemSelector.usb(vendorID: 0x2c7c, productID: 0x0125, serialNumber: "B")

    @Test func listsModemsFirstAndNoOtherPortOfThem() {
        let menu = ModemMenu(ports: [Self.adapter, Self.gps, Self.left], lines: [("desk", Self.leftName)])
        #expect(menu.choices.map(\.port) == [Self.left, Self.adapter])
        #expect(menu.choices.map(\.selector) == [Self.leftName, .usbPath("pci-0000:00:14.0-usb-0:3")])
        #expect(menu.choices.map(\.user) == ["desk", nil])
        #expect(
            menu.text == """
                  1  /dev/ttyUSB2, Quectel EC25/EG25 (2c7c:0125 interface 02); line desk has it
                     usb:2c7c:0125:A
                  2  /dev/ttyUSB9, FTDI adapter (0403:6001 interface 00); not known to be a modem
                     path:pci-0000:00:14.0-usb-0:3
                """
        )
        #expect(ModemMenu(ports: [Self.gps], lines: []).text == "  (none is plugged in)")
    }

    @Test(
        "The default is auto for one line with one modem, and never a guess",
        arguments: [
            ([], [], nil, .automatic),
            ([left], [], nil, .automatic),
            ([left, right], [], nil, nil),
            ([adapter], [], nil, .automatic),
            ([left, right], [leftName], nil, rightName),
            ([left, right], [.automatic], nil, rightName),
            ([left], [leftName], nil, nil),
            ([], [.automatic], nil, nil),
            ([left, right], [], .path("/dev/ttyS1"), .path("/dev/ttyS1")),
            ([left, right], [], .automatic, .automatic),
            ([left, right], [leftName], .automatic, rightName),
            ([left], [leftName], .automatic, .automatic),
        ] as [([DiscoveredModem], [ModemSelector], ModemSelector?, ModemSelector?)]
    )
    func standard(
        ports: [DiscoveredModem],
        others: [ModemSelector],
        current: ModemSelector?,
        standard: ModemSelector?
    ) {
        let menu = ModemMenu(ports: ports, lines: others.map { ("other", $0) })
        #expect(menu.standard(for: current) == standard)
        #expect(menu.rivals == (others.contains(.automatic) ? ["other"] : []))
    }

    @Test(arguments: [
        ("1", "usb:2c7c:0125:A"), ("2", "usb:2c7c:0125:B"), ("3", "3"), ("0", "0"), ("auto", "auto"),
        ("/dev/ttyS1", "/dev/ttyS1"),
    ])
    func takesANumberOrAName(answer: String, selector: String) {
        #expect(ModemMenu(ports: [Self.left, Self.right], lines: []).selector(for: answer) == selector)
    }

    @Test func knowsWhichPortIsMeant() {
        let menu = ModemMenu(ports: [Self.gps, Self.left, Self.right], lines: [])
        #expect(menu.port(for: .automatic) == Self.left)
        #expect(menu.port(for: Self.rightName) == Self.right)
        #expect(menu.port(for: .path("/dev/ttyS1")) == nil)
    }
}
