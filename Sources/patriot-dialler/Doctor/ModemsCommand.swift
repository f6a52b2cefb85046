import ArgumentParser
import Dialler
import PatriotCore
import SerialDevice

/// Lists the USB serial ports and what each is good for.
struct ModemsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modems",
        abstract: "List the modems and other USB serial ports; nothing is written to any of them.",
        discussion: """
            Shows a row for each modem: its port, the profile it gets, who holds it, whether ModemManager would open it, \
            since when it is there, and the name to write as MODEM_DEVICE. Run it as root to see the holders of all users.

            With --verbose each port looks like this:
              /dev/ttyUSB2  AT port of a Quectel EC25/EG25
                device         Quectel EC25, 2c7c:0125 interface 02, driver option
                plugged in at  pci-0000:00:14.0-usb-0:2:1.2
                MODEM_DEVICE   path:pci-0000:00:14.0-usb-0:2
                profile        quectel
                held by        patriot-dialler (process 812)
                ModemManager   leaves it alone: it is not installed
                there for      3 h 12 min

            Exit code 0: there is a port. 1: there is none.

            Examples:
              patriot-dialler modems
              patriot-dialler modems --verbose
              patriot-dialler modems --json
              patriot-dialler modems --watch
            """
    )

    @Flag(help: "One JSON array; with --watch one object a line, with the member event: present, add or remove.")
    var json = false

    @Flag(help: "All ports, each with its details.")
    var verbose = false

    @Flag(help: "Stay, and print a line when a port comes or goes.")
    var watch = false

    func run() async throws {
        if watch { return try await watchPorts() }
        let ports = try ports()
        let reports = PortReport.all(of: ports)
        if json {
            let objects = reports.map { PortListing(report: $0, ports: ports).json }
            StandardOutput.write(line: "\(JSONText.array(objects))")
        } else if reports.isEmpty {
            StandardOutput.write(
                line: """
                    There is no USB serial port. Is the modem plugged in and powered? `dmesg | tail` shows what the kernel \
                    saw; a modem without a port there has no driver in this kernel.
                    """
            )
        } else {
            let table = ModemTable(reports, ports: ports)
            guard verbose || table.isEmpty else { return StandardOutput.write(line: table.text) }
            let texts = reports.map { PortListing(report: $0, ports: ports).text }
            StandardOutput.write(line: texts.joined(separator: "\n\n"))
        }
        if reports.isEmpty { throw ExitCode(1) }
    }

    private func ports() throws -> [DiscoveredModem] {
        do throws(DiscoveryError) {
            return try ModemDiscovery.modems()
        } catch {
            StandardError.write(line: "\(error)")
            throw ExitCode(1)
        }
    }

    /// The monitor first, then the look: what both tell is printed once.
    private func watchPorts() async throws {
        let (events, continuation) = AsyncStream.makeStream(
            of: DeviceEvent.self,
            bufferingPolicy: .bufferingNewest(1024)
        )
        let monitor = ModemMonitor.start { continuation.yield($0) }
        defer { monitor?.stop() }
        var register = PortRegister(try ports())
        for port in register.ports { show("present", port, among: register.ports) }
        for await event in events {
            switch register.apply(event) {
            case .appeared(let port): show("add", port, among: register.ports)
            case .disappeared(let port): show("remove", port, among: register.ports)
            case nil: break
            }
        }
    }

    private func show(_ event: String, _ port: DiscoveredModem, among ports: [DiscoveredModem]) {
        let isListed = ports.contains { $0.node == port.node }
        let all = isListed ? ports : ports + [port]
        guard let report = PortReport.all(of: all).first(where: { $0.port.node == port.node }) else { return }
        let listing = PortListing(report: report, ports: all)
        if json {
            guard case .object(let members) = listing.json else { return }
            StandardOutput.write(line: "\(JSONText.object([("event", .string(event))] + members))")
        } else {
            let word = event + String(repeating: " ", count: 7 - event.count)
            StandardOutput.write(line: "\(word)  \(listing.heading)")
        }
    }
}
