import Testing

@testable import SerialDevice

@Suite struct UdevScanTests {
    @Test(arguments: [
        ("/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.2/ttyUSB2/tty/ttyUSB2", true),
        ("/sys/devices/platform/soc/3f980000.usb/usb1/1-1/1-1:1.0/tty/ttyACM0", true),
        ("/sys/devices/platform/vhci_hcd.0/usb12/12-1/12-1:1.0/tty/ttyACM0", true),
        ("/sys/devices/virtual/tty/tty63", false), ("/sys/devices/platform/serial8250/tty/ttyS0", false),
        ("/sys/devices/platform/soc/3f980000.usb/tty/ttyAMA0", false),
    ])
    func onlyWhatHangsOnARootHubIsLookedAt(_ path: String, _ isOnUSB: Bool) {
        #expect(UdevScan.isOnUSB(path) == isOnUSB)
    }

    @Test(arguments: ["/dev/null", "/dev/tty0", "/dev/none", "/tmp", ""])
    func whatIsNoUSBPortIsFoundNowhere(_ node: String) {
        #expect(UdevScan.usbSerialPort(at: node) == nil)
    }
}
