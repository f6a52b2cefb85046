import ModemCore
import ModemDriver
import SerialDevice
import Simulation
import Testing

/// A driver that by itself would look again only in an hour: what is opened sooner is opened because of udev's word.
@Suite("Hot-plug", .timeLimit(.minutes(1)))
struct HotPlugTests {
    private static let elsewhere = DiscoveredModem(node: "/dev/ttyUSB99")

    @Test func aPortIsOpenedAsSoonAsUdevTellsOfIt() async throws {
        var bench = try await DriverBench()
        let link = bench.modem.devicePath
        try await bench.start(retryInterval: .seconds(3600))
        try await bench.until(.ready)
        bench.modem.perform(.unplug)
        try await bench.until(readiness: "opening")
        bench.modem.perform(.replug)
        try await bench.until { if case .modem(.plugged) = $0 { true } else { false } }
        try await bench.tell { driver in
            driver.deviceEvent(DeviceEvent(.add, Self.elsewhere))
            driver.deviceEvent(DeviceEvent(.remove, DiscoveredModem(node: link)))
            #expect(driver.readiness == .opening)
            // Told twice, as udev does it: once for the node, once more when the driver was bound.
            driver.deviceEvent(DeviceEvent(.add, DiscoveredModem(node: "/dev/ttyUSB3", links: [link])))
            driver.deviceEvent(DeviceEvent(.change, DiscoveredModem(node: "/dev/ttyUSB3", links: [link])))
        }
        try await bench.until(.ready)
        try await bench.end()
    }
}
