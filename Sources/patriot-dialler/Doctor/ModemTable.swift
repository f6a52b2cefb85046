import Basics
import Dialler
import ModemCore
import SerialDevice

/// The modems as `modems` shows them: a row a modem, then what may be one.
struct ModemTable {
    private let rows: [[String]]
    /// Ports of these modems that are not for dialling.
    private let otherPorts: Int

    init(_ reports: [PortReport], ports: [DiscoveredModem]) {
        let shown =
            reports.filter(\.port.isKnownATPort)
            + reports.filter { !$0.port.isKnownATPort && !$0.port.isOtherModemPort }
        otherPorts = reports.count - shown.count
        rows = shown.map { report in
            let listing = PortListing(report: report, ports: ports)
            return [
                listing.model ?? report.port.product ?? "unknown device", report.port.node, listing.profile,
                report.holder?.description ?? "nobody", report.modemManager.opens ? "would open it" : "leaves it",
                listing.age, listing.selector,
            ].map(visible)
        }
    }

    /// Whether there is a modem, or what may be one.
    var isEmpty: Bool { rows.isEmpty }

    var text: String {
        let heading = ["MODEM", "PORT", "PROFILE", "HELD BY", "MODEMMANAGER", "SINCE", "MODEM_DEVICE"]
        let all = [heading] + rows
        let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        let trimmed = lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
        let ports = otherPorts == 1 ? "1 more port of these modems is" : "\(otherPorts) more ports of these modems are"
        return (trimmed + (otherPorts == 0 ? [] : ["", "\(ports) not for dialling: --verbose shows all."]))
            .joined(separator: "\n")
    }
}
