import CLinux

/// Reads the system's USB serial ports through libudev. Works without a running udevd, then without links.
enum UdevScan {
    /// nil when libudev cannot be had at all.
    static func usbSerialPorts() -> [DiscoveredModem]? {
        guard let udev = udev_new() else { return nil }
        defer { udev_unref(udev) }
        guard let enumeration = udev_enumerate_new(udev) else { return nil }
        defer { udev_enumerate_unref(enumeration) }
        guard udev_enumerate_add_match_subsystem(enumeration, "tty") >= 0,
            udev_enumerate_scan_devices(enumeration) >= 0
        else { return [] }
        return list(udev_enumerate_get_list_entry(enumeration)).compactMap { path in
            guard let device = udev_device_new_from_syspath(udev, path) else { return nil }
            defer { udev_device_unref(device) }
            return usbSerialPort(device)
        }
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
            links: list(udev_device_get_devlinks_list_entry(device)).sorted()
        )
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
