import Basics
import Dialler
import ModemCore
import PatriotCore
import SerialDevice

/// What `modems` shows of a port, for a person and for a program.
struct PortListing {
    let report: PortReport
    /// All that there are, it among them: a name has to tell it from the others.
    let ports: [DiscoveredModem]

    private var port: DiscoveredModem { report.port }

    /// A heading and aligned lines under it.
    var text: String {
        let rows = [
            ("device", device),
            ("plugged in at", port.place ?? "unknown"),
            ("MODEM_DEVICE", selector),
            ("profile", profile),
            ("held by", report.holder?.description ?? "nobody"),
            (
                "ModemManager",
                (report.modemManager.opens ? "would open it: " : "leaves it alone: ") + report.modemManager.reason
            ),
            ("there for", age),
        ]
        let lines = rows.map { name, value in
            "  " + name + String(repeating: " ", count: 15 - name.count) + visible(value)
        }
        return ([visible(heading)] + lines).joined(separator: "\n")
    }

    /// One line, for a list that is watched.
    var heading: String {
        "\(port.node)  \(roleText)"
    }

    /// One object; the names of its members are a promise.
    var json: JSONText {
        .object([
            ("node", .string(port.node)),
            ("role", .string(roleWord)),
            ("model", JSONText(model)),
            ("driver", JSONText(port.driver)),
            ("vendor_id", JSONText(port.usb.map { Self.hex($0.vendorID, digits: 4) })),
            ("product_id", JSONText(port.usb.map { Self.hex($0.productID, digits: 4) })),
            ("interface", JSONText(port.usb?.interfaceNumber.map { Self.hex($0, digits: 2) })),
            ("manufacturer", JSONText(port.manufacturer)),
            ("product", JSONText(port.product)),
            ("serial_number", JSONText(port.serialNumber)),
            ("path", JSONText(port.place)),
            ("links", .array(port.links.map { .string($0) })),
            ("modem_device", .string(selector)),
            ("profile", .string(profile)),
            ("holder", holder),
            (
                "modem_manager",
                .object([("opens", .bool(report.modemManager.opens)), ("reason", .string(report.modemManager.reason))])
            ),
            ("age_seconds", port.age.map { .number($0.components.seconds) } ?? .null),
        ])
    }

    private var holder: JSONText {
        report.holder.map {
            .object([("process_id", .number(Int64($0.processID))), ("name", JSONText($0.name))])
        } ?? .null
    }

    /// For how long it has been there.
    var age: String { port.age.map(Self.text) ?? "unknown (no udev)" }

    /// The profile that the model is likely to get; `auto` where only the modem's own answers tell.
    var profile: String {
        let words = [model, port.manufacturer, port.product].compactMap { $0 }
        switch port.role {
        case .gsmModem: return ModemProfile.identified(by: words)?.name ?? "generic-gsm"
        case .analogModem: return ModemProfile.identified(by: words)?.name ?? "analog"
        case .audioPort, .otherModemPort: return "none"
        case .serialAdapter, .unknown: return "auto"
        }
    }

    /// The name to put into the configuration, as `setup` would.
    var selector: String { port.stableSelector(among: ports).description }

    private var device: String {
        let names = [port.manufacturer, port.product].compactMap { $0 }.joined(separator: " ")
        let parts = [
            names.isEmpty ? nil : names,
            port.usb?.description,
            port.serialNumber.map { "serial \($0)" },
            port.driver.map { "driver \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }

    var model: String? {
        switch port.role {
        case .gsmModem(let model), .analogModem(let model), .audioPort(let model), .otherModemPort(let model),
            .serialAdapter(let model):
            model
        case .unknown: nil
        }
    }

    private var roleText: String {
        switch port.role {
        case .gsmModem(let model): "AT port of a \(model)"
        case .analogModem(let model): "AT port of a \(model), an analog modem"
        case .audioPort(let model): "audio port of a \(model), not for dialling"
        case .otherModemPort(let model): "another port of a \(model), not for dialling"
        case .serialAdapter(let model): "\(model): used only if MODEM_DEVICE names it"
        case .unknown: "not a modem known here: used only if MODEM_DEVICE names it"
        }
    }

    private var roleWord: String {
        switch port.role {
        case .gsmModem: "gsm-modem"
        case .analogModem: "analog-modem"
        case .audioPort: "audio-port"
        case .otherModemPort: "other-modem-port"
        case .serialAdapter: "serial-adapter"
        case .unknown: "unknown"
        }
    }

    private static func text(_ age: Duration) -> String {
        let seconds = age.components.seconds
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min"
        case ..<86_400: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: return "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }

    private static func hex(_ value: some BinaryInteger, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
