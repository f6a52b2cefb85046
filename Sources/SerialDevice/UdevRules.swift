extension ModemCatalog {
    /// The rules file for udev (udev(7)), made from the same table by which `auto` chooses.
    ///
    /// It names the ports that take AT commands, keeps ModemManager off the modems, keeps them awake, and has systemd start
    /// the lines when one appears. Adapters get no rule: what hangs on them is not ours to judge.
    package static var udevRules: String {
        ([head] + [deviceRules, deviceConsequences, portRules, portConsequences].map { $0.joined(separator: "\n") })
            .joined(separator: "\n\n") + "\n"
    }

    private static let head = """
        # Modems of patriot-dialler. Made from its table of modems by `patriot-dialler udev-rules`: not to be edited.
        #
        # To keep a modem out of this, its data connection with ModemManager included, put a file with a lower number
        # beside this one, for example /etc/udev/rules.d/77-local.rules:
        #   SUBSYSTEMS=="usb", ATTRS{idVendor}=="2c7c", ATTRS{idProduct}=="0125", ENV{PATRIOT_DIALLER_IGNORE}="1"
        #
        # After 60-serial.rules, which finds the ids; before 80-mm-candidate.rules, which is ModemManager's.

        ACTION=="remove", GOTO="patriot_dialler_end"
        ENV{PATRIOT_DIALLER_IGNORE}=="1", GOTO="patriot_dialler_end"
        SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", GOTO="patriot_dialler_device"
        SUBSYSTEM=="tty", SUBSYSTEMS=="usb", GOTO="patriot_dialler_port"
        GOTO="patriot_dialler_end"
        """

    // MARK: Devices

    private static var deviceRules: [String] {
        let known = entries.flatMap { entry in
            entry.products.map { product in
                #"ATTR{idVendor}=="\#(hex(entry.vendor))", ATTR{idProduct}=="\#(hex(product))", \#(mark(entry.model))"#
            }
        }
        let older = huaweiInterfaces.keys.sorted().map { product in
            #"ATTR{idVendor}=="\#(hex(huawei))", ATTR{idProduct}=="\#(hex(product))", \#(mark("Huawei"))"#
        }
        let interfaces = huaweiControlProtocols.map { "*:ff??\(USBPort.hex($0, digits: 2)):*" }.joined(separator: "|")
        let newer = #"ATTR{idVendor}=="\#(hex(huawei))", ENV{ID_USB_INTERFACES}=="\#(interfaces)", \#(mark("Huawei"))"#
        return [#"LABEL="patriot_dialler_device""#] + known + older + [newer]
    }

    private static let deviceConsequences = [
        #"ENV{PATRIOT_DIALLER_MODEM}=="", GOTO="patriot_dialler_end""#,
        #"ENV{ID_MM_DEVICE_IGNORE}="1""#,
        #"TEST=="power/control", ATTR{power/control}="on""#,
        #"GOTO="patriot_dialler_end""#,
    ]

    // MARK: Ports

    private static var portRules: [String] {
        let known = entries.flatMap { entry in
            entry.products.flatMap { product in
                portRules(vendor: entry.vendor, product: product, model: entry.model, kind: entry.kind)
            }
        }
        let older = huaweiInterfaces.sorted { $0.key < $1.key }.flatMap { product, interface in
            portRules(vendor: huawei, product: product, model: "Huawei", kind: .gsm(interface: interface))
        }
        // The older ones are done: their protocols tell nothing.
        let newer = huaweiControlProtocols.map { number in
            #"ENV{PATRIOT_DIALLER_MODEM}=="", ENV{ID_VENDOR_ID}=="\#(hex(huawei))", "#
                + #"ATTRS{bInterfaceProtocol}=="\#(USBPort.hex(number, digits: 2))", \#(role)"#
        }
        let rest = #"ENV{PATRIOT_DIALLER_MODEM}=="", ENV{ID_VENDOR_ID}=="\#(hex(huawei))", \#(mark("Huawei"))"#
        return [#"LABEL="patriot_dialler_port""#] + known + older + newer + [rest]
    }

    private static func portRules(vendor: UInt16, product: UInt16, model: String, kind: Kind) -> [String] {
        let ids = #"ENV{ID_VENDOR_ID}=="\#(hex(vendor))", ENV{ID_MODEL_ID}=="\#(hex(product))""#
        switch kind {
        case .analog:
            return ["\(ids), \(mark(model)), \(role)"]
        case .gsm(let interface):
            let number = USBPort.hex(interface, digits: 2)
            return ["\(ids), \(mark(model))", #"\#(ids), ENV{ID_USB_INTERFACE_NUM}=="\#(number)", \#(role)"#]
        }
    }

    private static let portConsequences = [
        #"ENV{PATRIOT_DIALLER_MODEM}=="", GOTO="patriot_dialler_end""#,
        #"ENV{ID_MM_DEVICE_IGNORE}="1""#,
        #"ENV{PATRIOT_DIALLER_ROLE}!="at", GOTO="patriot_dialler_end""#,
        #"GROUP="dialout", MODE="0660""#,
        #"ENV{ID_PATH}=="?*", SYMLINK+="patriot-dialler/by-path/$env{ID_PATH}""#,
        #"ENV{ID_SERIAL_SHORT}=="?*", SYMLINK+="patriot-dialler/by-id/$env{ID_SERIAL}""#,
        #"TAG+="systemd", ENV{SYSTEMD_WANTS}+="patriot-dialler.target""#,
        "",
        #"LABEL="patriot_dialler_end""#,
    ]

    private static let role = #"ENV{PATRIOT_DIALLER_ROLE}="at""#

    private static func mark(_ model: String) -> String {
        #"ENV{PATRIOT_DIALLER_MODEM}="\#(model)""#
    }

    private static func hex(_ id: UInt16) -> String {
        USBPort.hex(id, digits: 4)
    }
}
