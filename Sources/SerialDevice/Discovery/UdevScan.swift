import CLinux
import Glibc

/// Reads the system's USB serial ports through libudev. Works without a running udevd, then without links.
enum UdevScan {
    /// nil when libudev cannot be had at all.
    static func usbSerialPorts() -> [DiscoveredModem]? {
        guard let udev = udev_new() else { return nil }
        defer { udev_unref(udev) }
        // Most ttys are virtual, and libudev's own enumeration makes dozens of calls into the system for each.
        let folder = "/sys/class/tty"
        return FileSystem.entries(of: folder).compactMap { name in
            let link = "\(folder)/\(name)"
            guard let target = FileSystem.target(ofLink: link), isOnUSB(target),
                let device = udev_device_new_from_syspath(udev, link)
            else { return nil }
            defer { udev_device_unref(device) }
            return usbSerialPort(device)
        }
    }

    /// The port with this node; nil when it has no USB device behind it, and when libudev cannot be had.
    static func usbSerialPort(at node: String) -> DiscoveredModem? {
        var status = stat()
        guard stat(node, &status) == 0, status.st_mode & S_IFMT == S_IFCHR, let udev = udev_new() else { return nil }
        defer { udev_unref(udev) }
        guard let device = udev_device_new_from_devnum(udev, CChar(UInt8(ascii: "c")), status.st_rdev) else {
            return nil
        }
        defer { udev_device_unref(device) }
        return usbSerialPort(device).flatMap { $0.node == node ? $0 : nil }
    }

    /// True when the path in sysfs leads through a root hub: `/sys/devices/…/usb1/1-2/…`.
    static func isOnUSB(_ sysfsPath: String) -> Bool {
        sysfsPath.split(separator: "/").contains { $0.hasPrefix("usb") && $0.dropFirst(3).first?.isNumber == true }
    }

    /// nil for a tty without a USB device behind it, and for one that goes away while we look.
    private static func usbSerialPort(_ device: OpaquePointer) -> DiscoveredModem? {
        // Parents belong to the device: they are not released on their own.
        guard let node = udev_device_get_devnode(device).map({ String(cString: $0) }),
            let usbDevice = udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_device"),
            let vendorID = hexadecimal(usbDevice, "idVendor", as: UInt16.self),
            let productID = hexadecimal(usbDevice, "idProduct", as: UInt16.self)
        else { return nil }
        let interface = udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_interface")
        return DiscoveredModem(
            node: node,
            usb: USBPort(
                vendorID: vendorID,
                productID: productID,
                interfaceNumber: interface.flatMap { hexadecimal($0, "bInterfaceNumber", as: UInt8.self) },
                interfaceProtocol: interface.flatMap { hexadecimal($0, "bInterfaceProtocol", as: UInt8.self) }
            ),
            manufacturer: attribute(usbDevice, "manufacturer"),
            product: attribute(usbDevice, "product"),
            serialNumber: attribute(usbDevice, "serial"),
            driver: interface.flatMap { udev_device_get_driver($0) }.map { String(cString: $0) },
            sysfsPath: udev_device_get_syspath(device).map { String(cString: $0) },
            links: list(udev_device_get_devlinks_list_entry(device)).sorted(),
            place: property(device, "ID_PATH")
                ?? udev_device_get_sysname(interface ?? usbDevice).map { String(cString: $0) },
            modemManagerTags: modemManagerTags(usbDevice).merging(modemManagerTags(device)) { _, own in own },
            age: age(of: device)
        )
    }

    /// What udev tells of a device; nil for a tty without a USB device behind it, and for actions that change nothing.
    static func event(of device: OpaquePointer) -> DeviceEvent? {
        guard let action = udev_device_get_action(device).map({ String(cString: $0) }) else { return nil }
        switch action {
        case "add": return usbSerialPort(device).map { DeviceEvent(.add, $0) }
        case "bind", "change", "move", "online": return usbSerialPort(device).map { DeviceEvent(.change, $0) }
        case "remove":
            // Its sysfs folder is gone, and with it all that stands there.
            guard let node = udev_device_get_devnode(device).map({ String(cString: $0) }) else { return nil }
            let sysfsPath = udev_device_get_syspath(device).map { String(cString: $0) }
            return DeviceEvent(.remove, DiscoveredModem(node: node, sysfsPath: sysfsPath))
        default: return nil
        }
    }

    private static func modemManagerTags(_ device: OpaquePointer) -> [String: String] {
        let names = list(udev_device_get_properties_list_entry(device)).filter { $0.hasPrefix("ID_MM_") }
        return Dictionary(names.map { ($0, property(device, $0) ?? "") }) { first, _ in first }
    }

    private static func age(of device: OpaquePointer) -> Duration? {
        let microseconds = udev_device_get_usec_since_initialized(device)
        return microseconds == 0 ? nil : .microseconds(Int64(clamping: microseconds))
    }

    private static func property(_ device: OpaquePointer, _ name: String) -> String? {
        udev_device_get_property_value(device, name).map { String(cString: $0) }
    }

    private static func list(_ first: OpaquePointer?) -> [String] {
        var names: [String] = []
        var next = first
        while let entry = next {
            if let name = udev_list_entry_get_name(entry) { names.append(String(cString: name)) }
            next = udev_list_entry_get_next(entry)
        }
        return names
    }

    private static func attribute(_ device: OpaquePointer, _ name: String) -> String? {
        udev_device_get_sysattr_value(device, name).map { String(cString: $0) }
    }

    private static func hexadecimal<Value: FixedWidthInteger>(
        _ device: OpaquePointer,
        _ name: String,
        as type: Value.Type
    ) -> Value? {
        attribute(device, name).flatMap { Value($0, radix: 16) }
    }
}
