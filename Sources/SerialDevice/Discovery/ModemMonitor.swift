import CLinux
@preconcurrency import Dispatch

/// Tells when USB serial ports come and go, through udev. Silent where no udevd runs.
///
/// Unchecked: all that is ever done to the source after `start` is to cancel it, which any thread may do.
package final class ModemMonitor: @unchecked Sendable {
    private let source: any DispatchSourceRead

    private init(source: any DispatchSourceRead) {
        self.source = source
    }

    deinit {
        source.cancel()
    }

    /// Begins to listen. Events that come from now on are told, each once, in order; they end with `stop` or with the
    /// last reference.
    /// - Parameter onEvent: called on a thread of the monitor's own; must not block.
    /// - Returns: nil when libudev cannot be had.
    package static func start(onEvent: @escaping @Sendable (DeviceEvent) -> Void) -> ModemMonitor? {
        guard let socket = UdevSocket() else { return nil }
        // Not a channel of NIO, which would read the netlink data itself instead of leaving them to libudev.
        let source = DispatchSource.makeReadSource(
            fileDescriptor: socket.descriptor,
            queue: DispatchQueue(label: "modem-monitor")
        )
        source.setEventHandler {
            while let event = socket.nextEvent() {
                onEvent(event)
            }
        }
        // The descriptor has to live until the source lets go of it.
        source.setCancelHandler { socket.close() }
        source.activate()
        return ModemMonitor(source: source)
    }

    /// Ends it; nothing is told from then on.
    package func stop() {
        source.cancel()
    }
}

/// libudev's netlink socket.
///
/// Unchecked: after `init` it is used on the one serial queue of the source that reads it.
private final class UdevSocket: @unchecked Sendable {
    let descriptor: CInt
    private let udev: OpaquePointer
    private let monitor: OpaquePointer

    /// Listens to what udevd sends on, not to the kernel: only then are links and permissions in place.
    init?() {
        guard let udev = udev_new() else { return nil }
        guard let monitor = udev_monitor_new_from_netlink(udev, "udev") else {
            udev_unref(udev)
            return nil
        }
        guard udev_monitor_filter_add_match_subsystem_devtype(monitor, "tty", nil) >= 0,
            udev_monitor_enable_receiving(monitor) >= 0
        else {
            udev_monitor_unref(monitor)
            udev_unref(udev)
            return nil
        }
        self.udev = udev
        self.monitor = monitor
        descriptor = udev_monitor_get_fd(monitor)
    }

    /// The next event that waits to be read; nil for none. Events of other devices are passed over.
    func nextEvent() -> DeviceEvent? {
        while let device = udev_monitor_receive_device(monitor) {
            defer { udev_device_unref(device) }
            if let event = UdevScan.event(of: device) { return event }
        }
        return nil
    }

    func close() {
        udev_monitor_unref(monitor)
        udev_unref(udev)
    }
}
