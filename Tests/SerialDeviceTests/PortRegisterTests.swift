import Testing

@testable import SerialDevice

@Suite("PortRegister")
struct PortRegisterTests {
    private static let modem = DiscoveredModem(node: "/dev/ttyUSB2", sysfsPath: "/sys/devices/usb1/1-1/ttyUSB2")
    /// Another device under the same number.
    private static let other = DiscoveredModem(node: "/dev/ttyUSB2", sysfsPath: "/sys/devices/usb1/1-4/ttyUSB2")

    private typealias Step = (event: DeviceEvent, change: PortRegister.Change?)

    @Test func tellsAPortOnceThatBothTheLookAndAnEventShowed() {
        var register = PortRegister([Self.modem])
        #expect(register.apply(DeviceEvent(.add, Self.modem)) == nil)
        #expect(register.apply(DeviceEvent(.change, Self.modem)) == nil)
        #expect(register.ports == [Self.modem])
    }

    @Test func tellsComingAndGoingOnceEach() {
        var register = PortRegister()
        let steps: [Step] = [
            (DeviceEvent(.remove, Self.modem), nil),
            (DeviceEvent(.add, Self.modem), .appeared(Self.modem)),
            (DeviceEvent(.add, Self.modem), nil),
            (DeviceEvent(.change, Self.modem), nil),
            (DeviceEvent(.remove, Self.modem), .disappeared(Self.modem)),
            (DeviceEvent(.remove, Self.modem), nil),
            (DeviceEvent(.change, Self.modem), .appeared(Self.modem)),
        ]
        for step in steps { #expect(register.apply(step.event) == step.change) }
    }

    @Test func keepsThePortThatTookTheNumberOfAnother() {
        var register = PortRegister([Self.modem])
        #expect(register.apply(DeviceEvent(.add, Self.other)) == .appeared(Self.other))
        #expect(register.apply(DeviceEvent(.remove, Self.modem)) == nil)
        #expect(register.ports == [Self.other])
    }

    @Test func aMonitorStartsAndStopsWithoutUdevToo() {
        let monitor = ModemMonitor.start { _ in }
        #expect(monitor != nil)
        monitor?.stop()
    }
}
