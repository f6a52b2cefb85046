import ArgumentParser
import Basics
import Dialler
import SerialDevice

/// The modem's port itself, for when no line runs.
struct DeviceOptions: ParsableArguments {
    /// How a command reaches the modem.
    enum Opened<Port> {
        /// By the control socket of a running line.
        case line(path: String)
        case port(Port)
    }

    @Option(
        help: ArgumentHelp(
            "The port itself, named as for MODEM_DEVICE; used where no line has it open.",
            valueName: "device"
        ),
        completion: ValueCompletion.device
    )
    var device: String?

    @Option(
        name: .customLong("baud-rate"),
        help: "With --device: bits per second.",
        completion: ValueCompletion.baudRate
    )
    var baudRate = LineSettings().baudRate

    func validate() throws {
        if let device, ModemSelector(device) == nil {
            throw ValidationError("--device takes a path such as /dev/ttyUSB2, usb:VID:PID, path:ID_PATH or auto.")
        }
        if !LineSettings.supportedBaudRates.contains(baudRate) {
            let rates = LineSettings.supportedBaudRates.map(String.init).joined(separator: ", ")
            throw ValidationError("--baud-rate takes one of: \(rates).")
        }
    }

    /// Opens the port, if one is named and no line has it, and finds the line's control socket otherwise.
    /// - Throws: an exit code, when the reason has been told.
    func open<Port>(
        _ line: ControlPlace,
        port open: (ModemSelector, LineSettings, NumberMask) throws -> Port
    ) throws -> Opened<Port> {
        guard let selector = device.flatMap({ ModemSelector($0) }) else { return .line(path: try line.path()) }
        let mask = try line.numberMask()
        do {
            return .port(try open(selector, LineSettings(baudRate: baudRate), mask))
        } catch {
            if case .busy(let port, let holder)? = error as? SerialPortError {
                if let path = try line.path(ofLineWith: port) { return .line(path: path) }
                if let holder, holder.isDialler {
                    StandardError.write(line: Self.lineHasPort(port, holder))
                    throw ControlExit.noModem
                }
            }
            StandardError.write(line: "\(error)")
            throw ControlExit.noModem
        }
    }

    /// A line with a configuration of its own, whose socket is where only that says.
    private static func lineHasPort(_ port: String, _ holder: PortHolder) -> String {
        let file = holder.configurationFile.map(shellQuoted) ?? "FILE"
        return "\(port) is in use by \(holder), a running line: leave out --device and use --line NAME, or --config "
            + "\(file) for a line with a configuration of its own."
    }
}
