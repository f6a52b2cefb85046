import Logging
import ModemCore
import ModemDriver
import NIOCore
import NIOPosix
import SerialDevice
import Simulation
import TestSupport
import Testing

/// A driver that by itself would look again only in an hour: what is opened sooner is opened because of udev's word.
@Suite("Hot-plug", .timeLimit(.minutes(1)))
struct HotPlugTests {
    private enum Happening: Equatable {
        case driver(ModemEvent)
        case modem(SimulatedModemEvent)
    }

    private static let elsewhere = DiscoveredModem(node: "/dev/ttyUSB99")

    @Test func aPortIsOpenedAsSoonAsUdevTellsOfIt() async throws {
        let directory = try TemporaryDirectory()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let (happenings, continuation) = AsyncStream.makeStream(of: Happening.self)
        var options = SimulatedModemOptions()
        options.speed = 10
        options.linkPath = directory.path + "/modem"
        let modem = try await SimulatedModem.start(.genericGSM, options: options, on: eventLoop) { event in
            continuation.yield(.modem(event))
        }
        let link = modem.devicePath
        let driver = try await eventLoop.submit {
            var configuration = ModemDriver.Configuration(selector: .path(link), profile: .genericGSM)
            configuration.retryInterval = .seconds(3600)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let driver = ModemDriver(configuration: configuration, eventLoop: eventLoop, logger: logger)
            driver.onEvent = { continuation.yield(.driver($0)) }
            driver.start()
            return NIOLoopBound(driver, eventLoop: eventLoop)
        }.get()

        var iterator = happenings.makeAsyncIterator()
        func until(_ isAwaited: (Happening) -> Bool) async {
            while let happening = await iterator.next(isolation: #isolation), !isAwaited(happening) {}
        }
        await until { $0 == .driver(.readinessChanged(.ready)) }
        modem.perform(.unplug)
        await until { $0 == .driver(.readinessChanged(.noPort)) }
        modem.perform(.replug)
        await until { if case .modem(.plugged) = $0 { true } else { false } }
        try await eventLoop.submit {
            driver.value.deviceEvent(DeviceEvent(.add, Self.elsewhere))
            driver.value.deviceEvent(DeviceEvent(.remove, DiscoveredModem(node: link)))
            #expect(driver.value.readiness == .noPort)
            // Told twice, as udev does it: once for the node, once more when the driver was bound.
            driver.value.deviceEvent(DeviceEvent(.add, DiscoveredModem(node: "/dev/ttyUSB3", links: [link])))
            driver.value.deviceEvent(DeviceEvent(.change, DiscoveredModem(node: "/dev/ttyUSB3", links: [link])))
        }.get()
        await until { $0 == .driver(.readinessChanged(.ready)) }
        try await eventLoop.flatSubmit { driver.value.stop() }.get()
        await modem.stop()
    }
}
